"""What is settled and what is still open: sums of lists from the ledger's journal, the month's open lists and statements."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Moves of the ledger (payments/accounts.py): ordered 203, sent 304, paid 405, returned 406, given back 506, carried 607.
_SUMS = """
SELECT list_id,
  coalesce(sum(lines) FILTER (WHERE m = 203), 0), coalesce(sum(amount) FILTER (WHERE m = 203), 0),
  coalesce(sum(amount) FILTER (WHERE m = 304), 0),
  coalesce(sum(lines) FILTER (WHERE m = 405), 0) - coalesce(sum(lines) FILTER (WHERE m = 506), 0),
  coalesce(sum(amount) FILTER (WHERE m = 405), 0) - coalesce(sum(amount) FILTER (WHERE m = 506), 0),
  coalesce(sum(lines) FILTER (WHERE m IN (406, 506)), 0), coalesce(sum(amount) FILTER (WHERE m IN (406, 506)), 0),
  coalesce(sum(lines) FILTER (WHERE m = 607), 0), coalesce(sum(amount) FILTER (WHERE m = 607), 0)
FROM (SELECT list_id, debit * 100 + credit AS m, lines, amount FROM payments_ledgerposting WHERE list_id = ANY (%s)) x
GROUP BY list_id
"""


@dataclass(frozen=True)
class Sums:
    """Lines and đồng of a list by what became of them. ``returned``: not paid, or given back; ``carried``: of that, waits for a later list."""

    lines: int = 0
    ordered: int = 0
    advance: int = 0
    payments: int = 0
    paid: int = 0
    unpaid: int = 0
    returned: int = 0
    carried_lines: int = 0
    carried: int = 0

    @property
    def answered(self) -> int:
        return self.payments + self.carried_lines

    @property
    def standing(self) -> int:
        """Still with the agency."""
        return self.advance - self.paid - self.returned


def sums_of_lists(list_ids: Sequence[int]) -> dict[int, Sums]:
    """By list; one without postings has sums of nothing."""
    found = {pk: Sums() for pk in list_ids}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [list(list_ids)])
        for pk, *values in cursor.fetchall():
            found[pk] = Sums(*(int(value) for value in values))
    return found


@dataclass(frozen=True)
class StillOpen:
    """Something that keeps a month open: a list (``list_id``) or a statement (``statement``, its public id). ``amount`` in đồng."""

    what: str
    name: str
    state: str
    amount: int
    list_id: int | None = None
    statement: str = ""


_OPEN = """
SELECT 'list', a.name, l.status, l.amount + l.arrears - l.recovery + l.carried, l.id, '', 1 AS place
FROM payments_paymentlist l JOIN core_area a ON a.id = l.commune_id
WHERE l.province_no = %(province)s AND l.month = %(month)s AND l.status <> 'closed'
UNION ALL
SELECT 'statement', g.name,
  CASE WHEN s.agency_signed_at IS NOT NULL THEN 'province' WHEN s.province_signed_at IS NOT NULL THEN 'agency' ELSE 'both' END,
  s.advance, NULL, s.public_id::text, 2
FROM payments_statement s JOIN payments_agency g ON g.id = s.agency_id
WHERE s.province_no = %(province)s AND s.month = %(month)s AND s.lists > 0 AND (s.agency_signed_at IS NULL OR s.province_signed_at IS NULL)
ORDER BY 7, 2
"""


def unfinished_of(province_no: int, month: datetime.date) -> list[StillOpen]:
    """Lists of a month that are not closed, and statements that a side has not signed; a month without lists has nothing to close and says so."""
    parameters: dict[str, Any] = {"province": province_no, "month": month}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, parameters)
        found = [
            StillOpen(what, name, state, int(amount), pk, statement) for what, name, state, amount, pk, statement, _ in cursor.fetchall()
        ]
        if not found:
            cursor.execute("SELECT 1 FROM payments_paymentlist WHERE province_no = %(province)s AND month = %(month)s LIMIT 1", parameters)
            if cursor.fetchone() is None:
                return [StillOpen("nothing", "", "", 0)]
    return found
