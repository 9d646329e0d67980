"""The page of a case: summary and checklist, declared beside registered, why, and what may be done next."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from beneficiaries.models import Case, CasePosting, DecisionDocument
from beneficiaries.operations.accepting import declared_fields
from beneficiaries.operations.case_clock import procedure
from beneficiaries.operations.preview import preview
from beneficiaries.papers import papers
from beneficiaries.queries.registered import known_of, registered
from beneficiaries.statuses import PAPER_DRAFT, PAPER_PREPARED, READY, case_moves_of
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.traces import shows
from posasoft.portal import case_forms
from posasoft.portal.case_wording import MOVES, SIGNED_ELSEWHERE, reasons_from
from posasoft.portal.queries import cases
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.cases.common import KEYERS, READERS, found_case, place
from posasoft.portal.views.persons import MAY_READ_DIAGNOSES

BLANK_REASONS = 2
UNSIGNED = (PAPER_DRAFT, PAPER_PREPARED)


@allow(*READERS)
@shows("case")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One case."""
    case = found_case(request, public_id)
    audit.seen(by=request.scope, kind="case", ids=[case.public_id], area=place(case))
    return render(request, "portal/cases/show.html", case_context(request, case))


def case_context(request: OfficerRequest, case: Case, reasons: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Everything the page shows; ``reasons`` fill the form of a refusal."""
    today, role, paper = timezone.localdate(), request.scope.role, papers()[case.form]
    files = cases.attachments(case)
    given = {file.item for file in files}
    decisions = list(DecisionDocument.objects.filter(case=case).order_by("pk"))
    moves = [move for move in case_moves_of(case.status, role, today) if move not in SIGNED_ELSEWHERE and _offered(case, move)]
    return {
        "case": case, "paper": paper, "today": today, "role": role, "parts": case_forms.parts(case, role=role, asked_only=True),
        "answered": case_forms.answered(case, role=role),
        "items": [(item, item.code in given) for item in paper.items(case.payload, case.benefits)], "files": files,
        "steps": case.steps.select_related("by").order_by("pk"), "postings": CasePosting.objects.filter(case=case).order_by("pk"),
        "moves": [(move, MOVES[move]) for move in moves], "procedure": procedure(case) if case.received_on else None,
        "compared": compared(case, role), "reasons": [*(reasons or case.refusal_reasons), *[{}] * BLANK_REASONS],
        "may_draft": case.status == READY and role in KEYERS and not any(paper.status in UNSIGNED for paper in decisions),
        "decisions": decisions, "next": cases.next_of(request.scope, case, today),
        "may_see_why": role in MAY_READ_DIAGNOSES and case.status not in ("closed", "withdrawn"),
        "may_attach": role in MAY_READ_DIAGNOSES and case.status not in ("closed", "withdrawn"),
    }  # fmt: skip


def _offered(case: Case, move: str) -> bool:
    """Posting is not offered where the law has none or forbids it."""
    if move != "post":
        return True
    return not case.confidential and case.outcome == "grant" and procedure(case).posting != "none"


def compared(case: Case, role: str) -> list[dict[str, Any]]:
    """Answers that would become facts, beside what the registry says: (field, declared, registered, differs)."""
    known = registered(case.person, case.household)
    rows = []
    for field in declared_fields(case):
        if field.links:
            declared, held = (_names(rows_of) for rows_of in (case.payload[field.name], known.get(field.prefill)))
        else:
            declared, held = (case_forms.words(field, text, role) for text in (case.payload[field.name], known_of(field, known)))
        rows.append({"field": field, "declared": declared, "registered": held, "differs": declared != held})
    return rows


def _names(rows: list[dict[str, str]] | None) -> str:
    return ", ".join(row.get("full_name", "") for row in rows or [])


@allow(*MAY_READ_DIAGNOSES)
@require_POST
@shows("case")
def why(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The engine's word on the case: now, and with the declared answers. A POST, because the second is tried out and taken back."""
    case = found_case(request, public_id)
    audit.seen(by=request.scope, kind="case", ids=[case.public_id], area=place(case), page="why")
    found = preview(case=case, on=timezone.localdate())
    reasons = case.refusal_reasons or reasons_from(found.refusals)
    if request.headers.get("HX-Request"):
        reasons = [*reasons, *[{}] * BLANK_REASONS]
        # Only the form of the appraisal has a place for them.
        swap = "appraise" in case_moves_of(case.status, request.scope.role, timezone.localdate())
        return render(request, "portal/cases/_why.html", {"case": case, "preview": found, "reasons": reasons, "swap": swap})
    return render(request, "portal/cases/show.html", {**case_context(request, case, reasons), "preview": found})
