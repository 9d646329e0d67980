"""Lists besides the regular ones: whoever came after the cut-off, and benefits that are paid once."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection, transaction

from payments.models import Channel, PaymentList
from payments.operations import organisers, payees
from payments.operations.open_months import require_open
from payments.statuses import ONE_OFF, ORDERED, SUPPLEMENTARY
from policy.loader import load_law
from posasoft.core import audit
from posasoft.core.scope import Scope, unbound

# Due for the month by the spans in force, ordered by no list and on none that waits. Regular benefits only where the commune's regular list is
# ordered (until then a run adds them there). Not: whoever is noted as dead, suspended, or stands for money of months before the takeover.
_DUE = """
CREATE TEMP TABLE missed ON COMMIT DROP AS
SELECT e.household_id, e.person_id, e.benefit, e.coefficient, e.amount, h.commune_id, h.area_pos, h.province_no, v.position AS village_pos
FROM beneficiaries_entitlement e
JOIN households_household h ON h.id = e.household_id
JOIN core_area c ON c.id = h.commune_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN households_person n ON n.id = e.person_id
WHERE h.area_pos >= %(lo)s AND h.area_pos < %(hi)s AND e.superseded_by_run IS NULL AND e.amount > 0
  AND e.from_month <= %(month)s AND (e.until_month IS NULL OR e.until_month > %(month)s)
  AND (e.benefit = ANY(%(once)s)) = %(is_once)s
  AND EXISTS (SELECT 1 FROM payments_paymentlist l WHERE l.month = %(month)s AND l.commune_id = h.commune_id AND l.kind = 'regular'
    AND l.status = ANY(%(ordered)s))
  AND NOT EXISTS (SELECT 1 FROM payments_ordered o WHERE o.for_month = %(month)s AND o.benefit = e.benefit
    AND o.owner = coalesce(n.canonical_id, n.id, -e.household_id))
  AND NOT EXISTS (SELECT 1 FROM payments_paymentlist l JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
    WHERE l.month >= %(month)s AND l.status <> ALL(%(ordered)s) AND p.household_id = e.household_id AND l.province_no = h.province_no)
  AND NOT EXISTS (SELECT 1 FROM core_hold k WHERE k.effect = 'no_payment' AND k.subject_kind = 'person' AND k.subject_id = e.person_id
    AND k.lifted_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM beneficiaries_suspension s WHERE s.decision_id = e.decision_id AND s.ended_at IS NULL
    AND s.from_month <= %(month)s)
"""
# Nor whoever waits on the list of a family that he has left meanwhile.
_LEFT = """
DELETE FROM missed m WHERE (m.person_id, m.benefit) IN (
  SELECT x.p, x.b FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
  CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, o bigint)
  WHERE l.month >= %(month)s AND l.status <> ALL(%(ordered)s) AND l.province_no IN (SELECT province_no FROM missed) AND x.o IS NULL
    AND x.m = to_char(%(month)s::date, 'YYYY-MM'))
"""
# The payee is the living head, else the oldest member, as on regular lists; whoever has a line of his own has it here too.
_CHOSEN = f"""
CREATE TEMP TABLE chosen ON COMMIT DROP AS
SELECT m.*, y.person_id AS own_id, x.payee_id, {payees.COLUMNS}
FROM missed m
JOIN households_household h ON h.id = m.household_id
LEFT JOIN own_line y ON y.household_id = m.household_id AND y.person_id = m.person_id
CROSS JOIN LATERAL (SELECT coalesce(y.person_id, (
  SELECT p.id FROM households_person p WHERE p.household_id = m.household_id AND p.canonical_id IS NULL
    AND p.died_on IS NULL
    AND NOT EXISTS (SELECT 1 FROM core_hold k WHERE k.effect = 'no_payment' AND k.subject_kind = 'person' AND k.subject_id = p.id
      AND k.lifted_at IS NULL)
  ORDER BY (p.relation = 'head') DESC NULLS LAST, p.born NULLS LAST, p.id LIMIT 1)) AS payee_id) x
{payees.JOINS.format(payee="x.payee_id").replace("pr.person_id IS NULL", "pr.person_id IS NOT DISTINCT FROM y.person_id")}
"""
_LISTS = """
INSERT INTO payments_paymentlist
  (month, commune_id, channel, kind, sequence, status, number, households, amount, arrears, recovery, run_id, checksum, province_no, area_pos)
