"""Working days of Viet Nam: what the law's clocks count in.

The public holidays (Tết by the lunar calendar included) and the days moved so far (a Friday off that is made up on a Saturday) come from the
`holidays` package. What the Government announces later is kept in a table by the ministry and passed as `moved`.
A term "within n working days from the day of receipt" does not count that day (Civil Code 2015, Article 147.1).
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import holidays

ONE_DAY = datetime.timedelta(days=1)


@functools.cache
def _year(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")


def holiday_name(day: datetime.date) -> str:
    """The public holiday of a day in Vietnamese, empty when there is none."""
    return _year(day.year).get(day) or ""


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. ``moved`` maps a day to whether it is worked after all; it overrides weekends and holidays."""

    moved: Mapping[datetime.date, bool] = field(default_factory=dict)

    def is_working(self, day: datetime.date) -> bool:
        if day in self.moved:
            return self.moved[day]
        return _year(day.year).is_working_day(day)

    def add(self, day: datetime.date, number: int) -> datetime.date:
        """The last day of a term of ``number`` working days that begins after ``day``; 0 gives ``day`` itself, negative counts back."""
        step = ONE_DAY if number >= 0 else -ONE_DAY
        left = abs(number)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def between(self, first: datetime.date, last: datetime.date) -> int:
        """Working days after ``first`` up to and including ``last``; negative when ``last`` lies before ``first``."""
        if last < first:
            return -self.between(last, first)
        return sum(self.is_working(first + ONE_DAY * number) for number in range(1, (last - first).days + 1))


PLAIN = WorkingCalendar()


def add_working_days(day: datetime.date, number: int, moved: Mapping[datetime.date, bool] | None = None) -> datetime.date:
    """The last day of a term of working days that begins after ``day``."""
    return WorkingCalendar(moved or {}).add(day, number)


def working_days_between(first: datetime.date, last: datetime.date, moved: Mapping[datetime.date, bool] | None = None) -> int:
    """Working days after ``first`` up to and including ``last``; negative when ``last`` lies before ``first``."""
    return WorkingCalendar(moved or {}).between(first, last)
