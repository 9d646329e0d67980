"""A commune's own households leave as a workbook and come back through the review of lists."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from households.importing.findings import ListRefused
from households.models import Workbook
from households.staging.operations import WrongMoment
from households.workbooks.conflicts import choose
from households.workbooks.gone import answer_gone
from households.workbooks.making import WorkbookRefused, agree, make_workbook, may_leave
from households.workbooks.returning import returned_workbook
from households.workbooks.writing import write_workbook
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Role
from posasoft.core.numbers import whole
from posasoft.portal.queries import workbooks
from posasoft.portal.queries.scoped import in_scope
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.imports import IMPORT_ROLES, WORKBOOK, found_batch

SECOND_PERSONS = (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.CLUSTER_OFFICER, Role.ADMINISTRATOR)


def _found(request: OfficerRequest, public_id: uuid.UUID) -> Workbook:
    workbook = in_scope(Workbook.objects.select_related("area__parent"), request.scope).filter(public_id=public_id).first()
    if workbook is None:
        raise Http404
    return workbook


@allow(*IMPORT_ROLES, Role.COMMUNE_CHAIR)
def index(request: OfficerRequest) -> HttpResponse:
    """Workbooks made so far, and the form that makes another."""
    areas = workbooks.areas(request.scope)
    may_make = request.scope.role in IMPORT_ROLES
    error = ""
    if request.method == "POST" and may_make:
        area = areas.filter(pk=whole(request.POST.get("area", "")) or 0).first()
        try:
            if area is None:
                raise WorkbookRefused(_("Hãy chọn xã, phường hoặc thôn."))
            workbook = make_workbook(area=area, reason=request.POST.get("reason", ""), by=request.scope)
            if may_leave(workbook):
                messages.success(request, _("Tệp đã sẵn sàng, bấm Tải về."))
            else:
                messages.info(request, _("Tệp có trên 1.000 người: tải được khi người thứ hai đồng ý. Đã gửi yêu cầu."))
            return redirect("portal:workbooks")
        except WorkbookRefused as refusal:
            error = str(refusal)
    context = {
        "areas": areas[:1000] if may_make else [],
        "downloads": workbooks.downloads(request.scope),
        "may_make": may_make,
        "may_agree": request.scope.role in SECOND_PERSONS,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "chosen": request.POST.get("area", ""),
    }
    return render(request, "portal/workbooks.html", context)


@allow(*IMPORT_ROLES)
@require_GET
def file(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The .xlsx, made from what was kept; a large one only when a second person has agreed."""
    workbook = _found(request, public_id)
    if not may_leave(workbook):
        raise Http404
    audit.exported(
        by=request.scope, kind="households_workbook", object_id=workbook.pk, area=(workbook.province_no, workbook.area_pos),
        count=workbook.persons,
    )  # fmt: skip
    return _xlsx(write_workbook(workbook), f"ho-{workbook.area.code}-{workbook.made_at:%Y%m%d}.xlsx")


def _xlsx(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@allow(*SECOND_PERSONS)
@require_POST
def second(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The second person lets a large file go."""
    try:
        agree(workbook=_found(request, public_id), by=request.scope)
        messages.success(request, _("Đã đồng ý cho tải tệp."))
    except WorkbookRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:workbooks")


@allow(*IMPORT_ROLES)
@require_GET
def returned(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The workbook as it came back, wrong cells red with their reasons."""
    batch = found_batch(request, public_id)
    try:
        content = returned_workbook(batch)
    except ListRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:import", public_id)
    audit.exported(by=request.scope, kind="households_importbatch", object_id=batch.pk, area=(batch.province_no, batch.area_pos))
    return _xlsx(content, f"sua-lai-{batch.area.code}.xlsx")


@allow(*IMPORT_ROLES)
@require_POST
def settle(request: OfficerRequest, public_id: uuid.UUID, row_id: int) -> HttpResponse:
    """Choose between the file's value and the one that somebody else entered meanwhile."""
    row = workbooks.row_asked(found_batch(request, public_id), row_id)
    if row is None:
        raise Http404
    field, _sep, side = request.POST.get("keep", "").partition(":")
    try:
        choose(row=row, field=field, keep_file=side == "file", by=request.scope)
    except WrongMoment as error:
        messages.error(request, str(error))
    return redirect(f"/imports/{public_id}/?show=conflict")


@allow(*IMPORT_ROLES)
@require_POST
def gone(request: OfficerRequest, public_id: uuid.UUID, row_id: int) -> HttpResponse:
    """Say what happened to somebody whose line is no longer in the file."""
    row = workbooks.row_asked(found_batch(request, public_id), row_id)
    if row is None:
        raise Http404
    try:
        text = request.POST.get(f"died_on-{row_id}", "").strip()
        what = request.POST.get("what", "")
        answer_gone(row=row, what=what, day=parse_date(text) if text and what == "died" else None, by=request.scope)
    except (WrongMoment, ValueError) as error:
        messages.error(request, str(error))
    return redirect(f"/imports/{public_id}/?show=gone")
