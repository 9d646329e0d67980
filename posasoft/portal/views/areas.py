"""Areas as they were on a day."""

from __future__ import annotations

import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Area, Role
from posasoft.portal.queries import areas
from posasoft.portal.requests import OfficerRequest


def day_asked(request: OfficerRequest) -> tuple[datetime.date, str]:
    """The day of the address and, when it cannot be read, what is wrong with it; then today."""
    text = request.GET.get("day", "").strip()
    if not text:
        return timezone.localdate(), ""
    try:
        return parse_date(text), ""
    except ValueError as error:
        return timezone.localdate(), str(error)


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """The provinces of a day: 63 until 30/06/2025, 34 after."""
    day, error = day_asked(request)
    may_reform = request.scope.role == Role.ADMINISTRATOR
    return render(request, "portal/areas.html", {"day": day, "error": error, "provinces": areas.roots(day), "may_reform": may_reform})


@allow(*SIGNED_IN)
def show(request: OfficerRequest, area_id: int) -> HttpResponse:
    """One area on a day: what it holds, its class, what it came from and what became of it."""
    area = Area.objects.select_related("parent").filter(pk=area_id).first()
    if area is None:
        raise Http404
    day, error = day_asked(request)
    return render(request, "portal/area.html", {"day": day, "error": error, "page": areas.page(area, day)})
