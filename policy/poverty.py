"""Identification of poor and near-poor households: which class the lines and cut-offs of a period give (§4 of the reference in docs/law.md).

The registry pays by the class that the commune's decision states; this explains it and warns when survey and decision disagree.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from policy.model import CERTAINTIES
from policy.yamlfiles import LawError, Table, read_yaml

POVERTY_FILE = Path(__file__).parent / "poverty.yaml"
RESIDENCES = ("rural", "urban")


@dataclass(frozen=True)
class Indicator:
    name: str
    vi: str
    en: str


@dataclass(frozen=True)
class Period:
    """One set of lines. Incomes in đồng per person and month, by residence; None where the period has no such line.

    ``poor_income`` and ``poor_b1``: poor whatever else; ``line_*``: poor below it with ``deprivations`` indicators (``poor_b2`` points),
    near-poor below it with fewer.
    """

    since: date
    until: date
    instrument: str
    article: str
    certainty: str
    note: str
    poor_income: dict[str, int] | None
    line_income: dict[str, int]
    deprivations: int | None
    poor_b1: dict[str, int] | None
    line_b1: dict[str, int] | None
    poor_b2: int | None
    indicators: tuple[Indicator, ...]


def classify(
    day: date,
    residence: str,
    *,
    b1: int | None = None,
    b2: int | None = None,
    income: int | None = None,
    deprivations: int | None = None,
    periods: tuple[Period, ...] | None = None,
) -> str:
    """``poor``, ``near_poor`` or ``none`` on a day, by score sheet (b1 and b2) or by income (đồng per person and month) and deprivations.

    Raises ValueError for an unknown residence, a day without a period, or when the period cannot decide from what was given.
    """
    if residence not in RESIDENCES:
        raise ValueError(f"residence is rural or urban, not {residence!r}")
    period = period_on(day, periods if periods is not None else load_periods())
    if b1 is not None:
        if period.line_b1 is None or b2 is None:
            raise ValueError(f"no score sheet can be read on {day} ({period.instrument}): b1 needs b2, and a period with cut-offs")
        return _class(b1, period.poor_b1, period.line_b1, residence, period.poor_b2 is not None and b2 >= period.poor_b2)
    if income is None or (period.deprivations is not None and deprivations is None):
        raise ValueError("give b1 and b2, or income and the number of deprivations")
    deprived = period.deprivations is not None and (deprivations or 0) >= period.deprivations
    return _class(income, period.poor_income, period.line_income, residence, deprived)


def _class(value: int, poor: dict[str, int] | None, line: dict[str, int], residence: str, deprived: bool) -> str:
    if poor is not None and value <= poor[residence]:
        return "poor"
    if value > line[residence]:
        return "none"
    return "poor" if deprived else "near_poor"


def period_on(day: date, periods: tuple[Period, ...]) -> Period:
    """The period of a day; raises ValueError when there is none."""
    for period in periods:
        if period.since <= day < period.until:
            return period
    raise ValueError(f"no poverty lines on {day}")


@functools.cache
def load_periods(path: Path = POVERTY_FILE) -> tuple[Period, ...]:
    """The periods in order. Raises LawError by file and line for gaps, overlaps and unknown words."""
    top = read_yaml(path)
    top.check_keys(("periods",))
    tables = top.tables("periods")
    periods = tuple(_period(table) for table in tables)
    for (earlier, later), table in zip(pairwise(periods), tables[1:], strict=True):
        if earlier.until != later.since:
            kind = "gap" if earlier.until < later.since else "overlap"
            raise LawError(
                f"{table.file}:{table.line}: {kind}: the period before ends on {earlier.until}, this one begins on {later.since}"
            )
    return periods


def _period(table: Table) -> Period:
    table.check_keys(
        ("from", "until", "instrument", "article", "certainty", "line_income"),
        ("note", "income_only", "poor_income", "deprivations", "poor_b1", "line_b1", "poor_b2", "indicators"),
    )
    if table.text("certainty") not in CERTAINTIES:
        raise table.fail(f"unknown certainty '{table['certainty']}' (known: {', '.join(CERTAINTIES)})", "certainty")
    if not table.flag("income_only") and "deprivations" not in table:
        raise table.fail("missing 'deprivations'")
    return Period(
        since=table.day("from"), until=table.day("until"), instrument=table.text("instrument"), article=table.text("article"),
        certainty=table.text("certainty"), note=table.text("note"), poor_income=_by_residence(table, "poor_income"),
        line_income=_by_residence(table, "line_income") or {}, deprivations=_whole(table, "deprivations"),
        poor_b1=_by_residence(table, "poor_b1"), line_b1=_by_residence(table, "line_b1"), poor_b2=_whole(table, "poor_b2"),
        indicators=tuple(_indicator(entry) for entry in table.tables("indicators")),
    )  # fmt: skip


def _whole(table: Table, key: str) -> int | None:
    return table.whole(key) if key in table else None


def _by_residence(table: Table, key: str) -> dict[str, int] | None:
    if key not in table:
        return None
    entry = table.table(key)
    entry.check_keys(RESIDENCES)
    return {residence: entry.whole(residence) for residence in RESIDENCES}


def _indicator(table: Table) -> Indicator:
    table.check_keys(("name", "vi", "en"))
    return Indicator(table.text("name"), table.text("vi"), table.text("en"))
