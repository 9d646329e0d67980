"""Words of the documents: letterhead of Decree 30/2020, titles, benefits by paragraph. What a benefit is for is not said: many read a list."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from payments.models import Channel, PaymentList
from payments.providers import name_of
from payments.queries import Component, LineRow
from payments.statuses import CLOSING, DRAFT, ONE_OFF, PENDING, REGULAR, SUPPLEMENTARY
from posasoft.core.masking import number_for
from posasoft.core.money import format_number
from posasoft.core.months import add_months, format_month
from posasoft.core.names import fold

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
AUTHORITY = "ỦY BAN NHÂN DÂN"
TITLE = "DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI"
TITLES = {SUPPLEMENTARY: "BỔ SUNG", ONE_OFF: "CHI MỘT LẦN", CLOSING: "TẤT TOÁN"}
DRAFT_MARK = "DỰ THẢO – chưa có giá trị chi trả"
SIGNERS = ("NGƯỜI LẬP DANH SÁCH", "NGƯỜI KIỂM TRA", "CHỦ TỊCH")
BY_HAND = ("(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên, đóng dấu)")
COLUMNS = (
    "STT", "Họ và tên người nhận", "Số định danh cá nhân", "Thôn, bản, tổ dân phố", "Các khoản được hưởng trong tháng", "Truy lĩnh", "Thu hồi",
    "Kỳ trước chuyển sang", "Tổng số tiền", "Ký nhận",
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
# What a list that is passed around may say; a fact (an illness, say) is only "ghi nhận sau".
CAUSES = {
    "law": "văn bản mới",
    "decision": "theo quyết định",
    "death": "báo mất muộn",
    "born": "đính chính ngày sinh",
    "moved": "chuyển nơi hưởng",
    "family": "thay đổi của người khác trong hộ",
    "hold_lifted": "đã xác minh, được trả lại",
    "suspension_ended": "hết tạm dừng",
}
NOTED_LATER = "thông tin ghi nhận sau"
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


@dataclass(frozen=True)
class Part:
    """Components that read as one: a benefit of a person in one month, or in months that follow each other with the same sum and cause."""

    first: Component
    last: datetime.date
    amount: int


def parts_of(components: Iterable[Component], month: datetime.date) -> list[Part]:
    """What a line is made of, past months drawn together: arrears from–to."""
    found: list[Part] = []
    past = (part for part in components if part.carried or part.month != month)
    now = (part for part in components if not part.carried and part.month == month)
    for part in (*now, *sorted(past, key=lambda one: (one.carried, one.person, one.benefit, one.month))):
        before = found[-1] if found else None
        if before is not None and part.month != month and _continues(before, part):
            found[-1] = Part(before.first, part.month, before.amount + part.amount)
        else:
            found.append(Part(part, part.month, part.amount))
    return found


def _continues(before: Part, part: Component) -> bool:
    same = replace(before.first, month=part.month) == part
    return same and add_months(before.last, 1) == part.month


def way_text(row: LineRow) -> str:
    """How the money reaches the payee when not into his own hand: by whom, or into which account, with the end of the number only."""
    if row.account:
        return f"Chuyển vào {name_of(row.account)} ••• {row.account_tail}"
    return f"Nhận thay: {row.receiver}, căn cước ••• {row.receiver_tail}" if row.receiver else ""


def part_text(part: Part, *, payee: str, month: datetime.date) -> str:
    """One part in words: for whom when it is not the payee, which benefit, its coefficient; of which past months, and why."""
    one = part.first
    owner = f"{one.person}: " if one.person and one.person != payee else ""
    coefficient = f" × {one.coefficient.normalize():f}".replace(".", ",") if one.coefficient is not None else ""
    return f"{owner}{benefit_label(one.benefit)}{coefficient}{_of_past(part, month)}"


def _of_past(part: Part, month: datetime.date) -> str:
    one = part.first
    if one.month == month and not one.carried:
        return ""
    months = f"từ {format_month(one.month)} đến {format_month(part.last)}" if part.last != one.month else f"tháng {format_month(one.month)}"
    if one.carried:
        return f", chưa nhận {months}"
    because = cause_text(one.cause)
    return f", {'truy lĩnh' if part.amount > 0 else 'thu hồi'} {months}{f' ({because})' if because else ''}"


def cause_text(cause: Mapping[str, Any] | None) -> str:
    """Why a past month is corrected, as a list may say it; "" when nothing is kept."""
    if not cause:
        return ""
    if cause.get("kind") == "request":
        return str(cause.get("reason") or "tính lại")
    words = CAUSES.get(str(cause.get("kind")), NOTED_LATER)
    return f"{words} {cause['instrument']}" if cause.get("instrument") else words


def place_name(pay_list: PaymentList) -> str:
    """The commune as a heading: XÃ LŨNG CÚ."""
    return pay_list.commune.name.upper()


def title_lines(pay_list: PaymentList) -> tuple[str, str]:
    """Title of the month and the line below it."""
    number = f"Số {pay_list.number}. " if pay_list.number else ""
    channel = Channel(pay_list.channel).label
    kind = f" {TITLES[pay_list.kind]}" if pay_list.kind in TITLES else ""
    return (
        f"{TITLE}{kind} THÁNG {pay_list.month:%m/%Y}",
        f"{number}{pay_list.commune.name}. Hình thức chi trả: {channel}. Đơn vị tính: đồng.",
    )


def signatures(pay_list: PaymentList) -> list[tuple[str, ...]]:
    """Lines of the three signatures: who signs and how; on a list that went through its hands, who did what and when."""
    hands = (
        (pay_list.prepared_by, pay_list.prepared_at), (pay_list.checked_by, pay_list.checked_at),
        (pay_list.second_approved_by or pay_list.approved_by, pay_list.second_approved_at or pay_list.approved_at),
    )  # fmt: skip
    return [
        (
            who,
            how,
            "",
            str(getattr(by, "full_name", "") or getattr(by, "username", "")),
            f"Ghi nhận điện tử {timezone.localtime(at):%H:%M %d/%m/%Y}",
        )
        if by is not None and at is not None
        else (who, how)
        for who, how, (by, at) in zip(SIGNERS, BY_HAND, hands, strict=True)
    ]


def proof_line(pay_list: PaymentList) -> str:
    """Number and checksum of a released list, "" before: anybody with the lines can make the checksum again."""
    return f"Danh sách số {pay_list.number}. Mã kiểm tra các dòng (SHA-256): {pay_list.checksum}" if pay_list.checksum else ""


def is_draft(pay_list: PaymentList) -> bool:
    return pay_list.status in (DRAFT, *PENDING)


def file_name(pay_list: PaymentList, extension: str) -> str:
    """A name for the file: danh-sach-chi-tra-2026-11-xa-lung-cu-post.pdf."""
    place = "-".join(fold(pay_list.commune.name).split())
    kind = "" if pay_list.kind == REGULAR else f"-{pay_list.kind.replace('_', '-')}-{pay_list.sequence}"
    return f"danh-sach-chi-tra-{pay_list.month:%Y-%m}-{place}-{pay_list.channel}{kind}.{extension}"


@dataclass(frozen=True)
class Totals:
    """Sums over lines, in đồng."""

    lines: int = 0
    amount: int = 0
    arrears: int = 0
    recovery: int = 0
    carried: int = 0
    total: int = 0

    def plus(self, row: LineRow) -> Totals:
        return Totals(
            self.lines + 1, self.amount + row.amount, self.arrears + row.arrears, self.recovery + row.recovery, self.carried + row.carried,
            self.total + row.total,
        )  # fmt: skip


def totals_of(rows: Iterable[LineRow]) -> Totals:
    """The sums of all rows."""
    totals = Totals()
    for row in rows:
        totals = totals.plus(row)
    return totals


def shown(amount: int) -> str:
    """A sum in a column: empty for nothing."""
    return format_number(amount) if amount else ""
