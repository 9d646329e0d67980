"""Families who do not come for their money: what the village found out, what waits, and money that nobody is owed any more."""

from __future__ import annotations

import datetime
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.models import Uncollected, WriteOff
from payments.operations import uncollected, writing_off
from payments.operations.uncollected import AnswerRefused
from payments.operations.writing_off import WriteOffRefused
from payments.queries.waiting import left_behind, taken_up, waiting_lines
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.scope import unbound
from posasoft.core.traces import shows
from posasoft.portal.queries import settling
from posasoft.portal.queries.scoped import page_of
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.settling_words import reason_words
from posasoft.portal.views.households import found_household

LOOKING = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER, Role.AUDITOR)
ANSWERING = (Role.COMMUNE_OFFICER, Role.COLLABORATOR)
PAGE = 100


@allow(*LOOKING, Role.COLLABORATOR)
@shows("household")
def index(request: OfficerRequest) -> HttpResponse:
    """Families who have not come three months in a row or longer."""
    rows, after = page_of(settling.uncollected_in_sight(request.scope), request.GET.get("after", ""), PAGE)
    audit.seen(by=request.scope, kind="household", ids=[row.household.public_id for row in rows], count=len(rows), page="uncollected")
    heads = settling.heads_of(row.household_id for row in rows)
    scope, left = request.scope, []
    if scope.kind == "area":
        with unbound(scope):
            left = left_behind(scope.lo, scope.hi)
    if left:
        # In the commune that listed them: the families' own places are other provinces'.
        audit.seen(by=scope, kind="household", ids=[line.public_id for line in left], count=len(left), page="uncollected_left")
    named = [(row, heads.get(row.household_id, "")) for row in rows]
    return render(request, "portal/settling/uncollected.html", {"rows": named, "left": left, "after": after})


def _case(request: OfficerRequest, public_id: uuid.UUID) -> Uncollected:
    found = settling.uncollected_in_sight(request.scope).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@allow(*LOOKING, Role.COLLABORATOR)
@shows("household")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One family: since when, how much waits, what was found out; the form for whoever asks after it."""
    return _page(request, _case(request, public_id))


def _page(request: OfficerRequest, case: Uncollected, error: str = "") -> HttpResponse:
    home = case.household
    audit.seen(by=request.scope, kind="household", ids=[home.public_id], area=(home.province_no, home.area_pos), page="uncollected_case")
    context = {
        "case": case,
        "head": settling.heads_of([home.pk]).get(home.pk, ""),
        "answers": Uncollected.Answer.choices,
        "answering": request.scope.role in ANSWERING,
        "officer": request.scope.role in LOOKING,
        "error": error,
        "typed": request.POST,
    }
    return render(request, "portal/settling/uncollected_case.html", context, status=400 if error else 200)


@allow(*ANSWERING)
@require_POST
def answer(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep what was found out; what was typed is shown again when it cannot be."""
    case = _case(request, public_id)
    try:
        uncollected.answer(case=case, found=request.POST.get("answer", ""), note=request.POST.get("note", ""), by=request.scope)
    except AnswerRefused as refusal:
        return _page(request, case, str(refusal))
    messages.success(request, _("Đã ghi. Cán bộ xã nhận được kết quả này."))
    return redirect("portal:uncollected_case", public_id)


@allow(*LOOKING)
@shows("household")
def waiting(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """A household's money that waits, line by line, and the form to ask that one is not owed any more."""
    return _waiting(request, public_id)


def _waiting(request: OfficerRequest, public_id: uuid.UUID, error: str = "") -> HttpResponse:
    household = found_household(request, public_id)
    audit.seen(
        by=request.scope,
        kind="household",
        ids=[household.public_id],
        area=(household.province_no, household.area_pos),
        page="waiting_money",
    )
    # What the province before still owes is the family's money too: whoever has it in sight may see where it waits.
    with unbound(request.scope):
        lines = waiting_lines(household.pk)
    context = {
        "household": household,
        "head": settling.heads_of([household.pk]).get(household.pk, ""),
        "taken": taken_up(household.pk),
        "lines": [(line, reason_words(line.reason)) for line in lines],
        "here": [line for line in lines if line.write_off != "asked" and not line.left_in],
        "grounds": WriteOff.Ground.choices,
        "asking": request.scope.role in writing_off.ASKING,
        "error": error,
        "typed": request.POST,
    }
    return render(request, "portal/settling/waiting.html", context, status=400 if error else 200)


@allow(Role.COMMUNE_OFFICER)
@require_POST
def ask(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask to write off one line of the household."""
    household = found_household(request, public_id)
    try:
        first, _space, number = request.POST.get("line", "").partition(" ")
        month, line_id = datetime.date.fromisoformat(first), int(number)
    except ValueError as error:
        raise Http404 from error
    if line_id not in {line.line_id for line in waiting_lines(household.pk)}:
        raise Http404
    try:
        writing_off.ask(
            month=month, line_id=line_id, ground=request.POST.get("ground", ""), reason=request.POST.get("reason", ""), by=request.scope
        )
    except WriteOffRefused as refusal:
        return _waiting(request, public_id, str(refusal))
    messages.success(request, _("Đã gửi đề nghị; một người khác sẽ duyệt."))
    return redirect("portal:waiting_money", public_id)


@allow(*LOOKING)
@shows("household")
def write_offs(request: OfficerRequest) -> HttpResponse:
    """Requests to write money off, those that wait first."""
    rows, after = page_of(settling.write_offs_in_sight(request.scope), request.GET.get("after", ""), PAGE)
    audit.seen(by=request.scope, kind="household", ids=[row.household.public_id for row in rows], count=len(rows), page="write_offs")
    heads = settling.heads_of(row.household_id for row in rows)
    named = [(row, heads.get(row.household_id, "")) for row in rows]
    context = {"rows": named, "after": after, "deciding": request.scope.role in writing_off.DECIDING, "me": request.scope.user_id}
    return render(request, "portal/settling/write_offs.html", context)


@allow(Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER)
@require_POST
def decide(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Agree to a request, or refuse it with a reason."""
    found = settling.write_offs_in_sight(request.scope).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    agreed = request.POST.get("name") == "agree"
    try:
        writing_off.decide(request=found, agreed=agreed, reason=request.POST.get("reason", ""), by=request.scope)
    except WriteOffRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã duyệt.") if agreed else _("Đã từ chối; khoản tiền chờ danh sách sau."))
    return redirect("portal:write_offs")
