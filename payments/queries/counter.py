"""What a service point has to pay out: village by village, line by line, and what was marked on a day. Row-level security cuts every read."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.outcomes import PAID, UNPAID
from posasoft.core.names import fold

WAITING = "waiting"
STATES = (WAITING, PAID, UNPAID)
PAGE = 100


@dataclass(frozen=True)
class CounterLine:
    """One payment at the counter; ``total`` is đồng, ``state`` waiting, paid or unpaid, ``booked`` that it cannot be taken back here."""

    month: datetime.date
    line_id: int
    list_id: int
    public_id: uuid.UUID
    total: int
    payee: str
    born: datetime.date | None
    born_precision: str
    household_code: str
    village: str
    commune: str
    state: str
    reason: str
    at: datetime.datetime | None
    booked: bool


@dataclass(frozen=True)
class Pile:
    """Sums of a village, or of a list: how many lines and how much in đồng, by state."""

    key: int
    name: str
    commune: str
    month: datetime.date
    waiting: int
    waiting_amount: int
    paid: int
    paid_amount: int
    unpaid: int
    unpaid_amount: int

    @property
    def lines(self) -> int:
        return self.waiting + self.paid + self.unpaid


@dataclass(frozen=True)
class Day:
    """What was marked on a day and is not booked: payments, đồng, and lines not paid."""

    paid: int
    amount: int
    unpaid: int


# Lists being paid, and those that are complete but not reconciled: the last marks are looked at once more.
_FROM = """
FROM payments_delivery d
JOIN payments_paymentlist s ON s.id = d.pay_list_id AND s.status IN ('sent', 'results_in')
JOIN core_area c ON c.id = s.commune_id
JOIN payments_paymentline l ON l.month = s.month AND l.list_id = s.id AND l.total > 0
LEFT JOIN payments_lineresult r ON r.month = l.month AND r.line_id = l.id
JOIN households_household h ON h.id = l.household_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN households_person p ON p.id = l.payee_id
WHERE d.service_point_id = %(point)s
"""
_LINES = f"""
SELECT l.month, l.id, l.list_id, l.public_id, l.total, coalesce(p.full_name, ''), p.born, coalesce(p.born_precision, ''), h.code,
  coalesce(v.name, ''), c.name, coalesce(r.outcome, 'waiting'), coalesce(r.reason, ''), r.at, coalesce(r.booked, false)
{_FROM}
"""
_ORDER = " ORDER BY c.position, v.position NULLS LAST, v.name, p.name_sort, h.code, l.month, l.id LIMIT %(most)s OFFSET %(skip)s"
_SUMS = """
  count(*) FILTER (WHERE r.line_id IS NULL), coalesce(sum(l.total) FILTER (WHERE r.line_id IS NULL), 0)::bigint,
  count(*) FILTER (WHERE r.outcome = 'paid'), coalesce(sum(l.total) FILTER (WHERE r.outcome = 'paid'), 0)::bigint,
  count(*) FILTER (WHERE r.outcome = 'unpaid'), coalesce(sum(l.total) FILTER (WHERE r.outcome = 'unpaid'), 0)::bigint
"""
_OPEN = " AND s.status = 'sent'"


def _rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def villages(point_id: int) -> list[Pile]:
    """Villages of the lists that are being paid, in the order of the tree; key is the village, or the commune for households in none."""
    sql = f"SELECT coalesce(v.id, c.id), coalesce(v.name, ''), c.name, min(s.month), {_SUMS} {_FROM} {_OPEN}"
    return [Pile(*row) for row in _rows(sql + " GROUP BY v.id, c.id ORDER BY c.position, v.position NULLS LAST, 2", point=point_id)]


def lists(point_id: int) -> list[Pile]:
    """The lists that are being paid, the oldest month first; key is the list's, name its number."""
    sql = f"SELECT s.id, s.number, c.name, s.month, {_SUMS} {_FROM} {_OPEN} GROUP BY s.id, c.id ORDER BY s.month, c.position, s.id"
    return [Pile(*row) for row in _rows(sql, point=point_id)]


