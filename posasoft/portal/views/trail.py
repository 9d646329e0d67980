""" "Ai đã xem gì": the audit trail of one's area, and the day's heads of its chain."""

from __future__ import annotations

import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from posasoft.core import audit, heads
from posasoft.core.access import allow
from posasoft.core.dates import format_date, parse_date
from posasoft.core.exporting import TRAIL_ROLES, filters_of
from posasoft.core.html_to_pdf import render_pdf
from posasoft.core.models import Role
from posasoft.core.queries.looks import Filters, page_of_trail
from posasoft.core.sealing import DayHead, heads_of_day
from posasoft.core.traces import shows
from posasoft.portal.queries import areas
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.wording_of_traces import KINDS, VERBS

HEAD_ROLES = (Role.AUDITOR, Role.ADMINISTRATOR)
FIELDS = ("from", "to", "actor", "verb", "kind", "object", "area")


@allow(*sorted(TRAIL_ROLES))
@shows("trail")
def index(request: OfficerRequest) -> HttpResponse:
    """Who looked at what and who did what, by day, user, kind, object and area."""
    given = {name: request.GET[name].strip() for name in FIELDS if request.GET.get(name, "").strip()}
    error = ""
    try:
        filters = filters_of(given)
    except ValueError as refusal:
        today = timezone.localdate()
        filters, error = Filters(today, today), str(refusal)
    page = page_of_trail(request.scope, filters, request.GET.get("after", ""))
    audit.seen(by=request.scope, kind="trail", count=len(page.rows), page="trail", filters=tuple(given))
    context = {
        "page": page, "filters": filters, "error": error, "verbs": VERBS.items(), "kinds": KINDS.items(),
        "shown": {"from": given.get("from") or format_date(filters.first), "to": given.get("to") or format_date(filters.last)},
        "given_query": urlencode(given), "may_take_heads": request.scope.role in HEAD_ROLES,
        "choices": [*([filters.area] if filters.area else []), *areas.choices(request.scope, filters.area)],
    }  # fmt: skip
    return render(request, "portal/trail.html", context)


def _heads(request: OfficerRequest) -> tuple[datetime.date, list[DayHead]]:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate() - datetime.timedelta(days=1)
    own = request.assignment.area.province_no if request.assignment and request.assignment.area else None
    return day, [head for head in heads_of_day(day) if own is None or head.province_no == own]


@allow(*HEAD_ROLES)
def audit_heads(request: OfficerRequest) -> HttpResponse:
    """The heads of a day, to be kept outside; as a page, as CSV for `verify_audit --heads`, or as PDF to sign and file."""
    day, found = _heads(request)
    kind = request.GET.get("file", "")
    names = heads.province_names()
    rows = [(head, heads.name_of(head.province_no, names)) for head in found]
    if kind in ("csv", "pdf"):
        html = (
            render_to_string("portal/audit_heads_pdf.html", {"day": day, "rows": rows, "now": timezone.localtime()})
            if kind == "pdf"
            else ""
        )
        body: bytes | str = render_pdf(html) if kind == "pdf" else heads.as_csv(found)
        response = HttpResponse(body, content_type="application/pdf" if kind == "pdf" else "text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="ma-kiem-chung-{day.isoformat()}.{kind}"'
        audit.record(verb="take_heads", kind="core_auditseal", object_id=day.isoformat(), by=request.scope)
        return response
    return render(request, "portal/audit_heads.html", {"day": day, "rows": rows, "is_over": day < timezone.localdate()})
