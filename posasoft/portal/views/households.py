"""The list of households, and the page of one."""

from __future__ import annotations

import datetime
import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from households.models import Household
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Area, Role
from posasoft.core.months import add_months, first_of_month, parse_month
from posasoft.portal import family
from posasoft.portal.queries import areas, package, registry
from posasoft.portal.queries.registry import Filters
from posasoft.portal.requests import OfficerRequest

REGISTRY_ROLES = (
    Role.COMMUNE_OFFICER,
    Role.COMMUNE_CHAIR,
    Role.CLUSTER_OFFICER,
    Role.PROVINCE_OFFICER,
    Role.MINISTRY_ANALYST,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
FIRST_MONTH = datetime.date(2013, 1, 1)


def month_asked(request: OfficerRequest, today: datetime.date) -> datetime.date:
    """The month of the address, else the current one; kept between the first law held and a year ahead."""
    try:
        month = parse_month(request.GET.get("month", ""))
    except ValueError:
        return first_of_month(today)
    return min(max(month, FIRST_MONTH), add_months(first_of_month(today), 12))


def found_household(request: OfficerRequest, public_id: uuid.UUID) -> Household:
    """The household in scope; outside it there is none (404, never 403: its existence is not told)."""
    found = registry.household(request.scope, public_id)
    if found is None:
        raise Http404
    return found


@allow(*REGISTRY_ROLES)
def index(request: OfficerRequest) -> HttpResponse:
    """Households in scope, fifty a page, by class and area."""
    month = first_of_month(timezone.localdate())
    area: Area | None = areas.by_id(request.GET.get("area", ""))
    filters = Filters(poverty=request.GET.get("class", ""), area=area)
    page = registry.page_of_households(request.scope, filters, month, request.GET.get("before", ""), request.GET.get("after", ""))
    context = {"page": page, "filters": filters, "month": month, "choices": areas.choices(request.scope, area)}
    return render(request, "portal/households.html", context)


@allow(*REGISTRY_ROLES)
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One household: package of a month, facts over time, members, papers, decisions, history."""
    today = timezone.localdate()
    household = found_household(request, public_id)
    members = registry.members(household)
    month = month_asked(request, today)
    lanes, spells = family.household_lanes(household, members)
    audit.record(
        verb="read", kind="household", object_id=household.public_id, by=request.scope, area=(household.province_no, household.area_pos)
    )
    context = {
        "household": household,
        "head": next((m.person for m in members if m.person.relation == "head"), None),
        "members": members,
        "path": registry.ancestors(household.village or household.commune),
        "today": today,
        "package": package.month_package(household, [m.person for m in members], month),
        "previous": add_months(month, -1),
        "next": add_months(month, 1),
        "drawing": family.household_drawing(household, lanes, today),
        "spells": spells,
        "papers": registry.papers(household, members),
    }
    return render(request, "portal/household.html", context)
