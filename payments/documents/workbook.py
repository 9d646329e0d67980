"""A payment list as a workbook: one sheet to sign, one with every component. Numbers are numbers, texts are texts and never formulas."""

from __future__ import annotations

import datetime
import io
from typing import Any

import xlsxwriter

from payments import queries
from payments.documents import wording
from payments.models import PaymentList
from payments.queries import Component, LineRow
from posasoft.core.money_words import money_words
from posasoft.core.row_sheets import LONG_LIST, Value, write_rows

WIDTHS = (6, 28, 18, 24, 16, 44, 15, 13, 13, 14, 16, 16)
HEADINGS = (
    "STT", "Họ và tên người nhận", "Số định danh cá nhân", "Thôn, bản, tổ dân phố", "Mã hộ", "Các khoản được hưởng", "Trợ cấp tháng này",
    "Truy lĩnh", "Thu hồi", "Kỳ trước chuyển sang", "Tổng số tiền", "Ký nhận",
)  # fmt: skip
DETAIL_WIDTHS = (16, 28, 28, 34, 12, 10, 16, 40)
DETAIL_HEADINGS = ("Mã hộ", "Người nhận", "Người hưởng", "Khoản", "Tháng", "Hệ số", "Số tiền", "Ghi chú")
FIRST_ROW = 7
# Spreadsheets count days from here.
DAY_ZERO = datetime.date(1899, 12, 30)
LAST = len(HEADINGS) - 1


def workbook(pay_list: PaymentList, *, role: str) -> bytes:
    """The list as xlsx with ids as the role may see them; raises nothing of its own."""
    return written(pay_list, [wording.for_role(row, role) for row in queries.lines(pay_list)])


def written(pay_list: PaymentList, rows: list[LineRow]) -> bytes:
    """Rows as they are given, in their order."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, LONG_LIST)
    book.set_properties({"title": wording.title_lines(pay_list)[0], "author": "POSASoft"})
    styles = _styles(book)
    _sheet(book, styles, pay_list, rows)
    _details(book, styles, pay_list, rows)
    book.close()
    return stream.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
    cell = {**base, "border": 1, "text_wrap": True}
    return {
        "center": book.add_format({**base, "align": "center"}),
        "strong": book.add_format({**base, "align": "center", "bold": True}),
        "title": book.add_format({**base, "align": "center", "bold": True, "font_size": 14}),
        "italic": book.add_format({**base, "align": "center", "italic": True}),
        "left": book.add_format({**base, "italic": True}),
        "heading": book.add_format({**cell, "align": "center", "bold": True, "bg_color": "#E8EDF2"}),
        "text": book.add_format(cell),
        "id": book.add_format({**cell, "num_format": "@"}),
        "whole": book.add_format({**cell, "align": "center"}),
        "money": book.add_format({**cell, "num_format": "#,##0"}),
        "sum": book.add_format({**cell, "num_format": "#,##0", "bold": True}),
        "month": book.add_format({**cell, "num_format": "mm/yyyy", "align": "center"}),
        "factor": book.add_format({**cell, "num_format": "0.0##"}),
    }


def _sheet(book: Any, styles: dict[str, Any], pay_list: PaymentList, rows: list[LineRow]) -> None:
    sheet = book.add_worksheet("Danh sách")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 1)
    sheet.set_footer("&C&P/&N")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    _head(sheet, styles, pay_list)
    sheet.write_row(FIRST_ROW - 1, 0, HEADINGS, styles["heading"])
    kinds = ("whole", "text", "id", "text", "text", "text", *["money"] * 5, "text")
    place = write_rows(sheet, FIRST_ROW, [styles[kind] for kind in kinds], (_cells(row, pay_list.month) for row in rows))
    _foot(sheet, styles, place, pay_list, wording.totals_of(rows))


def _head(sheet: Any, styles: dict[str, Any], pay_list: PaymentList) -> None:
    title, below = wording.title_lines(pay_list)
    sheet.merge_range(0, 0, 0, 3, wording.AUTHORITY, styles["strong"])
    sheet.merge_range(0, 5, 0, LAST, wording.NATION, styles["strong"])
    sheet.merge_range(1, 0, 1, 3, wording.place_name(pay_list), styles["strong"])
    sheet.merge_range(1, 5, 1, LAST, wording.MOTTO, styles["strong"])
    sheet.merge_range(3, 0, 3, LAST, title, styles["title"])
    sheet.merge_range(4, 0, 4, LAST, below, styles["italic"])
    if wording.is_draft(pay_list):
        sheet.merge_range(5, 0, 5, LAST, wording.DRAFT_MARK, styles["strong"])


def _cells(row: LineRow, month: datetime.date) -> list[Value]:
    found = wording.parts_of(row.components, month)
    parts = [f"{wording.part_text(part, payee=row.payee, month=month)}: {wording.shown(part.amount)}" for part in found]
    return [
        row.number, row.payee, row.national_id, row.village or row.address, row.household_code, "\n".join(parts), row.amount, row.arrears,
        row.recovery, row.carried, row.total, wording.way_text(row),
    ]  # fmt: skip


def _foot(sheet: Any, styles: dict[str, Any], place: int, pay_list: PaymentList, totals: wording.Totals) -> None:
    sheet.merge_range(place, 0, place, 5, f"Tổng cộng: {totals.lines} hộ", styles["heading"])
    for column, amount in enumerate((totals.amount, totals.arrears, totals.recovery, totals.carried, totals.total), start=6):
        sheet.write_number(place, column, amount, styles["sum"])
    sheet.write_blank(place, LAST, None, styles["text"])
    sheet.merge_range(place + 1, 0, place + 1, LAST, f"Bằng chữ: {money_words(totals.total)}.", styles["left"])
    sheet.merge_range(place + 3, 7, place + 3, LAST, "Ngày …… tháng …… năm ……", styles["italic"])
    for (first, last), texts in zip(((0, 2), (3, 6), (7, LAST)), wording.signatures(pay_list), strict=True):
        for line, text in enumerate(texts):
            sheet.merge_range(place + 4 + line, first, place + 4 + line, last, text, styles["strong" if line in (0, 3) else "italic"])
    if proof := wording.proof_line(pay_list):
        sheet.merge_range(place + 10, 0, place + 10, LAST, proof, styles["left"])


def _details(book: Any, styles: dict[str, Any], pay_list: PaymentList, rows: list[LineRow]) -> None:
    sheet = book.add_worksheet("Chi tiết")
    for column, width in enumerate(DETAIL_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, DETAIL_HEADINGS, styles["heading"])
    sheet.freeze_panes(1, 0)
    kinds = ("text", "text", "text", "text", "month", "factor", "money", "text")
    write_rows(sheet, 1, [styles[kind] for kind in kinds], (_part(row, part) for row in rows for part in row.components))


def _part(row: LineRow, part: Component) -> list[Value]:
    return [
        row.household_code, row.payee, part.person or row.payee, wording.benefit_label(part.benefit), (part.month - DAY_ZERO).days,
        None if part.coefficient is None else float(part.coefficient), part.amount,
        "Kỳ trước chưa nhận" if part.carried else wording.cause_text(part.cause),
    ]  # fmt: skip
