"""A household's money month by month: what was computed, what was ordered, where the payment stands."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from beneficiaries.models import Entitlement, Package
from households.models import Household, Person
from payments.models import Correction, PaymentLine, PaymentList
from posasoft.core.months import add_months, parse_month

MONTHS = 12


@dataclass(frozen=True)
class MonthOfMoney:
    """One month: due as computed now (`share`: in percent of the richest month shown), the line as ordered with its list (None: no list
    carries it), what is left to settle of this month."""

    month: datetime.date
    due: int
    line: PaymentLine | None
    pay_list: PaymentList | None
    open_correction: int
    share: int = 0

    @property
    def differs(self) -> bool:
        """Whether what is due now is not what was ordered for the month."""
        return self.line is not None and self.due != self.line.amount


@dataclass(frozen=True)
class PartOfMonth:
    """What one person's (or the whole household's) benefit came to in a month."""

    month: datetime.date
    benefit: str
    amount: int
    ordered: int | None


def months_until(last: datetime.date, number: int = MONTHS) -> list[datetime.date]:
    """The months up to and including the last one, the newest first."""
    return [add_months(last, -step) for step in range(number)]


def _due(spans: Sequence[Package | Entitlement], month: datetime.date) -> list[Package | Entitlement]:
    return [span for span in spans if span.from_month <= month and (span.until_month is None or span.until_month > month)]


def months_of_household(of: Household, last: datetime.date) -> list[MonthOfMoney]:
    """Twelve months in four queries."""
    months = months_until(last)
    reaching = Q(until_month__isnull=True) | Q(until_month__gt=months[-1])
    spans = list(Package.objects.filter(reaching, household=of, from_month__lte=last, superseded_by_run__isnull=True))
    lines = {line.month: line for line in PaymentLine.objects.filter(month__in=months, household_id=of.pk)}
    lists = PaymentList.objects.in_bulk([line.list_id for line in lines.values()])
    left: dict[datetime.date, int] = {}
    for correction in Correction.objects.filter(household_id=of.pk, month__in=months, settled_at__isnull=True):
        left[correction.month] = left.get(correction.month, 0) + correction.due - correction.ordered
    found = []
    for month in months:
        line = lines.get(month)
        due = sum(span.amount for span in _due(spans, month))
        found.append(MonthOfMoney(month, due, line, lists.get(line.list_id) if line else None, left.get(month, 0)))
    top = max((row.due for row in found), default=0)
    return [replace(row, share=round(100 * row.due / top) if top else 0) for row in found]


def months_of_person(person: Person, last: datetime.date) -> list[PartOfMonth]:
    """A person's own benefits of twelve months, in two queries; `ordered` is None where no list carries the month."""
    months = months_until(last)
    reaching = Q(until_month__isnull=True) | Q(until_month__gt=months[-1])
    spans = list(Entitlement.objects.filter(reaching, person=person, from_month__lte=last, superseded_by_run__isnull=True))
    ordered: dict[tuple[datetime.date, str], int] = {}
    carried: set[datetime.date] = set()
    homes = {span.household_id for span in spans} | {person.household_id}
    for line in PaymentLine.objects.filter(month__in=months, household_id__in=homes):
        carried.add(line.month)
        for part in line.components:
            if part["p"] == person.pk:
                key = (parse_month(part["m"]), part["b"])
                ordered[key] = ordered.get(key, 0) + int(part["a"])
    return [
        PartOfMonth(month, span.benefit, span.amount, ordered.get((month, span.benefit), 0) if month in carried else None)
        for month in months
        for span in sorted(_due(spans, month), key=lambda s: s.pk)
        if isinstance(span, Entitlement)
    ]
