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
from posasoft.core.models import Role
from posasoft.core.months import add_months, first_of_month, parse_month
from posasoft.core.traces import shows
from posasoft.portal import diagnoses, family
from posasoft.portal.queries import declared, package, registry
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
CHANGING_ROLES = (Role.COMMUNE_OFFICER, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
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


def actions(request: OfficerRequest) -> list[str]:
    """The menu “Báo thay đổi”, for roles that may ask for or make changes."""
    return (
        ["portal/changes/_actions.html", "portal/_no_actions.html"] if request.scope.role in CHANGING_ROLES else ["portal/_no_actions.html"]
    )


@allow(*REGISTRY_ROLES)
@shows("household")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One household at a glance: package of a month, facts over time, members; the rest is a tab away."""
    today = timezone.localdate()
    household = found_household(request, public_id)
    members = registry.members(household)
    month = month_asked(request, today)
    lanes, spells = family.household_lanes(household, members)
    audit.seen(by=request.scope, kind="household", ids=[household.public_id], area=(household.province_no, household.area_pos))
    context = {
        "household": household,
        "head": next((m.person for m in members if m.person.relation == "head"), None),
        "members": members,
        "path": registry.ancestors(household.village or household.commune),
        "today": today,
        "package": diagnoses.package_for(request.scope, package.month_package(household, [m.person for m in members], month)),
        "previous": add_months(month, -1),
        "next": add_months(month, 1),
        "drawing": family.household_drawing(household, lanes, today),
        "spells": spells,
        "former": registry.former_members(household),
        "waiting": len(declared.declared(household)),
        "tab": "show",
        "actions": actions(request),
    }
    return render(request, "portal/household.html", context)
