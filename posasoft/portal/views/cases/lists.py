"""The list of cases with its counts, and what hangs in public."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from beneficiaries.papers import papers
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.html_to_pdf import render_pdf
from posasoft.core.traces import shows
from posasoft.portal.case_documents import posting_list
from posasoft.portal.queries import cases
from posasoft.portal.queries.cases import CaseFilters
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.cases.common import KEYERS, READERS


@allow(*READERS)
@shows("case")
def index(request: OfficerRequest) -> HttpResponse:
    """Cases in scope by state, the soonest due first."""
    today = timezone.localdate()
    given = request.GET
    filters = CaseFilters(given.get("tab", ""), given.get("form", ""), bool(given.get("overdue")), bool(given.get("mine")))
    page = cases.page_of_cases(request.scope, filters, today, given.get("after", ""))
    narrowed = [name for name in ("tab", "form", "overdue", "mine") if given.get(name)]
    audit.seen(
        by=request.scope, kind="case", ids=[case.public_id for case in page.rows], count=len(page.rows), filters=narrowed, page="cases"
    )
    context = {
        "page": page, "filters": filters, "counts": cases.counts(request.scope, today), "papers": papers().values(), "today": today,
        "may_key": request.scope.role in KEYERS,
    }  # fmt: skip
    return render(request, "portal/cases/index.html", context)


@allow(*READERS)
@shows("case")
def postings(request: OfficerRequest) -> HttpResponse:
    """What hangs in public today, on a page; `?pdf=1` as the sheet that is printed. Names and villages only."""
    today = timezone.localdate()
    rows = cases.posted(request.scope, today)
    audit.seen(by=request.scope, kind="case", ids=[row.case.public_id for row in rows], count=len(rows), page="postings")
    if not request.GET.get("pdf"):
        return render(request, "portal/cases/postings.html", {"rows": rows, "today": today})
    response = HttpResponse(render_pdf(posting_list(rows, today)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="niem-yet-{today.isoformat()}.pdf"'
    return response
