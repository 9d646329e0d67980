"""Pages for what went wrong: plain, without a query, each with an id that finds the line in the log."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

logger = logging.getLogger("posasoft.errors")

TEXTS = {
    400: (
        gettext_lazy("Yêu cầu không hợp lệ"),
        gettext_lazy("Trình duyệt gửi thiếu hoặc sai dữ liệu. Hãy quay lại trang trước và thử lại."),
    ),
    403: (
        gettext_lazy("Không được phép"),
        gettext_lazy("Vai trò đang dùng không được mở trang này, hoặc phiên làm việc đã cũ. Hãy đổi vai trò hoặc đăng nhập lại."),
    ),
    404: (
        gettext_lazy("Không tìm thấy trang"),
        gettext_lazy("Địa chỉ sai, hoặc hồ sơ này không thuộc địa bàn của bạn. Hãy dùng ô tìm kiếm hoặc về trang Việc cần làm."),
    ),
    413: (
        gettext_lazy("Tệp gửi lên quá lớn"),
        gettext_lazy("Chưa có gì được nhận. Hãy chia danh sách thành nhiều tệp nhỏ hơn hoặc giảm dung lượng bản chụp rồi gửi lại."),
    ),
    429: (
        gettext_lazy("Tra cứu quá nhiều trong thời gian ngắn"),
        gettext_lazy("Để bảo vệ dữ liệu cá nhân, số lần tra cứu trong một phút và một giờ có giới hạn. Hãy chờ một phút rồi thử lại."),
    ),
    500: (
        gettext_lazy("Máy chủ gặp lỗi"),
        gettext_lazy("Không có thay đổi nào được ghi lại. Hãy thử lại; nếu vẫn lỗi, báo người quản trị kèm mã lỗi dưới đây."),
    ),
}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    # The request's own id: it stands on every line that this request left in the log.
    error_id = getattr(request, "request_id", "") or secrets.token_hex(6)
    # The route, never the address: a query string may hold a name or an id.
    route = request.resolver_match.route if request.resolver_match else "-"
    logger.warning("error %s: status %s on %s", error_id, status, route)
    title, text = TEXTS[status]
    context = {"error_id": error_id, "route": route, "status": status, "heading": title, "text": text}
    return render(request, "errors/page.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def too_large(request: HttpRequest) -> HttpResponse:
    """The announced length alone decides: see posasoft.portal.body_limit."""
    return _page(request, 413)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def too_many(request: HttpRequest) -> HttpResponse:
    return _page(request, 429)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """An old tab or a lost cookie: say so, in words."""
    logger.info("csrf: %s", reason)
    return _page(request, 403)
