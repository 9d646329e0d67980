"""Money of a household that waits: carried to a later list or held back, line by line."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection

_WAITING = """
SELECT p.month, p.id, l.number, p.total, b.suspended > 0, coalesce(r.reason, ''), w.state
FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
CROSS JOIN LATERAL (
  SELECT sum(CASE WHEN e.credit = 7 THEN e.amount WHEN e.debit = 7 THEN -e.amount ELSE 0 END) AS carried,
    sum(CASE WHEN e.credit = 10 THEN e.amount WHEN e.debit = 10 THEN -e.amount ELSE 0 END) AS suspended
  FROM payments_ledgerentry e WHERE e.month = p.month AND e.line_id = p.id
) b
LEFT JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id
LEFT JOIN LATERAL (SELECT f.state FROM payments_writeoff f WHERE f.month = p.month AND f.line_id = p.id ORDER BY f.id DESC LIMIT 1) w ON true
WHERE p.household_id = %s AND (b.carried > 0 OR b.suspended > 0) ORDER BY p.month, p.id
"""


@dataclass(frozen=True)
class WaitingLine:
    """A line nobody has collected: its list's month and number, đồng, held back or not, why it was not paid, state of a write-off or None."""

    month: datetime.date
    line_id: int
    number: str
    amount: int
    suspended: bool
    reason: str
    write_off: str | None


def waiting_lines(household_id: int) -> list[WaitingLine]:
    """The oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [household_id])
        return [WaitingLine(*row) for row in cursor.fetchall()]
