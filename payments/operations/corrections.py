"""Past months: what is due now minus what released lists have ordered so far, per person, benefit and month; the difference joins the next list.

A difference stays open until released lines have ordered it in full. Nothing is remembered but the two sums, so that a draft thrown away leaves
no trace, and a correction corrected back settles by itself.
"""

from __future__ import annotations

from typing import Any

from beneficiaries.operations import Shard, by_index, execute
from payments.queries.cycle import rule_of
from payments.statuses import ORDERED

# Whoever was reopened since the month before was first computed (its lists may have been frozen by then), whoever still has an open
# difference, whoever was held by mistake, and whoever was suspended and is no longer.
_CONCERNED = """
CREATE TEMP TABLE concerned ON COMMIT DROP AS
SELECT household_id, min(from_month) AS from_month, (array_agg(cause ORDER BY weight))[1] AS cause FROM (
  SELECT r.household_id, r.from_month, r.cause, 1 AS weight FROM beneficiaries_reopened r
  WHERE r.province_no = %(province)s AND r.run_id >= (
    SELECT coalesce(min(n.id), 0) FROM beneficiaries_run n WHERE n.kind = 'month' AND n.month = (
      SELECT max(month) FROM beneficiaries_run WHERE kind = 'month' AND month < %(month)s))
  UNION ALL
  SELECT c.household_id, c.month, c.cause, 0 FROM payments_correction c WHERE c.province_no = %(province)s AND c.settled_at IS NULL
  UNION ALL
  SELECT p.household_id, date_trunc('month', k.created_at)::date, '{"kind": "hold_lifted"}', 2
  FROM core_hold k CROSS JOIN LATERAL (SELECT household_id FROM households_person WHERE id = k.subject_id OFFSET 0) p
  WHERE k.effect = 'no_payment' AND k.subject_kind = 'person' AND k.lifted_at IS NOT NULL AND k.province_no = %(province)s
  UNION ALL
  SELECT d.household_id, s.from_month, '{"kind": "suspension_ended"}', 2
  FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
  WHERE s.ended_at IS NOT NULL AND s.province_no = %(province)s
) x GROUP BY household_id
"""

# Months of a suspension are neither due nor ordered while it is open: no difference arises, and all of them become arrears when it is lifted.
# Only months that were ordered count, and not in a commune whose list of that month is not ordered yet.
_MONTHS = """
CREATE TEMP TABLE ordered_month ON COMMIT DROP AS
SELECT DISTINCT month FROM payments_paymentlist WHERE province_no = %(province)s AND status = ANY(%(ordered)s) AND month < %(month)s
"""

# An inherited decision tells what was paid by the old list: months before it was taken over were paid there.
_DUE = """
CREATE TEMP TABLE due_past ON COMMIT DROP AS
SELECT e.household_id, e.person_id, e.benefit, m.month, e.coefficient, e.amount
FROM concerned c
JOIN beneficiaries_entitlement e ON e.household_id = c.household_id AND e.superseded_by_run IS NULL
JOIN ordered_month m ON m.month >= c.from_month AND m.month >= e.from_month AND (e.until_month IS NULL OR m.month < e.until_month)
JOIN households_household h ON h.id = c.household_id
LEFT JOIN beneficiaries_decision d ON d.id = e.decision_id AND d.source = 'inherited'
WHERE (e.person_id IS NULL OR e.person_id NOT IN (SELECT person_id FROM held))
  AND (d.id IS NULL OR m.month >= date_trunc('month', d.created_at)::date)
  AND NOT EXISTS (SELECT 1 FROM payments_paymentlist w WHERE w.month = m.month AND w.commune_id = h.commune_id
    AND w.status <> ALL(%(ordered)s))
  AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.decision_id = e.decision_id AND w.from_month <= m.month)
"""

_ORDERED = """
CREATE TEMP TABLE ordered_past ON COMMIT DROP AS
SELECT o.household_id, x.p AS person_id, x.b AS benefit, (x.m || '-01')::date AS month, max(x.c) AS coefficient, sum(x.a)::bigint AS amount
FROM concerned c
JOIN payments_paymentline o ON o.household_id = c.household_id AND o.month < %(month)s
JOIN payments_paymentlist l ON l.id = o.list_id AND l.status = ANY(%(ordered)s)
CROSS JOIN LATERAL jsonb_to_recordset(o.components) AS x(p bigint, b text, m text, c numeric, a bigint, o bigint)
WHERE x.o IS NULL AND (x.m || '-01')::date >= c.from_month AND (x.p IS NULL OR x.p NOT IN (SELECT person_id FROM held))
  AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.household_id = o.household_id AND w.person_id IS NOT DISTINCT FROM x.p
    AND w.benefit = x.b AND w.from_month <= (x.m || '-01')::date)
GROUP BY 1, 2, 3, 4
"""

# Money belongs to the person: who moved between two households owes and is owed nothing for the move.
_DIFFERENCES = """
CREATE TEMP TABLE difference ON COMMIT DROP AS
WITH due AS (
  SELECT coalesce(person_id, -household_id) AS owner, person_id, benefit, month, max(household_id) AS household_id,
    max(coefficient) AS coefficient, sum(amount)::bigint AS amount
  FROM due_past GROUP BY 1, 2, 3, 4
), ordered AS (
  SELECT coalesce(person_id, -household_id) AS owner, person_id, benefit, month, max(household_id) AS household_id,
    max(coefficient) AS coefficient, sum(amount)::bigint AS amount
  FROM ordered_past GROUP BY 1, 2, 3, 4
)
SELECT coalesce(d.household_id, o.household_id) AS household_id, coalesce(d.person_id, o.person_id) AS person_id, benefit, month,
  coalesce(d.coefficient, o.coefficient) AS coefficient, coalesce(d.amount, 0) AS due, coalesce(o.amount, 0) AS ordered
FROM due d FULL JOIN ordered o USING (owner, benefit, month)
"""

