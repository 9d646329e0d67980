"""Months as dates on the first day, ages in completed years, quarters and school years.

Periods are half-open: [since, until). Nothing here reads the clock.
"""

import datetime as dt
import re

_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_SCREEN_MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
SCHOOL_YEAR_FIRST_MONTH = 9


def first_of_month(day: dt.date) -> dt.date:
    """Return the month of `day`."""
    return dt.date(day.year, day.month, 1)


def last_day(month: dt.date) -> dt.date:
    """Return the last day of the month that holds `month`."""
    return add_months(month, 1) - dt.timedelta(days=1)


def add_months(month: dt.date, count: int) -> dt.date:
    """Return the first of the month `count` months after (before, when negative) the month of `month`."""
    years, month_index = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, month_index + 1, 1)


def months_between(since: dt.date, until: dt.date) -> int:
    """Return how many months lie in [since, until); negative when `until` is the earlier month."""
    return (until.year - since.year) * 12 + until.month - since.month


def each_month(since: dt.date, until: dt.date) -> list[dt.date]:
    """Return the months of [since, until) in order."""
    return [add_months(since, index) for index in range(months_between(since, until))]


def parse_month(text: str) -> dt.date:
    """Read '2026-11' or '11/2026'. Raises ValueError with a Vietnamese sentence for anything else."""
    text = text.strip()
    if match := _ISO_MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
    elif match := _SCREEN_MONTH.fullmatch(text):
        year, month = int(match[2]), int(match[1])
    else:
        raise ValueError(f"“{text}” không phải là tháng; hãy viết như 11/2026.")
    if not 1 <= month <= 12 or year < 1900:
        raise ValueError(f"“{text}” không phải là tháng có thật; hãy viết như 11/2026.")
    return dt.date(year, month, 1)


def format_month(month: dt.date) -> str:
    """Return the month as people read it: '11/2026'."""
    return f"{month.month:02d}/{month.year}"


def iso_month(month: dt.date) -> str:
    """Return the month as programs read it: '2026-11'."""
    return f"{month.year:04d}-{month.month:02d}"


def quarter(month: dt.date) -> int:
    """Return the quarter, 1 to 4."""
    return (month.month - 1) // 3 + 1


def quarter_start(month: dt.date) -> dt.date:
    """Return the first month of the quarter that holds `month`."""
    return dt.date(month.year, quarter(month) * 3 - 2, 1)


def school_year(month: dt.date) -> int:
    """Return the year in which the school year that holds `month` began (September)."""
    return month.year if month.month >= SCHOOL_YEAR_FIRST_MONTH else month.year - 1


def format_school_year(month: dt.date) -> str:
    """Return the school year as people write it: '2026–2027'."""
    year = school_year(month)
    return f"{year}–{year + 1}"


def age_on(born: dt.date, day: dt.date) -> int:
    """Return completed years on `day`; a birthday on 29 February counts on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_old_on(born: dt.date, day: dt.date) -> int:
    """Return completed months of life on `day`."""
    return months_between(born, day) - (day.day < born.day)


def birthday(born: dt.date, age: int) -> dt.date:
    """Return the day on which `age` years are completed; 1 March for a 29 February that the year lacks."""
    year = born.year + age
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)
