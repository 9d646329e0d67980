"""Headers of every answer, static files, downloads and error pages included; outermost of the middleware."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

# An office program needs none of a browser's sensors.
FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)


class HeadersMiddleware:
    """Adds what Django's SecurityMiddleware does not: features, isolation, and no copies of personal pages in caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            # Every page may show persons; the language of a page and its user depend on cookies.
            response.headers["Cache-Control"] = "no-store, private"
        return response


class NoNulMiddleware:
    """Refuses a request with a NUL character in a field: no keyboard makes one, and PostgreSQL stores none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Raises SuspiciousOperation, which is answered with 400."""
        fields = [value for query in (request.GET, request.POST) for _name, values in query.lists() for value in values]
        if any("\0" in value for value in (request.path, *fields)):
            raise SuspiciousOperation("a field holds a NUL character")
