"""What strikes in a list before somebody approves it: each line of the answer with its reason and figures, worked out by the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.models import PaymentList
from posasoft.core.months import add_months

# Figures from which something strikes; docs/payments.md states them.
JUMP_TIMES, JUMP_AT_LEAST, NEW_IN_VILLAGE, COMMUNE_PERCENT, OLD_YEARS, MOST_ROWS = 2, 1_000_000, 5, 20, 100, 200

_FOUND = """
WITH line AS (
  SELECT p.household_id, p.payee_id, p.account_id, p.receiver_id, p.total, p.village_pos, p.components, h.code, h.public_id, n.full_name, n.born,
    n.died_on
  FROM payments_paymentline p
  JOIN (SELECT id, code, public_id FROM households_household) h ON h.id = p.household_id
  LEFT JOIN households_person n ON n.id = p.payee_id
  WHERE p.month = %(month)s AND p.list_id = %(list)s
), earlier AS (
  SELECT o.household_id, sum(o.total)::bigint AS total FROM payments_paymentline o JOIN line ON line.household_id = o.household_id
  WHERE o.month = %(before)s GROUP BY 1
), others AS (
  SELECT payee_id, count(DISTINCT household_id) AS homes FROM payments_paymentline
  WHERE month = %(month)s AND payee_id IN (SELECT payee_id FROM line) GROUP BY 1 HAVING count(DISTINCT household_id) > 1
), accounts AS (
  SELECT l.account_id, count(DISTINCT o.person_id) AS people FROM line l JOIN payments_account a ON a.id = l.account_id
  JOIN payments_account o ON o.number_index = a.number_index AND o.provider = a.provider AND (o.until IS NULL OR o.until > now()::date)
  GROUP BY 1 HAVING count(DISTINCT o.person_id) > 1
), compared AS (
  SELECT EXISTS (SELECT 1 FROM payments_paymentlist WHERE month = %(before)s AND commune_id = %(commune)s) AS ok
), found AS (
  SELECT 1 AS weight, 'shared' AS kind, l.public_id, l.code, coalesce(l.full_name, '') AS who, o.homes AS one, 0::bigint AS other, l.total AS money
  FROM line l JOIN others o ON o.payee_id = l.payee_id
  UNION ALL SELECT 1, 'account', l.public_id, l.code, coalesce(l.full_name, ''), o.people, 0, l.total
  FROM line l JOIN accounts o ON o.account_id = l.account_id
  UNION ALL SELECT 0, 'nobody', public_id, code, '', 0, 0, total FROM line WHERE payee_id IS NULL AND receiver_id IS NULL
  UNION ALL SELECT 0, 'dead', public_id, code, coalesce(full_name, ''), 0, 0, total FROM line l
  WHERE receiver_id IS NULL AND (died_on IS NOT NULL OR EXISTS (SELECT 1 FROM core_hold k WHERE k.effect = 'no_payment'
    AND k.subject_kind = 'person' AND k.subject_id = l.payee_id AND k.lifted_at IS NULL))
  UNION ALL SELECT 0, 'dead_due', l.public_id, l.code, d.full_name, 0, 0, sum(x.a)::bigint FROM line l
  CROSS JOIN LATERAL jsonb_to_recordset(l.components) AS x(p bigint, m text, a bigint, o bigint)
  JOIN households_person d ON d.id = x.p AND d.died_on < (x.m || '-01')::date WHERE x.o IS NULL AND x.a > 0 GROUP BY 2, 3, 4, 5, d.id
  UNION ALL SELECT 2, 'no_id', public_id, code, coalesce(full_name, ''), 0, 0, total FROM line l
  WHERE l.payee_id IS NOT NULL AND l.receiver_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM households_nationalid i WHERE i.person_id = l.payee_id AND i.until IS NULL AND i.kind <> 'birth')
  UNION ALL SELECT 3, 'old', public_id, code, full_name, date_part('year', age(%(month)s::date, born))::int, 0, total FROM line
  WHERE born < (%(month)s::date - make_interval(years => %(old)s))
  UNION ALL SELECT 4, 'jump', public_id, code, coalesce(full_name, ''), e.total, l.total, l.total FROM line l JOIN earlier e USING (household_id)
  WHERE l.total >= e.total * %(times)s AND l.total - e.total >= %(least)s
  UNION ALL SELECT 5, 'village', NULL, '', v.name, x.number, 0, x.money FROM (
    SELECT village_pos, count(*) AS number, sum(l.total)::bigint AS money FROM line l LEFT JOIN earlier e USING (household_id)
    WHERE e.household_id IS NULL AND village_pos IS NOT NULL GROUP BY 1 HAVING count(*) >= %(new)s) x
  JOIN core_area v ON v.position = x.village_pos CROSS JOIN compared WHERE compared.ok
  UNION ALL SELECT 0, 'commune', NULL, '', '', x.was, x.now, x.now FROM (
    SELECT coalesce(sum(amount + arrears - recovery) FILTER (WHERE month = %(before)s), 0)::bigint AS was,
      coalesce(sum(amount + arrears - recovery) FILTER (WHERE month = %(month)s), 0)::bigint AS now
    FROM payments_paymentlist WHERE month IN (%(before)s, %(month)s) AND commune_id = %(commune)s AND kind = 'regular') x
  WHERE %(regular)s AND x.was > 0 AND abs(x.now - x.was) * 100 >= x.was * %(percent)s
)
SELECT kind, public_id, code, who, one, other, money, count(*) OVER () FROM found ORDER BY weight, money DESC, code LIMIT %(most)s
"""


@dataclass(frozen=True)
class Anomaly:
    """``kind``: nobody (no payee), dead (the payee), dead_due (somebody for a month after the death), shared (payee of ``one`` households), account
    (an account of ``one`` people), no_id,
    old (``one`` years), jump and commune (from ``one`` to ``other`` đồng), village (``who``: ``one`` households that were not paid last month)."""

    kind: str
    household: str
    code: str
    who: str
    one: int
    other: int
    money: int


@dataclass(frozen=True)
class Anomalies:
    """At most MOST_ROWS, the weightiest first; ``number`` is how many there are."""

    rows: list[Anomaly]
    number: int


def anomalies(pay_list: PaymentList) -> Anomalies:
    """What strikes in a list, compared with the lists of the month before; called unbound, for payees and accounts are shared across communes."""
    parameters: dict[str, Any] = {
        "month": pay_list.month, "before": add_months(pay_list.month, -1), "list": pay_list.pk, "commune": pay_list.commune_id,
        "regular": pay_list.kind == "regular", "times": JUMP_TIMES, "least": JUMP_AT_LEAST, "new": NEW_IN_VILLAGE,
        "percent": COMMUNE_PERCENT, "old": OLD_YEARS, "most": MOST_ROWS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, parameters)
        found = cursor.fetchall()
    rows = [
        Anomaly(kind, str(public_id or ""), code, who or "", int(one), int(other), int(money))
        for kind, public_id, code, who, one, other, money, _ in found
    ]
    return Anomalies(rows, found[0][7] if found else 0)
