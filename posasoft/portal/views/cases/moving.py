"""Moves of a case, objections to its posting."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries.models import CasePosting
from beneficiaries.operations import cases
from beneficiaries.operations.case_moves import EFFECTS, CaseRefused
from posasoft.core.access import allow
from posasoft.portal.case_wording import MOVES, SIGNED_ELSEWHERE
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.cases.common import KEYERS, MOVERS, found_case
from posasoft.portal.views.cases.showing import case_context


@allow(*MOVERS)
@require_POST
def move(request: OfficerRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Make one move; a refused one shows the page again with everything that was typed."""
    if name not in EFFECTS or name in SIGNED_ELSEWHERE:
        raise Http404
    case = found_case(request, public_id)
    note, details = request.POST.get("note", ""), details_of(request.POST)
    try:
        cases.advance(case=case, move=name, by=request.scope, note=note, **details)
    except CaseRefused as error:
        messages.error(request, str(error))
        typed = {"typed_note": note, "typed": details, "tried": name}
        return render(request, "portal/cases/show.html", {**case_context(request, case, details["reasons"]), **typed}, status=422)
    messages.success(request, f"{case.number}: {MOVES[name].label}.")
    return redirect("portal:case", case.public_id)


def details_of(data: QueryDict) -> dict[str, Any]:
    """What a move's form carries: outcome, accepted fields, reasons with articles, fields to complete, place of posting."""
    numbers = sorted({int(found[1]) for key in data if (found := re.fullmatch(r"reason-(\d{1,2})", key))})
    return {
        "outcome": data.get("outcome", ""),
        "accepted": data.getlist("accepted"),
        "reasons": [row for row in _reasons(data, numbers) if row["text"].strip()],
        "fields": [{"field": field, "guidance": data.get(f"guidance-{field}", "")} for field in data.getlist("fields")],
        "place": data.get("place", ""),
    }


def _reasons(data: QueryDict, numbers: list[int]) -> list[dict[str, str]]:
    return [{"text": data.get(f"reason-{n}", ""), "article": data.get(f"article-{n}", "")} for n in numbers]


@allow(*KEYERS)
@require_POST
def objection(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Note an objection to what was posted, or its conclusion."""
    case = found_case(request, public_id)
    posting = CasePosting.objects.filter(case=case).order_by("-pk").first()
    if posting is None:
        raise Http404
    try:
        cases.note_objection(posting=posting, text=request.POST.get("text", ""), outcome=request.POST.get("outcome", ""), by=request.scope)
        messages.success(request, _("Đã ghi ý kiến."))
    except CaseRefused as error:
        messages.error(request, str(error))
    return redirect("portal:case", case.public_id)
