"""The answer to "Vì sao?": a panel beside the package, or a page of its own where scripts do not run."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from households.models import Household, Person
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.traces import shows
from posasoft.portal.queries import registry
from posasoft.portal.reasons import reasons
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES, found_household, month_asked
from posasoft.portal.views.persons import MAY_READ_DIAGNOSES


def member_asked(request: OfficerRequest, household: Household) -> Person | None:
    """The member of the address; None asks about the household itself. 404 for somebody who does not live there."""
    text = request.GET.get("person", "")
    if not text:
        return None
    try:
        wanted = uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
    found = next((m.person for m in registry.members(household) if m.person.public_id == wanted), None)
    if found is None:
        raise Http404
    return found


@allow(*REGISTRY_ROLES)
@shows("household")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Why this household or member is due what it is in a month, and why not the rest."""
    household = found_household(request, public_id)
    month = month_asked(request, timezone.localdate())
    audit.seen(by=request.scope, kind="household", ids=[household.public_id], area=(household.province_no, household.area_pos), page="why")
    found = reasons(
        household,
        member_asked(request, household),
        month,
        benefit=request.GET.get("benefit", ""),
        diagnoses=request.scope.role in MAY_READ_DIAGNOSES,
    )
    template = "portal/_why.html" if request.headers.get("HX-Request") else "portal/why.html"
    return render(request, template, {"why": found, "household": household, "month": month})
