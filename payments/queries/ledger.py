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
    """One step of a family's money. ``kind``: recorded, decided, due, listed, or booked (then ``debit`` and ``credit`` say the move). ``month`` is
    the benefit's first month (recorded, decided, due) or the list's (listed, booked); ``number`` the decision's or the list's; amounts in đồng.

    Of a delivery and a result ``place`` is the service point or the agency; of a result ``receiver`` who took the money in another's place, ``on``
    the day at the counter, ``reason`` the code of why nothing was paid. Of money that went on, ``place`` is the number of the list it joined.
    """

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
    place: str
    receiver: str
    on: datetime.date | None
    reason: str


# From the fact to the receipt, one statement: each part yields the same columns; the order within one moment is that of the parts. Facts come
# as the changes that brought the household, its people and its decisions into the registry.
_TRAIL = """
SELECT at, kind, month, coalesce(n.full_name, ''), benefit, amount, number, list_id, line_id, debit, credit, place_name, receiver, paid_on, reason
FROM (
  SELECT c.at, 0 AS place, 'recorded' AS kind, %(first)s::date AS month, NULL::bigint AS person_id, c.kind AS benefit, 0::bigint AS amount,
    '' AS number, NULL::bigint AS list_id, NULL::bigint AS line_id,
    0 AS debit, 0 AS credit, '' AS place_name, '' AS receiver, NULL::date AS paid_on, '' AS reason
  FROM households_change c WHERE c.id IN (
    SELECT h.change_id FROM households_household h WHERE h.id = %(household)s
    UNION SELECT p.change_id FROM households_person p WHERE p.household_id = %(household)s
    UNION SELECT d.change_id FROM beneficiaries_decision d
      WHERE d.household_id = %(household)s AND (d.until_month IS NULL OR d.until_month > %(first)s))
  UNION ALL
  SELECT coalesce(d.signed_on::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', d.created_at), 1, 'decided', d.from_month,
    d.person_id, d.benefit, coalesce(d.listed_amount, 0), d.number, NULL, NULL, 0, 0, '', '', NULL, ''
  FROM beneficiaries_decision d WHERE d.household_id = %(household)s AND (d.until_month IS NULL OR d.until_month > %(first)s)
  UNION ALL
  SELECT r.created_at, 2, 'due', e.from_month, e.person_id, e.benefit, e.amount, '', NULL, NULL, 0, 0, '', '', NULL, ''
  FROM beneficiaries_entitlement e JOIN beneficiaries_run r ON r.id = e.run_id
  WHERE e.household_id = %(household)s AND e.superseded_by_run IS NULL AND (e.until_month IS NULL OR e.until_month > %(first)s)
  UNION ALL
  SELECT l.created_at, 3, 'listed', p.month, p.payee_id, '', p.total, l.number, l.id, p.id, 0, 0, '', '', NULL, ''
  FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
  WHERE p.household_id = %(household)s AND p.month >= %(first)s
  UNION ALL
  SELECT e.at, 4 + e.credit, 'booked', e.month, CASE WHEN e.credit = 5 THEN p.payee_id END, '', e.amount, l.number, l.id, p.id, e.debit, e.credit,
    CASE WHEN e.credit IN (4, 5, 6) THEN coalesce(s.name, a.name, '') WHEN e.credit = 11 THEN coalesce(k.number, '') ELSE '' END,
    CASE WHEN e.credit = 5 THEN coalesce(nullif(r.proxy_name, ''), '') ELSE '' END,
    CASE WHEN e.credit = 5 THEN r.paid_on END, CASE WHEN e.credit = 6 THEN coalesce(r.reason, '') ELSE '' END
  FROM payments_paymentline p JOIN payments_ledgerentry e ON e.month = p.month AND e.line_id = p.id
  JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
  LEFT JOIN payments_delivery d ON d.pay_list_id = l.id
  LEFT JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id
  LEFT JOIN payments_agency a ON a.id = coalesce(r.agency_id, d.agency_id)
  LEFT JOIN payments_servicepoint s ON s.id = coalesce(r.service_point_id, d.service_point_id)
  LEFT JOIN payments_paymentline o ON e.credit = 11 AND o.id = e.source_id AND o.month > p.month AND o.household_id = p.household_id
  LEFT JOIN payments_paymentlist k ON k.id = o.list_id AND k.month = o.month
  WHERE p.household_id = %(household)s AND p.month >= %(first)s
) x LEFT JOIN households_person n ON n.id = x.person_id
ORDER BY at, place, month, benefit, line_id
"""


def money_trail(household_id: int, first: datetime.date) -> list[Step]:
    """The steps of a family's money from a list month on, the earliest first: facts, decision, entitlement, line, and every move to the receipt."""
    with connection.cursor() as cursor:
        cursor.execute(_TRAIL, {"household": household_id, "first": first})
        return [Step(*row) for row in cursor.fetchall()]
