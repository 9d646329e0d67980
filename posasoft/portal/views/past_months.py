"""Past months: what comes out differently and why; what a law changes and who agrees to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.cause_words import CAUSES, said
from payments.models import Correction, LawCorrection
from payments.operations import law_corrections
from payments.operations.law_corrections import Instrument, LawCorrectionRefused, decide, instruments
from payments.operations.waiving import WaiverRefused, waive
from payments.queries import corrections as found
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Area, Level, Role
from posasoft.core.numbers import whole, wholes
from posasoft.core.reauthentication import with_second_factor
from posasoft.core.traces import shows
from posasoft.portal import diagnoses
from posasoft.portal.requests import OfficerRequest

READING = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
SIGNING = (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER)
LAW = (Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST)


@dataclass(frozen=True)
class Told:
    """An open correction with its cause in words and the benefit as the role may read it."""

    row: found.OpenCorrection
    cause: str
    benefit: str


@allow(*READING)
@shows("household")
def corrections(request: OfficerRequest) -> HttpResponse:
    """Open corrections of the acting person's area by cause; one cause's rows below."""
    kind = request.GET.get("cause", "")
    kind = kind if kind in CAUSES else ""
    after = whole(request.GET.get("after", "")) or 0
    groups = found.groups(request.scope)
    rows = found.rows(request.scope, kind=kind or None, after=after)
    if rows:
        audit.seen(by=request.scope, kind="household", ids=sorted({row.household for row in rows}), page="corrections")
    context: dict[str, Any] = {
        "groups": [(group, said(group.kind, group.law)) for group in groups],
        "rows": [Told(row, said(row.kind, row.law), diagnoses.benefit_for(request.scope, row.benefit, row.month)) for row in rows],
        "kind": kind, "kind_said": said(kind, "") if kind else "", "next": rows[-1].id if len(rows) == found.PAGE else 0,
        "arrears": sum(group.arrears for group in groups), "recovery": sum(group.recovery for group in groups),
        "may_waive": request.scope.role in SIGNING and any(row.may_be_waived for row in rows),
        "may_agree": request.scope.role in LAW,
    }  # fmt: skip
    return render(request, "portal/corrections.html", context)


@allow(*SIGNING)
@require_POST
@with_second_factor
def correction_waive(request: OfficerRequest) -> HttpResponse:
    """Give up the ticked recoveries."""
    ids = wholes(request.POST.getlist("correction"))
    chosen = list(Correction.objects.filter(pk__in=ids, area_pos__gte=request.scope.lo, area_pos__lt=request.scope.hi))
    if not chosen or len(chosen) != len(set(ids)):
        messages.error(request, _("Chọn ít nhất một khoản trong địa bàn của bạn."))
        return redirect("portal:corrections")
    try:
        waive(corrections=chosen, reason=request.POST.get("reason", ""), by=request.scope)
    except WaiverRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã thôi thu hồi các khoản đã chọn."))
    return redirect("portal:corrections")


def _offered(request: OfficerRequest) -> list[Instrument]:
    return instruments(area.code for area in law_corrections.provinces_of(request.scope))


@allow(*LAW)
def law_effects(request: OfficerRequest) -> HttpResponse:
    """What documents change in months already paid, by province, month and benefit; started here and agreed to here."""
    rows = found.law_corrections(request.scope)
    offered = _offered(request)
    context = {
        "instruments": [each for each in offered if not each.province][:8], "resolutions": [each for each in offered if each.province],
        "codes": {area.code: area.name for area in law_corrections.provinces_of(request.scope)},
        "rows": rows, "waiting": [row for row in rows if row.status != "agreed"],
        "provinces": {area.province_no: area.name for area in Area.objects.filter(level=Level.PROVINCE, position__isnull=False)},
        "me": request.scope.user_id,
    }  # fmt: skip
    return render(request, "portal/law_effects.html", context)


@allow(*LAW)
@require_POST
def law_effects_start(request: OfficerRequest) -> HttpResponse:
    """Compute a document's effects for the provinces in scope, in the background."""
    instrument = request.POST.get("instrument", "")
    if instrument not in {each.name for each in _offered(request)}:
        messages.error(request, _("Chọn văn bản cần tính tác động."))
        return redirect("portal:law_effects")
    return redirect("portal:job", law_corrections.start(instrument=instrument, by=request.scope).pk)


@allow(*LAW)
@require_POST
@with_second_factor
def law_effects_decide(request: OfficerRequest) -> HttpResponse:
    """Agree to the ticked provinces' corrections, or set them aside."""
    ids = wholes(request.POST.getlist("row"))
    chosen = list(LawCorrection.objects.filter(pk__in=ids, area_pos__gte=request.scope.lo, area_pos__lt=request.scope.hi))
    if not chosen or len(chosen) != len(set(ids)):
        messages.error(request, _("Chọn ít nhất một tỉnh trong phạm vi của bạn."))
        return redirect("portal:law_effects")
    try:
        decide(rows=chosen, move=request.POST.get("move", ""), reason=request.POST.get("reason", ""), by=request.scope)
    except LawCorrectionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã ghi quyết định; lần tính tháng sau áp dụng."))
    return redirect("portal:law_effects")
