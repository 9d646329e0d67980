"""Opens a workbook or a text table as sheets of plain rows, in constant extra memory; formulas are never evaluated."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine as calamine

from households.importing.findings import Cell, ListRefused
from households.importing.limits import DEFAULT_LIMITS, Limits, check_file, check_rows, check_sheets
from households.importing.xlsx_marks import SheetMarks, sheet_marks

Row = list[Cell]
# Encodings a Vietnamese text table may be saved in; Latin-1 last, for it accepts everything and TCVN3/VNI text is read by it.
_ENCODINGS = ("utf-8-sig", "latin-1")


@dataclass(frozen=True)
class Merge:
    """A merged range, zero-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet; `rows()` can be called again and yields every row from row 1, all columns from column A."""

    name: str
    visible: bool
    height: int
    merges: tuple[Merge, ...]
    marks: SheetMarks
    open_rows: Callable[[], Iterator[Row]]

    def rows(self) -> Iterator[Row]:
        return self.open_rows()


def open_sheets(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[Sheet]:
    """Return the sheets of a file that keeps the limits. Raises ListRefused with a Vietnamese sentence."""
    check_file(path, limits)
    sheets = _text_table(path) if path.suffix.lower() == ".csv" else _workbook(path, limits)
    check_rows(sum(sheet.height for sheet in sheets), limits)
    return sheets


def _workbook(path: Path, limits: Limits) -> list[Sheet]:
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as cause:
        raise ListRefused("Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.") from cause
    except (calamine.CalamineError, OSError) as cause:
        raise ListRefused("Tệp bị hỏng hoặc không phải bảng tính. Hãy mở bằng Excel và lưu lại.") from cause
    tables = [entry for entry in book.sheets_metadata if entry.typ == calamine.SheetTypeEnum.WorkSheet]
    check_sheets(len(tables), limits)
    marks = sheet_marks(path)
    return [_sheet(book, entry, marks.get(entry.name, SheetMarks()), limits) for entry in tables]


def _sheet(book: Any, entry: Any, marks: SheetMarks, limits: Limits) -> Sheet:
    try:
        table = book.get_sheet_by_name(entry.name)
    except calamine.CalamineError as cause:
        raise ListRefused(f"Không đọc được trang tính “{entry.name}”. Hãy mở bằng Excel và lưu lại.") from cause
    offset = table.start[1] if table.start else 0

    def rows() -> Iterator[Row]:
        padding: Row = [None] * offset
        for values in table.iter_rows():
            yield padding + [None if value == "" else value for value in values[: limits.columns]]

    merges = tuple(Merge(*first, *last) for first, last in table.merged_cell_ranges or ())
    visible = entry.visible == calamine.SheetVisibleEnum.Visible
    # total_height is the index of the last row, and zero for an empty sheet as well.
    height = table.total_height + 1 if table.start else 0
    return Sheet(name=entry.name, visible=visible, height=height, merges=merges, marks=marks, open_rows=rows)


def _text_table(path: Path) -> list[Sheet]:
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter_of("".join(islice(file, 50)))
    with path.open(encoding=encoding, newline="") as file:
        height = sum(1 for _ in csv.reader(file, delimiter=delimiter))

    def rows() -> Iterator[Row]:
        with path.open(encoding=encoding, newline="") as file:
            for values in csv.reader(file, delimiter=delimiter):
                yield [value or None for value in values]

    return [Sheet(name=path.stem, visible=True, height=height, merges=(), marks=SheetMarks(), open_rows=rows)]


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                while file.read(1 << 16):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise ListRefused("Không nhận ra bảng mã của tệp. Hãy lưu lại dạng CSV UTF-8.")


def _delimiter_of(sample: str) -> str:
    return max(",;\t|", key=sample.count)
