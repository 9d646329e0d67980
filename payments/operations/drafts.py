"""Draft lists of a month, written in the transaction that computed the month: one list per commune and channel, one line per household,
and one of his own for whom it is so decided (`payments.operations.payees`)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection

from beneficiaries.operations import Computed, Shard, by_index, execute
from payments.models import Channel
from payments.operations import carrying, corrections, payees
from payments.statuses import PENDING

# Suspended benefits stay due and are not ordered: by the code they are due under, which a successor law may have renamed.
WITHHELD = """
CREATE TEMP TABLE withheld ON COMMIT DROP AS
SELECT s.decision_id, s.from_month, d.household_id, d.person_id, d.benefit
FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
WHERE s.province_no = %(province)s AND s.ended_at IS NULL
UNION
SELECT s.decision_id, s.from_month, e.household_id, e.person_id, e.benefit
FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
JOIN beneficiaries_entitlement e ON e.household_id = d.household_id AND e.decision_id = s.decision_id
WHERE s.province_no = %(province)s AND s.ended_at IS NULL
"""

# Who moved is paid for the month by the old family's list that somebody has in hand or that was released, and not by the new family's as well.
_LISTED = """
CREATE TEMP TABLE listed ON COMMIT DROP AS
SELECT DISTINCT p.household_id, x.p AS person_id, x.b AS benefit
FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, o bigint)
JOIN households_person n ON n.id = x.p AND n.household_id <> p.household_id
WHERE l.month = %(month)s AND l.province_no = %(province)s AND (l.status <> 'draft' OR l.kind <> 'regular') AND x.o IS NULL AND x.m = %(label)s
"""

# Each benefit of each person of each month is a component; the order is fixed, so that a second draft can be compared with the first. Written as
# text and read once per line: building a JSON object per component costs two and a half times as much.
_PARTS = """
CREATE TEMP TABLE regular ON COMMIT DROP AS
SELECT x.household_id, sum(x.amount)::bigint AS amount, ('[' || string_agg(
  '{"p":' || coalesce(x.person_id::text, 'null') || ',"b":' || to_json(x.benefit) || ',"m":"' || %(label)s || '","c":'
  || coalesce(x.coefficient::text, 'null') || ',"a":' || x.amount || '}', ',') || ']')::jsonb AS components
FROM (
  SELECT d.household_id, d.person_id, d.benefit, d.coefficient, d.amount FROM due d
  WHERE d.amount > 0 AND (d.person_id IS NULL OR d.person_id NOT IN (SELECT person_id FROM held))
    AND (d.decision_id IS NULL OR d.decision_id NOT IN (SELECT decision_id FROM withheld WHERE from_month <= %(month)s))
    AND NOT EXISTS (SELECT 1 FROM listed t WHERE t.person_id = d.person_id AND t.benefit = d.benefit AND t.household_id <> d.household_id)
  ORDER BY d.household_id, d.person_id, d.benefit
) x GROUP BY x.household_id
"""

# Every household's line as this run sees it; what may not be written is taken out below.
_PAYEE = "coalesce(y.payee_id, c.payee_id, k.payee_id)"
_LINES = f"""
CREATE TEMP TABLE draft ON COMMIT DROP AS
SELECT x.* FROM (
  SELECT h.id AS household_id, h.commune_id, h.area_pos, v.position AS village_pos,
    {_PAYEE} AS payee_id, NULL::bigint AS person_id, {payees.COLUMNS}, coalesce(r.amount, 0) AS amount, coalesce(k.carried, 0) AS carried,
    coalesce(c.arrears, 0) AS arrears, coalesce(c.recovery, 0) AS recovery,
    coalesce(r.components, '[]') || coalesce(c.components, '[]') || coalesce(k.components, '[]') AS components
  FROM regular r FULL JOIN correction_sum c ON c.household_id = r.household_id
  FULL JOIN carried_sum k ON k.household_id = coalesce(r.household_id, c.household_id)
  JOIN households_household h ON h.id = coalesce(r.household_id, c.household_id, k.household_id)
  LEFT JOIN payee y ON y.household_id = h.id
  LEFT JOIN core_area v ON v.id = h.village_id
  {payees.JOINS.format(payee=_PAYEE)}
  WHERE h.area_pos >= %(lo)s AND h.area_pos < %(hi)s
) x
WHERE x.amount > 0 OR x.arrears > 0 OR x.carried > 0
"""

# A list that somebody has in hand is not rewritten: what this run would pay otherwise is kept beside it, household by household.
_NO_DRIFT = """
DELETE FROM payments_listdrift f USING payments_paymentlist l
WHERE l.id = f.pay_list_id AND l.month = %(month)s AND l.province_no = %(province)s
"""
_DRIFT = """
INSERT INTO payments_listdrift (pay_list_id, household_id, was, now, run_id, province_no, area_pos)
SELECT l.id, x.household_id, sum(x.was), sum(x.now), %(run)s, l.province_no, max(x.area_pos)
FROM (
  SELECT coalesce(o.commune_id, d.commune_id) AS commune_id, coalesce(o.channel, d.channel) AS channel,
    coalesce(o.household_id, d.household_id) AS household_id, coalesce(o.total, 0) AS was,
    coalesce(d.amount + d.arrears - d.recovery + d.carried, 0) AS now, coalesce(d.area_pos, o.area_pos) AS area_pos,
    o.components IS DISTINCT FROM d.components AS differs
  FROM draft d
  FULL JOIN (
    SELECT p.household_id, p.person_id, p.total, p.area_pos, p.components, l.commune_id, l.channel FROM payments_paymentlist l
    JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
    WHERE l.month = %(month)s AND l.province_no = %(province)s AND l.kind = 'regular' AND l.status = ANY(%(pending)s)
  ) o ON (o.household_id, coalesce(o.person_id, 0)) = (d.household_id, coalesce(d.person_id, 0))
) x
JOIN payments_paymentlist l ON l.month = %(month)s AND l.commune_id = x.commune_id AND l.channel = x.channel
  AND l.kind = 'regular' AND l.status = ANY(%(pending)s)
