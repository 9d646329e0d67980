"""Days, months and completed years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def read_day(value: object) -> date:
    """A day; a missing month or day counts as January, the 1st."""
    if isinstance(value, date):
        return value
    parts = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", str(value))
    if parts is None:
        raise ValueError(f"not a date: {value!r}")
    return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def window(month: date) -> tuple[date, ...]:
    """The last day of the month before, then every day of the month (reading 1)."""
    return tuple(days(month - ONE_DAY, next_month(month) - ONE_DAY))


def birthday(born: date, years: int) -> date:
    """The day on which the years are completed; 29 February becomes 1 March in other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def completed_years(born: date, day: date) -> int:
    """Completed years of age; negative before birth."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1
