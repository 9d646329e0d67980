"""A month at a glance: what the lists of the acting role's area hold."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet, Sum

from beneficiaries import queries
from beneficiaries.models import Run
from beneficiaries.queries import RunProgress
from payments.models import PaymentList
from payments.statuses import ORDERED
from posasoft.core.models import Area, Level
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope


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
    found = lists_in_scope(scope).filter(month=month).aggregate(
        lists=Count("pk"), released=Count("pk", filter=Q(status__in=ORDERED)), households=Sum("households"),
        due=Sum("amount"), arrears=Sum("arrears"), recovery=Sum("recovery"), carried=Sum("carried"),
    )  # fmt: skip
    amount = (found["due"] or 0) + (found["arrears"] or 0) - (found["recovery"] or 0) + (found["carried"] or 0)
    return Pulse(month, found["lists"], found["released"], found["households"] or 0, amount)


def lists_in_scope(scope: Scope) -> QuerySet[PaymentList]:
    """Payment lists of communes in the role's range."""
    return in_scope(PaymentList.objects.all(), scope)


def after_place(lists: QuerySet[PaymentList], after: str) -> QuerySet[PaymentList]:
    """Lists in the order of the tree behind the one that ``after`` (`place_of`) names: those of one commune share its position, so that the id
    tells them apart."""
    position, _dash, number = after.partition("-")
    place, last = whole(position), whole(number)
    if place is not None:
        lists = lists.filter(Q(area_pos__gt=place) | Q(area_pos=place, pk__gt=last or 0), area_pos__gte=place)
    return lists.order_by("area_pos", "pk")


def place_of(pay_list: PaymentList) -> str:
    """Where the next page begins behind a list."""
    return f"{pay_list.area_pos}-{pay_list.pk}"


def months_with_lists(scope: Scope) -> list[datetime.date]:
    """Months that have lists in scope, the latest first; at most two years of them."""
    return list(lists_in_scope(scope).values_list("month", flat=True).distinct().order_by("-month")[:24])


def latest_with_lists(scope: Scope) -> datetime.date | None:
    """The latest month with lists in scope."""
    return lists_in_scope(scope).values_list("month", flat=True).order_by("-month").first()


def latest_runs() -> list[Run]:
    """The latest run of each computed month, open ones too, the latest month first; at most two years."""
    runs = Run.objects.filter(kind=Run.Kind.MONTH).order_by("-month", "-pk").distinct("month")
    return list(runs[:24])


def progress(scope: Scope, run: Run) -> RunProgress:
    """How far a run is, with the figures of those provinces only that lie inside the role's range: a commune sees the bar, nobody's totals."""
    whole = queries.progress(run)
    inside = Area.objects.filter(level=Level.PROVINCE, position__gte=scope.lo, position_end__lte=scope.hi)
    numbers = set(inside.values_list("province_no", flat=True))
    shards = [shard for shard in whole.shards if shard.province_no in numbers]
    return replace(whole, shards=shards, lines=sum(s.lines for s in shards), amount=sum(s.amount for s in shards))
