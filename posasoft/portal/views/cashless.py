"""The share of those paid without cash, area by area and month by month."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import add_months
from posasoft.portal.queries import cashless
from posasoft.portal.queries.areas import by_id
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import month_asked

READING = (
    Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST, Role.AUDITOR,
)  # fmt: skip


@allow(*READING)
def index(request: OfficerRequest) -> HttpResponse:
    """One bar per area below the chosen one, and the same figures as a table."""
    month = month_asked(request, timezone.localdate())
    chosen = by_id(request.GET.get("area", ""))
    page = cashless.page(month, chosen, request.scope)
    context = {"page": page, "month": month, "previous": add_months(month, -1), "next": add_months(month, 1)}
    return render(request, "portal/cashless.html", context)
