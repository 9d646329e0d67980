"""The family package of a month, every line visible."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from beneficiaries.models import Entitlement, Package


@dataclass(frozen=True)
class EntitlementLine:
    """One benefit of a person, or of the household when ``person_id`` is None; đồng for the month."""

    person_id: int | None
    person_name: str
    benefit: str
    coefficient: Decimal | None
    amount: int
    from_month: datetime.date
    decision_id: int | None
    law_version: str
    facts: dict[str, Any] | None


@dataclass(frozen=True)
class PackageView:
    """What a family is due in a month; ``payee_id`` is None when nobody is left to be paid."""

    payee_id: int | None
    payee_name: str
    amount: int
    lines: list[EntitlementLine]


def _covering(month: datetime.date) -> Q:
    return Q(superseded_by_run__isnull=True, from_month__lte=month) & (Q(until_month__isnull=True) | Q(until_month__gt=month))


def entitlements_on(household_id: int, month: datetime.date) -> QuerySet[Entitlement]:
    """The lines of a household in a month, persons first."""
    rows = Entitlement.objects.filter(_covering(month), household_id=household_id)
    return rows.select_related("person").order_by("person_id", "benefit")


def package_on(household_id: int, month: datetime.date) -> PackageView | None:
    """The package of a household in a month as last computed, or None when nothing was due."""
    package = Package.objects.filter(_covering(month), household_id=household_id).select_related("payee").first()
    if package is None:
        return None
    lines = [
        EntitlementLine(
            row.person_id, row.person.full_name if row.person else "", row.benefit, row.coefficient, row.amount, row.from_month,
            row.decision_id, row.law_version, row.facts,
        )
        for row in entitlements_on(household_id, month)
    ]  # fmt: skip
    return PackageView(package.payee_id, package.payee.full_name if package.payee else "", package.amount, lines)
