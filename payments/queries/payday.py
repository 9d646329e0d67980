"""When, where, how much and how a family is paid: its released lines of the last months, as the page of the payment day shows them."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.providers import name_of
from payments.queries.cycle import days_of, rule_of

MONTHS = 4

# Where a line's money stands says what became of it: the account (payments/accounts.py) with the whole line.
_LINES = """
SELECT p.month, p.public_id, p.total, p.carried, p.components::text, l.channel, p.province_no, c.pay_from, c.pay_to, coalesce(y.full_name, ''),
  coalesce(r.full_name, ''), coalesce(a.provider, ''), coalesce(a.tail, ''), coalesce(s.name, ''), coalesce(s.address, ''),
  coalesce(s.phone, ''), coalesce(s.hours, ''), coalesce(g.name, ''),
  (SELECT v.account FROM payments_ledgerentry e CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) AS v(account, amount)
   WHERE e.month = p.month AND e.line_id = p.id AND v.account <> 1 GROUP BY v.account HAVING sum(v.amount) > 0 ORDER BY sum(v.amount) DESC LIMIT 1)
FROM payments_paymentline p
JOIN payments_paymentlist l ON l.id = p.list_id AND l.released_at IS NOT NULL
LEFT JOIN payments_cycle c ON c.month = p.month AND c.province_no = p.province_no
LEFT JOIN households_person y ON y.id = p.payee_id
LEFT JOIN payments_receiver r ON r.id = p.receiver_id
LEFT JOIN payments_account a ON a.id = p.account_id
LEFT JOIN LATERAL (
  SELECT x.agency_id, x.service_point_id FROM payments_servicearea x
  WHERE x.commune_id = l.commune_id AND x.channel = l.channel AND x.since <= p.month AND (x.until IS NULL OR x.until > p.month)
  ORDER BY x.since DESC LIMIT 1) w ON true
LEFT JOIN payments_servicepoint s ON s.id = w.service_point_id
LEFT JOIN payments_agency g ON g.id = w.agency_id
WHERE {which} ORDER BY p.month DESC, p.id LIMIT 12
"""


@dataclass(frozen=True)
class PayDay:
    """One line. ``state``: waiting, paid, unpaid, carried, suspended or over; ``parts`` (benefit, month, đồng, whether carried over)."""

    month: datetime.date
    public_id: uuid.UUID
    total: int
    carried: int
    parts: list[tuple[str, datetime.date, int, bool]]
    channel: str
    pay_from: datetime.date
    pay_to: datetime.date
    payee: str
    receiver: str
    provider: str
    tail: str
    point: str
    address: str
    phone: str
    hours: str
    agency: str
    state: str


STATES = {3: "waiting", 4: "waiting", 5: "paid", 6: "unpaid", 7: "carried", 8: "over", 9: "over", 10: "suspended", 11: "carried"}


def of_household(household_id: int, since: datetime.date) -> list[PayDay]:
    """The lines of a household from a month on, the latest month first."""
    return _read("p.household_id = %(household)s AND p.month >= %(since)s", {"household": household_id, "since": since})


def of_line(month: datetime.date, line_id: int) -> list[PayDay]:
    """One line, or nothing while its list is not released."""
    return _read("p.month = %(month)s AND p.id = %(line)s", {"month": month, "line": line_id})


def _read(which: str, parameters: dict[str, Any]) -> list[PayDay]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(which=which), parameters)
        rows = cursor.fetchall()
    found = []
    for month, public_id, total, carried, components, channel, province, pay_from, pay_to, *words, account in rows:
        if pay_from is None:
            days = days_of(rule_of(province, month), month)
            pay_from, pay_to = days.pay_from, days.pay_to
        parts = [
            (part["b"], datetime.date.fromisoformat(part["m"] + "-01"), int(part["a"]), "o" in part) for part in json.loads(components)
        ]
        payee, receiver, provider, tail, point, address, phone, hours, agency = words
        found.append(
            PayDay(
                month,
                public_id,
                total,
                carried,
                parts,
                channel,
                pay_from,
                pay_to,
                payee,
                receiver,
                name_of(provider),
                tail,
                point,
                address,
                phone,
                hours,
                agency,
                STATES.get(account or 0, "waiting"),
            )  # fmt: skip
        )
    return found
