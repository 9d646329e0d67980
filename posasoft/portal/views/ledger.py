"""A family's money from decision to receipt, and the nightly proof of the books."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from households.models import Change
from payments.cause_words import said
from payments.queries import corrections
from payments.queries.ledger import Step, balances_of_household, money_trail
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import add_months
from posasoft.core.scope import Scope
from posasoft.core.traces import shows
from posasoft.portal import diagnoses
from posasoft.portal.ledger_words import ACCOUNTS, MOVES, RULES
from posasoft.portal.queries import proofs, registry
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.settling_words import reason_words
from posasoft.portal.views.households import REGISTRY_ROLES, found_household, month_asked

MONTHS = 12
PROOF_ROLES = (Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Told:
    """A step with its words and tone; the benefit as the role may read it, why nothing was paid in words."""

    step: Step
    benefit: str
    words: Any
    tone: str
    reason: str


def _told(step: Step, scope: Scope) -> Told:
    if step.kind == "recorded":
        return Told(step, "", Change.Kind(step.benefit).label, "", "")
    words, tone = MOVES.get((step.debit, step.credit), ("", "info"))
    benefit = diagnoses.benefit_for(scope, step.benefit, step.month) if step.benefit else ""
    return Told(step, benefit, words, tone, reason_words(step.reason))


@allow(*REGISTRY_ROLES)
@shows("household")
def household_money_trail(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Every step of twelve list months, the latest first; asked for by htmx, the steps alone."""
    household = found_household(request, public_id)
    last = month_asked(request, timezone.localdate())
    first = add_months(last, 1 - MONTHS)
    audit.seen(
        by=request.scope, kind="household", ids=[household.public_id], area=(household.province_no, household.area_pos), page="money_trail"
    )
    steps = [
        _told(step, request.scope) for step in reversed(money_trail(household.pk, first)) if step.kind != "listed" or step.month <= last
    ]
    balances = balances_of_household(household.pk)
    open_rows = corrections.rows(request.scope, household_id=household.pk)
    context = {
        "past": [(row, said(row.kind, row.law), diagnoses.benefit_for(request.scope, row.benefit, row.month)) for row in open_rows],
        "household": household,
        "path": registry.ancestors(household.village or household.commune),
        "steps": steps,
        "stands": [(words, balances[account]) for account, words in ACCOUNTS.items() if balances.get(account)],
        "month": last,
        "previous": add_months(last, -MONTHS),
        "next": add_months(last, MONTHS),
    }
    template = "portal/_money_trail.html" if request.headers.get("HX-Request") else "portal/money_trail.html"
    return render(request, template, context)


@allow(*PROOF_ROLES)
def ledger_proofs(request: OfficerRequest) -> HttpResponse:
    """The last proof of every province in range: proved, or the first row that breaks each rule."""
    return render(request, "portal/ledger_proofs.html", {"provinces": proofs.latest(request.scope), "rules": RULES})
