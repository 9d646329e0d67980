"""How many persons one may look up in a minute and an hour: enough for a busy day, too few to copy a register by hand (OWASP ASVS 2.4.1).

Counted per user in the database: when the broker is away the limit holds, and when the database is away nothing is shown at all.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from posasoft.core import audit, quotas

View = TypeVar("View", bound=Callable[..., Any])
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
# Addresses that show one person or one household, or search for them; the last ones are called at every pause of typing.
SHOWN = frozenset({"household", "person", "why"})
SEARCHED = frozenset({"search", "palette", "palette_results", "find"})


def limited(kind: str) -> Callable[[View], View]:
    """Mark a further view that looks persons up; ``kind`` is "show" or "search"."""

    def mark(view: View) -> View:
        view.looks_up = kind  # type: ignore[attr-defined]  # views are functions; the middleware reads it back
        return view

    return mark


def kind_of(request: HttpRequest, view: Callable[..., Any]) -> str | None:
    """One of show, search, id (a search for a number of nine digits or more), or None for any other page."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    kind = getattr(view, "looks_up", None) or ("show" if name in SHOWN else "search" if name in SEARCHED else None)
    words = request.POST.get("q") or request.GET.get("q") or ""
    if kind == "search" and not words:
        return None
    return "id" if kind == "search" and sum(letter.isdigit() for letter in words) >= 9 else kind


def _limits(kind: str) -> tuple[int, int]:
    """Per minute and per hour. Numbers of papers are guessed faster than names, and typing asks several times for one name."""
    per_minute, per_hour = settings.LOOKUPS_PER_MINUTE, settings.LOOKUPS_PER_HOUR
    return {"id": (per_minute // 4, per_hour // 4), "search": (per_minute * 3, per_hour * 3)}.get(kind, (per_minute, per_hour))


def too_many(user_id: int, kind: str) -> bool:
    """Whether a user has used up a limit; counts this use when not."""
    of_minute, of_hour = _limits(kind)
    if quotas.spent(user_id=user_id, kind=kind, within=MINUTE) >= of_minute:
        return True
    if quotas.spent(user_id=user_id, kind=kind, within=HOUR) >= of_hour:
        return True
    quotas.spend(user_id=user_id, kind=kind)
    return False


class LookupMiddleware:
    """Answers 429 with what to do, and notes it in the audit trail, when a user looks up more than the limits allow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        kind = kind_of(request, view)
        if kind is None or not request.user.is_authenticated or not too_many(request.user.pk, kind):
            return None
        audit.record(verb="too_many_lookups", kind="core_user", object_id=request.user.pk, by=request.scope, looked=kind)  # type: ignore[attr-defined]  # ScopeMiddleware
        answer: HttpResponse = import_string(settings.TOO_MANY_REQUESTS_VIEW)(request)
        answer["Retry-After"] = str(math.ceil(MINUTE.total_seconds()))
        return answer