_SAME = "k.household_id = d.household_id AND k.person_id IS NOT DISTINCT FROM d.person_id AND k.benefit = d.benefit AND k.month = d.month"
_SETTLE = f"""
UPDATE payments_correction k SET settled_at = now(), due = coalesce(d.due, k.due), ordered = coalesce(d.ordered, k.due)
FROM payments_correction o LEFT JOIN difference d ON {_SAME.replace("k.", "o.")}
WHERE k.id = o.id AND o.province_no = %(province)s AND o.settled_at IS NULL AND (d.household_id IS NULL OR d.due = d.ordered)
"""
_RENEW = f"""
UPDATE payments_correction k SET due = d.due, ordered = d.ordered FROM difference d
WHERE {_SAME} AND k.settled_at IS NULL AND d.due <> d.ordered AND (k.due, k.ordered) IS DISTINCT FROM (d.due, d.ordered)
"""
_ADD = f"""
INSERT INTO payments_correction (household_id, person_id, benefit, month, due, ordered, cause, run_id, province_no, area_pos)
SELECT d.household_id, d.person_id, d.benefit, d.month, d.due, d.ordered, c.cause, %(run)s, h.province_no, h.area_pos
FROM difference d JOIN concerned c ON c.household_id = d.household_id JOIN households_household h ON h.id = d.household_id
WHERE d.due <> d.ordered AND NOT EXISTS (SELECT 1 FROM payments_correction k WHERE {_SAME} AND k.settled_at IS NULL)
"""

# Recovery takes the oldest month first and never more than the province's share of what the line holds; the rest stays open for the next list.
# "r" says which order of its benefit and month a part is: counted when drawn up: two lists drawn up from the same past cannot both be ordered.
_SUM = """
CREATE TEMP TABLE correction_sum ON COMMIT DROP AS
WITH open AS (
  SELECT d.*, d.due - d.ordered AS amount FROM difference d WHERE d.due <> d.ordered
), arrears AS (
  SELECT household_id, sum(amount)::bigint AS total FROM open WHERE amount > 0 GROUP BY household_id
), taken AS (
  SELECT o.*, least(-o.amount, greatest((coalesce(r.amount, 0) + coalesce(a.total, 0)) * %(share)s / 100
    - (sum(-o.amount) OVER (PARTITION BY o.household_id ORDER BY o.month, o.person_id, o.benefit) + o.amount), 0))::bigint AS part
  FROM open o LEFT JOIN regular r USING (household_id) LEFT JOIN arrears a USING (household_id) WHERE o.amount < 0
), part AS (
  SELECT household_id, person_id, benefit, month, coefficient, amount FROM open WHERE amount > 0
  UNION ALL
  SELECT household_id, person_id, benefit, month, coefficient, -part FROM taken WHERE part > 0
), parts AS (
  SELECT p.*, (SELECT max(k.round) + 1 FROM payments_ordered k WHERE k.for_month = p.month AND k.benefit = p.benefit
    AND k.owner = coalesce((SELECT coalesce(c.canonical_id, c.id) FROM households_person c WHERE c.id = p.person_id), -p.household_id)) AS round
  FROM part p
)
SELECT household_id, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint AS arrears,
  coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint AS recovery,
  jsonb_agg(jsonb_build_object('p', person_id, 'b', benefit, 'm', to_char(month, 'YYYY-MM'), 'c', coefficient, 'a', amount)
    || CASE WHEN round IS NULL THEN '{}' ELSE jsonb_build_object('r', round) END ORDER BY month, person_id, benefit) AS components,
  (SELECT p.id FROM households_person p WHERE p.household_id = x.household_id AND (p.died_on IS NULL OR p.died_on > %(month)s)
     AND p.id NOT IN (SELECT person_id FROM held)
   ORDER BY (p.relation = 'head') DESC NULLS LAST, p.born NULLS LAST, p.id LIMIT 1) AS payee_id
FROM parts x GROUP BY household_id
"""


def gather(shard: Shard) -> None:
    """Bring the open corrections of a province up to date and leave what this month's lines take of them in ``correction_sum``."""
    parameters: dict[str, Any] = {
        "run": shard.run_id,
        "month": shard.month,
        "province": shard.place.province_no,
        "ordered": list(ORDERED),
        "share": rule_of(shard.place.province_no, shard.month).recovery_share_percent,
    }
    with by_index():
        _gather(parameters)


def _gather(parameters: dict[str, Any]) -> None:
    execute(_CONCERNED, parameters)
    execute(_MONTHS, parameters)
    execute("ANALYZE concerned")
    execute(_DUE, parameters)
    execute(_ORDERED, parameters)
    execute(_DIFFERENCES, parameters)
    execute("ANALYZE difference")
    execute(_SETTLE, parameters)
    execute(_RENEW, parameters)
    execute(_ADD, parameters)
    execute(_SUM, parameters)
    execute("ANALYZE correction_sum")
