"""What the pages of settling show: lists after their results, statements, waiting money, people who do not come."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from households.models import Person
from payments.models import Cycle, PaymentList, Statement, Uncollected, WriteOff
from payments.operations.statements import AGENCY, PROVINCE
from payments.queries.cycle import Days, cycle_of
from payments.queries.settling import Sums, sums_of_lists
from payments.statuses import CLOSED, RECONCILED, RESULTS_IN, SENT
from posasoft.core.models import Area, Level, Role
from posasoft.core.scope import Scope
from posasoft.portal.queries.months import after_place, lists_in_scope, place_of
from posasoft.portal.queries.scoped import in_scope

AFTER = (SENT, RESULTS_IN, RECONCILED, CLOSED)
PAGE = 200


@dataclass(frozen=True)
class SettledList:
    """A list and what became of its money; ``move`` is the one it waits for, "" for none."""

    list: PaymentList
    sums: Sums
    move: str


def lists_after(scope: Scope, month: datetime.date, status: str, after: str = "") -> tuple[list[SettledList], str]:
    """Two hundred lists of a month that were sent, by area, of one status or all; and the key of the next page."""
    found = lists_in_scope(scope).filter(month=month, status__in=(status,) if status in AFTER else AFTER)
    rows = list(after_place(found.select_related("commune__parent"), after)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    sums = sums_of_lists([row.pk for row in rows])
    moves = {RESULTS_IN: "reconcile", RECONCILED: "close"}
    return [SettledList(row, sums[row.pk], moves.get(row.status, "")) for row in rows], place_of(rows[-1]) if more else ""


def province_of(scope: Scope) -> Area | None:
    """The one province whose whole is in the role's range; None for a commune, and for a role of the country."""
    found = list(Area.objects.filter(level=Level.PROVINCE, valid_to=None, position__gte=scope.lo, position_end__lte=scope.hi)[:2])
    return found[0] if len(found) == 1 else None


def days(scope: Scope, month: datetime.date) -> Cycle | Days | None:
    """The month's days of the province that the role stands in; None for a role of the country."""
    row = lists_in_scope(scope).filter(month=month).values_list("province_no", flat=True).distinct()[:2]
    numbers = list(row)
    return cycle_of(numbers[0], month) if len(numbers) == 1 else None


def statements_in_sight(scope: Scope) -> QuerySet[Statement]:
    """Statements of provinces in the role's range; of its own agency for a clerk of a headquarters, by row-level security."""
    return in_scope(Statement.objects.filter(lists__gt=0), scope).select_related("agency", "agency_signed_by", "province_signed_by")


def side_of(scope: Scope) -> str:
    """For which side the role signs, "" for neither."""
    return {Role.AGENCY_CLERK: AGENCY, Role.PROVINCE_OFFICER: PROVINCE}.get(Role(scope.role), "") if scope.role in Role.values else ""


def uncollected_in_sight(scope: Scope) -> QuerySet[Uncollected]:
    """Open cases of households in sight, the longest first."""
    rows = in_scope(Uncollected.objects.filter(ended_at__isnull=True), scope)
    return rows.select_related("household__village", "household__commune", "answered_by").order_by("-months", "pk")


def write_offs_in_sight(scope: Scope) -> QuerySet[WriteOff]:
    """Requests in sight, those that wait first."""
    return in_scope(WriteOff.objects.all(), scope).select_related("household", "asked_by", "decided_by").order_by("state", "-pk")


def heads_of(household_ids: Iterable[int]) -> dict[int, str]:
    """Household → name of its head, the living one before one who died; by one query."""
    heads = Person.objects.filter(household__in=set(household_ids), relation="head", canonical__isnull=True)
    return dict(heads.order_by(F("died_on").asc(nulls_last=True), "-pk").values_list("household", "full_name"))


def figures_of(statement: Statement) -> list[tuple[str, int | None, int]]:
    """Rows of a statement's table: key of the words, number of payments (None: not counted), đồng."""
    rows: list[tuple[str, Any, int]] = [
        ("advance", statement.payments + statement.unpaid if not statement.standing else None, statement.advance),
        ("paid", statement.payments, statement.paid),
        ("returned", statement.unpaid, statement.returned),
        ("standing", None, statement.standing),
        ("fee", statement.payments, statement.fee),
    ]
    return rows
