"""The page of one person."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.portal import family
from posasoft.portal.queries import registry
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.timeline import draw
from posasoft.portal.views.households import REGISTRY_ROLES

# A diagnosis is read by those who appraise the case, not by those who only count.
MAY_READ_DIAGNOSES = frozenset({Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR})


@allow(*REGISTRY_ROLES)
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One person: where they live, every fact with its dates, decisions and papers."""
    person = registry.person(request.scope, public_id)
    if person is None:
        raise Http404
    today = timezone.localdate()
    hidden = frozenset() if request.scope.role in MAY_READ_DIAGNOSES else frozenset({"hiv"})
    lanes = family.person_lanes(person, hidden=hidden)
    audit.record(verb="read", kind="person", object_id=person.public_id, by=request.scope, area=(person.province_no, person.area_pos))
    context = {
        "person": person,
        "today": today,
        "path": registry.ancestors(person.household.village or person.household.commune),
        "drawing": draw(lanes, today),
        "spells": [(name, stretch) for name, stretches in lanes for stretch in stretches],
        "papers": registry.papers_of_person(person),
        "id_tail": registry.id_tail(person),
    }
    return render(request, "portal/person.html", context)
