"""Home is a queue of work, not a menu."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from posasoft.core.access import SIGNED_IN, allow
from posasoft.portal.queries import months, work
from posasoft.portal.requests import OfficerRequest

PAGE = 50


@allow(*SIGNED_IN)
def home(request: OfficerRequest) -> HttpResponse:
    """The open tasks of the acting role, filtered by `loc`."""
    today = timezone.localdate()
    chosen = request.GET.get("loc", "all")
    items = list(work.queue(request.scope, today, chosen)[: PAGE + 1])
    context = {
        "today": today,
        "chosen": chosen if chosen in work.FILTERS else "all",
        "counts": work.counts(request.scope, today),
        "items": items[:PAGE],
        "more": len(items) > PAGE,
        "pulse": months.pulse(request.scope, today.replace(day=1)),
    }
    return render(request, "portal/home.html", context)
