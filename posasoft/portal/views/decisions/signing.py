"""The chair's desk: what waits, each in a side panel, all chosen ones signed with one confirmation, or sent back with a reason."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries import documents
from beneficiaries.operations import decision_documents
from beneficiaries.operations.decision_documents import DecisionRefused
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.reauthentication import with_second_factor
from posasoft.core.traces import shows
from posasoft.portal.queries import decisions
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.decisions.shared import DESK, KIND, SIGNERS, found_paper

MOST_SIGNED = 100


@allow(*DESK)
@shows("decision_document")
def waiting(request: OfficerRequest) -> HttpResponse:
    """Papers that wait for the chair; the officer sees the same desk without the pen."""
    rows = decisions.waiting(request.scope)
    audit.seen(by=request.scope, kind=KIND, ids=[row.public_id for row in rows], count=len(rows), page="decisions_waiting")
    return render(request, "portal/decisions/waiting.html", {"rows": rows, "may_sign": request.scope.role in SIGNERS})


@allow(*DESK)
@shows("decision_document")
def panel(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One paper beside the list."""
    paper = found_paper(request, public_id)
    audit.seen(by=request.scope, kind=KIND, ids=[paper.public_id], area=(paper.province_no, paper.area_pos), page="decision_panel")
    context = {"paper": paper, "c": documents.shown(paper), "may_sign": request.scope.role in SIGNERS}
    return render(request, "portal/decisions/_panel.html", context)


@allow(*SIGNERS)
@require_POST
@with_second_factor
def sign(request: OfficerRequest) -> HttpResponse:
    """Sign the chosen papers; those whose facts have changed stay and say why."""
    papers = decisions.chosen(request.scope, request.POST.getlist("id")[:MOST_SIGNED])
    if not papers:
        messages.warning(request, _("Chưa chọn quyết định nào để ký."))
        return redirect("portal:decisions_waiting")
    try:
        done = decision_documents.sign(documents=papers, by=request.scope, deputy=request.POST.get("deputy") == "1")
    except DecisionRefused as refused:
        messages.error(request, str(refused))
        return redirect("portal:decisions_waiting")
    if done.signed:
        numbers = ", ".join(paper.number for paper in done.signed)
        count = len(done.signed)
        text = _("Đã ký %(n)d quyết định: %(numbers)s.")
        messages.success(request, text % {"n": count, "numbers": numbers})
    for paper, why in done.held:
        messages.warning(request, _("Chưa ký %(who)s: %(why)s") % {"who": paper.person or paper.household, "why": why})
    return redirect("portal:decisions_waiting")


@allow(*SIGNERS)
@require_POST
def send_back(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Return a paper to the officer with a reason."""
    paper = found_paper(request, public_id)
    try:
        decision_documents.send_back(document=paper, reason=request.POST.get("reason", ""), by=request.scope)
        messages.success(request, _("Đã trả lại cho cán bộ soạn."))
    except DecisionRefused as refused:
        messages.error(request, str(refused))
    return redirect("portal:decisions_waiting")
