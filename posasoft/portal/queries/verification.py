"""Plans of verification and their samples, as far as the role sees families of them."""

from __future__ import annotations

import datetime
import uuid
from contextlib import nullcontext
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from payments.models import Contact, VerificationAnswer, VerificationPlan, VerificationSample
from payments.providers import name_of
from payments.queries import payday
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope, unbound
from posasoft.portal.queries.scoped import in_scope

MOST = 50


@dataclass(frozen=True)
class Asked:
    """A family of the sample: the line it is asked about, how it is reached, the answers so far (the last one first)."""

    sample: VerificationSample
    day: payday.PayDay
    provider: str
    phone: str
    answers: list[VerificationAnswer]

    @property
    def reached(self) -> VerificationAnswer | None:
        return next((answer for answer in self.answers if answer.reached), None)


def plans(scope: Scope) -> QuerySet[VerificationPlan]:
    """The plans with a family in the scope, the latest first."""
    own = in_scope(VerificationSample.objects.filter(plan=OuterRef("pk")), scope)
    return VerificationPlan.objects.filter(Exists(own)).select_related("area").order_by("-month", "-pk")


def plan(scope: Scope, public_id: uuid.UUID) -> VerificationPlan | None:
    """The plan, if the role sees a family of it."""
    return plans(scope).filter(public_id=public_id).first()


def samples(scope: Scope, of: VerificationPlan, after: str) -> tuple[list[VerificationSample], str]:
    """A page of the sample in the order drawn, and where the next begins."""
    start = whole(after) or 0
    rows = in_scope(VerificationSample.objects.filter(plan=of, number__gt=start), scope)
    answers = Prefetch("answers", VerificationAnswer.objects.order_by("-pk"))
    page = list(rows.select_related("household__village", "household__commune").prefetch_related(answers).order_by("number")[: MOST + 1])
    return page[:MOST], str(page[MOST - 1].number) if len(page) > MOST else ""


def asked(scope: Scope, of: VerificationPlan, number: int, day: datetime.date) -> Asked | None:
    """One family of the sample by its number."""
    sample = in_scope(VerificationSample.objects.filter(plan=of, number=number), scope).select_related("plan", "household").first()
    if sample is None:
        return None
    # A collaborator sees no lists; of a family that is theirs to ask they see the line asked about.
    with unbound(scope) if scope.kind == "households" else nullcontext():
        days = payday.of_line(sample.month, sample.line_id)
    if not days:
        return None
    contact = Contact.objects.filter(household_id=sample.household_id).first()
    answers = list(sample.answers.select_related("made_by").order_by("-pk"))
    return Asked(sample, days[0], name_of(days[0].provider), contact.phone if contact else "", answers)
