"""Whoever must have a second factor and has none reaches its enrolment, and nothing else (ASVS 6.3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from posasoft.core import second_factor
from posasoft.core.access import ANYONE
from posasoft.core.models import User

View = TypeVar("View", bound=Callable[..., Any])


def before_enrolment(view: View) -> View:
    """Mark a view as part of the enrolment itself."""
    view.before_enrolment = True  # type: ignore[attr-defined]  # views are functions; the middleware reads it back
    return view


class EnrolmentMiddleware:
    """Sends to the enrolment from every page that is neither part of it nor open to anyone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        free = getattr(view, "before_enrolment", False) or getattr(view, "allowed_roles", frozenset()) == ANYONE
        if free or not isinstance(request.user, User) or not second_factor.missing(request.user):
            return None
        address = reverse("portal:second_factor")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