def lines(point_id: int, *, village: int, state: str, skip: int = 0) -> list[CounterLine]:
    """A page of a village's lines in one state, and one more when there are others."""
    where = _OPEN + " AND coalesce(h.village_id, s.commune_id) = %(village)s AND coalesce(r.outcome, 'waiting') = %(state)s"
    found = _rows(_LINES + where + _ORDER, point=point_id, village=village, state=state, most=PAGE + 1, skip=skip)
    return [CounterLine(*row) for row in found]


def line(point_id: int, public_id: uuid.UUID) -> CounterLine | None:
    """One line of the point, whatever became of it; None for anybody else's."""
    found = _rows(_LINES + " AND l.public_id = %(line)s", point=point_id, line=public_id)
    return CounterLine(*found[0]) if found else None


def of_household(point_id: int, code: str) -> list[CounterLine]:
    """Lines of the household with exactly this code."""
    found = _rows(_LINES + _OPEN + " AND h.code = %(code)s" + _ORDER, point=point_id, code=code, most=PAGE, skip=0)
    return [CounterLine(*row) for row in found]


def called(point_id: int, words: list[str]) -> list[CounterLine]:
    """Lines whose payee or authorised receiver has all these folded words, each as the beginning of a word of the name."""
    where = """ AND (
      (SELECT bool_and(' ' || p.name_key LIKE '%% ' || w || '%%') FROM unnest(%(words)s::text[]) w)
      OR l.receiver_id = ANY (%(receivers)s::bigint[]))"""
    found = _rows(_LINES + _OPEN + where + _ORDER, point=point_id, words=words, receivers=_receivers(point_id, words), most=PAGE, skip=0)
    return [CounterLine(*row) for row in found]


def _receivers(point_id: int, words: list[str]) -> list[int]:
    # Authorised receivers of one point are few, and their names have no search key.
    found = _rows(
        f"SELECT DISTINCT y.id, y.full_name FROM payments_receiver y WHERE y.id IN (SELECT l.receiver_id {_FROM} {_OPEN})", point=point_id
    )
    names = ((key, f" {fold(name)}") for key, name in found)
    return [key for key, name in names if all(f" {word}" in name for word in words)]


def with_paper(point_id: int, *, tail: str, index: bytes | None) -> list[CounterLine]:
    """Lines whose payee's or receiver's paper ends in ``tail``; with ``index``, the blind index of a whole number, of exactly that paper."""
    where = """ AND (
      EXISTS (SELECT FROM households_nationalid n WHERE n.person_id = l.payee_id AND n.until IS NULL
        AND n.tail = %(tail)s AND (%(index)s::bytea IS NULL OR n.number_index = %(index)s))
      OR EXISTS (SELECT FROM payments_receiver y WHERE y.id = l.receiver_id
        AND y.tail = %(tail)s AND (%(index)s::bytea IS NULL OR y.number_index = %(index)s)))"""
    found = _rows(_LINES + _OPEN + where + _ORDER, point=point_id, tail=tail, index=index, most=PAGE, skip=0)
    return [CounterLine(*row) for row in found]


def marked(point_id: int, since: datetime.datetime, most: int = 8) -> list[CounterLine]:
    """What the counter marked last since a moment, the latest first."""
    where = " AND r.service_point_id = %(point)s AND r.at >= %(since)s ORDER BY r.at DESC LIMIT %(most)s"
    return [CounterLine(*row) for row in _rows(_LINES + where, point=point_id, since=since, most=most)]


_DAYS = """
SELECT r.paid_on, count(*) FILTER (WHERE r.outcome = 'paid'), coalesce(sum(r.amount) FILTER (WHERE r.outcome = 'paid'), 0)::bigint,
  count(*) FILTER (WHERE r.outcome = 'unpaid')
FROM payments_lineresult r WHERE r.service_point_id = %(point)s AND NOT r.booked AND r.batch_id IS NULL
GROUP BY 1 ORDER BY 1
"""


def open_days(point_id: int) -> dict[datetime.date | None, Day]:
    """Marks the ledger does not hold yet, by day of payment; None: lines marked as not paid."""
    return {day: Day(*sums) for day, *sums in _rows(_DAYS, point=point_id)}
