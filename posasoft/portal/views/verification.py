"""Verification after payment: the sample, what each family told, and what that says of each agency."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.models import VerificationPlan
from payments.operations import verification
from payments.operations.verification import VerificationRefused
from payments.queries.verification import results
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import parse_month
from posasoft.core.traces import shows
from posasoft.portal.queries import verification as queries
from posasoft.portal.queries.areas import choices
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.verification_forms import AnswerForm, PlanForm

DRAWING = (Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
ASKING = (Role.COMMUNE_OFFICER, *DRAWING, Role.HOTLINE, Role.COLLABORATOR)
SEEING = (*ASKING, Role.COMMUNE_CHAIR, Role.AUDITOR, Role.MINISTRY_ANALYST)


def found(request: OfficerRequest, public_id: uuid.UUID) -> VerificationPlan:
    """The plan, if the role sees a family of it; else 404."""
    plan = queries.plan(request.scope, public_id)
    if plan is None:
        raise Http404
    return plan


@allow(*SEEING)
def index(request: OfficerRequest) -> HttpResponse:
    """The plans, the latest first."""
    context = {"plans": list(queries.plans(request.scope)[:50]), "draws": request.scope.role in DRAWING}
    return render(request, "portal/verification/index.html", context)


@allow(*DRAWING)
def new(request: OfficerRequest) -> HttpResponse:
    """Draw a sample: once, with its seed."""
    areas = choices(request.scope, None)
    form = PlanForm(request.POST or None, areas=areas)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            plan = verification.draw(
                month=parse_month(given["month"]), area=given["area"], strata=given["strata"], confidence=given["confidence"],
                margin=int(given["margin"] * 100), by=request.scope,
            )  # fmt: skip
        except VerificationRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Đã rút mẫu %(size)s hộ trong %(all)s dòng.") % {"size": plan.size, "all": plan.population})
            return redirect("portal:verification", plan.public_id)
    return render(request, "portal/verification/new.html", {"form": form}, status=422 if form.errors else 200)


@allow(*SEEING)
@shows("household")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Results per agency with their intervals, and the families in the order drawn."""
    plan = found(request, public_id)
    rows, after = queries.samples(request.scope, plan, request.GET.get("after", ""))
    audit.seen(by=request.scope, kind="household", ids=[row.household.public_id for row in rows], count=len(rows), page="verification")
    context = {
        "plan": plan,
        "results": results(plan) if request.scope.role != Role.COLLABORATOR else [],
        "rows": rows,
        "after": after,
        "asks": request.scope.role in ASKING and plan.closed_at is None,
        "closes": request.scope.role in DRAWING and plan.closed_at is None and verification.may_close(plan, request.scope),
    }
    return render(request, "portal/verification/show.html", context)


@allow(*ASKING)
@shows("household")
def answer(request: OfficerRequest, public_id: uuid.UUID, place: int) -> HttpResponse:
    """Ask one family; what is sent twice is written once."""
    plan = found(request, public_id)
    asked = queries.asked(request.scope, plan, place, timezone.localdate())
    if asked is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verification.record(sample=asked.sample, told=form.told(), client_key=form.cleaned_data["client_key"], by=request.scope)
        except VerificationRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Đã ghi câu trả lời."))
            return redirect("portal:verification", public_id)
    household = asked.sample.household
    audit.seen(
        by=request.scope, kind="household", ids=[household.public_id], area=(household.province_no, household.area_pos), page="verification"
    )
    return render(
        request, "portal/verification/answer.html", {"plan": plan, "asked": asked, "form": form}, status=422 if form.errors else 200
    )


@allow(*DRAWING)
@require_POST
def close(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take no more answers."""
    try:
        verification.close(plan=found(request, public_id), by=request.scope)
        messages.success(request, _("Đã khép lại đợt hỏi."))
    except VerificationRefused as refused:
        messages.error(request, str(refused))
    return redirect("portal:verification", public_id)
