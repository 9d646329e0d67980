"""Past months: what is due now minus what released lists have ordered so far, per person, benefit and month; the difference joins the next list.

A difference stays open until released lines have ordered it in full. Nothing is remembered but the two sums, so that a draft thrown away leaves
no trace, and a correction corrected back settles by itself.
"""

from __future__ import annotations

import datetime
from contextlib import nullcontext
from typing import Any

from django.db import connection

from beneficiaries.operations import Shard, by_index, execute, in_passes
from payments.operations.causes import name_causes
from payments.queries.cycle import rule_of
from payments.statuses import ORDERED

# Up to so many households are looked up one by one; of more, whole tables of the province are read and joined by hash.
FEW = 3000

# Whoever was reopened since the month before was first computed (its lists may have been frozen by then), whoever still has an open
# difference, whoever was held by mistake, and whoever was suspended and is no longer.
_CONCERNED = """
CREATE TEMP TABLE concerned ON COMMIT DROP AS
SELECT household_id, min(from_month) AS from_month,
  coalesce((array_agg(cause ORDER BY weight) FILTER (WHERE cause ->> 'kind' <> 'law'))[1], '{"kind": "registry"}') AS cause,
  coalesce(max((cause ->> 'law')::bigint), %(law)s) AS law_id,
  coalesce(min(from_month) FILTER (WHERE cause ->> 'kind' = 'law'), %(law_from)s) AS law_from
FROM (
  SELECT r.household_id, r.from_month, r.cause, 1 AS weight FROM beneficiaries_reopened r
  WHERE r.province_no = %(province)s AND r.run_id >= (
    SELECT coalesce(min(n.id), 0) FROM beneficiaries_run n WHERE n.kind = 'month' AND n.month = (
      SELECT max(month) FROM beneficiaries_run WHERE kind = 'month' AND month < %(month)s))
  UNION ALL
  SELECT c.household_id, c.month, CASE c.cause ->> 'kind' WHEN 'law' THEN c.cause ELSE '{"kind": "registry"}' END, 3
  FROM payments_correction c WHERE c.province_no = %(province)s AND c.settled_at IS NULL
  UNION ALL
  SELECT p.household_id, date_trunc('month', k.created_at)::date, '{"kind": "hold_lifted"}', 0
  FROM core_hold k CROSS JOIN LATERAL (SELECT household_id FROM households_person WHERE id = k.subject_id OFFSET 0) p
  WHERE k.effect = 'no_payment' AND k.subject_kind = 'person' AND k.lifted_at IS NOT NULL AND k.province_no = %(province)s
  UNION ALL
  SELECT d.household_id, s.from_month, '{"kind": "suspension_ended"}', 0
  FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
  WHERE s.ended_at IS NOT NULL AND s.province_no = %(province)s
) x GROUP BY household_id
"""

# Months of a suspension are neither due nor ordered while it is open: no difference arises, and all of them become arrears when it is lifted.
# Only months that were ordered count, and not in a commune whose list of that month is not ordered yet.
_MONTHS = """
CREATE TEMP TABLE ordered_month ON COMMIT DROP AS
SELECT month, min(created_at) AS known_at FROM payments_paymentlist
WHERE province_no = %(province)s AND status = ANY(%(ordered)s) AND month < %(month)s GROUP BY month
"""

# Who came from another province since the first of these months: what was ordered there stays there, neither owed nor owing here. Seen through a
# function, for the rows lie out of the range; the person may have come with the household or alone.
_NEWCOMERS = """
CREATE TEMP TABLE newcomer ON COMMIT DROP AS
SELECT c.household_id FROM concerned c
JOIN households_factspell f ON f.subject = 'h' AND f.subject_id = c.household_id AND f.fact = 'residence'
UNION
SELECT c.household_id FROM concerned c JOIN households_person p ON p.household_id = c.household_id
JOIN households_factspell f ON f.subject = 'p' AND f.subject_id = p.id AND f.fact = 'membership'
"""
_ELSEWHERE = """
CREATE TEMP TABLE elsewhere ON COMMIT DROP AS
SELECT x.owner, x.benefit, x.for_month AS month FROM payments_ordered_elsewhere(%(province)s::smallint,
  ARRAY(SELECT household_id FROM newcomer), ARRAY(SELECT month FROM ordered_month)) x
"""

