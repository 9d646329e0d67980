"""Two-digit years by sense: the century that the id, the relation, school and age allow."""

import datetime as dt
from dataclasses import dataclass

from households.importing.births import Day, RawDate, settle
from households.importing.findings import Read, Remark, info, warning

_GENERATION = 12
_ADULT = 15


@dataclass(frozen=True)
class Hints:
    """What else is known of the person when the date is read."""

    relation: str | None = None
    head_year: int | None = None
    id_year: int | None = None
    studying: str | None = None


def understand_birth(raw: RawDate, hints: Hints, latest: dt.date) -> Read[Day]:
    """Return the birth date; a two-digit year always carries a remark that says how it was understood."""
    if not raw.short:
        return settle(raw, raw.year, latest)
    year, remark = _century(raw.year, hints, latest)
    settled = settle(raw, year, latest)
    return Read(settled.value, (remark, *settled.remarks)) if settled.value else settled


def _century(two_digits: int, hints: Hints, latest: dt.date) -> tuple[int, Remark]:
    candidates = [year for year in (1900 + two_digits, 2000 + two_digits) if year <= latest.year]
    if len(candidates) == 1:
        return candidates[0], info(f"Năm hai chữ số, hiểu là {candidates[0]}")
    if hints.id_year in candidates:
        return hints.id_year, info(f"Năm hai chữ số, hiểu là {hints.id_year} theo số định danh")
    fitting = [year for year in candidates if _fits(year, hints, latest)]
    if len(fitting) == 1:
        return fitting[0], info(f"Năm hai chữ số, hiểu là {fitting[0]} theo quan hệ trong hộ")
    return candidates[-1], warning(f"Năm hai chữ số có thể là {candidates[0]} hoặc {candidates[1]}, tạm hiểu là {candidates[-1]}")


def _fits(year: int, hints: Hints, latest: dt.date) -> bool:
    age = latest.year - year
    if hints.studying is not None:
        return age <= 30
    if hints.relation in ("head", "spouse", "parent") and age < _ADULT:
        return False
    if hints.head_year is None:
        return age <= 110
    if hints.relation == "child":
        return year >= hints.head_year + _GENERATION
    if hints.relation == "parent":
        return year <= hints.head_year - _GENERATION
    if hints.relation == "spouse":
        return abs(year - hints.head_year) <= 40
    return age <= 100