SELECT %(month)s, m.commune_id, m.channel, %(kind)s,
  1 + (SELECT count(*) FROM payments_paymentlist l WHERE l.month = %(month)s AND l.commune_id = m.commune_id AND l.channel = m.channel
    AND l.kind = %(kind)s),
  'draft', '', count(DISTINCT m.household_id), sum(m.amount), 0, 0,
  (SELECT run_id FROM payments_paymentlist l WHERE l.month = %(month)s AND l.commune_id = m.commune_id AND l.kind = 'regular' LIMIT 1),
  '', m.province_no, a.position
FROM chosen m JOIN core_area a ON a.id = m.commune_id GROUP BY m.commune_id, m.channel, m.province_no, a.position
RETURNING id
"""
_LINES = """
INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, person_id, receiver_id, account_id, amount, total, components,
  village_pos, province_no, area_pos)
SELECT %(month)s, l.id, m.household_id, m.payee_id, m.own_id, m.receiver_id, m.account_id, sum(m.amount), sum(m.amount),
  jsonb_agg(jsonb_build_object('p', m.person_id, 'b', m.benefit, 'm', to_char(%(month)s::date, 'YYYY-MM'), 'c', m.coefficient, 'a', m.amount)
    ORDER BY m.person_id, m.benefit),
  m.village_pos, m.province_no, m.area_pos
FROM chosen m JOIN payments_paymentlist l ON l.id = ANY(%(ids)s) AND l.commune_id = m.commune_id AND l.channel = m.channel
GROUP BY l.id, m.household_id, m.payee_id, m.own_id, m.receiver_id, m.account_id, m.village_pos, m.province_no, m.area_pos
"""


def draw_up(*, month: datetime.date, kind: str, lo: int, hi: int, by: Scope) -> list[PaymentList]:
    """Draft the supplementary or one-off lists of the communes in a range of positions: one per commune that has somebody to pay.

    Nothing is due: no list. Two at once write one list each at most, and the second list of the two is refused at its release by the table of
    what was ordered. Raises ValueError for another kind, MonthRefused for a month not computed or closed.
    """
    if kind not in (SUPPLEMENTARY, ONE_OFF):
        raise ValueError(kind)
    once = sorted({rule.benefit for rule in load_law().rules if rule.on_decision or rule.programme == "funeral"})
    parameters: dict[str, Any] = {
        "month": month, "kind": kind, "lo": lo, "hi": hi, "channel": Channel.POST.value, "ordered": list(ORDERED), "once": once,
        "is_once": kind == ONE_OFF, "funerals": sorted({rule.benefit for rule in load_law().rules if rule.programme == "funeral"}),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        require_open(month=month, lo=lo, hi=hi)
        cursor.execute("SELECT payments_open_ordered(%s)", [month])
        cursor.execute(_DUE, parameters)
        with unbound(by):
            cursor.execute(_LEFT, parameters)
        organisers.gather(parameters, by)
        payees.gather(month=month, lo=lo, hi=hi)
        cursor.execute(_CHOSEN, parameters)
        cursor.execute(organisers.give(), parameters)
        cursor.execute(_LISTS, parameters)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(_LINES, {**parameters, "ids": ids})
        cursor.execute("DROP TABLE missed, chosen")
        payees.drop()
        made = list(PaymentList.objects.filter(pk__in=ids).select_related("commune").order_by("area_pos"))
        for pay_list in made:
            area = (pay_list.province_no, pay_list.area_pos)
            audit.record(verb="draw_up", kind="payment_list", object_id=pay_list.pk, by=by, area=area, amount=pay_list.amount, of=kind)
    return made
