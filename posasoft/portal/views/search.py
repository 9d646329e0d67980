"""Search over everything the role may see."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.portal.queries.search import household_by_code, search
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

LONGEST = 120


@allow(*REGISTRY_ROLES)
def results(request: OfficerRequest) -> HttpResponse:
    """People, households and areas; an id or a code that names exactly one household opens it. The words searched are not logged."""
    query = request.GET.get("q", "").strip()[:LONGEST]
    named = household_by_code(request.scope, query)
    if named is not None:
        return redirect("portal:household", named.public_id)
    found = search(query, timezone.localdate())
    audit.record(verb="search", kind="person", by=request.scope, hits=len(found.people))
    if len(found.people) == 1 and found.people[0].found.by != "name":
        return redirect("portal:household", found.people[0].household_id)
    return render(request, "portal/search.html", {"query": query, "found": found})
