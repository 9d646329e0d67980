"""Batches of results and a list's results, for the acting role."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from payments.models import AgencyPost, Delivery, PaymentList, ResultBatch, RowState
from payments.outcomes import PAID, REASONS, UNPAID
from payments.queries.results import WAITING, ResultLine, Sum, lines, sums
from payments.statuses import CLOSED, RECONCILED, RESULTS_IN, SENT
from posasoft.core.models import Role
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

PAGE = 50
WITH_RESULTS = frozenset({SENT, RESULTS_IN, RECONCILED, CLOSED})
REOPENING = frozenset({Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER})
# Filters of a batch's rows: all of them, what can be applied or is, what the agency has to mend.
GOOD = (RowState.READY, RowState.CHANGE, RowState.SAME, RowState.APPLIED)
SHOWN: Mapping[str, tuple[str, ...]] = {"": tuple(RowState.values), "good": GOOD, "bad": (RowState.FINDING,)}


def post_of(scope: Scope) -> AgencyPost | None:
    """For whom the acting clerk works; None without a post."""
    return AgencyPost.objects.filter(assignment_id=scope.assignment_id).select_related("agency", "service_point").first()


def delivery_instead(pay_list: PaymentList, scope: Scope) -> uuid.UUID | None:
    """The delivery that a clerk of the headquarters reads, who sees no line of the list: a page of them would be empty."""
    if scope.role != Role.AGENCY_CLERK:
        return None
    post = post_of(scope)
    if post is None or post.service_point_id is not None:
        return None
    return Delivery.objects.filter(pay_list_id=pay_list.pk).values_list("public_id", flat=True).first()


def batches(scope: Scope) -> QuerySet[ResultBatch]:
    """Batches in the role's sight, the latest first."""
    return in_scope(ResultBatch.objects.all(), scope).select_related("agency", "service_point", "by", "key", "applied_by").order_by("-pk")


def page_of_batches(scope: Scope, after: str) -> tuple[list[ResultBatch], str]:
    """A page, and the key of the next one."""
    found = batches(scope)
    if (before := whole(after)) is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def batch(scope: Scope, public_id: uuid.UUID) -> ResultBatch | None:
    """One batch in the role's sight."""
    return batches(scope).filter(public_id=public_id).first()


@dataclass(frozen=True)
class Standing:
    """How a list stands: sums by outcome, reasons of what was not paid, whether the acting person may reopen it, and the last step seen."""

    waiting: Sum
    paid: Sum
    unpaid: Sum
    reasons: list[Sum]
    reopens: bool
    last_step: int = 0

    @property
    def lines(self) -> int:
        return self.waiting.lines + self.paid.lines + self.unpaid.lines


def standing(pay_list: PaymentList, scope: Scope) -> Standing | None:
    """The sums of a list that was sent; None before, and for the payer, who has the counter."""
    if pay_list.status not in WITH_RESULTS or scope.role == Role.AGENCY_CLERK:
        return None
    found = sums(pay_list)
    reopens = pay_list.status == RESULTS_IN and scope.role in REOPENING
    waiting, paid, unpaid = (_of(found, outcome) for outcome in (WAITING, PAID, UNPAID))
    last_step = pay_list.steps.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Standing(waiting, paid, unpaid, [each for each in found if each.outcome == UNPAID], reopens, last_step)


def _of(found: list[Sum], outcome: str) -> Sum:
    same = [each for each in found if each.outcome == outcome]
    return Sum(outcome, "", sum(each.lines for each in same), sum(each.amount for each in same))


def page_of_results(pay_list: PaymentList, which: str, after: str) -> tuple[list[ResultLine], str, str]:
    """A page of a list's lines, the key of the next, and the filter in force: waiting, paid, unpaid or one reason; "" for all."""
    which = which if which in (WAITING, PAID, UNPAID, *REASONS) else ""
    skip = whole(after) or 0
    reason = which if which in REASONS else ""
    rows = lines(pay_list, outcome=UNPAID if reason else which, reason=reason, skip=skip)
    page = 100
    return rows[:page], str(skip + page) if len(rows) > page else "", which
