"""Lists come in: upload, watch the reading, look at what would change, accept all or part, undo."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from households.importing.columns import FIELD_TITLES
from households.importing.findings import ListRefused
from households.models import ImportBatch, ImportProfile, ImportRow
from households.staging import operations, queries
from households.staging.rejected import rejected_workbook
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Job, Role
from posasoft.core.numbers import whole, wholes
from posasoft.core.traces import shows
from posasoft.portal.forms import ImportForm
from posasoft.portal.queries import imports, workbooks
from posasoft.portal.queries import work_in_background as background
from posasoft.portal.requests import OfficerRequest

IMPORT_ROLES = (Role.COMMUNE_OFFICER, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER, Role.ADMINISTRATOR)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READING = (ImportBatch.Status.RECEIVED, ImportBatch.Status.STAGING)


def found_batch(request: OfficerRequest, public_id: uuid.UUID) -> ImportBatch:
    """The list if its commune lies in the role's range, else 404."""
    batch = imports.batches(request.scope).filter(public_id=public_id).first()
    if batch is None:
        raise Http404
    return batch


def _seen(request: OfficerRequest, batch: ImportBatch, page: str) -> None:
    """Rows of a list are about people, accepted or not."""
    if request.method == "GET":
        audit.seen(by=request.scope, kind="households_importbatch", ids=[batch.pk], area=(batch.province_no, batch.area_pos), page=page)


def _form(request: OfficerRequest, *args: Any) -> ImportForm:
    communes = imports.communes(request.scope)
    provinces = communes.values("province_no").distinct()
    profiles = ImportProfile.objects.filter(province_no__in=provinces).order_by("name")
    return ImportForm(*args, communes=communes, profiles=profiles, initial={"area_date": timezone.localdate().strftime("%d/%m/%Y")})


