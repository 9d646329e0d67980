"""Rows of long lists as sheets: texts stay texts and numbers numbers, whatever a text begins with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

# For workbooks of lists: rows leave memory as they are written, from top to bottom, and nothing typed is run as a formula or becomes a link.
LONG_LIST = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
# Excel's limit of a cell; XlsxWriter leaves a longer text out.
LONGEST = 32_767

Value = str | int | float | None


def write_rows(sheet: Any, first: int, styles: Sequence[Any], rows: Iterable[Sequence[Value]]) -> int:
    """Rows from row ``first`` (from 0), one value for each of the formats; None is an empty cell with its format. Returns the row below.

    Raises ValueError when a row has not as many values as there are formats.
    """
    place = first
    for row in rows:
        for column, (value, style) in enumerate(zip(row, styles, strict=True)):
            if isinstance(value, str):
                # In constant memory XlsxWriter takes "<r>…</r>" for its own markup of rich text.
                text = f" {value}" if value.startswith("<r>") else value
                sheet.write_string(place, column, text[:LONGEST], style)
            elif value is None:
                sheet.write_blank(place, column, None, style)
            else:
                sheet.write_number(place, column, value, style)
        place += 1
    return place
