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
# Titles and signatures in Unicode may stand in a column of old text.
_HARDLY = 0.05
_NEARLY_ALL = 0.8
_QUOTES = frozenset("‘’“”–—…")
_SMALL, _LARGE = re.compile("[a-z]"), re.compile("[A-Z]")
_CODES_BESIDE_CAPITALS = {code: letter for code, letter in TCVN3.items() if not code.isupper()}

_detect = lru_cache(maxsize=65536)(detect_legacy)


@dataclass
class Decoder:
    """Converts cells. `columns` holds the encoding of columns that have one, `pure` those of them in which nearly every cell proves it,
    `touched` every column in which some cell proves to be legacy.

    Rows pasted from an old file stand among Unicode rows: a row with a legacy cell and no Unicode one is legacy as a whole.
    """

    columns: dict[int, Encoding]
    pure: frozenset[int]
    touched: frozenset[int]
    whole: Encoding | None
    main: Encoding | None
    active: bool
    # TCVN3 cannot write toned capitals; some converters leave those in Unicode among its codes (§ẶNG is ĐẶNG).
    unicode_capitals: bool = False
    converted: Counter[tuple[int, Encoding]] = field(default_factory=Counter)
    first: dict[tuple[int, Encoding], tuple[int, str]] = field(default_factory=dict)

    def row(self, number: int, values: Sequence[Cell]) -> list[Cell]:
        """Return the row in Unicode."""
        accented = [index for index, value in enumerate(values) if isinstance(value, str) and not value.isascii()]
        row = list(values)
        if not accented:
            return row
        texts = [str(values[index]) for index in accented]
        legacy = self._row_encoding(texts) if self.active else None
        unicode = self.active and any(map(_is_unicode, texts))
        for index, text in zip(accented, texts, strict=True):
            row[index] = self._text(number, index, text, self._encoding(index, text, legacy, unicode=unicode))
        return row

    def _row_encoding(self, texts: Sequence[str]) -> Encoding | None:
        """What the cells of a row prove; a short cell that could be of two encodings follows the sheet."""
        found = Counter(encoding for text in texts if (encoding := _detect(text)))
        if not found:
            return None
        return self.main if self.main in found or self.whole is not None else found.most_common(1)[0][0]

    def _encoding(self, index: int, text: str, legacy: Encoding | None, *, unicode: bool) -> Encoding | None:
        """The encoding to take a cell for; `legacy` and `unicode` say what else its row holds."""
        if not self.active:
            # One word alone proves nothing where nothing else is in a legacy font.
            return _detect(text) if " " in text else None
        own = self.columns.get(index)
        if own is not None and self.unicode_capitals and _in_capitals(text):
            return own
        if legacy is not None and not unicode:
            return own or (legacy if index in self.touched or self.whole is not None else None)
        if unicode and legacy is None:
            return own if index in self.pure else None
        return own or _detect(text) or (None if unicode else self.whole)

    def _text(self, number: int, index: int, text: str, encoding: Encoding | None) -> str:
        if encoding == "tcvn3" and self.unicode_capitals and _in_capitals(text):
            converted = "".join(_CODES_BESIDE_CAPITALS.get(character, character) for character in text)
        elif encoding is None or not needs_conversion(text, encoding):
            return text
        else:
            converted = to_unicode(text, encoding)
        if converted != text:
            self.converted[index, encoding] += 1
            self.first.setdefault((index, encoding), (number, text))
        return converted


def decoder_for(rows: Iterable[Sequence[Cell]]) -> Decoder:
    """Judge the columns of a sheet by a sample of its rows."""
    texts: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        for index, value in enumerate(row):
            if isinstance(value, str) and not value.isascii():
                texts[index].append(value)
    found = {index: encoding for index, column in texts.items() if (encoding := detect_legacy_column(column)) is not None}
    share = {index: sum(map(_is_unicode, column)) / len(column) for index, column in texts.items()}
    with_unicode = {index for index in texts if share[index] > _HARDLY}
    proven = {index: sum(_detect(text) is not None for text in column) / len(column) for index, column in texts.items()}
    pure = frozenset(index for index in found if proven[index] >= _NEARLY_ALL)
    touched = frozenset(index for index in texts if proven[index])
    votes = Counter(found.values())
    # A sheet is swept along by its columns only while most of them agree.
    most = votes.most_common(1)[0][0] if votes and len(with_unicode - set(found)) <= len(found) else None
    detected = Counter(encoding for column in texts.values() for text in column if " " in text and (encoding := _detect(text)))
    several = detected.total() >= _FEW
    main = detected.most_common(1)[0][0] if several else most
    capitals = any(encoding == "tcvn3" and any(map(_mixes_capitals, texts[index])) for index, encoding in found.items())
    return Decoder(found, pure, touched, most, main, several or bool(found), capitals)


def _is_unicode(text: str) -> bool:
    return any(character > "\u00ff" and character not in _QUOTES for character in text)


def _in_capitals(text: str) -> bool:
    """Several words without a small letter; MÑ alone is Mẹ, whose only other letter is a capital."""
    return " " in text.strip() and not _SMALL.search(text) and len(_LARGE.findall(text)) >= _FEW


def _mixes_capitals(text: str) -> bool:
    """Whether a text in capitals holds TCVN3 codes beside a toned capital that no code draws."""
    letters = [character for character in text if not character.isascii()]
    return (
        _in_capitals(text)
        and any(character.isupper() and character not in TCVN3 for character in letters)
        and any(character in _CODES_BESIDE_CAPITALS for character in letters)
    )


def encoding_name(encoding: Encoding) -> str:
    """The name of an encoding for people."""
    return _NAMES[encoding]
