"""Turns text typed for .VnTime (TCVN3) or VNI fonts into Unicode, column by column, and remembers what it changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from households.importing.findings import Cell
from posasoft.core.legacy_fonts import Encoding, detect_legacy, detect_legacy_column, needs_conversion, to_unicode

_NAMES: dict[Encoding, str] = {"tcvn3": "TCVN3 (.VnTime)", "vni": "VNI", "cp1258": "Windows-1258"}
_FEW = 3

_detect = lru_cache(maxsize=65536)(detect_legacy)


@dataclass
class Decoder:
    """Converts cells; `columns` holds the encoding of columns that have one, `whole` that of the sheet."""

    columns: dict[int, Encoding]
    whole: Encoding | None
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
        if encoding is None or not needs_conversion(text, encoding):
            # One word alone proves nothing where nothing else is in a legacy font.
            encoding = _detect(text) if self.columns or " " in text else None
        if encoding is None:
            return text
        self.converted[index, encoding] += 1
        self.first.setdefault((index, encoding), (number, text))
        return to_unicode(text, encoding)


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
    return Decoder(found, whole)


def _is_unicode(text: str) -> bool:
    return any(character > "\u00ff" for character in text)


def encoding_name(encoding: Encoding) -> str:
    """The name of an encoding for people."""
    return _NAMES[encoding]
