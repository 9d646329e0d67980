"""Search over everything the role may see. Words come by POST and stay in the session: a name in an address would stand in every log."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.traces import shows
from posasoft.portal import recent, words
from posasoft.portal.queries.search import Results, household_by_code, search
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES


def _trace(request: OfficerRequest, text: str, found: Results, page: str) -> None:
    audit.searched(by=request.scope, words=text, hits=len(found.people), ids=[hit.person_id for hit in found.people], page=page)


@allow(*REGISTRY_ROLES)
@shows("person")
def results(request: OfficerRequest) -> HttpResponse:
    """People, households, files, areas and pages; an id or a code that names exactly one household opens it."""
    if request.method == "POST":
        token = words.keep(request, request.POST.get("q", ""))
        return redirect(f"{reverse('portal:search')}?w={token}")
    query = words.of(request, request.GET.get("w", ""))
    if not query:
        return render(request, "portal/search.html", {"query": "", "found": Results(), "opened": recent.opened(request, request.scope)})
    named = household_by_code(request.scope, query)
    if named is not None:
        audit.searched(by=request.scope, words=query, hits=1, kind="household", ids=[named.public_id], page="search")
        return redirect("portal:household", named.public_id)
    found = search(query, timezone.localdate(), request.scope)
    _trace(request, query, found, "search")
    if len(found.people) == 1 and found.people[0].found.by in ("id", "code"):
        return redirect("portal:household", found.people[0].household_id)
    return render(request, "portal/search.html", {"query": query, "searched": query, "found": found})


@allow(*REGISTRY_ROLES)
@require_POST
@shows("person")
def palette(request: OfficerRequest) -> HttpResponse:
    """The first results while somebody types: a fragment for the box; what was opened last when nothing is typed."""
    query = request.POST.get("q", "").replace("\x00", "")[: words.LONGEST].lstrip()
    if not query.strip():
        return render(request, "portal/_palette.html", {"opened": recent.opened(request, request.scope)})
    found = search(query, timezone.localdate(), request.scope, quick=True)
    _trace(request, query, found, "palette")
    return render(request, "portal/_palette.html", {"query": query, "found": found})
