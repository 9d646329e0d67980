"""A month at a glance: what the lists of the acting role's area hold."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from payments.models import PaymentList
from payments.statuses import RELEASED
from posasoft.core.scope import Scope


@dataclass(frozen=True)
class Pulse:
    """Lists of a month in a scope: how many, how many released, households, and đồng to be paid (due + arrears - recovery)."""

    month: datetime.date
    lists: int
    released: int
    households: int
    amount: int


def pulse(scope: Scope, month: datetime.date) -> Pulse:
    """The month's payment lists in one query; zeros when there is none yet."""
    lists = PaymentList.objects.filter(month=month, area_pos__gte=scope.lo, area_pos__lt=scope.hi)
    found = lists.aggregate(
        lists=Count("pk"), released=Count("pk", filter=Q(status=RELEASED)), households=Sum("households"),
        due=Sum("amount"), arrears=Sum("arrears"), recovery=Sum("recovery"),
    )  # fmt: skip
    amount = (found["due"] or 0) + (found["arrears"] or 0) - (found["recovery"] or 0)
    return Pulse(month, found["lists"], found["released"], found["households"] or 0, amount)
