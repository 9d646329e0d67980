"""What the engine finds each month, as a list to work through: each row leads to its case, its paper or its notice."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries import documents
from beneficiaries.models import Found
from beneficiaries.operations import findings
from beneficiaries.operations.findings import FindingRefused
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Level
from posasoft.core.traces import shows
from posasoft.portal.queries import areas
from posasoft.portal.queries import findings as queries
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.decisions.shared import OFFICERS, READERS

# Which paper a finding asks for; the others begin with an application.
PAPERS = {"ended": "stop", "died": "stop", "leaving": "stop", "level": "adjust", "suspended": "resume", "expired": "grant"}


@allow(*READERS)
@shows("finding")
def index(request: OfficerRequest) -> HttpResponse:
    """Findings in scope: counts by kind, by commune for whoever looks over several, and rows."""
    area = areas.by_id(request.GET.get("area", ""))
    filters = queries.filters_of(request.GET, area)
    own = area or (request.assignment.area if request.assignment else None)
    is_wide = own is None or own.level not in (Level.COMMUNE, Level.VILLAGE)
    page = queries.page(request.scope, filters, request.GET.get("after", "")) if not is_wide else None
    context = {
        "filters": filters, "counts": queries.counts(request.scope, filters), "page": page, "own": own,
        "communes": queries.by_commune(request.scope, filters) if is_wide else [], "month": timezone.localdate().replace(day=1),
        "may_act": request.scope.role in OFFICERS, "states": {"waiting": _("Chờ xử lý"), "dismissed": _("Đã bỏ qua"), "done": _("Đã xong")},
    }  # fmt: skip
    if page:
        ids = [row.person.public_id if row.person else row.household.public_id for row in page.rows]
        audit.seen(by=request.scope, kind="finding", ids=ids, count=len(ids), page="findings", filters=sorted(request.GET))
    return render(request, "portal/decisions/found.html", context)


def _one(request: OfficerRequest, pk: int) -> Found:
    row = queries.one(request.scope, pk)
    if row is None:
        raise Http404
    return row


@allow(*OFFICERS)
@require_POST
def start(request: OfficerRequest, pk: int) -> HttpResponse:
    """Begin what the finding asks for: an application, or a paper, filled in."""
    row = _one(request, pk)
    try:
        findings.move(found=row, verb="open", by=request.scope)
    except FindingRefused as refused:
        messages.error(request, str(refused))
        return redirect("portal:findings")
    who = {"person": str(row.person.public_id)} if row.person else {"household": str(row.household.public_id)}
    if row.kind not in PAPERS:
        return redirect(f"{reverse('portal:case_new')}?{urlencode(who | {'benefit': row.benefit})}")
    # The engine chooses which benefit follows; a stop is about the one that was found.
    named = {"benefit": row.benefit} if PAPERS[row.kind] == "stop" else {}
    return redirect(f"{reverse('portal:decision_new')}?{urlencode(who | named | {'kind': PAPERS[row.kind]})}")


@allow(*OFFICERS)
@require_POST
def dismiss(request: OfficerRequest, pk: int) -> HttpResponse:
    """Set a finding aside with a reason, until the facts change."""
    row = _one(request, pk)
    try:
        findings.move(found=row, verb="dismiss", reason=request.POST.get("reason", ""), by=request.scope)
        messages.success(request, _("Đã bỏ qua; việc này chỉ hiện lại khi dữ liệu của người đó thay đổi."))
    except FindingRefused as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('portal:findings')}?{urlencode({'kind': row.kind})}")


@allow(*OFFICERS)
@shows("finding")
def notice(request: OfficerRequest, pk: int) -> HttpResponse:
    """The letter that asks the family to come and explain, before anything is stopped."""
    row = _one(request, pk)
    audit.record(verb="print", kind="finding", object_id=row.pk, by=request.scope, area=(row.province_no, row.area_pos))
    response = HttpResponse(documents.review_notice_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="giay-moi-ra-soat-{row.pk}.pdf"'
    return response
