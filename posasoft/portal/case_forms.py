"""A paper on the screen: its sections and fields with what was typed, what the registry says, what is wrong and what was marked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from beneficiaries.models import Case
from beneficiaries.papers import NO, YES, Field, Paper, papers
from beneficiaries.papers.answers import MOST_ROWS
from beneficiaries.queries.registered import known_of, registered
from posasoft.core.masking import Sight, level_of, masked_id
from posasoft.core.money import format_number

PREFIX = "a-"
_BLANK_ROWS = 2
_NUMERIC = ("date", "day", "money", "number", "id_number")


@dataclass(frozen=True)
class Line:
    """One field as a page draws it. ``known``: the registry's value in words; ``locked``: received already and not marked for completion."""

    field: Field
    name: str
    value: str
    shown: str
    known: str
    differs: bool
    problem: str
    guidance: str
    locked: bool
    rows: list[list[Line]] = dataclasses.field(default_factory=list)

    @property
    def numeric(self) -> bool:
        return self.field.type in _NUMERIC


@dataclass(frozen=True)
class Part:
    title: str
    benefits: str
    lines: list[Line]


def posted_answers(paper: Paper, data: QueryDict) -> dict[str, Any]:
    """The answers of a submitted page, as typed; names of fields the paper does not have are left out."""
    answers: dict[str, Any] = {}
    for each in paper.fields:
        if each.type == "rows":
            answers[each.name] = _posted_rows(each, data)
        elif f"{PREFIX}{each.name}" in data:
            answers[each.name] = data[f"{PREFIX}{each.name}"]
    return answers


def _posted_rows(of: Field, data: QueryDict) -> list[dict[str, str]]:
    numbers = sorted({int(found[1]) for key in data if (found := re.fullmatch(rf"{PREFIX}{of.name}-(\d{{1,2}})-\w+", key))})
    return [{c.name: data.get(f"{PREFIX}{of.name}-{number}-{c.name}", "") for c in of.columns} for number in numbers[:MOST_ROWS]]


def words(of: Field, value: str, role: str = "") -> str:
    """An answer in words: choices by their label, money with points, ids masked for roles that may not see them."""
    if not value:
        return ""
    if of.type == "choice":
        return _(of.label_of(value)) if of.label_of(value) else value
    if of.type == "yes_no":
        return {YES: _("Có"), NO: _("Không")}.get(value, value)
    if of.type == "money" and value.isdecimal():
        return f"{format_number(int(value))} đ"
    if of.type == "id_number" and level_of(role) != Sight.FULL:
        return masked_id(value[-3:], role)
    return value


def parts(case: Case, *, role: str, problems: Mapping[str, str] | None = None, asked_only: bool = False) -> list[Part]:
    """The sections of a case's paper. A field printed in two sections stands in the first that is asked for."""
    paper = papers()[case.form]
    builder = _Builder(case, role, dict(problems or {}), registered(case.person, case.household))
    sections = paper.asked_sections(case.benefits) if asked_only else list(paper.sections)
    drawn: set[str] = set()
    found = []
    for section in sections:
        lines = [builder.line(each) for each in section.fields if each.name not in drawn]
        drawn |= {each.name for each in section.fields}
        found.append(Part(section.title, " ".join(section.when.benefits), lines))
    return found


def answered(case: Case, *, role: str) -> list[Part]:
    """What was declared, without the fields left empty."""
    filled = [
        Part(part.title, "", [line for line in part.lines if line.value or line.rows]) for part in parts(case, role=role, asked_only=True)
    ]
    return [part for part in filled if part.lines]


@dataclass
class _Builder:
    case: Case
    role: str
    problems: dict[str, str]
    known: dict[str, Any]

    def line(self, of: Field) -> Line:
        marked = {entry["field"]: entry["guidance"] for entry in self.case.returned_fields}
        value = self.case.payload.get(of.name) or ""
        text = value if isinstance(value, str) else ""
        known = known_of(of, self.known)
        return Line(
            of, f"{PREFIX}{of.name}", text, words(of, text, self.role), words(of, known, self.role), bool(known and text and known != text),
            self.problems.get(of.name, ""), marked.get(of.name, _("Bổ sung mục này.") if of.name in marked else ""),
            self.case.status == "returned" and of.name not in marked, self._rows(of, value) if of.type == "rows" else [],
        )  # fmt: skip

    def _rows(self, of: Field, value: Any) -> list[list[Line]]:
        kept = list(value or [])
        blank: list[dict[str, str]] = (
            [{} for _number in range(min(_BLANK_ROWS, MOST_ROWS - len(kept)))] if self.case.status in ("draft", "returned") else []
        )
        return [[self._cell(of, column, number, row) for column in of.columns] for number, row in enumerate([*kept, *blank], start=1)]

    def _cell(self, of: Field, column: Field, number: int, row: Mapping[str, str]) -> Line:
        text = row.get(column.name, "")
        problem = self.problems.get(f"{of.name}.{number}.{column.name}", "")
        name = f"{PREFIX}{of.name}-{number}-{column.name}"
        return Line(column, name, text, words(column, text, self.role), "", False, problem, "", False)
