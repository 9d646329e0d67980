"""Dates as people write and read them, and dates that are known only to the month or the year."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from posasoft.core.months import last_day

Precision = Literal["day", "month", "year"]
_PARTS = re.compile(r"(?:(?:(\d{1,2})[/.\- ])?(\d{1,2})[/.\- ])?(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_PACKED = re.compile(r"(\d{2})(\d{2})(\d{4})")


@dataclass(frozen=True)
class PartialDate:
    """A date with its precision; `day` is the first day of the month or year known."""

    day: dt.date
    precision: Precision

    def __str__(self) -> str:
        return format_partial(self.day, self.precision)

    @property
    def last(self) -> dt.date:
        """The last day that the words can mean."""
        if self.precision == "day":
            return self.day
        return last_day(self.day) if self.precision == "month" else dt.date(self.day.year, 12, 31)


def parse_partial(text: str) -> PartialDate:
    """Read 16/09/1949, 16.9.1949, 16091949, 09/1949, 1949, 1949-09-16: day before month, four-digit years.

    Raises ValueError with a Vietnamese sentence for anything else, a day that does not exist included.
    """
    cleaned = text.strip()
    try:
        return _partial(*_split(cleaned))
    except ValueError:
        raise ValueError(f"“{cleaned}” không phải là ngày có thật; hãy viết như 05/11/2026.") from None


def parse_date(text: str) -> dt.date:
    """Read a full date, day before month. Raises ValueError when the day or the month is missing."""
    partial = parse_partial(text)
    if partial.precision != "day":
        raise ValueError(f"“{text.strip()}” chưa đủ ngày, tháng, năm; hãy viết như 05/11/2026.")
    return partial.day


def _split(text: str) -> tuple[str | None, str | None, str]:
    if match := _PARTS.fullmatch(text):
        return match[1], match[2], match[3]
    if match := _ISO.fullmatch(text):
        return match[3], match[2], match[1]
    if match := _PACKED.fullmatch(text):
        return match[1], match[2], match[3]
    raise ValueError(text)


def _partial(day: str | None, month: str | None, year: str) -> PartialDate:
    first = dt.date(int(year), int(month or 1), int(day or 1))
    return PartialDate(first, "day" if day else "month" if month else "year")


def format_date(day: dt.date) -> str:
    """Return '05/11/2026'."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def format_partial(day: dt.date, precision: str) -> str:
    """Return '05/11/2026', '11/2026' or '2026', by what is known ('day', 'month', 'year')."""
    if precision == "year":
        return str(day.year)
    return format_date(day) if precision == "day" else f"{day.month:02d}/{day.year}"


def format_long(day: dt.date) -> str:
    """Return 'ngày 05 tháng 11 năm 2026': days below 10 and months 1 and 2 get a zero (Decree 30/2020, Annex I)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
