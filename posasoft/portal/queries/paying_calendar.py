"""The calendar and the budgets of a province, as pages show them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from payments.models import Cycle, CycleProposal, CycleRule
from payments.queries.cycle import Days, days_of, rule_of
from posasoft.core.models import Area, Level
from posasoft.core.months import add_months, first_of_month
from posasoft.core.scope import Scope


@dataclass(frozen=True)
class MonthOfPaying:
    """A month's days: as written down, or as the rule gives them (``cycle`` None)."""

    month: datetime.date
    days: Cycle | Days
    cycle: Cycle | None


def provinces(scope: Scope) -> list[Area]:
    """The provinces that the role's range lies in or holds, in the order of the tree."""
    found = Area.objects.filter(level=Level.PROVINCE, position__lt=scope.hi, position_end__gt=scope.lo, valid_to__isnull=True)
    return list(found.order_by("position"))


def rules(province_no: int) -> list[CycleRule]:
    """Rules that hold or held in a province, its own and the country's, the newest first."""
    found = CycleRule.objects.filter(Q(province_no=province_no) | Q(province_no__isnull=True))
    return list(found.select_related("made_by").order_by("-since", "province_no")[:20])


def open_proposals(province_no: int) -> list[CycleProposal]:
    """What waits for a second glance: the province's own and the country's."""
    found = CycleProposal.objects.filter(Q(province_no=province_no) | Q(province_no__isnull=True), outcome="waiting")
    return list(found.select_related("made_by").order_by("province_no"))


def months(province_no: int, today: datetime.date, number: int = 6) -> list[MonthOfPaying]:
    """The month before this one and those after it."""
    first = add_months(first_of_month(today), -1)
    wanted = [add_months(first, step) for step in range(number)]
    written = {row.month: row for row in Cycle.objects.filter(province_no=province_no, month__in=wanted)}
    return [MonthOfPaying(m, written.get(m) or days_of(rule_of(province_no, m), m), written.get(m)) for m in wanted]
