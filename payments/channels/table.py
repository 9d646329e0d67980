"""A list as a table that the agency fills in and sends back: workbook and CSV have the same columns. Read by reading.py."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from payments.channels.face import ChannelRefused
from payments.outcomes import OUTCOMES, REASONS
from payments.queries.payer_lines import ListHead, PayerLine
from posasoft.core.dates import format_partial
from posasoft.core.exports.writing import harmless
from posasoft.core.money import format_dong, format_number
from posasoft.core.row_sheets import LONG_LIST, Value, write_rows

TEXT, MONEY, ANSWER = "text", "money", "answer"


@dataclass(frozen=True)
class Column:
    """``kind``: text and money are ours, an answer is the agency's to fill in."""

    name: str
    title: str
    width: int
    kind: str = TEXT


LINE = Column("line", "Mã dòng", 38)
OURS = (
    Column("number", "STT", 6),
    Column("payee", "Họ và tên người nhận", 28),
    Column("born", "Ngày sinh", 12),
    Column("national_id", "Số định danh cá nhân", 16),
    Column("household_code", "Mã hộ", 20),
    Column("village", "Thôn, bản, tổ dân phố", 22),
)
MONEYS = (
    Column("amount", "Trợ cấp tháng này", 14, MONEY),
    Column("arrears", "Truy lĩnh", 12, MONEY),
    Column("recovery", "Thu hồi", 12, MONEY),
    Column("carried", "Kỳ trước chuyển sang", 14, MONEY),
    Column("total", "Số tiền phải trả", 16, MONEY),
)
ANSWERS = (
    Column("outcome", "Kết quả", 12, ANSWER),
    Column("reason", "Lý do không trả", 20, ANSWER),
    Column("paid", "Số tiền đã trả", 14, ANSWER),
    Column("paid_on", "Ngày trả", 12, ANSWER),
    Column("proxy", "Người nhận thay", 24, ANSWER),
)
# What the money is paid into stands between whose it is and how much.
ACCOUNT = (Column("holder", "Chủ tài khoản", 28), Column("account", "Số tài khoản", 20), Column("provider", "Ngân hàng, ví", 18))
HEADING_ROW = 3
# The last row of a table given out to fill in: a text file that has it was not cut between two rows.
END = "Hết tệp"


def columns(*extra: Column) -> tuple[Column, ...]:
    """The columns of a channel's file; ``extra`` of its own."""
    return (LINE, *OURS, *extra, *MONEYS, *ANSWERS)


def values(line: PayerLine, **extra: str) -> dict[str, Any]:
    """One line by column name."""
    born = format_partial(line.born, line.born_precision) if line.born and line.born_precision else ""
    return {
        "line": line.line, "number": str(line.number), "payee": line.payee, "born": born, "national_id": line.national_id,
        "household_code": line.household_code, "village": line.village, "amount": line.amount, "arrears": line.arrears,
        "recovery": line.recovery, "carried": line.carried, "total": line.total, **extra,
    }  # fmt: skip


def csv_file(rows: Sequence[dict[str, Any]], wanted: Sequence[Column], *, ended: bool = False) -> bytes:
    """UTF-8 with a mark, semicolons, one heading line: spreadsheets set to Vietnamese open it by a double click. ``ended``: with a last row END."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([column.title for column in wanted])
    texts = [(column.name, column.kind == TEXT) for column in wanted if column.kind != ANSWER]
    blanks = [""] * (len(wanted) - len(texts))
    writer.writerows([harmless(str(row.get(name, ""))) if is_text else row[name] for name, is_text in texts] + blanks for row in rows)
    if ended:
        writer.writerow([f"{END}: {format_number(len(rows))} dòng", *[""] * (len(wanted) - 1)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def workbook(head: ListHead, rows: Sequence[dict[str, Any]], wanted: Sequence[Column]) -> bytes:
    """The same as a workbook: title, sum, drop-downs for the answers; our own cells are locked against slips of the hand."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, LONG_LIST)
    sheet = book.add_worksheet("Danh sách")
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
    styles = {
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "heading": book.add_format({**base, "bold": True, "border": 1, "text_wrap": True, "bg_color": "#E8EDF2", "align": "center"}),
        TEXT: book.add_format({**base, "border": 1, "num_format": "@"}),
        MONEY: book.add_format({**base, "border": 1, "num_format": "#,##0"}),
        ANSWER: book.add_format({**base, "border": 1, "locked": False, "bg_color": "#FFF9E5"}),
    }
    for place, column in enumerate(wanted):
        sheet.set_column(place, place, column.width)
    sheet.write_string(0, 0, f"Danh sách số {head.number}, tháng {head.month:%m/%Y}, {head.commune}", styles["title"])
    said = f"{format_number(len(rows))} dòng, tổng cộng {format_dong(head.payable)}. Điền các cột vàng rồi gửi lại tệp này."
    sheet.write_string(1, 0, said)
    sheet.write_row(HEADING_ROW - 1, 0, [column.title for column in wanted], styles["heading"])
    write_rows(sheet, HEADING_ROW, [styles[column.kind] for column in wanted], (_cells(row, wanted) for row in rows))
    _drop_downs(sheet, wanted, HEADING_ROW, max(HEADING_ROW, HEADING_ROW + len(rows) - 1))
    sheet.freeze_panes(HEADING_ROW, 3)
    sheet.protect("", {"format_columns": True, "autofilter": True, "sort": True})
    book.close()
    return stream.getvalue()


def _cells(row: dict[str, Any], wanted: Sequence[Column]) -> list[Value]:
    return [
        None if column.kind == ANSWER else row[column.name] if column.kind == MONEY else str(row.get(column.name, "")) for column in wanted
    ]


def _drop_downs(sheet: Any, wanted: Sequence[Column], first: int, last: int) -> None:
    for name, words in (("outcome", OUTCOMES), ("reason", REASONS)):
        place = next(number for number, column in enumerate(wanted) if column.name == name)
        sheet.data_validation(first, place, last, place, {"validate": "list", "source": list(words.values())})


def files(head: ListHead, rows: Sequence[dict[str, Any]], wanted: Sequence[Column]) -> dict[str, bytes]:
    """Workbook and CSV of the same rows. Raises ChannelRefused when their sum is not the list's."""
    total = sum(row["total"] for row in rows)
    if total != head.payable:
        raise ChannelRefused(
            f"Danh sách số {head.number}: các dòng cộng lại {format_dong(total)}, danh sách ghi {format_dong(head.payable)}."
        )
    return {"xlsx": workbook(head, rows, wanted), "csv": csv_file(rows, wanted)}
