"""The monthly run: start, live progress, comparison with last month, stop and go on."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries import operations, queries
from beneficiaries.models import Run
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import add_months, first_of_month, format_month, iso_month, parse_month
from posasoft.core.numbers import whole
from posasoft.core.traces import shows
from posasoft.portal import diagnoses
from posasoft.portal.queries import months
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

MAY_RUN = (Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST, Role.ADMINISTRATOR)
PAGE = 50
KINDS = ("new", "stopped", "changed")


def found_run(text: str) -> tuple[datetime.date, Run]:
    """The latest run of a month written 2026-11; 404 when there is none."""
    try:
        month = parse_month(text)
    except ValueError as error:
        raise Http404 from error
    run = queries.latest_run(month)
    if run is None:
        raise Http404
    return month, run


@allow(*REGISTRY_ROLES)
def index(request: OfficerRequest) -> HttpResponse:
    """Months computed so far, and the button that computes one."""
    this_month = first_of_month(timezone.localdate())
    context = {
        "may_run": request.scope.role in MAY_RUN,
        "offered": [add_months(this_month, step) for step in (1, 0, -1, -2)],
        "this_month": this_month,
        "rows": [(run.month, run, months.pulse(request.scope, run.month)) for run in months.latest_runs()],
    }
    return render(request, "portal/runs.html", context)


@allow(*MAY_RUN)
@require_POST
def start(request: OfficerRequest) -> HttpResponse:
    """Start a month's run, or find the one that is already under way."""
    try:
        month = parse_month(request.POST.get("month", ""))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("portal:runs")
    try:
        operations.start_run(month=month, by=request.scope)
    except operations.RunRefused as error:
        messages.error(request, str(error))
        return redirect("portal:runs")
    return redirect("portal:run", iso_month(month))


@allow(*REGISTRY_ROLES)
def show(request: OfficerRequest, month: str) -> HttpResponse:
    """One month: progress by province, what is new, stopped and changed against the month before, and why."""
    day, run = found_run(month)
    scope = request.scope
    counts = diagnoses.rows_for(scope, queries.comparison(day, lo=scope.lo, hi=scope.hi), day)
    context = {
        "month": day,
        "run": run,
        "progress": months.progress(scope, run),
        "may_run": scope.role in MAY_RUN,
        "counts": counts,
        "groups": [(kind, [c for c in counts if c.kind == kind], sum(c.lines for c in counts if c.kind == kind)) for kind in KINDS],
        "pulse": months.pulse(scope, day),
        "before": months.pulse(scope, add_months(day, -1)),
    }
    return render(request, "portal/run.html", context)


@allow(*REGISTRY_ROLES)
def status(request: OfficerRequest, month: str) -> HttpResponse:
    """The progress sheet alone, for polling; the page is read anew when the run has ended."""
    day, run = found_run(month)
    progress = months.progress(request.scope, run)
    response = render(request, "portal/_run_progress.html", {"month": day, "run": run, "progress": progress})
    if progress.status not in ("queued", "running"):
        response["HX-Refresh"] = "true"
    return response


@allow(*REGISTRY_ROLES)
@shows("person")
def changes(request: OfficerRequest, month: str) -> HttpResponse:
    """The people behind one figure of the comparison."""
    day, _run = found_run(month)
    kind = request.GET.get("kind", "")
    after = request.GET.get("after", "0")
    cause = diagnoses.cause_asked(request.scope, request.GET.get("cause", ""))
    rows = queries.comparison_lines(
        day,
        lo=request.scope.lo,
        hi=request.scope.hi,
        kind=kind if kind in KINDS else None,
        cause=cause,
        limit=PAGE + 1,
        after=whole(after) or 0,
    )
    following = str(rows[PAGE - 1].id) if len(rows) > PAGE else ""
    audit.seen(by=request.scope, kind="person", count=len(rows[:PAGE]), page="run_changes", filters=("month", "kind", "cause"))
    context = {
        "month": day,
        "kind": kind,
        "cause": cause or "",
        "rows": diagnoses.rows_for(request.scope, rows[:PAGE], day),
        "after": following,
    }
    return render(request, "portal/run_changes.html", context)


@allow(*MAY_RUN)
@require_POST
def cancel(request: OfficerRequest, month: str) -> HttpResponse:
    """Stop a run; provinces already written stay written."""
    day, run = found_run(month)
    operations.cancel_run(run=run, by=request.scope)
    messages.info(request, _("Đã yêu cầu dừng tính tháng %(month)s. Các tỉnh đã tính xong được giữ nguyên.") % {"month": format_month(day)})
    return redirect("portal:run", month)


@allow(*MAY_RUN)
@require_POST
def resume(request: OfficerRequest, month: str) -> HttpResponse:
    """Take up what failed or was stopped."""
    _day, run = found_run(month)
    try:
        operations.requeue_run(run=run, by=request.scope)
    except operations.RunRefused as error:
        messages.error(request, str(error))
    return redirect("portal:run", month)
