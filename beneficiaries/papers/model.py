"""Paper forms and the clocks of the law as values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TYPES = ("text", "date", "day", "choice", "money", "number", "yes_no", "id_number", "rows")
KINDS = ("assistance", "care", "funeral")
YES, NO = "yes", "no"
# Only a diagnosis gives these: a case about one of them is confidential.
TELLING_BENEFITS = frozenset({"TCXH-5.3", "TCXH-5.8"})


@dataclass(frozen=True)
class When:
    """A field or paper is asked for when another field has one of these values, or when one of these benefits is asked for."""

    field: str = ""
    values: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()

    def holds(self, answers: Mapping[str, Any], asked: list[str]) -> bool:
        if self.benefits and not set(self.benefits) & set(asked):
            return False
        return not self.field or answers.get(self.field) in self.values


ALWAYS = When()


@dataclass(frozen=True)
class Choice:
    """``code`` is what is typed on the numeric pad, in the order of the paper."""

    code: str
    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One line of the paper. ``fact`` names the registry fact it answers (``disability.degree``: a key of it), ``prefill`` where the registry
    knows it already. ``links``: each row names a child whom the person raises (a kind of households.Raising)."""

    name: str
    label: str
    type: str
    required: bool
    prefill: str
    fact: str
    choices: tuple[Choice, ...]
    columns: tuple[Field, ...]
    links: str
    when: When

    def label_of(self, value: Any) -> str:
        """A value of a choice in the words of the paper; empty for none."""
        return next((choice.label for choice in self.choices if choice.value == value), "")


@dataclass(frozen=True)
class Section:
    title: str
    fields: tuple[Field, ...]
    when: When


@dataclass(frozen=True)
class Item:
    """A paper to attach or show, with its article."""

    code: str
    label: str
    article: str
    optional: bool
    when: When


@dataclass(frozen=True)
class Paper:
    """A printed form: in which order it asks what, which benefits it asks for, on which days of receipt it was in use [since, until)."""

    code: str
    number: str
    decree: str
    title: str
    kind: str
    article: str
    benefits: tuple[str, ...]
    since: datetime.date
    until: datetime.date | None
    layout_seen: bool
    sections: tuple[Section, ...]
    checklist: tuple[Item, ...]

    def in_use(self, day: datetime.date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def asked_sections(self, asked: list[str]) -> list[Section]:
        """The sections that matter for the benefits asked."""
        return [section for section in self.sections if section.when.holds({}, asked)]

    def asked_fields(self, answers: Mapping[str, Any], asked: list[str]) -> list[Field]:
        """The fields that these answers leave to be filled in, in the order of the paper."""
        found = [field for section in self.asked_sections(asked) for field in section.fields]
        return [field for field in found if field.when.holds(answers, asked)]

    def items(self, answers: Mapping[str, Any], asked: list[str]) -> list[Item]:
        """The papers to attach for these answers."""
        return [item for item in self.checklist if item.when.holds(answers, asked)]


@dataclass(frozen=True)
class Stage:
    """So many working days for these statuses of a case."""

    days: int
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Procedure:
    """How long the law gives, by kind of case and day of receipt. ``posting`` is required, allowed or none."""

    kinds: tuple[str, ...]
    instrument: str
    article: str
    since: datetime.date
    until: datetime.date | None
    posting: str
    posting_days: int
    appeal_days: int
    certainty: str
    stages: tuple[Stage, ...]

    @property
    def days(self) -> int:
        """Working days in all."""
        return sum(stage.days for stage in self.stages)

    def days_until(self, status: str) -> int:
        """Working days from receipt to the end of the stage that a status belongs to."""
        total = 0
        for stage in self.stages:
            total += stage.days
            if status in stage.statuses:
                return total
        return total
