"""Words of the documents: letterhead of Decree 30/2020, titles, benefits by paragraph. What a benefit is for is not said: many read a list."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from payments.models import Channel, PaymentList
from payments.queries import Component, LineRow
from payments.statuses import DRAFT
from posasoft.core.masking import number_for
from posasoft.core.money import format_number
from posasoft.core.months import format_month
from posasoft.core.names import fold

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
AUTHORITY = "ỦY BAN NHÂN DÂN"
TITLE = "DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI"
DRAFT_MARK = "DỰ THẢO – chưa có giá trị chi trả"
SIGNATURES = (
    ("NGƯỜI LẬP DANH SÁCH", "(Ký, ghi rõ họ tên)"),
    ("NGƯỜI KIỂM TRA", "(Ký, ghi rõ họ tên)"),
    ("CHỦ TỊCH", "(Ký, ghi rõ họ tên, đóng dấu)"),
)
COLUMNS = (
    "STT", "Họ và tên người nhận", "Số định danh cá nhân", "Thôn, bản, tổ dân phố", "Các khoản được hưởng trong tháng", "Truy lĩnh", "Thu hồi",
    "Tổng số tiền", "Ký nhận",
)  # fmt: skip

# Paragraph and point, not the ground: "người nhiễm HIV" must not stand on a list that is passed around.
_NAMED = {
    "PENSION-SOCIAL": "Hưu trí xã hội",
    "POWER": "Tiền điện hộ nghèo",
    "FUNERAL": "Chi phí mai táng",
    "EDU-COST": "Chi phí học tập",
    "EDU-FOOD": "Tiền ăn bán trú",
    "EDU-HOUSING": "Tiền ở bán trú",
    "EDU-LUNCH": "Ăn trưa mẫu giáo",
    "EDU-LUNCH-NURSERY": "Ăn trưa nhà trẻ",
    "DIRECT-102": "Hỗ trợ trực tiếp hộ nghèo",
}
_PARAGRAPH = re.compile(r"TCXH-5\.(\d)([a-d])?")


def for_role(row: LineRow, role: str) -> LineRow:
    """A line with the payee's id as a role may see it: whole for those who pay and sign, its last digits or nothing for others."""
    return replace(row, national_id=number_for(row.national_id, role))


def benefit_label(code: str) -> str:
    """How a benefit is called on a list: by paragraph and point of Article 5, or by its plain name."""
    if found := _PARAGRAPH.fullmatch(code):
        point = f"điểm {found[2]} " if found[2] else ""
        text = f"{point}khoản {found[1]} Điều 5"
        return text[0].upper() + text[1:]
    if code.startswith("CARE-"):
        return "Kinh phí chăm sóc"
    if code.startswith("EMERGENCY-"):
        return "Trợ giúp khẩn cấp"
    if code.startswith("OPP-"):
        return "Gói Tạo cơ hội"
    return _NAMED.get(code, code)


def component_text(part: Component, *, payee: str, month: datetime.date) -> str:
    """One benefit in words: for whom when it is not the payee, which, with which coefficient, and of which month when it is a past one."""
    owner = f"{part.person}: " if part.person and part.person != payee else ""
    coefficient = f" × {part.coefficient.normalize():f}".replace(".", ",") if part.coefficient is not None else ""
    of_month = f" tháng {format_month(part.month)}" if part.month != month else ""
    return f"{owner}{benefit_label(part.benefit)}{coefficient}{of_month}"


def place_name(pay_list: PaymentList) -> str:
    """The commune as a heading: XÃ LŨNG CÚ."""
    return pay_list.commune.name.upper()


def title_lines(pay_list: PaymentList) -> tuple[str, str]:
    """Title of the month and the line below it."""
    number = f"Số {pay_list.number}. " if pay_list.number else ""
    channel = Channel(pay_list.channel).label
    return f"{TITLE} THÁNG {pay_list.month:%m/%Y}", f"{number}{pay_list.commune.name}. Hình thức chi trả: {channel}. Đơn vị tính: đồng."


def is_draft(pay_list: PaymentList) -> bool:
    return pay_list.status == DRAFT


def file_name(pay_list: PaymentList, extension: str) -> str:
    """A name for the file: danh-sach-chi-tra-2026-11-xa-lung-cu-post.pdf."""
    place = "-".join(fold(pay_list.commune.name).split())
    return f"danh-sach-chi-tra-{pay_list.month:%Y-%m}-{place}-{pay_list.channel}.{extension}"


@dataclass(frozen=True)
class Totals:
    """Sums over lines, in đồng."""

    lines: int = 0
    amount: int = 0
    arrears: int = 0
    recovery: int = 0
    total: int = 0

    def plus(self, row: LineRow) -> Totals:
        return Totals(
            self.lines + 1, self.amount + row.amount, self.arrears + row.arrears, self.recovery + row.recovery, self.total + row.total
        )


def totals_of(rows: Iterable[LineRow]) -> Totals:
    """The sums of all rows."""
    totals = Totals()
    for row in rows:
        totals = totals.plus(row)
    return totals


def shown(amount: int) -> str:
    """A sum in a column: empty for nothing."""
    return format_number(amount) if amount else ""
