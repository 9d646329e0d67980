"""Causes of corrections in an officer's words. What a person's health is stays unsaid."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy

CAUSES: dict[str, Any] = {
    "law": gettext_lazy("Văn bản hoặc mức chuẩn mới"),
    "death": gettext_lazy("Người hưởng đã mất"),
    "born": gettext_lazy("Đính chính ngày sinh"),
    "decision": gettext_lazy("Quyết định ghi sau hoặc đã hết hiệu lực"),
    "moved": gettext_lazy("Chuyển hộ"),
    "membership": gettext_lazy("Chuyển hộ"),
    "family": gettext_lazy("Thay đổi của người khác trong hộ"),
    "hold_lifted": gettext_lazy("Đã xác minh người bị báo mất còn sống"),
    "suspension_ended": gettext_lazy("Hết tạm dừng hưởng"),
    "request": gettext_lazy("Tính lại theo yêu cầu"),
    "late": gettext_lazy("Ghi nhận sau, có hiệu lực từ tháng trước"),
    "ethnicity": gettext_lazy("Đính chính dân tộc"),
    "disability": gettext_lazy("Thay đổi về khuyết tật"),
    "no_parental_care": gettext_lazy("Thay đổi về nguồn nuôi dưỡng"),
    "was_in_5_1": gettext_lazy("Thay đổi về diện khoản 1"),
    "studying": gettext_lazy("Thay đổi về học tập"),
    "hiv": gettext_lazy("Thay đổi về sức khỏe"),
    "no_supporter": gettext_lazy("Thay đổi về người phụng dưỡng"),
    "facility_eligible": gettext_lazy("Thay đổi về điều kiện vào cơ sở"),
    "pension": gettext_lazy("Thay đổi về lương hưu"),
    "other_income": gettext_lazy("Thay đổi về thu nhập"),
    "pregnant": gettext_lazy("Thay đổi về thai sản"),
    "fostered_by": gettext_lazy("Thay đổi về người chăm sóc"),
    "boards_at_school": gettext_lazy("Thay đổi về bán trú"),
    "residence": gettext_lazy("Thay đổi nơi ở"),
    "poverty": gettext_lazy("Thay đổi diện nghèo"),
    "registry": gettext_lazy("Ghi nhận sau, có hiệu lực từ tháng trước"),
}


def said(kind: str, law: str) -> str:
    """A cause in words, with the document's number where it is a law's."""
    words = gettext(str(CAUSES.get(kind, CAUSES["late"])))
    return f"{words}: {law}" if law else words
