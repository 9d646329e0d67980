"""The page of one person."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from households.models import Person
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.traces import shows
from posasoft.portal import diagnoses, family
from posasoft.portal.queries import registry
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.timeline import draw
from posasoft.portal.views.households import REGISTRY_ROLES, actions

MAY_READ_DIAGNOSES = diagnoses.MAY_READ


def found_person(request: OfficerRequest, public_id: uuid.UUID) -> Person:
    """The person in scope; outside it there is none."""
    person = registry.person(request.scope, public_id)
    if person is None:
        raise Http404
    return person


@allow(*REGISTRY_ROLES)
@shows("person")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One person: where they live and lived, every fact with its dates."""
    person = found_person(request, public_id)
    today = timezone.localdate()
    lanes = family.person_lanes(person, hidden=diagnoses.hidden_facts(request.scope))
    audit.seen(by=request.scope, kind="person", ids=[person.public_id], area=(person.province_no, person.area_pos))
    context = {
        "person": person,
        "today": today,
        "path": registry.ancestors(person.household.village or person.household.commune),
        "drawing": draw(lanes, today),
        "spells": [(name, stretch) for name, stretches in lanes for stretch in stretches],
        "id_tail": registry.id_tail(person),
        "tab": "show",
        "actions": actions(request),
    }
    return render(request, "portal/person.html", context)
