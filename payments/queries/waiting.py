"""Money of a household that waits: carried to a later list or held back, line by line."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import connection

_WAITING = """
SELECT p.month, p.id, l.number, p.total, b.suspended > 0, coalesce(r.reason, ''), w.state,
  CASE WHEN h.province_no <> p.province_no THEN c.name ELSE '' END
FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
JOIN households_household h ON h.id = p.household_id JOIN core_area c ON c.id = l.commune_id
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
    """A line nobody has collected: its list's month and number, đồng, held back or not, why it was not paid, state of a write-off or None.

    ``left_in`` names the commune that still pays it where the family has moved to another province, "" where it has not.
    """

    month: datetime.date
    line_id: int
    number: str
    amount: int
    suspended: bool
    reason: str
    write_off: str | None
    left_in: str


_TAKEN_UP = """
SELECT p.month, l.number, p.carried FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
WHERE p.household_id = %s AND p.carried > 0 AND l.status IN ('released', 'sent', 'results_in')
  AND NOT EXISTS (SELECT FROM payments_lineresult r WHERE r.month = p.month AND r.line_id = p.id)
ORDER BY p.month, p.id
"""


@dataclass(frozen=True)
class TakenUp:
    """A list that is being paid and brings ``amount`` đồng which nobody collected before."""

    month: datetime.date
    number: str
    amount: int


# Money of earlier lists stays with the province that ordered it; a closing list of the old commune pays it.
_LEFT = """
SELECT h.public_id, p.month, l.number, c.name, h.code, coalesce(n.full_name, ''), coalesce(now.name, ''), p.total
FROM (
  SELECT e.month, e.line_id FROM payments_ledgerentry e JOIN (
    SELECT DISTINCT month, line_id FROM payments_ledgerentry WHERE credit = 7 AND area_pos >= %(lo)s AND area_pos < %(hi)s
      AND province_no = ANY (ARRAY(SELECT province_no FROM core_area WHERE level = 'province' AND position < %(hi)s AND position_end > %(lo)s))
  ) x ON x.month = e.month AND x.line_id = e.line_id AND 7 IN (e.credit, e.debit)
  GROUP BY 1, 2 HAVING sum(CASE WHEN e.credit = 7 THEN e.amount ELSE -e.amount END) > 0
) w
JOIN payments_paymentline p ON p.month = w.month AND p.id = w.line_id
JOIN payments_paymentlist l ON l.id = p.list_id JOIN core_area c ON c.id = l.commune_id
JOIN households_household h ON h.id = p.household_id AND h.province_no <> p.province_no
LEFT JOIN core_area now ON now.level = 'province' AND now.province_no = h.province_no AND now.valid_to IS NULL
LEFT JOIN households_person n ON n.id = p.payee_id
ORDER BY p.area_pos, p.month, p.id LIMIT 100
"""


@dataclass(frozen=True)
class LeftBehind:
    """Money of a family that has moved to another province (``now``) and that the commune which listed it pays by a closing list; đồng."""

    public_id: uuid.UUID
    month: datetime.date
    number: str
    commune: str
    household: str
    payee: str
    now: str
    amount: int


def left_behind(lo: int, hi: int) -> list[LeftBehind]:
    """Of the lists in a range of area positions, at most a hundred lines; called unbound, for the families are out of sight."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"lo": lo, "hi": hi})
        return [LeftBehind(*row) for row in cursor.fetchall()]


def waiting_lines(household_id: int) -> list[WaitingLine]:
    """The oldest first; lines of another province only when called unbound."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [household_id])
        return [WaitingLine(*row) for row in cursor.fetchall()]


def taken_up(household_id: int) -> list[TakenUp]:
    """What waited and stands on lists now being paid, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_UP, [household_id])
        return [TakenUp(*row) for row in cursor.fetchall()]