WHERE x.was <> x.now OR x.differs
GROUP BY l.id, x.household_id, l.province_no
"""

# A household whose commune's list of this month is in somebody's hands or released waits for the next month, or a supplementary list.
_NOT_DRAFTS = """
DELETE FROM draft USING payments_paymentlist l
WHERE l.month = %(month)s AND l.commune_id = draft.commune_id AND l.channel = draft.channel AND l.kind = 'regular' AND l.status <> 'draft'
"""
# So does one that stands on another commune's list, or on a list besides the regular ones that pays this month.
_ALREADY_ORDERED = """
DELETE FROM draft USING payments_paymentline o
WHERE o.month = %(month)s AND o.household_id = draft.household_id AND o.person_id IS NOT DISTINCT FROM draft.person_id
  AND (o.list_id = ANY (ARRAY(SELECT id FROM payments_paymentlist WHERE month = %(month)s AND province_no = %(province)s
    AND (status <> 'draft' AND kind = 'regular' OR kind = 'supplementary')))
  OR draft.amount = 0 AND o.list_id = ANY (ARRAY(SELECT id FROM payments_paymentlist WHERE month = %(month)s AND province_no = %(province)s
    AND kind = 'closing')))
"""

_LISTS = """
INSERT INTO payments_paymentlist
  (month, commune_id, channel, kind, sequence, status, number, households, amount, arrears, recovery, carried, run_id, checksum,
   province_no, area_pos)
SELECT %(month)s, d.commune_id, d.channel, 'regular', 1, 'draft', '', count(DISTINCT d.household_id), sum(d.amount), sum(d.arrears),
  sum(d.recovery), sum(d.carried), %(run)s, '', %(province)s, a.position
FROM draft d JOIN core_area a ON a.id = d.commune_id GROUP BY d.commune_id, d.channel, a.position
ON CONFLICT (month, commune_id, channel, kind, sequence) DO UPDATE
SET households = excluded.households, amount = excluded.amount, arrears = excluded.arrears, recovery = excluded.recovery,
  carried = excluded.carried, run_id = excluded.run_id
WHERE payments_paymentlist.status = 'draft'
  AND (payments_paymentlist.households, payments_paymentlist.amount, payments_paymentlist.arrears, payments_paymentlist.recovery,
    payments_paymentlist.carried) IS DISTINCT FROM (excluded.households, excluded.amount, excluded.arrears, excluded.recovery, excluded.carried)
