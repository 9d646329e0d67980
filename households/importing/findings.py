"""What the reader says about a list: findings on cells, rows passed over, values with the remarks that led to them."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Severity = Literal["error", "warning", "info"]
T = TypeVar("T")
Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None


class ListRefused(Exception):
    """The file as a whole cannot be read; the message is a Vietnamese sentence that says what to do."""


@dataclass(frozen=True)
class Remark:
    """One remark on a value: `error` means the value was not taken, `warning` to be checked, `info` how it was understood."""

    severity: Severity
    message: str


@dataclass(frozen=True)
class Read(Generic[T]):
    """A value as understood (None: nothing, or nothing sure) with the remarks on it."""

    value: T | None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A remark on one cell of a sheet; `row` is the row number that Excel shows."""

    row: int
    column: str
    severity: Severity
    value: str | None
    message: str
    sheet: str = ""


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no person, and why."""

    row: int
    why: str
    sheet: str = ""


@dataclass(frozen=True)
class Disability:
    type: str | None
    degree: str | None


@dataclass(frozen=True)
class Benefit:
    """A benefit as listed: article of Decree 20/2021 ("5.6", "5.5c") and monthly amount in đồng."""

    article: str | None
    amount: int | None


@dataclass
class Person:
    """One person of the list, values as understood; household values (village, poverty, b1, b2) are those of the head's row."""

    row: int
    household_row: int
    name: str
    relation: str | None = None
    born: dt.date | None = None
    born_precision: str | None = None
    sex: str | None = None
    ethnicity: str | None = None
    national_id: str | None = None
    village: str | None = None
    poverty: str | None = None
    b1: int | None = None
    b2: int | None = None
    disability: Disability | None = None
    studying: str | None = None
    benefit: Benefit | None = None
    died: str | None = None
    note: str | None = None
    old_id: str | None = None
    noted_dead: bool = False
    # Fields not written in the person's own cells but concluded (ethnicity as the head's): they never overwrite the registry.
    concluded: tuple[str, ...] = ()
    sheet: str = ""


@dataclass
class Household:
    """One block of the list: the head's row and the rows below it, with the findings on them."""

    row: int
    people: list[Person]
    findings: list[Finding] = field(default_factory=list)
    raw: dict[int, tuple[Cell, ...]] = field(default_factory=dict)
    sheet: str = ""


def info(message: str) -> Remark:
    return Remark("info", message)


def warning(message: str) -> Remark:
    return Remark("warning", message)


def error(message: str) -> Remark:
    return Remark("error", message)
