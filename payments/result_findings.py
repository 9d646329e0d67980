"""Findings of results in words: what is wrong, with which value, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.outcomes import OUTCOMES, REASONS
from posasoft.core.money import format_dong

FIELDS = {
    "line": gettext_lazy("Mã dòng"),
    "outcome": gettext_lazy("Kết quả"),
    "reason": gettext_lazy("Lý do không trả"),
    "amount": gettext_lazy("Số tiền đã trả"),
    "paid_on": gettext_lazy("Ngày trả"),
    "proxy": gettext_lazy("Người nhận thay"),
}
_SAID = {
    "unknown_line": gettext_lazy("Mã dòng “%(value)s” không có trong danh sách nào. Chép lại mã từ tệp danh sách đã tải về."),
    "not_sent": gettext_lazy("Danh sách của dòng này chưa được gửi cho đơn vị chi trả."),
    "foreign_line": gettext_lazy("Dòng này được giao cho đơn vị hoặc điểm chi trả khác."),
    "other_month": gettext_lazy("Dòng thuộc danh sách %(list)s tháng %(value)s, không phải danh sách tháng %(expected)s đang gửi kết quả."),
    "other_list": gettext_lazy("Dòng thuộc danh sách %(value)s, không phải danh sách %(expected)s đang gửi kết quả."),
    "twice": gettext_lazy("Dòng này đã có ở hàng %(row)s của tệp (%(times)s lần). Xóa hàng thừa."),
    "twice_at_odds": gettext_lazy(
        "Dòng này có %(times)s lần trong tệp với kết quả khác nhau, lần đầu ở hàng %(row)s. Giữ lại một hàng đúng."
    ),
    "nothing_to_pay": gettext_lazy("Dòng này không có tiền phải trả."),
    "no_outcome": gettext_lazy("Chưa ghi kết quả. Chọn Đã trả hoặc Không trả."),
    "no_reason": gettext_lazy("Không trả thì phải ghi lý do."),
    "unpaid_with_amount": gettext_lazy("Ghi Không trả nhưng lại có số tiền %(value)s. Sửa kết quả hoặc xóa số tiền."),
    "paid_with_reason": gettext_lazy("Ghi Đã trả nhưng lại có lý do không trả “%(value)s”. Xóa lý do hoặc sửa kết quả."),
    "amount_differs": gettext_lazy("Ghi đã trả %(value)s, danh sách ghi %(expected)s. Mỗi dòng chỉ trả đủ hoặc không trả."),
    "date_in_future": gettext_lazy("Ngày trả %(value)s chưa đến."),
    "date_before_sent": gettext_lazy("Ngày trả %(value)s trước ngày gửi danh sách (%(expected)s)."),
    "paid_before": gettext_lazy(
        "Dòng này đã được ghi trả ngày %(on)s. Nếu trả hai lần thì phải thu lại một lần; nếu ghi trùng thì bỏ hàng này."
    ),
    "money_returned": gettext_lazy(
        "Dòng này đã ghi không trả (%(reason)s) và tiền đã quay về. Không ghi Đã trả được nữa; gia đình nhận ở danh sách sau."
    ),
    "contradicts": gettext_lazy(
        "Trái với kết quả đã ghi: %(was)s%(because)s ngày %(on)s. Kết quả cũ giữ nguyên; muốn đính chính thì đề nghị xã mở lại danh sách."
    ),
    "list_closed": gettext_lazy("Danh sách %(value)s đã chốt kết quả. Muốn đính chính thì đề nghị xã mở lại danh sách."),
}
CODES = frozenset(_SAID)


def sentence(finding: Mapping[str, Any]) -> str:
    """A finding of ResultRow.findings in one or two sentences; what a file's reader found says itself."""
    code = str(finding.get("code", ""))
    if code not in _SAID:
        return str(finding.get("message", ""))
    words = {**finding, "value": _value(finding, "value"), "expected": _value(finding, "expected")}
    words["reason"] = _(REASONS[finding["reason"]]) if finding.get("reason") else ""
    words["was"] = _(OUTCOMES[finding["was"]]) if finding.get("was") else ""
    words["because"] = f" ({words['reason']})" if words["reason"] else ""
    return str(_SAID[code]) % words


def field_label(finding: Mapping[str, Any]) -> str:
    """The column that a finding is about, as the file's heading has it."""
    field = str(finding.get("field", ""))
    return str(FIELDS.get(field, field))


def _value(finding: Mapping[str, Any], name: str) -> str:
    value = finding.get(name, "")
    if finding.get("field") == "amount" and isinstance(value, int):
        return format_dong(value)
    if finding.get("field") == "reason" and value in REASONS:
        return _(REASONS[value])
    return str(value)
