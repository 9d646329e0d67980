""" "Báo lỗi": a user says what went wrong; an administrator answers."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from posasoft.core import error_reports
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import ErrorReport, Role
from posasoft.portal.queries import traces
from posasoft.portal.requests import OfficerRequest

MOST = 100
_ID = re.compile(r"[0-9a-f-]{0,40}")
# A route is a pattern of ours ("households/<uuid:public_id>/"): what else stands in the field came from elsewhere.
_ROUTE = re.compile(r"[\w/<>:.-]{0,200}", re.ASCII)


def _found(request: OfficerRequest) -> dict[str, str]:
    """What the page knew of itself: ids and the route, never the address with its query."""
    given = {name: request.POST.get(name) or request.GET.get(name, "") for name in ("error_id", "request_id", "route", "screen")}
    kept = {name: value if _ID.fullmatch(value) else "" for name, value in given.items() if name.endswith("_id")}
    kept["route"] = given["route"] if _ROUTE.fullmatch(given["route"]) and not re.search(r"\d{6}", given["route"]) else ""
    kept["screen"] = given["screen"] if re.fullmatch(r"\d{2,5}x\d{2,5}", given["screen"]) else ""
    return kept | {"browser": request.headers.get("User-Agent", "")}


@allow(*SIGNED_IN)
def new(request: OfficerRequest) -> HttpResponse:
    """The form, and one's own earlier reports with their answers."""
    error, found = "", _found(request)
    if request.method == "POST":
        try:
            error_reports.report(text=request.POST.get("text", ""), by=request.scope, **found)
            messages.success(request, _("Cảm ơn bạn. Người quản trị đã nhận báo lỗi; câu trả lời sẽ hiện ở trang này."))
            return redirect("portal:error_report")
        except error_reports.ReportRefused as refusal:
            error = str(refusal)
    own = ErrorReport.objects.filter(reporter=request.scope.user_id or 0).order_by("-pk")[:20]
    context = {"found": found, "own": own, "error": error, "text": request.POST.get("text", "")}
    return render(request, "portal/error_report.html", context, status=422 if error else 200)


@allow(Role.ADMINISTRATOR)
def index(request: OfficerRequest) -> HttpResponse:
    """Reports in the administrator's range, by state."""
    status = request.GET.get("status", "open")
    rows = traces.error_reports(request.scope)
    rows = rows.exclude(status="done") if status == "open" else rows.filter(status=status) if status in error_reports.MOVES else rows
    return render(request, "portal/error_reports.html", {"rows": rows[:MOST], "status": status, "choices": ErrorReport.Status.choices})


@allow(Role.ADMINISTRATOR)
def answer(request: OfficerRequest, report_id: int) -> HttpResponse:
    """One report: everything known, its state, the answer."""
    report = traces.error_reports(request.scope).filter(pk=report_id).first()
    if report is None:
        raise Http404
    if request.method == "POST":
        try:
            error_reports.answer(
                report=report, status=request.POST.get("status", ""), text=request.POST.get("answer", ""), by=request.scope
            )
            messages.success(request, _("Đã lưu. Người báo được thông báo."))
            return redirect("portal:error_reports")
        except error_reports.ReportRefused as refusal:
            messages.error(request, str(refusal))
    return render(
        request,
        "portal/error_report_answer.html",
        {"report": report, "moves": _moves(report), "text": request.POST.get("answer", report.answer)},
    )


def _moves(report: ErrorReport) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in ErrorReport.Status.choices if value in error_reports.MOVES[report.status]]
