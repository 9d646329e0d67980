"""Files: ask for one, watch it being made, take it; and the second person's page."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import reauthentication, vault
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.exports import MOST_PERSONS, SECOND_ABOVE, Exporter, ExportRefused, approve, exporter_of, offered, operations, refuse
from posasoft.core.exports import request as ask
from posasoft.core.exports.registry import Bundle, columns_for
from posasoft.core.exports.rules import APPROVING_ROLES, MOST_ROWS_OF_EXCEL, may_export
from posasoft.core.models import ExportRequest
from posasoft.core.sessions import passive
from posasoft.portal.queries import traces
from posasoft.portal.requests import OfficerRequest

EXPORT_ROLES = tuple(sorted(MOST_PERSONS))
PAGE = 30
# Of the form itself, not of what is exported.
OWN_FIELDS = frozenset({"csrfmiddlewaretoken", "columns", "reason", "format", "before", "after", "page"})
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """The user's own files, the newest first, and what can be asked for."""
    rows = [traces.file_view(asked) for asked in traces.own_files(request.scope)[:PAGE]]
    kinds = offered(request.scope.role) if may_export(request.scope) else []
    waiting = traces.waiting_for(request.scope) if request.scope.role in APPROVING_ROLES else []
    return render(request, "portal/downloads.html", {"rows": rows, "kinds": kinds, "waiting": waiting, "second_above": SECOND_ABOVE})


@allow(*SIGNED_IN)
@passive
def status(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One file's line alone: it asks for itself again until the file is there."""
    return render(request, "portal/_download_row.html", {"row": traces.file_view(_own(request, public_id))})


def _own(request: OfficerRequest, public_id: uuid.UUID) -> ExportRequest:
    asked = traces.own_file(request.scope, public_id)
    if asked is None:
        raise Http404
    return asked


@allow(*SIGNED_IN)
@require_POST
def take(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Hand the file over, once more audited; only to the user who asked for it."""
    asked = _own(request, public_id)
    if asked.status != ExportRequest.Status.READY or asked.expires_at is None or asked.expires_at <= timezone.now():
        raise Http404
    operations.downloaded(asked=asked, by=request.scope)
    name = f"{asked.kind}-{timezone.localtime(asked.ready_at):%Y%m%d-%H%M}.{asked.format}"
    return FileResponse(vault.open_file(asked.file), as_attachment=True, filename=name, content_type=TYPES[asked.format])


def _exporter(request: OfficerRequest, kind: str) -> Exporter:
    found = exporter_of(kind, request.scope.role)
    if found is None or not may_export(request.scope):
        raise Http404
    return found


def _params(request: OfficerRequest) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    return {name: given[name] for name in given if name not in OWN_FIELDS and given[name]}


@allow(*EXPORT_ROLES)
def new(request: OfficerRequest, kind: str) -> HttpResponse:
    """Which columns, why, in which form; the filters come from the page one was on."""
    found = _exporter(request, kind)
    params, error = _params(request), ""
    columns = columns_for(found, request.scope.role)
    chosen = request.POST.getlist("columns") if request.method == "POST" else [column.name for column in columns if column.usual]
    if request.method == "POST":
        try:
            asked = _ask(request, kind, params, chosen)
        except ExportRefused as refusal:
            error = str(refusal)
        else:
            messages.success(request, _said(asked))
            return redirect("portal:downloads")
    context = {
        "found": found,
        "is_bundle": isinstance(found, Bundle),
        "params": params,
        "columns": columns,
        "chosen": chosen,
        "error": error,
        **_preview(request, found, params),
    }
    return render(request, "portal/export_new.html", context, status=422 if error else 200)


def _ask(request: OfficerRequest, kind: str, params: dict[str, Any], chosen: list[str]) -> ExportRequest:
    wanted = "csv" if request.POST.get("format") == "csv" else "xlsx"
    return ask(kind=kind, params=params, columns=chosen, reason=request.POST.get("reason", ""), format=wanted, by=request.scope)


def _said(asked: ExportRequest) -> str:
    if asked.status == ExportRequest.Status.WAITING_SECOND:
        return _("Đã gửi yêu cầu. Tệp có hơn 1.000 dòng nên cần người thứ hai duyệt; khi có kết quả bạn sẽ nhận thông báo.")
    return _("Đang lập tệp. Bạn có thể rời trang này; tệp nằm ở đây trong 7 ngày.")


def _preview(request: OfficerRequest, found: Exporter, params: dict[str, Any]) -> dict[str, Any]:
    """How many the file will be about and by which filters, or what is wrong with these."""
    try:
        count = found.count(request.scope, params)
        return {
            "count": count,
            "filters": found.describe(params),
            "needs_second": count > SECOND_ABOVE,
            "too_long": count > MOST_ROWS_OF_EXCEL,
        }
    except ValueError as error:
        return {"filters": [], "wrong_filter": str(error)}


@allow(*APPROVING_ROLES)
def decide(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The second person: what, which filter, which columns, how many, why; then no, or yes with password and code given again."""
    asked = traces.to_decide(request.scope, public_id)
    if asked is None:
        raise Http404
    if request.method == "POST":
        if "approve" in request.POST and not reauthentication.recently_confirmed(request):
            return reauthentication.ask(request)
        try:
            if "approve" in request.POST:
                approve(asked=asked, by=request.scope)
                messages.success(request, _("Đã duyệt. Tệp đang được lập cho người yêu cầu."))
            else:
                refuse(asked=asked, why=request.POST.get("why", ""), by=request.scope)
                messages.info(request, _("Đã từ chối. Người yêu cầu được thông báo kèm lý do."))
            return redirect("portal:downloads")
        except ExportRefused as refusal:
            messages.error(request, str(refusal))
    return render(request, "portal/export_decide.html", {"row": traces.file_view(asked), "why": request.POST.get("why", "")})
