"""The family package of a month: its lines, corrections of other months, sum, payee, and the list that carries it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from beneficiaries.models import Entitlement, Package
from households.models import Household, Person
from payments.models import PaymentLine, PaymentList
from posasoft.core.months import parse_month
from posasoft.portal.queries.registry import packages_of


@dataclass(frozen=True)
class Line:
    """One benefit of one person (None: of the whole household). `correction_of` is the month an arrears or a recovery belongs to."""

    person: Person | None
    benefit: str
    coefficient: Decimal | None
    amount: int
    correction_of: datetime.date | None = None


@dataclass(frozen=True)
class MonthPackage:
    """All of a household's money of a month. `total` is due + arrears - recovery in đồng; `pay_list` is None until lists are drawn up."""

    month: datetime.date
    lines: list[Line]
    corrections: list[Line]
    total: int
    payee: Person | None
    pay_list: PaymentList | None


def entitlements(of: Household, month: datetime.date) -> list[Entitlement]:
    """The lines due in a month as last computed, persons first."""
    lasting = Q(until_month__isnull=True) | Q(until_month__gt=month)
    due = Entitlement.objects.filter(lasting, household=of, from_month__lte=month, superseded_by_run__isnull=True)
    return sorted(due, key=lambda e: (e.person_id is None, e.person_id or 0, e.benefit))


def _corrections(line: PaymentLine, people: dict[int, Person]) -> list[Line]:
    """Components of the payment line that belong to other months."""
    found = []
    for part in line.components:
        month = parse_month(part["m"])
        if month != line.month:
            found.append(
                Line(people.get(part["p"] or 0), part["b"], Decimal(str(part["c"])) if part.get("c") else None, int(part["a"]), month)
            )
    return found


def month_package(of: Household, people: Sequence[Person], month: datetime.date) -> MonthPackage:
    """The package of `month`: lines from the spans, corrections and list from the payment line when there is one."""
    known = {p.pk: p for p in people}
    lines = [Line(known.get(e.person_id or 0), e.benefit, e.coefficient, e.amount) for e in entitlements(of, month)]
    paid = PaymentLine.objects.filter(month=month, household_id=of.pk).first()
    corrections = _corrections(paid, known) if paid else []
    package = packages_of(month).filter(household=of).first()
    payee_id = (paid.payee_id if paid else None) or (package.payee_id if package else None)
    total = paid.total if paid else sum(line.amount for line in lines)
    pay_list = PaymentList.objects.filter(pk=paid.list_id).first() if paid else None
    return MonthPackage(month, lines, corrections, total, known.get(payee_id or 0), pay_list)


def steps(of: Household, until: datetime.date) -> list[tuple[datetime.date, int]]:
    """The package's đồng a month over time, as (first month, amount) in order; zero where a span ends without a next one."""
    spans = list(Package.objects.filter(household=of, superseded_by_run__isnull=True, from_month__lte=until).order_by("from_month"))
    found: list[tuple[datetime.date, int]] = []
    for number, span in enumerate(spans):
        found.append((span.from_month, span.amount))
        following = spans[number + 1].from_month if number + 1 < len(spans) else None
        if span.until_month and span.until_month <= until and span.until_month != following:
            found.append((span.until_month, 0))
    return found
