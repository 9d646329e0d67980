"""Closing lists (tất toán): money still owed that no regular line will bring, paid out and netted against what is to be recovered.

For whom: a household to which nothing is due in the month (its benefits ended, its recipients died), one that left the province (its money stays
with the province that ordered it), and, at the end of a year, everybody with money of earlier lists that was not collected. What: uncollected money
waiting in the ledger, and open arrears less all open recoveries, whose monthly share does not hold any more (decision 0026).
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection, transaction

from payments.models import Channel, PaymentList
from payments.operations import payees
from payments.operations.open_months import require_open
from payments.operations.separation import write_audit
from payments.statuses import CLOSING
from posasoft.core.scope import Scope, unbound

_PROVINCES = "SELECT province_no FROM core_area WHERE level = 'province' AND position < %(hi)s AND position_end > %(lo)s"
_WAITING = """
CREATE TEMP TABLE waiting ON COMMIT DROP AS
SELECT e.month, e.line_id
FROM (
  SELECT DISTINCT month, line_id FROM payments_ledgerentry WHERE province_no = ANY(%(provinces)s) AND credit = 7
    AND month <= %(month)s AND month >= (%(month)s::date - interval '24 months')::date
) c JOIN payments_ledgerentry e ON e.month = c.month AND e.line_id = c.line_id AND 7 IN (e.credit, e.debit)
GROUP BY e.month, e.line_id
HAVING sum(CASE WHEN e.credit = 7 THEN e.amount ELSE -e.amount END) > 0
"""
# Uncollected lines with the commune that closes them: where the household lives now, or, once it has left the province, where it was listed. Not:
# money asked to be written off, or of a family suspended because it does not come.
_UNCOLLECTED = """
SELECT p.household_id, p.person_id AS own_id, CASE WHEN h.province_no = p.province_no THEN h.commune_id ELSE l.commune_id END AS commune_id,
  h.province_no <> p.province_no AS has_left, 'carried' AS what, (x.part ->> 'a')::bigint AS a, x.part || jsonb_build_object('o', p.id) AS part,
  p.month, p.id * 100 + x.place AS place
FROM waiting w JOIN payments_paymentline p ON p.month = w.month AND p.id = w.line_id
JOIN payments_paymentlist l ON l.id = p.list_id
JOIN households_household h ON h.id = p.household_id
CROSS JOIN LATERAL jsonb_array_elements(p.components) WITH ORDINALITY AS x(part, place)
WHERE NOT EXISTS (SELECT 1 FROM payments_writeoff f WHERE f.month = p.month AND f.line_id = p.id AND f.state = 'asked')
  AND p.household_id NOT IN (SELECT d.household_id FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
    WHERE s.province_no = ANY(%(provinces)s) AND s.ground = 'uncollected' AND s.ended_at IS NULL)
"""
# Open corrections; a recovery takes the oldest month first, up to the arrears it is netted against. What a law changes waits for the province.
_CORRECTIONS = """
SELECT k.household_id, NULL::bigint AS own_id, h.commune_id, false AS has_left, CASE WHEN y.a > 0 THEN 'arrears' ELSE 'recovery' END AS what, y.a,
  jsonb_build_object('p', k.person_id, 'b', k.benefit, 'm', to_char(k.month, 'YYYY-MM'), 'a', y.a, 'c', (
    SELECT max(e.coefficient) FROM beneficiaries_entitlement e WHERE e.household_id = k.household_id
      AND e.person_id IS NOT DISTINCT FROM k.person_id AND e.benefit = k.benefit AND e.from_month <= k.month
      AND (e.until_month IS NULL OR e.until_month > k.month) AND e.superseded_by_run IS NULL))
  || coalesce((SELECT jsonb_build_object('r', max(o.round) + 1) FROM payments_ordered o WHERE o.for_month = k.month AND o.benefit = k.benefit
    AND o.owner = coalesce(n.canonical_id, n.id, -k.household_id) HAVING count(*) > 0), '{}') AS part,
  k.month, k.id AS place
