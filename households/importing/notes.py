"""Notes that matter: a death, with the day, month or year it names. Other words stay a note."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from households.importing.births import parse_date_cell, settle
from households.importing.findings import Cell, Read, Remark, error, warning
from households.importing.texts import cell_text, is_blank
from posasoft.core.months import last_day
from posasoft.core.names import fold

_DEATH = r"(?:chet|mat|qua doi|tu vong|tu tran|khai tu|bao tu|hi sinh|c chet)"
# The person is meant when the words of death open a part of the note; "mất sức", "bố mất năm 2020" are about other things.
_OPENING = re.compile(rf"^(?:(?:nguoi nai|ban than|chu ho|da|moi|vua|bi|nai|hien)\s+)*{_DEATH}\b(.*)$")
_NOT_A_DEATH = re.compile(
    r"^\s*(suc|kha nang|viec|giai|cccd|cmnd|the|so|mua|trom|tich|trang|ngu|tri nho|nguon|dat|nha|lien lac|tin|chan|tai|mat|ruong|phuong huong)\b"
)
_SOMEBODY_ELSE = re.compile(rf"\b(bo|me|cha|vo|chong|con|ong|ba|anh|chi|em|chau|bo me|cha me)\s+(?:\w+\s+)?(?:da |moi |bi )?{_DEATH}\b")
_DATE = re.compile(r"\d{1,4}(?:\s*[/.\-]\s*\d{1,4}){0,2}")
_WORDED = re.compile(r"(?:ngai\s*(\d{1,2})\s*)?(?:thang\s*(\d{1,2})\s*)(?:nam\s*)?[/ ]?\s*(\d{4})|nam\s*(\d{4})", re.IGNORECASE)
_PARTS = re.compile(r"[;,()\n]|\s[-–]\s|\.\s")


@dataclass(frozen=True)
class Death:
    """`on` is "2025-09-03", "2025-10", "2024", or None when the note gives no date; `last` is the last day it can mean."""

    on: str | None
    last: dt.date | None


def read_death(note: Cell, latest: dt.date) -> Read[Death]:
    """Return the death that a note states, with remarks; None when it states none."""
    if note is None or is_blank(note) or not isinstance(note, str):
        return Read(None)
    return _read_death(cell_text(note), latest)


@lru_cache(maxsize=8192)
def _read_death(note: str, latest: dt.date) -> Read[Death]:
    somebody_else = False
    for part in _PARTS.split(note):
        folded = fold(part)
        opening = _OPENING.match(folded)
        if opening and not _NOT_A_DEATH.match(opening[1]):
            # The date may stand in brackets beside the word: “đã chết (10/2025)”.
            return _dated(part if _DATE.search(part) else note, latest)
        somebody_else = somebody_else or bool(_SOMEBODY_ELSE.search(folded))
    if somebody_else:
        return Read(None, (warning(f"Ghi chú nói đến người đã mất, hiểu là không phải người này: “{note}”"),))
    return Read(None)


def _dated(text: str, latest: dt.date) -> Read[Death]:
    written = _written_date(text)
    if written is None:
        return Read(Death(None, None), (warning("Ghi chú cho biết đã chết nhưng không ghi ngày; cần xác nhận"),))
    death = death_on(written, latest)
    if death.value is None:
        return Read(Death(None, None), (error(f"Ghi chú cho biết đã chết nhưng ngày “{written}” không đúng; cần xác nhận"),))
    return death


def _written_date(text: str) -> str | None:
    plain = _plain(text)
    if match := _WORDED.search(plain):
        return "/".join(part for part in (match[1], match[2], match[3] or match[4]) if part)
    found = _DATE.search(text)
    return found[0] if found else None


def _plain(text: str) -> str:
    """Small letters without accents, punctuation kept, for worded dates."""
    return "".join(fold(character) or character for character in text.casefold() if not character.isspace() or character == " ")


def death_on(value: Cell, latest: dt.date) -> Read[Death]:
    """Read a date of death; a month counts as its last day, a year as its last, never after the list's own date."""
    parsed = parse_date_cell(value)
    raw = parsed.value
    if raw is None:
        return Read(None, parsed.remarks)
    year = raw.year + (2000 if raw.year <= latest.year % 100 else 1900) if raw.short else raw.year
    settled = settle(raw, year, latest)
    day = settled.value
    if day is None:
        return Read(None, settled.remarks)
    on = day.day.isoformat()[: {"day": 10, "month": 7, "year": 4}[day.precision]]
    remarks: tuple[Remark, ...] = (*parsed.remarks, *settled.remarks, warning(f"Hiểu là đã chết {_shown(on)}; cần xác nhận trước khi ghi"))
    return Read(Death(on, last_day_meant(on, latest)), remarks)


def last_day_meant(on: str, latest: dt.date) -> dt.date:
    """The last day that "2025-10" or "2024" can mean: the end of the month; the end of the year, or `latest` before it."""
    parts = [int(part) for part in on.split("-")]
    if len(parts) == 3:
        return dt.date(*parts)
    if len(parts) == 1:
        return min(dt.date(parts[0], 12, 31), latest)
    return last_day(dt.date(parts[0], parts[1], 1))


def _shown(on: str) -> str:
    return "/".join(reversed(on.split("-")))
