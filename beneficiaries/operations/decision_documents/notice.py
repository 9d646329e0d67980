"""A decision told to the family in plain words."""

from __future__ import annotations

from beneficiaries.models import DecisionDocument, PaperKind
from beneficiaries.operations.decision_documents.wording import arrears_of, inside, month_text, own_reasons, reason_of, who_of
from posasoft.core.money import format_number

HOTLINE = "18001567"
_PLAIN = {
    PaperKind.GRANT: "đã được duyệt hưởng trợ cấp",
    PaperKind.ADJUST: "được điều chỉnh mức trợ cấp",
    PaperKind.STOP: "thôi hưởng trợ cấp",
    PaperKind.SUSPEND: "tạm dừng nhận trợ cấp",
    PaperKind.RESUME: "được nhận lại trợ cấp",
    PaperKind.REFUSE: "chưa đủ điều kiện hưởng trợ cấp",
    PaperKind.ANNUL: "có một quyết định về trợ cấp bị hủy bỏ",
}


def notice(document: DecisionDocument) -> list[str]:
    """The same to the family, in plain words: what, how much, from when, why, and where to complain."""
    said = [f"Ủy ban nhân dân {inside(document.commune)} thông báo: {who_of(document)} {_PLAIN[PaperKind(document.kind)]}."]
    paid = document.kind in (PaperKind.GRANT, PaperKind.ADJUST, PaperKind.RESUME)
    for line in document.lines if document.kind != PaperKind.ANNUL else []:
        money = f" Mỗi tháng {format_number(line['amount'])} đồng." if paid and not line.get("once") else ""
        money = f" Một lần {format_number(line['amount'])} đồng." if paid and line.get("once") else money
        said.append(f"{line['title']}: từ {month_text(line['from_month'])}.{money}")
        said += arrears_of(line) if paid else []
    if document.ground:
        said.append(f"Lý do: {reason_of(document)}.")
    said += own_reasons(document)
    return said
