"""Verbs and kinds of the audit trail in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

VERBS: dict[str, Any] = {
    "looking": gettext_lazy("Xem, tìm, xuất (mọi cách)"),
    "read": gettext_lazy("Mở hồ sơ"),
    "list": gettext_lazy("Xem danh sách"),
    "search": gettext_lazy("Tìm kiếm"),
    "show_id": gettext_lazy("Xem đầy đủ số định danh"),
    "export": gettext_lazy("Tải tệp dữ liệu"),
    "ask_export": gettext_lazy("Yêu cầu xuất dữ liệu"),
    "approve_export": gettext_lazy("Duyệt xuất dữ liệu"),
    "refuse_export": gettext_lazy("Không duyệt xuất dữ liệu"),
    "expire_export": gettext_lazy("Xóa tệp hết hạn"),
    "sign_in": gettext_lazy("Đăng nhập"),
    "denied": gettext_lazy("Bị từ chối truy cập"),
    "receive_list": gettext_lazy("Gửi danh sách"),
    "accept_list": gettext_lazy("Nhận danh sách vào sổ"),
    "undo_list": gettext_lazy("Hoàn tác nhập danh sách"),
    "cancel": gettext_lazy("Dừng việc"),
    "take_heads": gettext_lazy("Lấy mã kiểm chứng"),
    "report_error": gettext_lazy("Báo lỗi"),
    "answer_error": gettext_lazy("Trả lời báo lỗi"),
}
KINDS: dict[str, Any] = {
    "household": gettext_lazy("Hộ"),
    "person": gettext_lazy("Người"),
    "payment_list": gettext_lazy("Danh sách chi trả"),
    "households_importbatch": gettext_lazy("Danh sách nhập"),
    "case": gettext_lazy("Hồ sơ đề nghị"),
    "decision": gettext_lazy("Quyết định"),
    "core_exportrequest": gettext_lazy("Yêu cầu xuất dữ liệu"),
    "trail": gettext_lazy("Nhật ký sử dụng"),
    "user": gettext_lazy("Tài khoản"),
    "job": gettext_lazy("Việc chạy nền"),
}


def verb(name: str) -> str:
    """A verb of the trail in words; one without words as it stands in the trail."""
    return str(VERBS.get(name, name))


def kind(name: str) -> str:
    """A kind of the trail in words; one without words as it stands in the trail."""
    return str(KINDS.get(name.removeprefix("households_"), KINDS.get(name, name)))
