"""Small questions about cells: their text, whether they are blank, marked or a ditto."""

import datetime as dt
import re
from functools import lru_cache

from households.importing.findings import Cell
from posasoft.core.names import fold, nfc_name

_BLANK = re.compile(r"[\s\-–—_.…/\\]*")
_DITTO = re.compile(r"(?:[-–—\s.]*[\"“”″〃][-–—\s.]*|''|''\s*|-?\s*n\.?t\.?\s*-?|như trên)", re.IGNORECASE)
_MARKS = frozenset(("x", "xx", "v", "✓", "✔", "√", "☑", "☒", "✗", "✘", "þ", "ü", "*", "+", "1", "co", "dung", "yes", "true"))

# A cell is looked at many times while its row is understood.
cached_fold = lru_cache(maxsize=65536)(fold)
_tidy = lru_cache(maxsize=65536)(nfc_name)


def cell_text(value: Cell) -> str:
    """Return a cell as a person would read it: whole numbers without .0, dates day first, text with single spaces."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _tidy(value)
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y") if not isinstance(value, dt.datetime) else value.strftime("%d/%m/%Y")
    return str(value)


def is_blank(value: Cell) -> bool:
    """Whether nothing was meant: empty, spaces, a dash or dots that fill the line."""
    return value is None or (isinstance(value, str) and not value[:1].isalnum() and _is_blank_text(value))


@lru_cache(maxsize=16384)
def _is_blank_text(text: str) -> bool:
    return _BLANK.fullmatch(nfc_name(text)) is not None


def is_ditto(value: Cell) -> bool:
    """Whether the cell says “as above”: ", -"-, nt, như trên."""
    return isinstance(value, str) and len(value) < 12 and bool(value.strip()) and _DITTO.fullmatch(_tidy(value)) is not None


def is_mark(value: Cell) -> bool:
    """Whether a cell is a tick: x, X, ✓, 1, có."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value == 1
    return isinstance(value, str) and len(value) < 12 and _is_mark_text(value)


@lru_cache(maxsize=16384)
def _is_mark_text(text: str) -> bool:
    return _tidy(text).casefold() in _MARKS or cached_fold(text) in _MARKS


def is_no(value: Cell) -> bool:
    """Whether a cell in a mark column says no: 0, không, ko."""
    if isinstance(value, bool | int | float):
        return not value
    return cached_fold(value) in ("0", "khong", "ko", "k", "no") if isinstance(value, str) else False


def words(listed: str) -> tuple[str, ...]:
    """The phrases of a table written in one text with | between them."""
    return tuple(listed.split("|"))
