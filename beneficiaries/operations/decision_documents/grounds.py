"""Which legal documents a decision rests on, by the day it is signed: căn cứ in the order that Decree 30/2020 asks (highest instrument first)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from beneficiaries.models import PaperKind

DAY = datetime.date
PENSION = "PENSION-SOCIAL"


@dataclass(frozen=True)
class LegalDocument:
    """One instrument and the days on which a decision may cite it ([since, until)); ``only`` limits it to a topic."""

    text: str
    since: datetime.date
    until: datetime.date | None = None
    only: str = ""


_LAW_77 = (
    "Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi, bổ sung một số điều của Luật Tổ chức "
    "Chính phủ và Luật Tổ chức chính quyền địa phương ngày 22 tháng 11 năm 2019"
)
_D20 = (
    "Nghị định số 20/2021/NĐ-CP ngày 15 tháng 3 năm 2021 của Chính phủ quy định chính sách trợ giúp xã hội đối với đối tượng bảo trợ xã hội"
)
_D76 = "Nghị định số 76/2024/NĐ-CP ngày 01 tháng 7 năm 2024 của Chính phủ sửa đổi, bổ sung một số điều của Nghị định số 20/2021/NĐ-CP"
_D147 = (
    "Nghị định số 147/2025/NĐ-CP ngày 12 tháng 6 năm 2025 của Chính phủ quy định về phân định thẩm quyền của chính quyền địa phương hai cấp"
)
_D176 = (
    "Nghị định số 176/2025/NĐ-CP ngày 30 tháng 6 năm 2025 của Chính phủ quy định chi tiết và hướng dẫn thi hành một số "
    "điều của Luật Bảo hiểm xã hội về trợ cấp hưu trí xã hội"
)
_D335 = "Nghị định số 335/2026/NĐ-CP ngày 21 tháng 8 năm 2026 của Chính phủ quy định chính sách trợ giúp xã hội"
_C02 = (
    "Thông tư số 02/2021/TT-BLĐTBXH ngày 24 tháng 6 năm 2021 của Bộ trưởng Bộ Lao động - Thương binh và Xã hội hướng "
    "dẫn thực hiện một số điều của Nghị định số 20/2021/NĐ-CP"
)

LEGAL_DOCUMENTS = (
    LegalDocument(_LAW_77, DAY(2016, 1, 1), DAY(2025, 3, 1)),
    LegalDocument("Luật Tổ chức chính quyền địa phương ngày 19 tháng 02 năm 2025", DAY(2025, 3, 1), DAY(2025, 6, 16)),
    LegalDocument("Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025", DAY(2025, 6, 16)),
    LegalDocument("Luật Người khuyết tật ngày 17 tháng 6 năm 2010", DAY(2011, 1, 1), only="disability"),
    LegalDocument("Luật Người cao tuổi ngày 23 tháng 11 năm 2009", DAY(2010, 7, 1), only="elderly"),
    LegalDocument("Luật Trẻ em ngày 05 tháng 4 năm 2016", DAY(2017, 6, 1), only="child"),
    LegalDocument("Luật Bảo hiểm xã hội ngày 29 tháng 6 năm 2024", DAY(2025, 7, 1), only="pension"),
    LegalDocument(_D20, DAY(2021, 7, 1), DAY(2026, 10, 5)),
    LegalDocument(_D76, DAY(2024, 7, 1), DAY(2026, 10, 5)),
    LegalDocument(_D147, DAY(2025, 7, 1), DAY(2026, 10, 5)),
    LegalDocument(_D176, DAY(2025, 7, 1), only="pension"),
    LegalDocument(_D335, DAY(2026, 10, 5)),
    LegalDocument(_C02, DAY(2021, 7, 1), DAY(2026, 10, 5), only="ending"),
)
_TOPICS = {
    "TCXH-5.1": "child", "TCXH-5.2": "child", "TCXH-5.7": "child", "CARE-child": "child", "TCXH-5.5a": "elderly", "TCXH-5.5b": "elderly",
    "TCXH-5.5c": "elderly", "TCXH-5.5d": "elderly", "CARE-elderly": "elderly", "TCXH-5.6": "disability", "CARE-disabled-parent": "disability",
    "CARE-household": "disability", "CARE-outside": "disability", PENSION: "pension",
}  # fmt: skip
_ENDING = frozenset({PaperKind.STOP, PaperKind.SUSPEND, PaperKind.RESUME})


def grounds(kind: str, benefits: set[str], day: datetime.date) -> list[str]:
    """Căn cứ of a decision signed on a day, without "Căn cứ" and punctuation."""
    topics = {_TOPICS.get(benefit, "") for benefit in benefits} | ({"ending"} if kind in _ENDING else set())
    return [
        document.text
        for document in LEGAL_DOCUMENTS
        if document.since <= day and (document.until is None or day < document.until) and (not document.only or document.only in topics)
    ]
