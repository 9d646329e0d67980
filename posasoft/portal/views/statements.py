"""Statements with the agencies: read, signed by both sides with a second factor, printed."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.documents import statement as documents
from payments.models import Statement
from payments.operations import statements
from payments.operations.statements import StatementRefused
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.reauthentication import with_second_factor
from posasoft.portal.queries import settling
from posasoft.portal.queries.scoped import page_of
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.lists import TYPES

READING = (Role.PROVINCE_OFFICER, Role.AGENCY_CLERK, Role.MINISTRY_ANALYST, Role.AUDITOR)
SIGNING = (Role.PROVINCE_OFFICER, Role.AGENCY_CLERK)
PAGE = 100


def _found(request: OfficerRequest, public_id: uuid.UUID) -> Statement:
    found = settling.statements_in_sight(request.scope).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@allow(*READING)
def index(request: OfficerRequest) -> HttpResponse:
    """Statements in sight, the latest month first."""
    found = settling.statements_in_sight(request.scope).order_by("-month", "agency__name", "sequence", "pk")
    rows, after = page_of(found, request.GET.get("after", ""), PAGE)
    return render(request, "portal/settling/statements.html", {"rows": rows, "after": after})


@allow(*READING)
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One statement with its lists; the button for the side whose signature is missing."""
    found = _found(request, public_id)
    side = settling.side_of(request.scope)
    context = {
        "statement": found,
        "figures": settling.figures_of(found),
        "parts": found.parts.select_related("pay_list__commune").order_by("pay_list__area_pos", "pk"),
        "cost": found.fee // found.payments if found.payments else None,
        "side": side,
        "may_sign": bool(side) and getattr(found, f"{side}_signed_at") is None and not found.standing,
        "shown": statements.digest(found),
    }
    return render(request, "portal/settling/statement.html", context)


@allow(*SIGNING)
@require_POST
def sign(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sign for the own side; nobody is asked for a code for a statement out of reach."""
    return _signed(request, _found(request, public_id))


@with_second_factor
def _signed(request: OfficerRequest, found: Statement) -> HttpResponse:
    try:
        statements.sign(statement=found, side=settling.side_of(request.scope), shown=request.POST.get("shown", ""), by=request.scope)
    except StatementRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã ký bảng quyết toán."))
    return redirect("portal:statement", found.public_id)


@allow(*READING)
def download(request: OfficerRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """The statement as a PDF or a workbook; every download is audited."""
    if kind not in TYPES:
        raise Http404
    found = _found(request, public_id)
    make = documents.pdf if kind == "pdf" else documents.workbook
    response = HttpResponse(make(found), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{documents.file_name(found, kind)}"'
    area = (found.province_no, found.area_pos)
    audit.record(verb="export", kind="statement", object_id=found.public_id, by=request.scope, area=area, file=kind)
    return response
