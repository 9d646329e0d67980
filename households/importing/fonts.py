"""Turns text typed for .VnTime (TCVN3) or VNI fonts into Unicode, column by column, and remembers what it changed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from households.importing.findings import Cell
from posasoft.core.legacy_fonts import Encoding, detect_legacy, detect_legacy_column, needs_conversion, to_unicode
from posasoft.core.legacy_tables import TCVN3

_NAMES: dict[Encoding, str] = {"tcvn3": "TCVN3 (.VnTime)", "vni": "VNI", "cp1258": "Windows-1258"}
_FEW = 3
_SMALL, _LARGE = re.compile("[a-z]"), re.compile("[A-Z]")
_CODES_BESIDE_CAPITALS = {code: letter for code, letter in TCVN3.items() if not code.isupper()}

_detect = lru_cache(maxsize=65536)(detect_legacy)


@dataclass
class Decoder:
    """Converts cells; `columns` holds the encoding of columns that have one, `whole` that of the sheet."""

    columns: dict[int, Encoding]
    whole: Encoding | None
    # TCVN3 cannot write toned capitals; some converters leave those in Unicode among its codes (§ẶNG is ĐẶNG).
    unicode_capitals: bool = False
    converted: Counter[tuple[int, Encoding]] = field(default_factory=Counter)
    first: dict[tuple[int, Encoding], tuple[int, str]] = field(default_factory=dict)

    def row(self, number: int, values: Sequence[Cell]) -> list[Cell]:
        """Return the row in Unicode."""
        return [
            self._text(number, index, value) if isinstance(value, str) and not value.isascii() else value
            for index, value in enumerate(values)
        ]

    def _text(self, number: int, index: int, text: str) -> str:
        encoding = self.columns.get(index) or self.whole
        if encoding == "tcvn3" and self.unicode_capitals and _in_capitals(text):
            return self._capitals(number, index, text)
        if encoding is None or not needs_conversion(text, encoding):
            # One word alone proves nothing where nothing else is in a legacy font.
            encoding = _detect(text) if self.columns or " " in text else None
        if encoding is None:
            return text
        self._count(number, index, encoding, text)
        return to_unicode(text, encoding)

    def _capitals(self, number: int, index: int, text: str) -> str:
        converted = "".join(_CODES_BESIDE_CAPITALS.get(character, character) for character in text)
        if converted != text:
            self._count(number, index, "tcvn3", text)
        return converted

    def _count(self, number: int, index: int, encoding: Encoding, text: str) -> None:
        self.converted[index, encoding] += 1
        self.first.setdefault((index, encoding), (number, text))


def decoder_for(rows: Iterable[Sequence[Cell]]) -> Decoder:
    """Judge the columns of a sheet by a sample of its rows."""
    texts: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        for index, value in enumerate(row):
            if isinstance(value, str) and not value.isascii():
                texts[index].append(value)
    found = {index: encoding for index, column in texts.items() if (encoding := detect_legacy_column(column)) is not None}
    votes = Counter(found.values())
    whole = votes.most_common(1)[0][0] if votes else None
    # A column with true Unicode text in it is not swept along by the rest of the sheet.
    undecided = {index for index, column in texts.items() if index not in found and any(_is_unicode(text) for text in column)}
    if sum(votes.values()) < min(_FEW, len(texts)) or len(undecided) > len(found):
        whole = None
    capitals = any(encoding == "tcvn3" and any(map(_has_unicode_capital, texts[index])) for index, encoding in found.items())
    return Decoder(found, whole, capitals)


def _in_capitals(text: str) -> bool:
    """Several words without a small letter; MÑ alone is Mẹ, whose only other letter is a capital."""
    return " " in text.strip() and not _SMALL.search(text) and len(_LARGE.findall(text)) >= _FEW


def _has_unicode_capital(text: str) -> bool:
    """Whether a text in capitals holds a toned capital that no TCVN3 code draws."""
    return _in_capitals(text) and any(c.isupper() and c not in TCVN3 for c in text if not c.isascii())


def _is_unicode(text: str) -> bool:
    return any(character > "\u00ff" for character in text)


def encoding_name(encoding: Encoding) -> str:
    """The name of an encoding for people."""
    return _NAMES[encoding]
