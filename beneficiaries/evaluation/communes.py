"""Official commune codes, which name a unit only on a day: from the list that the program ships, so that cases need no loaded areas."""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from datetime import date

from posasoft.core.area_loading import DATA

Validity = tuple[date | None, date | None]


@functools.cache
def _communes() -> dict[str, list[Validity]]:
    """Periods [from, to) by code; None is open."""
    periods: dict[str, list[Validity]] = defaultdict(list)
    with (DATA / "admin_units.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["level"] == "commune":
                periods[row["code"]].append((_day(row["valid_from"]), _day(row["valid_to"])))
    return periods


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def is_commune(code: str, first: date, last: date) -> bool:
    """Whether the code named a commune on some day of the span."""
    return any((since is None or since <= last) and (until is None or until > first) for since, until in _communes().get(code, []))