FROM (
  SELECT c.*, sum(greatest(c.due - c.ordered, 0)) OVER (PARTITION BY c.household_id) AS arrears,
    sum(greatest(c.ordered - c.due, 0)) OVER (PARTITION BY c.household_id ORDER BY c.month, c.id) - greatest(c.ordered - c.due, 0) AS taken
  FROM payments_correction c
  WHERE c.settled_at IS NULL AND c.province_no = ANY(%(provinces)s) AND c.month < %(month)s
    AND NOT EXISTS (SELECT 1 FROM core_hold t WHERE t.effect = 'no_payment' AND t.subject_kind = 'person' AND t.subject_id = c.person_id
      AND t.lifted_at IS NULL)
    AND (c.cause ->> 'kind' <> 'law' OR EXISTS (SELECT 1 FROM payments_lawcorrection a WHERE a.province_no = c.province_no AND a.status = 'agreed'
      AND (a.id = (c.cause ->> 'law')::bigint OR c.cause ->> 'law' IS NULL AND c.month BETWEEN a.from_month AND a.through_month)))
) k
JOIN households_household h ON h.id = k.household_id
LEFT JOIN households_person n ON n.id = k.person_id
CROSS JOIN LATERAL (SELECT CASE WHEN k.due > k.ordered THEN k.due - k.ordered
  ELSE -least(k.ordered - k.due, greatest(k.arrears - k.taken, 0)) END AS a) y
WHERE y.a <> 0 AND NOT %(year)s
"""
# Whoever stands on a list that is not ordered yet gets the money there; from a regular draft, on which nothing of the month is due, it is taken.
_OWED = f"""
CREATE TEMP TABLE owed ON COMMIT DROP AS
SELECT m.household_id, m.own_id, m.commune_id, a.position AS area_pos, a.province_no,
  coalesce(sum(m.a) FILTER (WHERE m.what = 'arrears'), 0)::bigint AS arrears,
  coalesce(-sum(m.a) FILTER (WHERE m.what = 'recovery'), 0)::bigint AS recovery,
  coalesce(sum(m.a) FILTER (WHERE m.what = 'carried'), 0)::bigint AS carried, sum(m.a)::bigint AS total,
  jsonb_agg(m.part ORDER BY m.what, m.month, m.place) AS components
FROM ({_UNCOLLECTED} UNION ALL {_CORRECTIONS}) m
JOIN core_area a ON a.id = m.commune_id AND a.position >= %(lo)s AND a.position < %(hi)s
WHERE (m.has_left OR %(year)s OR NOT EXISTS (
    SELECT 1 FROM beneficiaries_entitlement e WHERE e.household_id = m.household_id AND e.superseded_by_run IS NULL AND e.amount > 0
      AND e.from_month <= %(month)s AND (e.until_month IS NULL OR e.until_month > %(month)s)))
  AND NOT EXISTS (SELECT 1 FROM payments_paymentlist l JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
    WHERE l.province_no = a.province_no AND l.released_at IS NULL AND l.month >= (%(month)s::date - interval '24 months')::date
      AND p.household_id = m.household_id AND NOT (l.month = %(month)s AND l.kind = 'regular' AND l.status = 'draft' AND p.amount = 0))
GROUP BY m.household_id, m.own_id, m.commune_id, a.position, a.province_no HAVING sum(m.a) > 0
"""
_CHOSEN = f"""
CREATE TEMP TABLE chosen ON COMMIT DROP AS
SELECT m.*, x.payee_id, {payees.COLUMNS}, v.position AS village_pos
FROM owed m
JOIN households_household h ON h.id = m.household_id
LEFT JOIN core_area v ON v.id = h.village_id AND h.commune_id = m.commune_id
CROSS JOIN LATERAL (SELECT (
  SELECT p.id FROM households_person p WHERE p.household_id = m.household_id AND p.canonical_id IS NULL
    AND p.died_on IS NULL
    AND NOT EXISTS (SELECT 1 FROM core_hold k WHERE k.effect = 'no_payment' AND k.subject_kind = 'person' AND k.subject_id = p.id
      AND k.lifted_at IS NULL)
  ORDER BY (p.id = m.own_id) DESC NULLS LAST, (p.relation = 'head') DESC NULLS LAST, p.born NULLS LAST, p.id LIMIT 1) AS payee_id) x
{payees.JOINS.format(payee="x.payee_id")}
"""
_OUT_OF_DRAFTS = """
WITH gone AS (
  DELETE FROM payments_paymentline p USING payments_paymentlist l, (SELECT DISTINCT household_id FROM chosen) c
  WHERE l.month = %(month)s AND l.kind = 'regular' AND l.status = 'draft' AND p.month = l.month AND p.list_id = l.id AND p.amount = 0
    AND p.household_id = c.household_id
  RETURNING p.list_id, p.household_id, p.arrears, p.recovery, p.carried
)
UPDATE payments_paymentlist l SET households = l.households - g.homes, arrears = l.arrears - g.arrears, recovery = l.recovery - g.recovery,
  carried = l.carried - g.carried
