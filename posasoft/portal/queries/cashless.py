"""Counts of those paid without cash, summed over the areas below one that the role covers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Max, Sum

from payments.models import Cashless
from posasoft.core.models import Area
from posasoft.core.scope import Scope
from posasoft.portal.queries.areas import choices, shared_range
from posasoft.portal.queries.scoped import in_scope

SUMS = ("lines", "lines_cashless", "adults", "adults_cashless", "amount", "amount_cashless")


@dataclass(frozen=True)
class Row:
    """An area's sums; ``percent`` of its adults."""

    area: Area | None
    lines: int
    lines_cashless: int
    adults: int
    adults_cashless: int
    amount: int
    amount_cashless: int

    @property
    def percent(self) -> float:
        return round(100 * self.adults_cashless / self.adults, 1) if self.adults else 0.0

    @property
    def percent_amount(self) -> float:
        return round(100 * self.amount_cashless / self.amount, 1) if self.amount else 0.0


@dataclass(frozen=True)
class Page:
    """All of it, and each area below; ``path`` from the widest area down to the chosen one."""

    total: Row
    rows: list[Row]
    chosen: Area | None
    counted_at: datetime.datetime | None


def page(month: datetime.date, chosen: Area | None, scope: Scope) -> Page:
    """The month's counts inside the role's range and the chosen area."""
    lo, hi = shared_range(scope, chosen) if chosen is not None else (scope.lo, scope.hi)
    chosen = chosen if lo < hi else None
    if lo >= hi:
        lo, hi = scope.lo, scope.hi
    counted = in_scope(Cashless.objects.all(), scope).filter(month=month, area_pos__gte=lo, area_pos__lt=hi)
    by_commune = {row["area_pos"]: row for row in counted.values("area_pos", *SUMS)}
    below = choices(scope, chosen)
    rows = [_row(area, [row for place, row in by_commune.items() if _inside(area, place)]) for area in below]
    latest = counted.aggregate(at=Max("counted_at"))["at"]
    totals = counted.aggregate(**{name: Sum(name, default=0) for name in SUMS})
    return Page(Row(None, **totals), [row for row in rows if row.lines], chosen, latest)


def _inside(area: Area, place: int) -> bool:
    return area.position is not None and area.position_end is not None and area.position <= place < area.position_end


def _row(area: Area, counts: list[dict[str, int]]) -> Row:
    return Row(area, **{name: sum(count[name] for count in counts) for name in SUMS})
