"""Asking again who is there, before something weighty: a signature, one's own factor, a large export (ASVS 7.5.1).

A POST that comes too late is kept in the session while its sender confirms, and is sent again by the sender's own press of a button.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from posasoft.core import second_factor
from posasoft.core.models import User

View = TypeVar("View", bound=Callable[..., Any])
HELD = "held_request"
# Larger bodies belong to uploads, which confirm before they begin.
LARGEST_BODY = 200_000


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether the password, and a code of whoever has or needs a second factor, were given in this session in the last five minutes."""
    user = request.user
    if not isinstance(user, User):
        return False
    since = time.time() - settings.CONFIRMED_FOR.total_seconds()
    fresh = {record["method"] for record in get_authentication_records(request, user) if record["at"] > since}
    needs_code = second_factor.has(user) or second_factor.required_of(user)
    return fresh >= ({"password", "mfa"} if needs_code else {"password"})


def with_second_factor(view: View) -> View:
    """A view that opens only to somebody who has just confirmed; put it below ``@allow``. Files of a POST are not carried."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if recently_confirmed(request):
            return cast("HttpResponse", view(request, *args, **kwargs))
        return ask(request)

    asked.asks_for_second_factor = True  # type: ignore[attr-defined]  # read by tests
    return cast("View", asked)


def ask(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password and a code, and back to here."""
    back = request.get_full_path()
    query = {"next": back}
    if request.method == "POST":
        query["held"] = _hold(request)
    address = f"{reverse('portal:confirm')}?{urlencode(query)}"
    if request.headers.get("HX-Request"):
        # A part of a page cannot show another page: the whole page goes.
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _hold(request: HttpRequest) -> str:
    """Keep the fields of a POST in the session under a name that cannot be guessed; one at a time, "" when it is too large."""
    fields = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name != "csrfmiddlewaretoken"]
    if sum(len(name) + len(value) for name, value in fields) > LARGEST_BODY:
        return ""
    name = secrets.token_urlsafe(12)
    request.session[HELD] = {"name": name, "path": request.get_full_path(), "fields": fields}
    return name


def held(request: HttpRequest, name: str) -> dict[str, Any] | None:
    """The kept POST of that name: ``path`` and ``fields`` (pairs of name and value)."""
    kept = request.session.get(HELD)
    return kept if kept and name and kept["name"] == name else None


def release(request: HttpRequest) -> None:
    """Forget the kept POST."""
    request.session.pop(HELD, None)
