"""How agencies and their service points served in a month: paid in the days of the month, paid at all, why not; against the contract."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from payments.queries.cycle import cycle_of

# One pass over the results of the month's lists in range. On time: paid not after the last day of payment of the list's province.
_SCORES = """
WITH last_days AS (SELECT unnest(%(provinces)s::smallint[]) AS province_no, unnest(%(days)s::date[]) AS pay_to)
SELECT d.agency_id, d.service_point_id, r.outcome, coalesce(r.reason, ''), r.paid_on <= t.pay_to, count(*), sum(p.total)::bigint
FROM payments_paymentlist l JOIN payments_delivery d ON d.pay_list_id = l.id
JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id AND p.total > 0
JOIN last_days t ON t.province_no = l.province_no
LEFT JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id
WHERE l.month = %(month)s AND l.area_pos >= %(lo)s AND l.area_pos < %(hi)s
GROUP BY 1, 2, 3, 4, 5
"""
_PROVINCES = "SELECT DISTINCT province_no FROM payments_paymentlist WHERE month = %s AND area_pos >= %s AND area_pos < %s"
_NAMES = """
SELECT a.id, a.name, a.kind, a.on_time_percent, a.success_percent, a.fee_per_payment, a.fee_basis_points FROM payments_agency a WHERE a.id = ANY (%s)
"""
_POINTS = "SELECT id, name FROM payments_servicepoint WHERE id = ANY (%s)"


@dataclass
class Score:
    """One agency, or one of its service points. Lines and đồng; ``reasons``: lines not paid, by reason, the most frequent first."""

    name: str
    lines: int = 0
    paid: int = 0
    on_time: int = 0
    unanswered: int = 0
    amount: int = 0
    paid_amount: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: str | None, reason: str, on_time: bool | None, lines: int, amount: int) -> None:
        self.lines += lines
        self.amount += amount
        if outcome == "paid":
            self.paid += lines
            self.paid_amount += amount
            self.on_time += lines if on_time else 0
        elif outcome is None:
            self.unanswered += lines
        else:
            self.reasons[reason or "other"] += lines

    @property
    def success_percent(self) -> float | None:
        """Of all lines; None of no line. Cut, not rounded, to one decimal: 97.96 does not become the 98 of a contract."""
        return _percent(self.paid, self.lines)

    @property
    def on_time_percent(self) -> float | None:
        """Of what was paid: a family that did not come is no delay."""
        return _percent(self.on_time, self.paid)


@dataclass
class Card(Score):
    """An agency's score with its contract's criteria, its points, and what a payment costs (đồng; None: nothing paid)."""

    wanted_on_time: int = 0
    wanted_success: int = 0
    fee_per_payment: int = 0
    fee_basis_points: int = 0
    points: list[Score] = field(default_factory=list)

    @property
    def keeps_on_time(self) -> bool | None:
        return None if self.on_time_percent is None else self.on_time_percent >= self.wanted_on_time

    @property
    def keeps_success(self) -> bool | None:
        return None if self.success_percent is None else self.success_percent >= self.wanted_success

    @property
    def cost(self) -> int | None:
        """Fee by the contract's terms now, per payment made, rounded down."""
        fee = self.paid * self.fee_per_payment + (self.paid_amount * self.fee_basis_points + 5_000) // 10_000
        return fee // self.paid if self.paid else None


def _percent(part: int, whole: int) -> float | None:
    return part * 1000 // whole / 10 if whole else None


def scores(month: datetime.date, lo: int, hi: int) -> list[Card]:
    """The agencies that were sent lists of a month in a range of areas, by name; each with its service points."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVINCES, [month, lo, hi])
        provinces = [row[0] for row in cursor.fetchall()]
        days = [cycle_of(number, month).pay_to for number in provinces]
        # Under row-level security the planner expects one line and would probe an index for each: six times slower for a province.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_SCORES, {"month": month, "lo": lo, "hi": hi, "provinces": provinces, "days": days})
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute(_NAMES, [sorted({row[0] for row in rows})])
        cards = {pk: Card(name, wanted_on_time=on_time, wanted_success=success, fee_per_payment=fee, fee_basis_points=points)
                 for pk, name, _kind, on_time, success, fee, points in cursor.fetchall()}  # fmt: skip
        cursor.execute(_POINTS, [sorted({row[1] for row in rows if row[1] is not None})])
        points = {pk: Score(name) for pk, name in cursor.fetchall()}
    for agency, point, *values in rows:
        card = cards[agency]
        card.add(*values)
        if point is not None:
            if points[point] not in card.points:
                card.points.append(points[point])
            points[point].add(*values)
    for card in cards.values():
        card.points.sort(key=lambda one: one.name)
    return sorted(cards.values(), key=lambda one: one.name)