"""

_COLUMNS = (
    "month, list_id, household_id, payee_id, person_id, receiver_id, account_id, amount, arrears, recovery, carried, total, components, village_pos,"
    " province_no, area_pos"
)
_NEW_ROWS = """
SELECT %(month)s::date AS month, l.id AS list_id, d.household_id, d.payee_id, d.person_id, d.receiver_id, d.account_id, d.amount, d.arrears,
  d.recovery, d.carried, d.amount + d.arrears - d.recovery + d.carried AS total,
  d.components, d.village_pos, %(province)s::smallint AS province_no, d.area_pos
FROM draft d JOIN payments_paymentlist l ON l.month = %(month)s AND l.commune_id = d.commune_id AND l.channel = d.channel
  AND l.kind = 'regular'
"""

# The lists' ids as an array: an index finds their lines, where a join would read every line of the country's month.
_DIFFERENCE = f"""
CREATE TEMP TABLE line_difference ON COMMIT DROP AS
SELECT o.id AS old_id, n.* FROM ({_NEW_ROWS}) n
FULL JOIN (
  SELECT p.* FROM payments_paymentline p WHERE p.month = %(month)s AND p.list_id = ANY (ARRAY(
    SELECT id FROM payments_paymentlist WHERE month = %(month)s AND province_no = %(province)s AND status = 'draft' AND kind = 'regular'))
) o ON (o.household_id, coalesce(o.person_id, 0)) = (n.household_id, coalesce(n.person_id, 0))
WHERE (n.list_id, n.payee_id, n.receiver_id, n.account_id, n.amount, n.arrears, n.recovery, n.carried, n.components)
  IS DISTINCT FROM (o.list_id, o.payee_id, o.receiver_id, o.account_id, o.amount, o.arrears, o.recovery, o.carried, o.components)
"""

_EMPTY_LISTS = """
DELETE FROM payments_paymentlist l WHERE l.month = %(month)s AND l.province_no = %(province)s AND l.status = 'draft'
  AND l.kind = 'regular' AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.commune_id = l.commune_id AND d.channel = l.channel)
"""


def write_drafts(shard: Shard, computed: Computed) -> None:
    """Draw up the draft lists of a province from the temporary tables its computation left; a second time writes only what differs."""
    parameters: dict[str, Any] = {
        "run": shard.run_id,
        "month": shard.month,
        "label": f"{shard.month:%Y-%m}",
        "province": shard.place.province_no,
        "lo": shard.place.lo,
        "hi": shard.place.hi,
        "channel": Channel.POST.value,
        "pending": list(PENDING),
    }
    _open_month(shard.month)
    with by_index():
        execute(WITHHELD, parameters)
    execute("ANALYZE withheld")
    execute(_LISTED, parameters)
    execute(_PARTS, parameters)
    execute("ANALYZE regular")
    corrections.gather(shard)
    carrying.gather(shard)
    payees.gather(month=shard.month, lo=shard.place.lo, hi=shard.place.hi)
    execute(_LINES, parameters)
    payees.split_drafts(parameters)
    execute("ANALYZE draft")
    is_first = not _has_lines(parameters)
    if not is_first:
        execute(_NO_DRIFT, parameters)
        execute(_DRIFT, parameters)
        execute(_NOT_DRAFTS, parameters)
        execute(_ALREADY_ORDERED, parameters)
    execute(_LISTS, parameters)
    if is_first:
        execute(f"INSERT INTO payments_paymentline ({_COLUMNS}) {_NEW_ROWS}", parameters)
    else:
        _write_differences(parameters)
    execute(_EMPTY_LISTS, parameters)


def _write_differences(parameters: dict[str, Any]) -> None:
    execute(_DIFFERENCE, parameters)
    execute("ANALYZE line_difference")
    with by_index():
        execute("DELETE FROM payments_paymentline WHERE month = %(month)s AND id IN (SELECT old_id FROM line_difference)", parameters)
    execute(
        f"INSERT INTO payments_paymentline ({_COLUMNS}) SELECT {_COLUMNS} FROM line_difference WHERE household_id IS NOT NULL", parameters
    )


def _open_month(month: datetime.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_open_month(%s)", [month])


def _has_lines(parameters: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM payments_paymentlist WHERE month = %(month)s AND province_no = %(province)s LIMIT 1", parameters)
        return cursor.fetchone() is not None
