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
    "open": gettext_lazy("Lập hồ sơ"),
    "print": gettext_lazy("In văn bản"),
    "receive": gettext_lazy("Tiếp nhận hồ sơ"),
    "check": gettext_lazy("Kiểm tra hồ sơ"),
    "appraise": gettext_lazy("Thẩm định hồ sơ"),
    "make_ready": gettext_lazy("Trình quyết định"),
    "post": gettext_lazy("Niêm yết"),
    "decide": gettext_lazy("Quyết định"),
    "notify": gettext_lazy("Thông báo cho người dân"),
    "close": gettext_lazy("Kết thúc hồ sơ"),
    "return": gettext_lazy("Trả lại để bổ sung"),
    "prepare": gettext_lazy("Soạn quyết định"),
    "sign": gettext_lazy("Ký quyết định"),
    "annul": gettext_lazy("Hủy bỏ quyết định"),
    "submit": gettext_lazy("Gửi yêu cầu thay đổi"),
    "approve": gettext_lazy("Duyệt thay đổi"),
    "apply": gettext_lazy("Ghi thay đổi vào sổ"),
    "withdraw": gettext_lazy("Rút lại"),
    "undo": gettext_lazy("Hoàn tác thay đổi"),
    "refuse": gettext_lazy("Từ chối"),
    "release": gettext_lazy("Phát hành danh sách chi trả"),
    "sign_out": gettext_lazy("Đăng xuất"),
    "sign_in_locked": gettext_lazy("Khóa đăng nhập do sai nhiều lần"),
    "wrong_code": gettext_lazy("Nhập sai mã xác thực"),
    "too_many_lookups": gettext_lazy("Xem quá nhiều trong thời gian ngắn"),
    "set_password": gettext_lazy("Đặt mật khẩu"),
    "end_session": gettext_lazy("Kết thúc phiên"),
    "set_fact": gettext_lazy("Sửa thông tin trong sổ"),
    "enter_practice": gettext_lazy("Vào chế độ thực hành"),
    "leave_practice": gettext_lazy("Ra khỏi chế độ thực hành"),
    "prepare_bulk": gettext_lazy("Chuẩn bị sửa hàng loạt"),
    "start_bulk": gettext_lazy("Sửa hàng loạt"),
    "undo_bulk": gettext_lazy("Hoàn tác sửa hàng loạt"),
    "objection": gettext_lazy("Ghi ý kiến khi niêm yết"),
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
    "decision_document": gettext_lazy("Quyết định"),
    "change_request": gettext_lazy("Yêu cầu thay đổi"),
    "changerequest": gettext_lazy("Yêu cầu thay đổi"),
    "bulkchange": gettext_lazy("Lần sửa hàng loạt"),
    "transfer": gettext_lazy("Chuyển hộ"),
    "workbook": gettext_lazy("Bảng Excel của xã"),
    "importrow": gettext_lazy("Dòng của danh sách nhập"),
    "import": gettext_lazy("Danh sách nhập"),
    "areareform": gettext_lazy("Thay đổi địa bàn"),
    "core_user": gettext_lazy("Tài khoản"),
    "core_area": gettext_lazy("Địa bàn"),
    "area": gettext_lazy("Địa bàn"),
    "change": gettext_lazy("Thay đổi"),
}


def verb(name: str) -> str:
    """A verb of the trail in words; one without words as it stands in the trail."""
    return str(VERBS.get(name, name))


def kind(name: str) -> str:
    """A kind of the trail in words; one without words as it stands in the trail."""
    return str(KINDS.get(name.removeprefix("households_"), KINDS.get(name, name)))