@allow(*IMPORT_ROLES)
def index(request: OfficerRequest) -> HttpResponse:
    """Lists received so far, and the form that takes another."""
    form = _form(request, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            batch = operations.receive_list(
                file=data["file"].file,
                name=data["file"].name,
                area=data["area"],
                area_date=data["area_date"],
                by=request.scope,
                profile=data.get("profile"),
            )
            return redirect("portal:import", batch.public_id)
        except ListRefused as refusal:
            form.add_error("file", str(refusal))
    return render(request, "portal/imports.html", {"form": form, "batches": imports.batches(request.scope)[:50]})


@allow(*IMPORT_ROLES)
@shows("households_importbatch")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One list: how far it is read, what it holds, and household by household what it would change."""
    batch = found_batch(request, public_id)
    _seen(request, batch, "import")
    show_only = request.GET.get("show", "")
    job = Job.objects.filter(pk=batch.job_id or 0).first()
    summary = queries.summary(batch)
    context = {
        "batch": batch,
        "reading": batch.status in READING,
        "view": background.view(job, timezone.now()) if job else None,
        "summary": summary,
        "kinds": workbooks.kinds_of(batch, summary) if batch.workbook_id else [],
        "gone_answers": workbooks.GONE,
        "twins": queries.same_files(batch)[:3],
        "show": show_only if show_only in imports.SHOWN else "",
        "page": imports.page_of_blocks(batch, show_only, request.GET.get("after", "")),
        "deaths": queries.deaths_to_confirm(request.scope).filter(import_batch=batch).count(),
        "missing": [] if batch.workbook_id else imports.missing(batch),
    }
    return render(request, "portal/import.html", context)


@allow(*IMPORT_ROLES)
@shows("households_importbatch")
def findings(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """What was found cell by cell, and the rows that were passed over."""
    batch = found_batch(request, public_id)
    _seen(request, batch, "import_findings")
    severity = request.GET.get("severity", "")
    after = request.GET.get("after", "0")
    offset = whole(after) or 0
    found = list(queries.findings(batch, severity=severity)[offset : offset + 201])
    context = {
        "batch": batch,
        "summary": queries.summary(batch),
        "severity": severity,
        "findings": found[:200],
        "after": str(offset + 200) if len(found) > 200 else "",
    }
    return render(request, "portal/import_findings.html", context)


@allow(*IMPORT_ROLES)
@shows("households_importbatch")
def columns(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Which column means what; corrected, the list is read again, and the correction may be kept for the province."""
    batch = found_batch(request, public_id)
    _seen(request, batch, "import_columns")
    if request.method == "POST":
        fields = {c["title"]: request.POST.get(f"field-{n}", "ignore") for n, c in enumerate(batch.columns)}
        fields = {title: field for title, field in fields.items() if field in FIELD_TITLES}
        try:
            operations.read_again(batch=batch, fields=fields, by=request.scope, save_as=request.POST.get("save_as", "").strip())
            return redirect("portal:import", public_id)
        except operations.WrongMoment as error:
            messages.error(request, str(error))
    return render(request, "portal/import_columns.html", {"batch": batch, "titles": FIELD_TITLES.items()})


@allow(*IMPORT_ROLES)
@require_POST
def accept(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Carry households into the registry: those ticked, or all that wait for no answer."""
    batch = found_batch(request, public_id)
    blocks = wholes(request.POST.getlist("blocks"))
    try:
        day = parse_date(request.POST["from_day"]) if request.POST.get("from_day") else None
        chosen = blocks if "chosen" in request.POST else None
        only = workbooks.taking_asked(request.POST, request.POST.getlist("rows"), request.POST.getlist("kinds"))
        counts = operations.accept(batch=batch, by=request.scope, blocks=chosen, from_day=day, only=only)
        messages.success(request, _("Đã nhận %(households)d hộ, %(persons)d người vào sổ, trong đó %(new)d người mới.") % counts)
    except (operations.WrongMoment, ValueError) as error:
        messages.error(request, str(error))
    return redirect("portal:import", public_id)


@allow(*IMPORT_ROLES)
@require_POST
def reject(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Leave the ticked households out."""
    blocks = wholes(request.POST.getlist("blocks"))
    rows = wholes(request.POST.getlist("rows"))
    number = operations.reject(batch=found_batch(request, public_id), blocks=blocks, by=request.scope, rows=rows)
    messages.info(request, _("Không nhận %(n)d dòng.") % {"n": number})
    return redirect("portal:import", public_id)


@allow(*IMPORT_ROLES)
@require_POST
def answer(request: OfficerRequest, public_id: uuid.UUID, row_id: int) -> HttpResponse:
    """Say whether a row is the person whom the registry proposes."""
    row = ImportRow.objects.filter(batch=found_batch(request, public_id), pk=row_id).first()
    if row is None:
        raise Http404
    try:
        operations.answer_proposal(row=row, same=request.POST.get("same") == "1", by=request.scope)
    except operations.WrongMoment as error:
        messages.error(request, str(error))
    return redirect(f"/imports/{public_id}/?show=ask")


@allow(*IMPORT_ROLES)
@require_POST
def undo(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take back what the list brought, unless a payment has used it."""
    try:
        operations.undo(batch=found_batch(request, public_id), by=request.scope)
        messages.success(request, _("Đã hoàn tác: các hộ và người trở lại như trước khi nhận danh sách."))
    except operations.WrongMoment as error:
        messages.error(request, str(error))
    return redirect("portal:import", public_id)


@allow(*IMPORT_ROLES)
@shows("households_importbatch")
def deaths(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Deaths that the list only notes: nobody noted as dead is paid until somebody says what is true."""
    batch = found_batch(request, public_id)
    _seen(request, batch, "import_deaths")
    waiting = queries.deaths_to_confirm(request.scope).filter(import_batch=batch)
    if request.method == "POST":
        death = waiting.filter(pk=int(request.POST.get("death", "0") or 0)).first()
        if death is None:
            raise Http404
        try:
            if "refute" in request.POST:
                operations.refute_noted_death(death=death, by=request.scope)
            else:
                operations.confirm_noted_death(death=death, died_on=parse_date(request.POST.get("died_on", "")), by=request.scope)
        except (operations.WrongMoment, ValueError) as error:
            messages.error(request, str(error))
        return redirect("portal:import_deaths", public_id)
    return render(request, "portal/import_deaths.html", {"batch": batch, "deaths": waiting})


@allow(*IMPORT_ROLES)
def rejected(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rows left out and the rows with errors, as the commune wrote them, with the reasons beside the cells."""
    batch = found_batch(request, public_id)
    response = HttpResponse(rejected_workbook(batch, role=request.scope.role), content_type=WORKBOOK)
    response["Content-Disposition"] = content_disposition_header(True, f"khong-nhan-{PurePath(batch.file_name).stem}.xlsx") or "attachment"
    audit.record(
        verb="export", kind="households_importbatch", object_id=batch.pk, by=request.scope, area=(batch.province_no, batch.area_pos)
    )
    return response