FROM (SELECT list_id, count(DISTINCT household_id) AS homes, sum(arrears) AS arrears, sum(recovery) AS recovery, sum(carried) AS carried
  FROM gone GROUP BY 1) g WHERE l.id = g.list_id
"""
_EMPTY_DRAFTS = "DELETE FROM payments_paymentlist WHERE month = %(month)s AND kind = 'regular' AND status = 'draft' AND households = 0"
_LISTS = """
INSERT INTO payments_paymentlist (month, commune_id, channel, kind, sequence, status, number, households, amount, arrears, recovery, carried,
  run_id, checksum, province_no, area_pos)
SELECT %(month)s, m.commune_id, m.channel, 'closing',
  1 + (SELECT count(*) FROM payments_paymentlist l WHERE l.month = %(month)s AND l.commune_id = m.commune_id AND l.channel = m.channel
    AND l.kind = 'closing'),
  'draft', '', count(DISTINCT m.household_id), 0, sum(m.arrears), sum(m.recovery), sum(m.carried),
  (SELECT max(id) FROM beneficiaries_run WHERE kind = 'month' AND month <= %(month)s), '', m.province_no, m.area_pos
FROM chosen m GROUP BY m.commune_id, m.channel, m.province_no, m.area_pos
RETURNING id
"""
_LINES = """
INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, person_id, receiver_id, account_id, amount, arrears, recovery, carried,
  total, components, village_pos, province_no, area_pos)
SELECT %(month)s, l.id, m.household_id, m.payee_id, m.own_id, m.receiver_id, m.account_id, 0, m.arrears, m.recovery, m.carried, m.total,
  m.components, m.village_pos, m.province_no, m.area_pos
FROM chosen m JOIN payments_paymentlist l ON l.id = ANY(%(ids)s) AND l.commune_id = m.commune_id AND l.channel = m.channel
"""


def draw_up(*, month: datetime.date, lo: int, hi: int, by: Scope, whole_year: bool = False) -> list[PaymentList]:
    """Draft the closing lists of the communes in a range of positions: one per commune and channel with somebody to pay; nothing owed, no list.

    ``whole_year``: every household with uncollected money, also those that go on receiving; corrections stay with their regular line. Raises
    ValueError when the range is not the acting scope's, MonthRefused for a month not computed or closed.
    """
    if by.kind != "area" or not by.lo <= lo < hi <= by.hi:
        raise ValueError((lo, hi))
    parameters: dict[str, Any] = {"month": month, "lo": lo, "hi": hi, "year": whole_year, "channel": Channel.POST.value}
    # A family that left is out of the commune's sight, its money is not.
    with transaction.atomic(), unbound(by), connection.cursor() as cursor:
        require_open(month=month, lo=lo, hi=hi)
        cursor.execute("SELECT payments_open_month(%s)", [month])
        cursor.execute(_PROVINCES, parameters)
        parameters["provinces"] = [row[0] for row in cursor.fetchall()]
        cursor.execute(_WAITING, parameters)
        cursor.execute(_OWED, parameters)
        payees.gather(month=month, lo=lo, hi=hi)
        cursor.execute(_CHOSEN, parameters)
        cursor.execute(_OUT_OF_DRAFTS, parameters)
        cursor.execute(_EMPTY_DRAFTS, parameters)
        cursor.execute(_LISTS, parameters)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(_LINES, {**parameters, "ids": ids})
        cursor.execute("DROP TABLE waiting, owed, chosen")
        payees.drop()
        made = list(PaymentList.objects.filter(pk__in=ids, kind=CLOSING).select_related("commune").order_by("area_pos"))
        write_audit("draw_up", made, by)
    return made