_DUE = """
CREATE TEMP TABLE due_past ON COMMIT DROP AS
SELECT e.household_id, e.person_id, e.benefit, m.month, e.coefficient, e.amount, e.decision_id,
  coalesce(e.person_id, -e.household_id) AS owner, coalesce(m.month < date_trunc('month', d.created_at)::date, false) AS before_us,
  w.month IS NOT NULL AS waits_here
FROM concerned c
JOIN beneficiaries_entitlement e ON e.household_id = c.household_id AND e.superseded_by_run IS NULL {of_province}
JOIN ordered_month m ON m.month >= c.from_month AND m.month >= e.from_month AND (e.until_month IS NULL OR m.month < e.until_month)
JOIN households_household h ON h.id = c.household_id
LEFT JOIN beneficiaries_decision d ON d.id = e.decision_id AND d.source = 'inherited'
LEFT JOIN (SELECT DISTINCT month, commune_id FROM payments_paymentlist
  WHERE province_no = %(province)s AND kind = 'regular' AND status <> ALL(%(ordered)s)) w ON w.month = m.month AND w.commune_id = h.commune_id
WHERE (e.person_id IS NULL OR e.person_id NOT IN (SELECT person_id FROM held))
  AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.decision_id = e.decision_id AND w.from_month <= m.month)
  AND NOT EXISTS (SELECT 1 FROM elsewhere x WHERE x.owner = coalesce(e.person_id, -e.household_id) AND x.benefit = e.benefit
    AND x.month = m.month)
"""

# What waits on a list besides the regular one, or on that of the commune where the person lived, is ordered by that list.
_WAITS = """
DELETE FROM due_past d USING (
  SELECT DISTINCT w.month, p.household_id, x.p AS person_id, x.b AS benefit
  FROM payments_paymentlist w JOIN payments_paymentline p ON p.month = w.month AND p.list_id = w.id
  CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, o bigint)
  WHERE w.province_no = %(province)s AND w.month < %(month)s AND w.status <> ALL(%(ordered)s) AND x.o IS NULL AND x.m = to_char(w.month, 'YYYY-MM')
) s WHERE d.month = s.month AND d.benefit = s.benefit AND d.person_id IS NOT DISTINCT FROM s.person_id
  AND (d.person_id IS NOT NULL OR d.household_id = s.household_id)
"""

# Not looked at, unless one of our own lists has ordered it: months before an inherited decision was taken over, paid by the old list (the first
# months are listed late); and months of a commune whose own list waits. Who came there from a commune whose list was released has his money.
_NOT_OURS = """
DELETE FROM due_past d WHERE (d.before_us OR d.waits_here) AND NOT EXISTS (
  SELECT 1 FROM payments_ordered o WHERE o.for_month = d.month AND o.owner = d.owner AND o.benefit = d.benefit)
"""

