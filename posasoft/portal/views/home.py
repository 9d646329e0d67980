"""Home is a queue of work, not a menu."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import Level
from posasoft.portal.context_processors import may_open
from posasoft.portal.queries import months, piles, work
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

PAGE = 50


def _works_in_one_commune(request: OfficerRequest) -> bool:
    """Only there is the law evaluated while one waits."""
    area = request.assignment.area if request.assignment else None
    return area is not None and area.level in (Level.COMMUNE, Level.VILLAGE) and request.scope.role in REGISTRY_ROLES


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
        "finds": _works_in_one_commune(request),
        "piles": piles.piles(request.scope, today, may_open),
        "pulse": months.pulse(request.scope, today.replace(day=1)),
    }
    return render(request, "portal/home.html", context)
