"""The statement with an agency as a PDF in the layout of Decree 30/2020, and as a workbook. It names no citizen."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.template.loader import render_to_string
from django.utils import timezone

from payments.documents.wording import MOTTO, NATION
from payments.models import Statement, StatementList
from posasoft.core.dates import format_long
from posasoft.core.html_to_pdf import render_pdf
from posasoft.core.models import Area, Level
from posasoft.core.money import format_number
from posasoft.core.money_words import money_words
from posasoft.core.names import fold
from posasoft.core.row_sheets import LONG_LIST

TITLE = "BẢNG QUYẾT TOÁN CHI TRẢ TRỢ CẤP XÃ HỘI"
HEADINGS = ("STT", "Xã, phường", "Danh sách số", "Tạm ứng", "Số lượt trả", "Đã trả", "Không trả được", "Nộp lại")
WIDTHS = (6, 30, 26, 18, 12, 18, 14, 18)


def pdf(statement: Statement) -> bytes:
    """A4, both sides' signatures with who, when and the checksum of what they signed."""
    return render_pdf(render_to_string("documents/statement.html", _context(statement)))


def workbook(statement: Statement) -> bytes:
    """Figures and lists; numbers are numbers."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, LONG_LIST)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    sheet = book.add_worksheet("Quyết toán")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    context = _context(statement)
    sheet.write_string(0, 0, TITLE, bold)
    sheet.write_string(1, 0, context["below"])
    for row, (label, value) in enumerate(context["figures"], start=3):
        sheet.write_string(row, 1, label)
        sheet.write_number(row, 3, value, money)
    top = 4 + len(context["figures"])
    sheet.write_string(top - 1, 1, context["fee_rule"])
    sheet.write_row(top, 0, HEADINGS, bold)
    for number, part in enumerate(context["parts"], start=1):
        sheet.write_number(top + number, 0, number)
        sheet.write_string(top + number, 1, part.pay_list.commune.name)
        sheet.write_string(top + number, 2, part.pay_list.number)
        for column, value in enumerate((part.advance, part.payments, part.paid, part.unpaid, part.returned), start=3):
            sheet.write_number(top + number, column, value, money)
    book.close()
    return stream.getvalue()


def file_name(statement: Statement, extension: str) -> str:
    """quyet-toan-2026-11-vnpost-08.pdf, with the number of a later statement of the month."""
    later = f"-{statement.sequence}" if statement.sequence > 1 else ""
    code = "-".join(fold(statement.agency.code).split())
    return f"quyet-toan-{statement.month:%Y-%m}-{code}-{statement.province_no:02}{later}.{extension}"


def _context(statement: Statement) -> dict[str, Any]:
    province = Area.objects.filter(level=Level.PROVINCE, province_no=statement.province_no, valid_to=None).first()
    name = province.name if province else ""
    agency = statement.agency
    contract = f" Hợp đồng số {agency.contract_no}." if agency.contract_no else ""
    later = f" (lần {statement.sequence})" if statement.sequence > 1 else ""
    return {
        "nation": NATION, "motto": MOTTO, "authority": "ỦY BAN NHÂN DÂN", "area": name.upper(), "title": TITLE,
        "place": name.removeprefix("Tỉnh ").removeprefix("Thành phố "),
        "month": f"Tháng {statement.month:%m/%Y}{later}",
        "below": f"{agency.name}.{contract} {name}, tháng {statement.month:%m/%Y}{later}. Đơn vị tính: đồng.",
        "day": format_long(timezone.localdate()), "statement": statement, "agency": agency,
        "figures": _figures(statement), "fee_rule": _fee_rule(statement), "words": money_words(statement.fee),
        "cost": format_number(statement.fee // statement.payments) if statement.payments else "",
        "parts": list(_parts(statement)),
        "signatures": [
            ("ĐẠI DIỆN ĐƠN VỊ CHI TRẢ", *_signature(statement.agency_signed_by, statement.agency_signed_at)),
            ("ĐẠI DIỆN CƠ QUAN QUẢN LÝ", *_signature(statement.province_signed_by, statement.province_signed_at)),
        ],
    }  # fmt: skip


def _figures(statement: Statement) -> list[tuple[str, int]]:
    return [
        ("Số danh sách", statement.lists), ("Tiền đã nhận (tạm ứng)", statement.advance), ("Số lượt đã trả", statement.payments),
        ("Tiền đã trả", statement.paid), ("Số lượt không trả được", statement.unpaid), ("Tiền nộp lại", statement.returned),
        ("Còn ở đơn vị chi trả", statement.standing), ("Phí chi trả", statement.fee),
    ]  # fmt: skip


def _fee_rule(statement: Statement) -> str:
    each = f"Phí = {format_number(statement.payments)} lượt × {format_number(statement.fee_per_payment)} đồng"
    if not statement.fee_basis_points:
        return f"{each}."
    percent = f"{statement.fee_basis_points / 100:g}".replace(".", ",")
    return (
        f"{each} + {percent} % của số tiền đã trả, "
        "phần tỷ lệ tính một lần cho cả bảng và làm tròn đến đồng (từ nửa đồng trở lên làm tròn lên)."
    )


def _parts(statement: Statement) -> Any:
    return StatementList.objects.filter(statement=statement).select_related("pay_list__commune").order_by("pay_list__area_pos", "pk")


def _signature(by: Any, at: Any) -> tuple[str, str]:
    if by is None or at is None:
        return "", "Chưa ký"
    return by.get_full_name() or by.get_username(), f"Ký điện tử {timezone.localtime(at):%H:%M %d/%m/%Y}"