# A line pays its own month and months before it, so none older than the first month looked at; and only lines of this province's lists. What is due
# to somebody here may have been ordered on the line of a family that he has left and that nobody looks at: found by the person.
_ORDERED = """
CREATE TEMP TABLE ordered_past ON COMMIT DROP AS
SELECT o.household_id, x.p AS person_id, x.b AS benefit, (x.m || '-01')::date AS month, max(x.c) AS coefficient, sum(x.a)::bigint AS amount,
  max(x.a / coalesce(nullif(x.c, 0), 1)) FILTER (WHERE (x.m || '-01')::date = o.month) AS unit, 0::bigint AS waived,
  NULL::bigint AS list_id, NULL::bigint AS listed_with
FROM concerned c
JOIN payments_paymentline o ON o.household_id = c.household_id AND o.month < %(month)s AND o.month >= {since}
JOIN payments_paymentlist l ON l.id = o.list_id AND l.province_no = %(province)s AND l.status = ANY(%(ordered)s)
CROSS JOIN LATERAL jsonb_to_recordset(o.components) AS x(p bigint, b text, m text, c numeric, a bigint, o bigint)
WHERE x.o IS NULL {lists} AND (x.m || '-01')::date >= c.from_month AND (x.p IS NULL OR x.p NOT IN (SELECT person_id FROM held))
  AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.household_id = o.household_id AND w.person_id IS NOT DISTINCT FROM x.p
    AND w.benefit = x.b AND w.from_month <= (x.m || '-01')::date)
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT d.household_id, d.person_id, d.benefit, d.month, NULL, sum(k.amount)::bigint, NULL, 0,
  max(k.list_id) FILTER (WHERE l.month = k.for_month), max(k.household_id) FILTER (WHERE l.month = k.for_month)
FROM (SELECT DISTINCT household_id, person_id, benefit, month FROM due_past WHERE person_id IS NOT NULL) d
JOIN payments_ordered k ON k.for_month = d.month AND k.owner = d.person_id AND k.benefit = d.benefit
JOIN payments_paymentlist l ON l.id = k.list_id AND l.province_no = %(province)s AND l.month < %(month)s
WHERE NOT EXISTS (SELECT 1 FROM concerned c WHERE c.household_id = k.household_id AND c.from_month <= k.for_month)
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT w.household_id, w.person_id, w.benefit, w.month, NULL, 0, NULL, sum(w.amount)::bigint, NULL, NULL
FROM concerned c JOIN payments_waiver w ON w.household_id = c.household_id WHERE w.month < %(month)s GROUP BY 1, 2, 3, 4
"""

# By what unit those found by the person were ordered: what a law changes of them must be known as the law's.
_UNITS = """
UPDATE ordered_past r SET coefficient = x.c, unit = x.a / coalesce(nullif(x.c, 0), 1)
FROM payments_paymentlist l JOIN payments_paymentline o ON o.month = l.month AND o.list_id = l.id
CROSS JOIN LATERAL jsonb_to_recordset(o.components) AS x(p bigint, b text, m text, c numeric, a bigint, o bigint)
WHERE l.id = r.list_id AND o.month = r.month AND o.household_id = r.listed_with AND x.o IS NULL AND x.a > 0 AND x.p = r.person_id
  AND x.b = r.benefit AND x.m = to_char(r.month, 'YYYY-MM')
"""

# The ids as an array: an index finds the province's lines, where a join would read every line of the country's months.
_OF_LISTS = """AND o.list_id = ANY (ARRAY(
  SELECT id FROM payments_paymentlist WHERE province_no = %(province)s AND status = ANY(%(ordered)s) AND month < %(month)s))"""

# Money belongs to the person: who moved between two households owes and is owed nothing for the move. What was given up counts as never ordered,
# up to what is owed back: were the month due again after all, the family has that money and is not paid it twice.
_DIFFERENCES = """
CREATE TEMP TABLE difference ON COMMIT DROP AS
WITH due AS (
  SELECT coalesce(person_id, -household_id) AS owner, person_id, benefit, month, max(household_id) AS household_id,
    max(coefficient) AS coefficient, sum(amount)::bigint AS amount, max(amount / coalesce(nullif(coefficient, 0), 1)) AS unit,
    max(decision_id) AS decision_id
  FROM due_past GROUP BY 1, 2, 3, 4
), ordered AS (
  SELECT coalesce(person_id, -household_id) AS owner, person_id, benefit, month, max(household_id) AS household_id,
    max(coefficient) AS coefficient, sum(amount)::bigint AS amount, max(unit) AS unit, sum(waived)::bigint AS waived
  FROM ordered_past GROUP BY 1, 2, 3, 4
)
SELECT coalesce(d.household_id, o.household_id) AS household_id, coalesce(d.person_id, o.person_id) AS person_id, benefit, month,
  coalesce(d.coefficient, o.coefficient) AS coefficient, coalesce(d.amount, 0) AS due,
  coalesce(o.amount - least(o.waived, greatest(o.amount - coalesce(d.amount, 0), 0)), 0) AS ordered,
  round(d.unit) AS unit_due, round(o.unit) AS unit_ordered, d.decision_id, o.household_id AS ordered_by
FROM due d FULL JOIN ordered o USING (owner, benefit, month)
"""

