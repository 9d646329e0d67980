"""Requests that say they are longer than any upload may be are answered before a byte of them is read or stored."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from posasoft.portal.views.errors import too_large


class BodyLimitMiddleware:
    """Answers 413 by the length that is announced; it stands in front of whatever reads a form. Without a length Django reads nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:20]) > settings.LARGEST_REQUEST:
            return too_large(request)
        return self.get_response(request)
