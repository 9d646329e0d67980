"""A file of results given back: what the agency wrote, and beside each row what the program made of it."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from households.importing.sheets import open_sheets
from payments.channels import ChannelRefused
from payments.channels.packed import GZIP, unpacked
from payments.channels.reading import LIMITS, the_table
from payments.channels.table import LINE
from payments.models import ResultBatch, RowState
from payments.outcomes import OUTCOMES, REASONS
from payments.queries.results import BatchRow
from payments.result_findings import sentence
from posasoft.core import vault
from posasoft.core.names import fold

REMARK = "Hệ thống trả lời"
# Of a pain.002 or of a program's call, which are no tables.
PLAIN = ("Dòng", LINE.title, "Kết quả", "Lý do", "Số tiền", REMARK)
_WIDTH = 60


def answered(batch: ResultBatch, rows: Sequence[BatchRow]) -> bytes:
    """The workbook; ``rows`` are all rows of the batch. Raises FileNotFoundError, UnreadableFile, ListRefused."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_formulas": False})
    sheet = book.add_worksheet("Kết quả")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EDF2"})
    wrong = book.add_format({"bg_color": "#FDE7C7", "text_wrap": True})
    said = {row.row_no: (remark(row), wrong if row.state == RowState.FINDING else None) for row in rows}
    table = _as_sent(batch) if batch.format in ("xlsx", "csv", GZIP) else _plain(rows)
    heading = next((number for number, cells in table if fold(LINE.title) in (fold(str(cell or "")) for cell in cells)), 0)
    last = max((len(cells) for _number, cells in table), default=0)
    for place, (number, cells) in enumerate(table):
        text, style = (REMARK, bold) if number == heading else said.get(number, ("", None))
        for column, value in enumerate(cells):
            _cell(sheet, place, column, value, bold if number == heading else style)
        if text:
            sheet.write_string(place, last, text, style)
    sheet.set_column(0, last - 1, 16)
    sheet.set_column(last, last, _WIDTH)
    book.close()
    return stream.getvalue()


def remark(row: BatchRow) -> str:
    """What the program says about a row: its findings as sentences, else its state."""
    return " ".join(map(sentence, row.findings)) or str(RowState(row.state).label)


def _as_sent(batch: ResultBatch) -> list[tuple[int, list[Any]]]:
    """The rows of the sheet that was read, numbered as in the file."""
    with vault.open_file(batch.file) as source:
        content = source.read()
    if batch.format == GZIP:
        content = unpacked(content)
    try:
        with vault.in_memory(io.BytesIO(content), ".xlsx" if batch.format == "xlsx" else ".csv") as path:
            return list(enumerate(the_table(open_sheets(path, LIMITS)).rows, start=1))
    except ChannelRefused:
        # A file that was refused for want of a table has no rows to answer.
        return []


def _plain(rows: Iterable[BatchRow]) -> list[tuple[int, list[Any]]]:
    head: list[Any] = list(PLAIN[:-1])
    return [(0, head), *((row.row_no, _values(row)) for row in rows)]


def _values(row: BatchRow) -> list[Any]:
    return [row.row_no, row.line, OUTCOMES.get(row.outcome, ""), REASONS.get(row.reason, ""), row.amount]


def _cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, datetime.datetime | datetime.date):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, bool | int | float):
        sheet.write(row, column, value, style)
    else:
        sheet.write_string(row, column, "" if value is None else str(value), style)
