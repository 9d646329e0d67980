"""Cells as clerks, spreadsheets and banks' programs fill them in, read as what is meant; what can be read two ways is not read."""

from __future__ import annotations

import datetime
import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from posasoft.core.dates import parse_date
from posasoft.core.legacy_fonts import Encoding, detect_legacy, to_unicode
from posasoft.core.names import fold

_ENCODINGS: tuple[Encoding, ...] = ("tcvn3", "vni", "cp1258")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
# What no database of text takes: the zero sign and halves of signs.
_NEVER = re.compile("[\x00\ud800-\udfff]")
_CURRENCY = re.compile(r"\s*(?:₫|đồng|dong|vnđ|vnd|đ|d)\.?$", re.IGNORECASE)
_MONEY = re.compile(r"(?:\d{1,3}(?:(?P<group>[., '])\d{3})(?:(?P=group)\d{3})*|\d+)(?:(?P<point>[.,])0+)?")
_LONGEST = 15
_CLOCK = re.compile(r"(?:^|[T\s])\d{1,2}(?::|h)\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2}|SA|CH|AM|PM)?(?=\s|$)", re.IGNORECASE)
# Days of spreadsheets, counted from this one: 2000-01-01 to 2099-12-31. Smaller numbers are years or slips, not days.
_SERIAL_ZERO = datetime.date(1899, 12, 30)
_SERIALS = range(36526, 73051)


def kept(said: str) -> str:
    """A text without what cannot be stored."""
    return _NEVER.sub("", said)


def text(value: Any) -> str:
    """A cell as text: numbers without ".0", nothing invisible, no apostrophe that only kept a spreadsheet from counting."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else kept(str(value)).translate(_INVISIBLE).strip().removeprefix("'").strip()


def plain(value: Any) -> str:
    """The same in Unicode, when it was typed in a font of old (.VnTime, VNI)."""
    found = text(value)
    encoding = detect_legacy(found)
    return to_unicode(found, encoding) if encoding else found


def line_id(value: Any) -> str:
    """The public id of a line as it was given out, whatever case, blanks, braces or missing dashes; another text stays as it is."""
    found = text(value)
    try:
        return str(uuid.UUID("".join(found.split())))
    except ValueError:
        return found


def word(value: Any, known: Mapping[str, str]) -> str | None:
    """The code of a word by ``known`` (folded word → code), "" for an empty cell, None for a word nobody knows."""
    found = text(value)
    if not found:
        return ""
    if (code := known.get(fold(found))) is not None:
        return code
    if not found.isascii():
        for encoding in _ENCODINGS:
            if (code := known.get(fold(to_unicode(found, encoding)))) is not None:
                return code
    return None


def money(value: Any) -> int | None:
    """Whole đồng of 1620000, 1620000.0, "1.620.000", "1,620,000 đ", "1.620.000,00"; None for an empty cell. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError(str(value))
    if isinstance(value, int | float):
        if not float(value).is_integer() or not 0 <= value < 10**_LONGEST:
            raise ValueError(str(value))
        return int(value)
    said = unicodedata.normalize("NFKC", text(value))
    if not said:
        return None
    match = _MONEY.fullmatch(_CURRENCY.sub("", said))
    if match is None or (match["point"] and match["point"] == match["group"]):
        raise ValueError(said)
    whole = match[0] if match["point"] is None else match[0].rpartition(match["point"])[0]
    digits = re.sub(r"\D", "", whole)
    if not digits.isascii() or len(digits) > _LONGEST:
        raise ValueError(said)
    return int(digits)


def day(value: Any) -> datetime.date | None:
    """A date, a date with a time, a spreadsheet's number of a day or a text of these; None for an empty cell. Raises ValueError in Vietnamese."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    said = unicodedata.normalize("NFKC", text(value))
    if not said:
        return None
    if said.isascii() and said.isdigit() and int(said) in _SERIALS:
        return _SERIAL_ZERO + datetime.timedelta(days=int(said))
    if isinstance(value, float) and int(value) in _SERIALS:
        return _SERIAL_ZERO + datetime.timedelta(days=int(value))
    return parse_date(_CLOCK.sub("", said).strip() or said)
