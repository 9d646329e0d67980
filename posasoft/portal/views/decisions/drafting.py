"""The officer's side: draft from the engine, word it, hand it up, throw it away; ask for an annulment."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries.models import STOP_GROUNDS, SUSPENSION_GROUNDS, Case, PaperKind
from beneficiaries.operations import decision_documents
from beneficiaries.operations.decision_documents import DecisionRefused, casework
from households.models import Household, Person
from policy import load_law
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Role
from posasoft.core.months import parse_month
from posasoft.core.traces import shows
from posasoft.portal.queries.scoped import in_scope
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.decisions.shared import OFFICERS, found_paper

KINDS = [(kind.value, kind.label) for kind in PaperKind if kind != PaperKind.ANNUL]


@allow(*OFFICERS)
@require_POST
def prepare(request: OfficerRequest, case_id: uuid.UUID) -> HttpResponse:
    """Draft the decision of a case that is ready."""
    case = in_scope(Case.objects.select_related("person__household", "household"), request.scope).filter(public_id=case_id).first()
    if case is None:
        raise Http404
    try:
        paper = decision_documents.prepare(kind=request.POST.get("kind") or casework.kind_for(case), case=case, by=request.scope)
    except DecisionRefused as refused:
        messages.error(request, str(refused))
        return redirect("portal:case", case.public_id)
    return redirect("portal:decision", paper.public_id)


@allow(*OFFICERS)
@shows("person")
def new(request: OfficerRequest) -> HttpResponse:
    """Choose what to decide about a person or a household; what was typed stays when the engine refuses."""
    person, household = _subject(request)
    typed: dict[str, Any] = {
        name: (request.POST or request.GET).get(name, "") for name in ("kind", "ground", "event_on", "reasons", "benefit")
    }
    place = (household.province_no, household.area_pos)
    audit.record(
        verb="read", kind="person" if person else "household", object_id=(person or household).public_id, by=request.scope, area=place
    )
    context: dict[str, Any] = {
        "person": person, "household": household, "typed": typed, "kinds": KINDS,
        "suspensions": [(g.value, g.label) for g in SUSPENSION_GROUNDS], "stops": [(g.value, g.label) for g in STOP_GROUNDS],
    }  # fmt: skip
    if request.method == "POST":
        try:
            paper = decision_documents.prepare(
                kind=_kind(typed["kind"]), person=person, household=None if person else household, by=request.scope,
                ground=typed["ground"], event_on=_day(typed["event_on"]), reasons=typed["reasons"],
                benefits=[typed["benefit"]] if typed["benefit"] else (),
            )  # fmt: skip
            return redirect("portal:decision", paper.public_id)
        except ValueError as refused:
            context["problem"] = str(refused)
    return render(request, "portal/decisions/new.html", context, status=400 if "problem" in context else 200)


def _kind(text: str) -> str:
    if text not in dict(KINDS):
        raise DecisionRefused(_("Hãy chọn loại quyết định."))
    return text


def _day(text: str) -> datetime.date | None:
    return parse_date(text) if text.strip() else None


def _subject(request: OfficerRequest) -> tuple[Person | None, Household]:
    wanted = request.POST or request.GET
    try:
        if wanted.get("person"):
            person = in_scope(Person.objects.select_related("household"), request.scope).get(public_id=uuid.UUID(wanted["person"]))
            return person, person.household
        return None, in_scope(Household.objects.all(), request.scope).get(public_id=uuid.UUID(wanted.get("household", "")))
    except (ValueError, Person.DoesNotExist, Household.DoesNotExist):
        raise Http404 from None


@allow(*OFFICERS)
@shows("person")
def received(request: OfficerRequest) -> HttpResponse:
    """Note a paper that the district signed until 2025-06-30; what was typed stays when it is refused."""
    person, household = _subject(request)
    if person is None:
        raise Http404
    audit.seen(
        by=request.scope, kind="person", ids=[person.public_id], area=(person.province_no, person.area_pos), page="decision_received"
    )
    typed = {name: request.POST.get(name, "") for name in ("benefit", "number", "signed_on", "signer", "from_month")}
    problem = ""
    if request.method == "POST":
        try:
            paper = decision_documents.receive(
                person=person, benefit=_known(typed["benefit"]), number=typed["number"], signed_on=parse_date(typed["signed_on"]),
                signer=typed["signer"], from_month=parse_month(typed["from_month"]) if typed["from_month"].strip() else None, by=request.scope,
            )  # fmt: skip
            messages.success(request, _("Đã ghi nhận quyết định."))
            return redirect("portal:decision", paper.public_id)
        except ValueError as refused:
            problem = str(refused)
    benefits = sorted({rule.benefit: rule.vi for rule in load_law().rules if rule.needs_decision}.items())
    context = {"person": person, "household": household, "typed": typed, "problem": problem, "benefits": benefits}
    return render(request, "portal/decisions/received.html", context, status=400 if problem else 200)


def _known(benefit: str) -> str:
    if not any(rule.benefit == benefit and rule.needs_decision for rule in load_law().rules):
        raise DecisionRefused(_("Hãy chọn khoản hưởng."))
    return benefit


@allow(*OFFICERS)
@require_POST
def edit(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep the officer's words; with ``submit`` hand the paper to the chair."""
    paper = found_paper(request, public_id)
    words = {name: request.POST.get(name, "") for name in ("reasons", "grounds", "notes", "recipients")}
    try:
        decision_documents.edit(document=paper, by=request.scope, **words)
        if "submit" in request.POST:
            decision_documents.submit(document=paper, by=request.scope)
            messages.success(request, _("Đã trình Chủ tịch ký."))
        else:
            messages.success(request, _("Đã lưu bản nháp."))
    except DecisionRefused as refused:
        messages.error(request, str(refused))
    return redirect("portal:decision", paper.public_id)


@allow(*OFFICERS)
@require_POST
def discard(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Throw a draft away."""
    paper = found_paper(request, public_id)
    try:
        decision_documents.discard(document=paper, by=request.scope)
    except DecisionRefused as refused:
        messages.error(request, str(refused))
        return redirect("portal:decision", paper.public_id)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("portal:decisions")


@allow(Role.COMMUNE_OFFICER)
@require_POST
def annul(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Prepare the paper that annuls this one; the chair signs it like any other."""
    paper = found_paper(request, public_id)
    try:
        made = decision_documents.annul(document=paper, reason=request.POST.get("reason", ""), by=request.scope)
    except DecisionRefused as refused:
        messages.error(request, str(refused))
        return redirect("portal:decision", paper.public_id)
    messages.success(request, _("Đã trình quyết định hủy bỏ để Chủ tịch ký."))
    return redirect("portal:decision", made.public_id)