_SAME = "k.household_id = d.household_id AND k.person_id IS NOT DISTINCT FROM d.person_id AND k.benefit = d.benefit AND k.month = d.month"
_SETTLE = f"""
UPDATE payments_correction k SET settled_at = now(), due = coalesce(d.due, k.due), ordered = coalesce(d.ordered, k.due)
FROM payments_correction o LEFT JOIN difference d ON {_SAME.replace("k.", "o.")}
WHERE k.id = o.id AND o.province_no = %(province)s AND o.settled_at IS NULL AND (d.household_id IS NULL OR d.due = d.ordered)
"""
_RENEW = f"""
UPDATE payments_correction k SET due = d.due, ordered = d.ordered,
  cause = CASE WHEN d.cause ->> 'kind' = 'late' THEN k.cause ELSE d.cause END
FROM caused d WHERE {_SAME} AND k.settled_at IS NULL AND ((k.due, k.ordered) IS DISTINCT FROM (d.due, d.ordered)
  OR d.cause ->> 'kind' <> 'late' AND k.cause IS DISTINCT FROM d.cause)
"""
# Sorted, so that all are found before the first is written: while the table's statistics still say that it is empty, each row was looked for among
# those written just before it (five and a half minutes for one province, four seconds for the others).
_ADD = f"""
INSERT INTO payments_correction (household_id, person_id, benefit, month, due, ordered, cause, run_id, province_no, area_pos)
SELECT d.household_id, d.person_id, d.benefit, d.month, d.due, d.ordered, d.cause, %(run)s, h.province_no, h.area_pos
FROM caused d JOIN households_household h ON h.id = d.household_id
WHERE NOT EXISTS (SELECT 1 FROM payments_correction k WHERE {_SAME} AND k.settled_at IS NULL)
ORDER BY d.household_id, d.person_id, d.month
"""

# What stands on a list of another month, or on one besides the regular ones, that is not ordered yet stays there: it would be asked for twice.
# So does what stands on this month's list of the family that somebody has left, once it is in somebody's hands.
_ON_OTHER_LIST = """
CREATE TEMP TABLE on_other_list ON COMMIT DROP AS
SELECT DISTINCT p.household_id, x.p AS person_id, x.b AS benefit, (x.m || '-01')::date AS month, l.month = %(month)s AND l.kind = 'regular' AS now
FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id AND (p.arrears > 0 OR p.recovery > 0)
CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, o bigint)
WHERE l.province_no = %(province)s AND l.month >= (%(month)s::date - interval '24 months')::date AND l.released_at IS NULL
  AND NOT (l.month = %(month)s AND l.kind = 'regular' AND l.status = 'draft') AND x.o IS NULL AND (x.m || '-01')::date < l.month
"""

