"""The book of help, the help of one page, its tour."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.learning import note_tour
from posasoft.portal import guide
from posasoft.portal.guide import Guide
from posasoft.portal.requests import OfficerRequest


def _found(page: str) -> Guide:
    found = guide.guide_of(page, get_language() or guide.DEFAULT)
    if found is None:
        raise Http404
    return found


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """All topics, each page's help once."""
    topics = {found.page: found for found in map(_found, guide.pages())}
    return render(request, "portal/help.html", {"topics": list(topics.values())})


@allow(*SIGNED_IN)
def show(request: OfficerRequest, page: str) -> HttpResponse:
    """The help of one page: beside it when asked by htmx, else as a page of its own."""
    template = "portal/_help.html" if request.headers.get("HX-Request") else "portal/help_page.html"
    return render(request, template, {"guide": _found(page), "here": page})


@allow(*SIGNED_IN)
def tour(request: OfficerRequest, page: str) -> HttpResponse:
    """The stops of a page's tour, as data for the script that walks it."""
    return JsonResponse({"stops": [{"at": stop.at, "text": stop.text} for stop in _found(page).tour]})


@allow(*SIGNED_IN)
@require_POST
def seen(request: OfficerRequest, page: str) -> HttpResponse:
    """The tour was taken or turned away: do not offer it by itself again."""
    note_tour(page=_found(page).page, by=request.scope)
    return HttpResponse(status=204)
