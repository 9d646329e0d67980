"""Finds the heading of a list, wherever it stands: title block above, one to three rows, merged cells or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from households.importing.columns import NAME_FIELDS, SUB_HEADINGS, field_of_label, field_of_path, fold_label
from households.importing.findings import Cell
from households.importing.sheets import Merge
from households.importing.texts import cell_text

SEARCHED_ROWS = 200
_LONGEST_HEADING = 110
_LONGEST_NUMBERING = 12
_FEWEST_FIELDS = 3
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[A-Za-zĐđ]|\d{1,2}\s*=.*)\s*\)?")
_OWN_MEANING = frozenset(("nam", "nữ", "ngày", "tháng", "năm", "loại", "dạng", "mức", "mức độ"))

NumberedRow = tuple[int, Sequence[Cell]]


@dataclass(frozen=True)
class Column:
    """A column of the list: where it stands (zero-based), its heading as written, and the field it was taken for."""

    index: int
    title: str
    field: str | None
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The heading of a list: its first and last row (as Excel shows them) and its columns."""

    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    texts: frozenset[str]

    def with_fields(self, fields: dict[int, str]) -> "Header":
        """The same heading with corrected fields by column position."""
        columns = tuple(replace(column, field=fields.get(column.index, column.field)) for column in self.columns)
        return replace(self, columns=columns)


def looks_like_header(row: Sequence[Cell]) -> bool:
    """Whether one row names a person column and at least two others."""
    texts = [value for value in row if isinstance(value, str)]
    if len(texts) < _FEWEST_FIELDS:
        return False
    fields = [field_of_label(text) for text in texts if len(text) <= _LONGEST_HEADING]
    found = {field for field in fields if field is not None and field != "ignore"}
    return len(found) >= _FEWEST_FIELDS and any(field in NAME_FIELDS for field in found)


def find_header(rows: Sequence[NumberedRow], merges: Sequence[Merge]) -> Header | None:
    """Return the first heading among numbered rows, or None."""
    for position, (_, row) in enumerate(rows):
        if looks_like_header(row):
            return read_header(rows, position, merges)
    return None


def read_header(rows: Sequence[NumberedRow], position: int, merges: Sequence[Merge]) -> Header:
    """Read the heading whose main row is at `position`: a group row above it and sub-headings below it belong to it."""
    first = position
    if position and _is_group_row(rows[position - 1][1], rows[position][1]):
        first = position - 1
    last = position
    while last + 1 < len(rows) and last - position < 2 and _is_sub_row(rows[last + 1], rows[position], merges):
        last += 1
    block = rows[first : last + 1]
    texts = frozenset(cell_text(value) for _, row in block for value in row if isinstance(value, str))
    return Header(block[0][0], block[-1][0], tuple(_columns(block, merges)), texts)


def is_numbering(row: Sequence[Cell]) -> bool:
    """Whether a row numbers the columns: 1 2 3 …, (1) (2) …, A B 1 2 …"""
    if any(isinstance(value, str) and len(value) > _LONGEST_NUMBERING for value in row):
        return False
    filled = [cell_text(value) for value in row if value is not None]
    if len(filled) < 4 or not all(_NUMBERING.fullmatch(text) for text in filled):
        return False
    numbers = [int(match[0]) for text in filled if (match := re.search(r"\d+", text))]
    return len(numbers) >= 2 and all(later > earlier for earlier, later in zip(numbers, numbers[1:], strict=False))


def _is_group_row(row: Sequence[Cell], main: Sequence[Cell]) -> bool:
    """A row above the main one whose cells stand over columns and name groups (Khuyết tật, Phân loại hộ)."""
    texts = [value for value in row if isinstance(value, str)]
    if len(texts) < 2 or any(not isinstance(value, str) for value in row if value is not None):
        return False
    named = sum(field_of_label(text) is not None for text in texts if len(text) <= _LONGEST_HEADING)
    # The line "Cộng hòa xã hội chủ nghĩa…" stands above too, but names no column.
    return named >= 2 and named * 2 >= len(texts) and sum(value is not None for value in main) >= len(texts)


def _is_sub_row(entry: NumberedRow, main: NumberedRow, merges: Sequence[Merge]) -> bool:
    """Sub-headings: texts only, none in the name's column unless merged, and below a group or a gap of the main row."""
    row = entry[1]
    filled = [(index, value) for index, value in enumerate(row) if value is not None]
    if not filled or is_numbering(row) or any(not isinstance(value, str) or len(value) > _LONGEST_HEADING for _, value in filled):
        return False
    main_row = main[1]
    names = [index for index, value in enumerate(main_row) if isinstance(value, str) and field_of_label(value) in NAME_FIELDS]
    if any(index in names for index, _ in filled):
        return False
    known = sum(_means_something(cell_text(value)) for _, value in filled)
    return known * 2 >= len(filled)


def _means_something(text: str) -> bool:
    return field_of_label(text) is not None or text.casefold() in _OWN_MEANING or fold_label(text) in SUB_HEADINGS


def _columns(block: Sequence[NumberedRow], merges: Sequence[Merge]) -> list[Column]:
    width = max(len(row) for _, row in block)
    paths: list[list[str]] = [[] for _ in range(width)]
    for depth, (number, row) in enumerate(block):
        for index, text in enumerate(_spread(number, row, width, merges, below=block[depth + 1 :])):
            if text and (not paths[index] or paths[index][-1] != text):
                paths[index].append(text)
    bottoms = [path[-1] if path else "" for path in paths]
    return [Column(index, _title(path, bottoms), field_of_path(tuple(path)), tuple(path)) for index, path in enumerate(paths) if path]


def _title(path: list[str], bottoms: list[str]) -> str:
    alone = bottoms.count(path[-1]) == 1 and path[-1].casefold() not in _OWN_MEANING - {"mức độ"}
    return path[-1] if alone or len(path) == 1 else f"{path[-2]} – {path[-1]}"


def _spread(number: int, row: Sequence[Cell], width: int, merges: Sequence[Merge], *, below: Sequence[NumberedRow]) -> list[str]:
    """The row's texts by column; a group heading also stands over the following columns that it covers."""
    texts = [cell_text(value) for value in row] + [""] * (width - len(row))
    covering = [merge for merge in merges if merge.top <= number - 1 <= merge.bottom and merge.right > merge.left]
    for merge in covering:
        for index in range(merge.left + 1, min(merge.right + 1, width)):
            texts[index] = texts[index] or texts[merge.left]
    if merges or not below:
        return texts
    return _spread_without_merges(texts, below[0][1])


def _spread_without_merges(texts: list[str], sub_row: Sequence[Cell]) -> list[str]:
    """Without merge information a heading covers the blanks to its right that have a sub-heading."""
    spread = list(texts)
    for index in range(1, len(spread)):
        sub = index < len(sub_row) and sub_row[index] is not None
        over = index - 1 < len(sub_row) and sub_row[index - 1] is not None
        if not spread[index] and sub and over:
            spread[index] = spread[index - 1]
    return spread