# Recovery takes the oldest month first and never more than the province's share of what the line holds; the rest stays open for the next list.
# The owner is worked out before: "-id" inside the look-up counts as leaky, so that under row-level security each part would read a whole month.
# "r" says which order of its benefit and month a part is: counted when drawn up: two lists drawn up from the same past cannot both be ordered.
_SUM = """
CREATE TEMP TABLE correction_sum ON COMMIT DROP AS
WITH open AS (
  SELECT d.*, d.due - d.ordered AS amount FROM caused d WHERE NOT d.waits AND NOT EXISTS (SELECT 1 FROM on_other_list t
    WHERE t.benefit = d.benefit AND t.month = d.month AND t.person_id IS NOT DISTINCT FROM d.person_id
      AND CASE WHEN t.now THEN d.person_id IS NOT NULL AND t.household_id <> d.household_id
        ELSE d.person_id IS NOT NULL OR t.household_id = d.household_id END)
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
), owned AS MATERIALIZED (
  SELECT p.*, coalesce(c.canonical_id, c.id, -p.household_id) AS owner FROM part p LEFT JOIN households_person c ON c.id = p.person_id
), parts AS MATERIALIZED (
  SELECT p.*, (SELECT max(k.round) + 1 FROM payments_ordered k WHERE k.for_month = p.month AND k.owner = p.owner AND k.benefit = p.benefit) AS round
  FROM owned p
)
SELECT household_id, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint AS arrears,
  coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint AS recovery,
  jsonb_agg(jsonb_build_object('p', person_id, 'b', benefit, 'm', to_char(month, 'YYYY-MM'), 'c', coefficient, 'a', amount)
    || CASE WHEN round IS NULL THEN '{}' ELSE jsonb_build_object('r', round) END ORDER BY month, person_id, benefit) AS components,
  (SELECT p.id FROM households_person p WHERE p.household_id = x.household_id AND p.died_on IS NULL
     AND p.id NOT IN (SELECT person_id FROM held)
   ORDER BY (p.relation = 'head') DESC NULLS LAST, p.born NULLS LAST, p.id LIMIT 1) AS payee_id
FROM parts x GROUP BY household_id
"""


def gather(shard: Shard) -> None:
    """Bring the open corrections of a province up to date and leave what this month's lines take of them in ``correction_sum``."""
    share = rule_of(shard.place.province_no, shard.month).recovery_share_percent
    bring_up_to_date(run_id=shard.run_id, month=shard.month, province_no=shard.place.province_no)
    execute("ANALYZE caused")
    execute(_ON_OTHER_LIST, {"month": shard.month, "province": shard.place.province_no})
    execute("ANALYZE on_other_list")
    execute(_SUM, {"share": share, "month": shard.month})
    execute("ANALYZE correction_sum")


def bring_up_to_date(*, run_id: int, month: datetime.date, province_no: int, law: tuple[int, datetime.date] | None = None) -> None:
    """Write the open corrections of the months before ``month``; needs ``held`` and ``withheld``, leaves ``caused``: the differences with causes.

    ``law`` are the id and first month of a `LawCorrection` for which every household of the province has just been computed again.
    """
    law_id, law_from = law or (None, None)
    parameters: dict[str, Any] = {
        "run": run_id, "month": month, "province": province_no, "ordered": list(ORDERED), "law": law_id, "law_from": law_from,
    }  # fmt: skip
    with by_index():
        execute(_CONCERNED, parameters)
        execute(_MONTHS, parameters)
        execute("ANALYZE concerned")
        _compare(parameters)
        name_causes(parameters)
        execute(_SETTLE, parameters)
        execute(_RENEW, parameters)
        execute(_ADD, parameters)


def _compare(parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) < %s FROM concerned", [FEW])
        (few,) = cursor.fetchone()
    with nullcontext() if few else in_passes():
        execute(_NEWCOMERS)
    # The few who came: looked up one by one, where a pass would read the country's orders.
    execute(_ELSEWHERE, parameters)
    execute("ANALYZE elsewhere")
    with nullcontext() if few else in_passes():
        execute(_DUE.format(of_province="" if few else "AND e.province_no = %(province)s"), parameters)
        execute(_NOT_OURS)
        since, lists = ("c.from_month", "") if few else ("(SELECT min(from_month) FROM concerned)", _OF_LISTS)
        execute(_ORDERED.format(since=since, lists=lists), parameters)
    execute("ANALYZE ordered_past")
    execute(_UNITS)
    execute(_WAITS, parameters)
    execute(_DIFFERENCES, parameters)


def forget() -> None:
    """Drop the temporary tables, so that the same transaction can look at another province."""
    execute("DROP TABLE IF EXISTS concerned, ordered_month, newcomer, elsewhere, due_past, ordered_past, difference, named, caused")
