"""The two lists the engine finds each month: eligible but not enrolled, and enrolled but no longer eligible."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from beneficiaries import queries
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Level
from posasoft.core.months import first_of_month
from posasoft.core.traces import shows
from posasoft.portal import diagnoses
from posasoft.portal.queries import areas
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

LISTS = {"missing": queries.not_enrolled, "ended": queries.no_longer}
MOST = 200


@allow(*REGISTRY_ROLES)
@shows("person")
def index(request: OfficerRequest) -> HttpResponse:
    """One list of one commune; a wider scope chooses the commune first, because the law is evaluated while one waits."""
    own = request.assignment.area if request.assignment else None
    area = areas.by_id(request.GET.get("area", "")) or own
    kind = request.GET.get("list", "missing")
    kind = kind if kind in LISTS else "missing"
    month = first_of_month(timezone.localdate())
    context: dict[str, object] = {"area": area, "own": own, "kind": kind, "month": month, "choices": areas.choices(request.scope, area)}
    lo, hi = areas.shared_range(request.scope, area)
    if area is not None and area.level in (Level.COMMUNE, Level.VILLAGE):
        rows = LISTS[kind](month, lo=lo, hi=hi, limit=MOST + 1)
        place = (area.province_no, area.position) if area.province_no is not None and area.position is not None else None
        audit.seen(by=request.scope, kind="person", count=len(rows[:MOST]), area=place, page=f"review_{kind}", filters=("area", "list"))
        context |= {
            "rows": diagnoses.rows_for(request.scope, rows[:MOST], month),
            "more": len(rows) > MOST,
            "total": sum(row.amount or 0 for row in rows),
        }
    return render(request, "portal/review.html", context)


@allow(*REGISTRY_ROLES)
def tile(request: OfficerRequest) -> HttpResponse:
    """The figure for the home page of a commune, fetched after the page so that the queue never waits for the law."""
    own = request.assignment.area if request.assignment else None
    lo, hi = areas.shared_range(request.scope, own)
    rows = queries.not_enrolled(first_of_month(timezone.localdate()), lo=lo, hi=hi, limit=MOST) if lo < hi else []
    return render(request, "portal/_review_tile.html", {"people": len({row.person_id for row in rows}), "full": len(rows) == MOST})
