"""Results for the eye: of a list line by line, and of a batch row by row. Row-level security cuts every read."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.models import PaymentList, ResultBatch

WAITING = "waiting"
PAGE = 100


@dataclass(frozen=True)
class Sum:
    """Lines of one outcome (waiting, paid, unpaid) and reason ("" unless unpaid): how many, and đồng."""

    outcome: str
    reason: str
    lines: int
    amount: int


@dataclass(frozen=True)
class ResultLine:
    """A line of a list with what became of it; ``outcome`` waiting when nothing is known yet."""

    household: uuid.UUID | None
    household_code: str
    payee: str
    village: str
    total: int
    outcome: str
    reason: str
    note: str
    paid_on: datetime.date | None
    at: datetime.datetime | None
    proxy_name: str
    proxy_tail: str
    proxy_relation: str
    point: str
    booked: bool
    corrected: bool


@dataclass(frozen=True)
class BatchList:
    """What a batch says about one list: rows, paid and not paid, with đồng, and rows that are wrong. ``number`` "" for unknown lines."""

    list_id: int | None
    number: str
    commune: str
    month: datetime.date | None
    rows: int
    paid: int
    paid_amount: int
    unpaid: int
    wrong: int


@dataclass(frozen=True)
class BatchRow:
    """A row of a batch; ``payee`` and ``total`` of its line, empty when the reader may not see the line or there is none."""

    row_no: int
    line: str
    payee: str
    total: int | None
    outcome: str
    reason: str
    amount: int | None
    paid_on: datetime.date | None
    proxy: str
    state: str
    findings: list[dict[str, Any]]


_SUMS = """
SELECT coalesce(r.outcome, 'waiting'), coalesce(r.reason, ''), count(*), sum(l.total)::bigint
FROM payments_paymentline l LEFT JOIN payments_lineresult r ON r.month = l.month AND r.line_id = l.id
WHERE l.month = %(month)s AND l.list_id = %(list)s AND l.total > 0
GROUP BY 1, 2 ORDER BY 1, 3 DESC
"""
_LINES = """
SELECT h.public_id, coalesce(h.code, ''), coalesce(p.full_name, ''), coalesce(v.name, ''), l.total, coalesce(r.outcome, 'waiting'),
  coalesce(r.reason, ''), coalesce(r.note, ''), r.paid_on, r.at, coalesce(r.proxy_name, ''), coalesce(r.proxy_tail, ''),
  coalesce(r.proxy_relation, ''), coalesce(s.name, ''), coalesce(r.booked, false), coalesce(r.corrected, false)
FROM payments_paymentline l
LEFT JOIN payments_lineresult r ON r.month = l.month AND r.line_id = l.id
LEFT JOIN households_household h ON h.id = l.household_id
LEFT JOIN households_person p ON p.id = l.payee_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN payments_servicepoint s ON s.id = r.service_point_id
WHERE l.month = %(month)s AND l.list_id = %(list)s AND l.total > 0
  AND (%(outcome)s = '' OR coalesce(r.outcome, 'waiting') = %(outcome)s) AND (%(reason)s = '' OR r.reason = %(reason)s)
ORDER BY v.position NULLS LAST, v.name, p.name_sort, h.code, l.id LIMIT %(most)s OFFSET %(skip)s
"""
_LISTS = """
SELECT x.list_id, coalesce(s.number, ''), coalesce(c.name, ''), s.month, count(*), count(*) FILTER (WHERE x.good AND x.outcome = 'paid'),
  coalesce(sum(x.amount) FILTER (WHERE x.good AND x.outcome = 'paid'), 0)::bigint, count(*) FILTER (WHERE x.good AND x.outcome = 'unpaid'),
  count(*) FILTER (WHERE NOT x.good)
FROM (SELECT list_id, outcome, amount, state <> 'finding' AS good FROM payments_resultrow WHERE batch_id = %s) x
LEFT JOIN payments_paymentlist s ON s.id = x.list_id LEFT JOIN core_area c ON c.id = s.commune_id
GROUP BY 1, 2, 3, 4 ORDER BY 4 NULLS LAST, 2
"""
_ROWS = """
SELECT x.row_no, x.line, coalesce(p.full_name, ''), l.total, x.outcome, x.reason, x.amount, x.paid_on, x.proxy, x.state, x.findings
FROM payments_resultrow x
LEFT JOIN payments_paymentline l ON l.month = x.month AND l.id = x.line_id
LEFT JOIN households_person p ON p.id = l.payee_id
WHERE x.batch_id = %(batch)s AND x.state = ANY (%(states)s) ORDER BY x.row_no LIMIT %(most)s OFFSET %(skip)s
"""


def sums(pay_list: PaymentList) -> list[Sum]:
    """How a list stands: by outcome and reason."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"month": pay_list.month, "list": pay_list.pk})
        return [Sum(*row) for row in cursor.fetchall()]


def lines(pay_list: PaymentList, *, outcome: str = "", reason: str = "", skip: int = 0) -> list[ResultLine]:
    """A page of a list's lines, of one outcome or reason or of all, and one more when there are others."""
    asked: dict[str, Any] = {
        "month": pay_list.month,
        "list": pay_list.pk,
        "outcome": outcome,
        "reason": reason,
        "most": PAGE + 1,
        "skip": skip,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        return [ResultLine(*row) for row in cursor.fetchall()]


def lists_of(batch: ResultBatch) -> list[BatchList]:
    """The lists that a batch speaks of, with its sums for each."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, [batch.pk])
        return [BatchList(*row) for row in cursor.fetchall()]


def rows_of(batch: ResultBatch, *, states: list[str], skip: int = 0, most: int = PAGE + 1) -> list[BatchRow]:
    """A page of a batch's rows in some states (RowState values), in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"batch": batch.pk, "states": states, "skip": skip, "most": most})
        return [BatchRow(*row) for row in ((*values, _read(findings)) for *values, findings in cursor.fetchall())]


def _read(findings: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(findings) if isinstance(findings, str) else findings
    return found


def waiting_lines(list_id: int, month: datetime.date) -> set[str]:
    """Public ids of a list's lines of which nothing is known yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.public_id::text FROM payments_paymentline l
            LEFT JOIN payments_lineresult r ON r.month = l.month AND r.line_id = l.id
            WHERE l.month = %s AND l.list_id = %s AND l.total > 0 AND r.line_id IS NULL""",
            [month, list_id],
        )
        return {public_id for (public_id,) in cursor.fetchall()}
