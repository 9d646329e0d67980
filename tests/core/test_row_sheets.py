"""Long lists as sheets: what is written is read back as it was."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from posasoft.core.row_sheets import LONG_LIST, LONGEST, Value, write_rows

AWKWARD = [
    "=1+1", "+84 912", "@SUM(A1)", "Sình & Dợ <xã>", "]]>", " có dấu cách ", "hai\ndòng", "\x07chuông", "_x0041_", "<r>đậm</r>", '"', "100%", "",
]  # fmt: skip


def sheet_of(rows: Sequence[Sequence[Value]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, LONG_LIST)
    sheet = book.add_worksheet("Danh sách")
    text, money = book.add_format({"border": 1, "num_format": "@"}), book.add_format({"num_format": "#,##0"})
    sheet.write_string(0, 0, "Trên")
    below = write_rows(sheet, 2, [text, money, text], rows)
    sheet.write_string(below, 0, "Dưới", text)
    book.close()
    return stream.getvalue()


def test_texts_stay_texts_and_numbers_numbers() -> None:
    """13 awkward texts, whole and broken numbers, empty cells with their format; a head above and a foot below, each where it belongs."""
    content = sheet_of([[text, 1_080_000 if place % 2 else 1.5, None] for place, text in enumerate(AWKWARD)])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["A1"].value == "Trên"
    assert sheet.cell(3 + len(AWKWARD), 1).value == "Dưới"
    for place, text in enumerate(AWKWARD):
        cells = [sheet.cell(3 + place, column) for column in (1, 2, 3)]
        assert cells[0].data_type != "f", text
        assert cells[0].number_format == cells[2].number_format == "@"
        assert (cells[1].value, cells[1].number_format) == (1_080_000 if place % 2 else 1.5, "#,##0")
        assert cells[2].value is None
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in read[2:-1]] == [f" {text}" if text.startswith("<r>") else text for text in AWKWARD]


def test_a_row_of_another_length_and_a_text_too_long_for_a_cell() -> None:
    with pytest.raises(ValueError, match="zip"):
        sheet_of([["một", 1]])
    found = CalamineWorkbook.from_filelike(io.BytesIO(sheet_of([["ạ" * (LONGEST + 5), 1, None]]))).get_sheet_by_index(0).to_python()
    assert found[2][0] == "ạ" * LONGEST


def test_no_rows_are_no_rows() -> None:
    assert CalamineWorkbook.from_filelike(io.BytesIO(sheet_of([]))).get_sheet_by_index(0).to_python() == [["Trên"], [""], ["Dưới"]]
