"""Dates in every habit of a list: 16.09.1949, 3/9/1960, 11-04-82, 10/1992, 1942, real dates, Excel serials, “tháng 3/2021”."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from households.importing.findings import Cell, Read, Remark, error, info, warning
from households.importing.texts import cell_text, is_blank, words
from posasoft.core.names import fold

_EXCEL_EPOCH = dt.date(1899, 12, 30)
_NUMBERS = re.compile(r"\d+")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_KNOWN_WORDS = frozenset(words("sinh|nam|ngai|thang|khoang|am|lich|duong|ns|sn|thg|th|t|d|m|n|ngaisinh|namsinh"))
_MONTH_NAMES = {name: number for number, name in enumerate(words("jan|feb|mar|apr|mai|jun|jul|aug|sep|oct|nov|dec"), start=1)}
_OLDEST = 115
_NO_DATE = "không có trong lịch; để trống, hãy sửa lại"


@dataclass(frozen=True)
class DateHabit:
    """What the whole column says: months written first; real dates whose day and month Excel has exchanged."""

    month_first: bool = False
    exchanged: bool = False


@dataclass(frozen=True)
class RawDate:
    """Numbers as written; `year` may have two digits (`short`)."""

    year: int
    month: int | None
    day: int | None
    short: bool = False


@dataclass(frozen=True)
class Day:
    """A date as understood with its precision; the first day of the month or year known."""

    day: dt.date
    precision: str


Parsed = Read[RawDate]


def parse_date_cell(value: Cell, habit: DateHabit = DateHabit()) -> Parsed:
    """Take a cell apart into day, month and year; None with an error remark when it is no date."""
    if isinstance(value, dt.datetime | dt.date):
        return _real(value, habit)
    if isinstance(value, bool | dt.time | dt.timedelta):
        return Parsed(None, (error(f"“{value}” không phải ngày; để trống, hãy sửa lại"),))
    if isinstance(value, int | float):
        return _number(float(value))
    if value is None or is_blank(value):
        return Parsed(None)
    return _text(value, habit.month_first)


def _real(value: dt.date, habit: DateHabit) -> Parsed:
    if habit.exchanged and value.day <= 12:
        remark = warning("Excel đã đổi chỗ ngày và tháng ở cột này; hiểu theo ngày trước, tháng sau")
        return Parsed(RawDate(value.year, value.day, value.month), (remark,))
    return Parsed(RawDate(value.year, value.month, value.day))


def _number(value: float) -> Parsed:
    if not value.is_integer():
        return _fraction(value)
    number = int(value)
    if 1850 <= number <= 2100:
        return Parsed(RawDate(number, None, None))
    if 0 <= number <= 99:
        return Parsed(RawDate(number, None, None, short=True))
    if 3000 <= number <= 60000:
        real = _EXCEL_EPOCH + dt.timedelta(days=number)
        return Parsed(RawDate(real.year, real.month, real.day), (info(f"Số thứ tự ngày của Excel, hiểu là {real:%d/%m/%Y}"),))
    return _packed(str(number))


def _fraction(value: float) -> Parsed:
    """10.1992 typed for month and year becomes a number; 3.202 has lost the zero of 2020. A serial may carry a time."""
    if 3000 <= value <= 60000:
        return _number(float(int(value)))
    month, _, year = f"{value:.4f}".partition(".")
    if 1 <= int(month) <= 12 and 1850 <= int(year) <= 2100:
        return Parsed(RawDate(int(year), int(month), None), (info(f"Hiểu là tháng {int(month)} năm {year}"),))
    return Parsed(None, (error(f"“{value}” không phải ngày; để trống, hãy sửa lại"),))


def _packed(digits: str) -> Parsed:
    """16091949, 3091960 (lost zero), 19490916, 101992, 160949."""
    if len(digits) in (7, 8):
        padded = digits.zfill(8)
        if 1850 <= int(padded[4:]) <= 2100:
            return Parsed(RawDate(int(padded[4:]), int(padded[2:4]), int(padded[:2])))
        return Parsed(RawDate(int(padded[:4]), int(padded[4:6]), int(padded[6:])))
    if len(digits) in (5, 6):
        padded = digits.zfill(6)
        if 1850 <= int(padded[2:]) <= 2100 and 1 <= int(padded[:2]) <= 12:
            return Parsed(RawDate(int(padded[2:]), int(padded[:2]), None))
        return Parsed(RawDate(int(padded[4:]), int(padded[2:4]), int(padded[:2]), short=True))
    return Parsed(None, (error(f"“{digits}” không phải ngày; để trống, hãy sửa lại"),))


@lru_cache(maxsize=16384)
def _text(text: str, month_first: bool) -> Parsed:
    cleaned = _TIME.sub("", cell_text(text))
    cleaned = re.sub(r"\.0$", "", cleaned)
    numbers, remarks = _numbers_of(cleaned)
    parsed = _assemble(numbers, text, month_first)
    return Parsed(parsed.value, (*remarks, *parsed.remarks)) if parsed.value else parsed


def _numbers_of(text: str) -> tuple[list[str], tuple[Remark, ...]]:
    """The numbers of a written date, and a remark when other words stand beside them."""
    remarks: list[Remark] = []
    if re.search(r"\d[oOlI]|[oOlI]\d", text):
        text = re.sub(r"(?<=\d)[oO]|[oO](?=\d)", "0", re.sub(r"(?<=\d)[lI]|[lI](?=\d)", "1", text))
        remarks.append(warning("chữ O, l gõ thay số 0, 1"))
    words = [word for word in re.findall(r"[a-z]+", fold(text)) if word not in _KNOWN_WORDS]
    for word in [word for word in words if word[:3] in _MONTH_NAMES and len(word) <= 9]:
        text = re.sub(rf"(?i)[a-z]*{word[:2]}[a-z]*", f" {_MONTH_NAMES[word[:3]]} ", text, count=1)
        words.remove(word)
    if words:
        remarks.append(warning(f"có chữ kèm theo ngày: “{text}”"))
    return _NUMBERS.findall(text), tuple(remarks)


def _assemble(numbers: list[str], text: str, month_first: bool) -> Parsed:
    if len(numbers) > 1 and len(numbers[0]) != 4:
        # 00/00/1950 and 0/1950: a zero stands for an unknown day or month.
        numbers = [number for number in numbers[:-1] if int(number)] + numbers[-1:]
    if len(numbers) == 1:
        return _alone(numbers[0])
    if len(numbers) == 2:
        return _month_year(numbers[0], numbers[1], text)
    if len(numbers) == 3:
        return _three(numbers, text, month_first)
    return Parsed(None, (error(f"Không đọc được ngày “{text}”; để trống, hãy sửa lại"),))


def _alone(number: str) -> Parsed:
    if len(number) == 4:
        return Parsed(RawDate(int(number), None, None))
    if len(number) == 2:
        return Parsed(RawDate(int(number), None, None, short=True))
    return _number(float(number)) if len(number) == 5 else _packed(number)


def _month_year(first: str, second: str, text: str) -> Parsed:
    if len(first) == 4 and len(second) <= 2:
        first, second = second, first
    if (len(first), len(second)) in ((4, 4), (3, 4), (2, 6), (1, 6), (2, 5)):
        # 16/091949 or 1609/1949: a missing stroke.
        return _packed(first + second)
    if len(first) > 2 or len(second) not in (2, 4):
        return Parsed(None, (error(f"Không đọc được ngày “{text}”; để trống, hãy sửa lại"),))
    return Parsed(RawDate(int(second), int(first), None, short=len(second) == 2))


def _three(numbers: list[str], text: str, month_first: bool) -> Parsed:
    first, second, third = numbers
    if len(first) == 4 or (len(first) == 2 and len(third) <= 2 and int(first) > 31 and len(second) <= 2):
        return Parsed(RawDate(int(first), int(second), int(third), short=len(first) == 2))
    if len(third) not in (2, 4) or len(first) > 2 or len(second) > 2:
        return Parsed(None, (error(f"Không đọc được ngày “{text}”; để trống, hãy sửa lại"),))
    day, month, year = int(first), int(second), int(third)
    if month_first and day <= 12:
        raw = RawDate(year, day, month, short=len(third) == 2)
        return Parsed(raw, (warning("Cột này ghi tháng trước ngày; hiểu theo cách đó"),))
    return Parsed(RawDate(year, month, day, short=len(third) == 2))


def settle(raw: RawDate, year: int, latest: dt.date) -> Read[Day]:
    """Make a date of its parts and the full year. Days that do not exist or lie ahead are errors and give None."""
    remarks: list[Remark] = []
    month, day = raw.month, raw.day
    if month is not None and day is not None and month > 12 >= day:
        month, day = day, month
        remarks.append(warning("Tháng lớn hơn 12: hiểu là tháng đứng trước ngày"))
    if month is not None and not 1 <= month <= 12:
        return Read(None, (error(f"Tháng {month} {_NO_DATE}"),))
    if day is not None and month is not None and not 1 <= day <= calendar.monthrange(min(max(year, 1), 9999), month)[1]:
        return Read(None, (error(f"Ngày {day:02}/{month:02}/{year} {_NO_DATE}"),))
    if not 1850 <= year <= 2100:
        return Read(None, (error(f"Năm {year} không hợp lý; để trống, hãy sửa lại"),))
    found = dt.date(year, month or 1, day or 1)
    if found > latest:
        return Read(None, (error(f"Ngày {found:%d/%m/%Y} ở sau ngày lập danh sách; để trống, hãy sửa lại"),))
    if latest.year - year > _OLDEST:
        remarks.append(warning(f"Hơn {_OLDEST} tuổi, hãy kiểm tra"))
    return Read(Day(found, "day" if day else "month" if month else "year"), tuple(remarks))


def habit_of(values: list[Cell]) -> DateHabit:
    """Judge a column by its unambiguous dates.

    Excel set to American dates turns 12/06/1980 into a real date of December and leaves 23/08/1951 as text: then no real
    date has a day over 12, and every text date has.
    """
    real = [value for value in values if isinstance(value, dt.date)]
    firsts = [match for value in values if isinstance(value, str) and (match := _DAY_MONTH.match(value))]
    days = [(int(match[1]), int(match[2])) for match in firsts]
    day_first = sum(first > 12 >= second for first, second in days)
    month_first = sum(second > 12 >= first for first, second in days)
    exchanged = len(real) >= 5 and len(days) >= 5 and all(value.day <= 12 for value in real) and day_first == len(days)
    return DateHabit(month_first=month_first >= 3 and month_first > 4 * day_first, exchanged=exchanged)


_DAY_MONTH = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{2,4}")
