"""Where money stands, and how one family's money got there."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

_SIDES = "CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) AS v(account, amount)"


def _balances(sql: str, parameters: list[Any]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {int(account): int(amount) for account, amount in cursor.fetchall()}


def balances_of_list(list_id: int) -> dict[int, int]:
    """Đồng by account (payments/accounts.py) of one list, from the journal of its postings; accounts that hold nothing are left out."""
    sql = (
        f"SELECT v.account, sum(v.amount) FROM payments_ledgerposting e {_SIDES} WHERE e.list_id = %s GROUP BY 1 HAVING sum(v.amount) <> 0"
    )
    return _balances(sql, [list_id])


def balances_of_household(household_id: int) -> dict[int, int]:
    """Đồng by account of all lines of a household."""
    sql = f"""SELECT v.account, sum(v.amount) FROM payments_paymentline p
      JOIN payments_ledgerentry e ON e.month = p.month AND e.line_id = p.id {_SIDES}
      WHERE p.household_id = %s GROUP BY 1 HAVING sum(v.amount) <> 0"""
    return _balances(sql, [household_id])


def balances_of_person(person_id: int, household_ids: list[int]) -> dict[tuple[str, datetime.date], dict[int, int]]:
    """By benefit and benefit month: đồng by account of one person, in the lines of the households he or she has lived in."""
    sql = f"""SELECT e.benefit, e.for_month, v.account, sum(v.amount) FROM payments_paymentline p
      JOIN payments_ledger e ON e.list_month = p.month AND e.line_id = p.id {_SIDES}
      WHERE p.household_id = ANY (%s) AND e.person_id = %s GROUP BY 1, 2, 3 HAVING sum(v.amount) <> 0"""
    found: dict[tuple[str, datetime.date], dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [household_ids, person_id])
        for benefit, month, account, amount in cursor.fetchall():
            found.setdefault((benefit, month), {})[int(account)] = int(amount)
    return found


@dataclass(frozen=True)
class Step:
    """One step of a family's money. ``kind``: decided, due, listed, or booked (then ``debit`` and ``credit`` say the move). ``month`` is the
    benefit's first month (decided, due) or the list's (listed, booked); ``number`` the decision's or the list's; amounts in đồng."""

    at: datetime.datetime
    kind: str
    month: datetime.date
    person: str
    benefit: str
    amount: int
    number: str
    list_id: int | None
    line_id: int | None
    debit: int
    credit: int


# From the paper to the receipt: each part yields the same columns; the order within one moment is that of the parts.
_TRAIL = """
SELECT at, kind, month, coalesce(n.full_name, ''), benefit, amount, number, list_id, line_id, debit, credit FROM (
  SELECT coalesce(d.signed_on::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', d.created_at) AS at, 1 AS place, 'decided' AS kind, d.from_month AS month,
    d.person_id, d.benefit, coalesce(d.listed_amount, 0) AS amount, d.number,
    NULL::bigint AS list_id, NULL::bigint AS line_id, 0 AS debit, 0 AS credit
  FROM beneficiaries_decision d WHERE d.household_id = %(household)s AND (d.until_month IS NULL OR d.until_month > %(first)s)
  UNION ALL
  SELECT r.created_at, 2, 'due', e.from_month, e.person_id, e.benefit, e.amount, '', NULL, NULL, 0, 0
  FROM beneficiaries_entitlement e JOIN beneficiaries_run r ON r.id = e.run_id
  WHERE e.household_id = %(household)s AND e.superseded_by_run IS NULL AND (e.until_month IS NULL OR e.until_month > %(first)s)
  UNION ALL
  SELECT l.created_at, 3, 'listed', p.month, p.payee_id, '', p.total, l.number, l.id, p.id, 0, 0
  FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
  WHERE p.household_id = %(household)s AND p.month >= %(first)s
  UNION ALL
  SELECT e.at, 4 + e.credit, 'booked', e.month, NULL, '', e.amount, l.number, l.id, p.id, e.debit, e.credit
  FROM payments_paymentline p JOIN payments_ledgerentry e ON e.month = p.month AND e.line_id = p.id
  JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
  WHERE p.household_id = %(household)s AND p.month >= %(first)s
) x LEFT JOIN households_person n ON n.id = x.person_id
ORDER BY at, place, month, benefit, line_id
"""


def money_trail(household_id: int, first: datetime.date) -> list[Step]:
    """The steps of a family's money from a list month on, the earliest first: decision, entitlement, line, and every move to the receipt."""
    with connection.cursor() as cursor:
        cursor.execute(_TRAIL, {"household": household_id, "first": first})
        return [Step(*row) for row in cursor.fetchall()]
