"""What every page about decisions needs."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse

from beneficiaries.models import DecisionDocument
from posasoft.core import audit
from posasoft.core.masking import may_see_full
from posasoft.core.models import Role
from posasoft.portal.queries import decisions
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

READERS = REGISTRY_ROLES
# A paper to print holds the whole number of its person.
PRINTERS = tuple(role for role in READERS if may_see_full(role))
OFFICERS = (Role.COMMUNE_OFFICER,)
SIGNERS = (Role.COMMUNE_CHAIR,)
# Who sees what waits for the chair.
DESK = (Role.COMMUNE_CHAIR, Role.COMMUNE_OFFICER)
KIND = "decision_document"


def found_paper(request: OfficerRequest, public_id: uuid.UUID) -> DecisionDocument:
    """The paper in scope, else 404."""
    paper = decisions.one(request.scope, public_id)
    if paper is None:
        raise Http404
    return paper


def printable(request: OfficerRequest, public_id: uuid.UUID) -> DecisionDocument:
    """A paper that we print: one that another authority signed lies in its archive, 404."""
    paper = found_paper(request, public_id)
    if paper.is_received:
        raise Http404
    return paper


def pdf_response(request: OfficerRequest, content: bytes, name: str, papers: list[DecisionDocument], verb: str = "print") -> HttpResponse:
    """A PDF shown in the browser; every print leaves a row per paper."""
    for paper in papers:
        audit.record(verb=verb, kind=KIND, object_id=paper.public_id, by=request.scope, area=(paper.province_no, paper.area_pos))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
