"""The register of decisions, one paper, and papers as PDF."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from beneficiaries import documents
from beneficiaries.models import PaperKind
from beneficiaries.operations.decision_documents import hashed
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.traces import shows
from posasoft.portal.queries import areas, decisions
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.templatetags.decisions import STATUSES
from posasoft.portal.views.decisions.shared import DESK, KIND, PRINTERS, READERS, found_paper, pdf_response, printable

MOST_PRINTED = 100
MOST_REGISTERED = 3000


@allow(*READERS)
@shows("decision_document")
def index(request: OfficerRequest) -> HttpResponse:
    """The register, newest first."""
    area = areas.by_id(request.GET.get("area", ""))
    filters = decisions.filters_of(request.GET, area)
    page = decisions.page(request.scope, filters, request.GET.get("after", ""))
    context = {
        "page": page, "filters": filters, "years": decisions.years(request.scope), "kinds": PaperKind.choices,
        "choices": areas.choices(request.scope, area), "statuses": [(s, label) for s, (_tone, label) in STATUSES.items()],
        "waiting": len(decisions.waiting(request.scope)) if request.scope.role in DESK else 0,
    }  # fmt: skip
    ids = [row.public_id for row in page.rows]
    audit.seen(by=request.scope, kind=KIND, ids=ids, count=len(ids), page="decisions", filters=sorted(request.GET))
    return render(request, "portal/decisions/index.html", context)


@allow(*READERS)
@shows("decision_document")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One paper: its text, its lines, what it opened and closed, who did what to it."""
    paper = found_paper(request, public_id)
    audit.seen(by=request.scope, kind=KIND, ids=[paper.public_id], area=(paper.province_no, paper.area_pos), page="decision")
    context = {
        "paper": paper, "c": None if paper.is_received else documents.shown(paper),
        "effects": paper.effects.select_related("decision").order_by("pk"),
        "history": decisions.history(paper), "intact": paper.content is None or hashed(paper.content) == paper.sha256,
        "month": (paper.signed_on or timezone.localdate()).replace(day=1),
        "annulment": paper.annulled_by.filter(status="signed").first(),
    }  # fmt: skip
    return render(request, "portal/decisions/show.html", context)


@allow(*PRINTERS)
@shows("decision_document")
def pdf(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The paper to print; a draft with blanks."""
    paper = printable(request, public_id)
    return pdf_response(request, documents.decision_pdf(paper), f"quyet-dinh-{paper.sequence or 'nhap'}-{paper.year or ''}.pdf", [paper])


@allow(*PRINTERS)
@shows("decision_document")
def notice(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The notice to the family."""
    paper = printable(request, public_id)
    return pdf_response(request, documents.notice_pdf(paper), f"thong-bao-{paper.sequence or 'nhap'}.pdf", [paper])


@allow(*PRINTERS)
@shows("decision_document")
def together(request: OfficerRequest) -> HttpResponse:
    """Many papers as one PDF, in the order chosen."""
    papers = decisions.chosen(request.scope, request.GET.getlist("id")[:MOST_PRINTED])
    papers = [paper for paper in papers if not paper.is_received]
    if not papers:
        raise Http404
    make = documents.notice_pdf if request.GET.get("what") == "notice" else documents.decision_pdf
    return pdf_response(request, documents.joined(make(paper) for paper in papers), "quyet-dinh.pdf", papers)


@allow(*READERS)
@shows("decision_document")
def bound(request: OfficerRequest) -> HttpResponse:
    """The register of a year to print."""
    area = areas.by_id(request.GET.get("area", ""))
    asked = decisions.filters_of(request.GET, area)
    filters = replace(asked, year=asked.year or timezone.localdate().year)
    rows = list(decisions.numbered(request.scope, filters)[:MOST_REGISTERED])
    issuer = area or (request.assignment.area if request.assignment else None)
    content = documents.register_pdf(rows, issuer=f"ỦY BAN NHÂN DÂN {issuer.name.upper()}" if issuer else "", year=filters.year or 0)
    audit.record(verb="export", kind=KIND, by=request.scope, count=len(rows), file="pdf")
    return pdf_response(request, content, f"so-quyet-dinh-{filters.year}.pdf", [])
