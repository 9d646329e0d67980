"""Every request has an id: in the answer's header, on every line of the log, on the error page and in "Báo lỗi".

A line of the log is one line, whatever was in it, and holds no personal data: neither texts of exceptions (a database error quotes the row
it refused) nor runs of nine digits or more.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_current: ContextVar[str] = ContextVar("request_id", default="-")
_LINE_BREAKS = {ord(character): repr(character)[1:-1] for character in "\n\r\t\x0b\x0c\x1b\x1c\x1d\x1e\x85\u2028\u2029\0\b\x7f"}
_NUMBERS = re.compile(r"\d{9,}")


def current() -> str:
    """The id of the request being answered in this thread; "-" outside one."""
    return _current.get()


class RequestIdMiddleware:
    """Gives each request an id of its own; one that a client sends is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]  # read by error pages and "Báo lỗi"
        token = _current.set(request.request_id)  # type: ignore[attr-defined]  # set one line above
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = request.request_id  # type: ignore[attr-defined]  # set above
        return response


class WithRequestId(logging.Filter):
    """Puts the request's id on the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current()
        return True


Exception_ = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLine(logging.Formatter):
    """One record, one line: breaks are written as \\n, long numbers as dots, of an exception its kinds and places."""

    def formatException(self, ei: Exception_) -> str:  # noqa: N802 - the library's own name
        error: BaseException | None = ei[1]
        parts: list[str] = []
        while error is not None and len(parts) < 5:
            parts.append(f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}")
            error = error.__cause__ or error.__context__
        return "because of ".join(parts)

    def format(self, record: logging.LogRecord) -> str:
        if not hasattr(record, "request_id"):
            record.request_id = current()
        # Another handler's formatter may have left the full text of the exception on the record.
        record.exc_text = None
        return _NUMBERS.sub("•••", super().format(record)).translate(_LINE_BREAKS)
