"""Unpaid money that waits in the ledger joins the household's next line: whole lines, with the parts they had, each naming the line it comes from.

Every waiting line of a household is taken, the oldest first in the line's parts; the household is where its people are now.
"""

from __future__ import annotations

from typing import Any

from beneficiaries.operations import Shard, by_index, execute

# Where a line's money stands tells the ledger; 24 list months back are looked at, longer nothing waits without being suspended or written off.
# Money that somebody has asked to write off waits for the answer; that of a family suspended because it does not come waits for its return.
_WAITING = """
CREATE TEMP TABLE waiting ON COMMIT DROP AS
SELECT e.month, e.line_id
FROM (
  SELECT DISTINCT month, line_id FROM payments_ledgerentry WHERE province_no = %(province)s AND credit = 7
    AND month < %(month)s AND month >= (%(month)s::date - interval '24 months')::date
) c JOIN payments_ledgerentry e ON e.month = c.month AND e.line_id = c.line_id AND 7 IN (e.credit, e.debit)
GROUP BY e.month, e.line_id
HAVING sum(CASE WHEN e.credit = 7 THEN e.amount ELSE -e.amount END) > 0
"""

# A line is held back when everybody it pays is suspended for not coming, and not before: lines are not cut.
HELD = """NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(p.components) AS part(p bigint) WHERE NOT EXISTS (
    SELECT 1 FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
    WHERE d.household_id = p.household_id AND d.person_id IS NOT DISTINCT FROM part.p AND s.ground = 'uncollected' AND s.ended_at IS NULL))"""

# A line that was drawn up with the same money and is still in somebody's hands keeps it.
_SUM = f"""
CREATE TEMP TABLE carried_sum ON COMMIT DROP AS
SELECT p.household_id, sum(p.total) FILTER (WHERE x.place = 1)::bigint AS carried,
  jsonb_agg(x.part || jsonb_build_object('o', p.id) ORDER BY p.month, p.id, x.place) AS components,
  (SELECT y.id FROM households_person y WHERE y.household_id = p.household_id AND y.died_on IS NULL
     AND y.id NOT IN (SELECT person_id FROM held)
   ORDER BY (y.relation = 'head') DESC NULLS LAST, y.born NULLS LAST, y.id LIMIT 1) AS payee_id
FROM waiting w JOIN payments_paymentline p ON p.month = w.month AND p.id = w.line_id
CROSS JOIN LATERAL jsonb_array_elements(p.components) WITH ORDINALITY AS x(part, place)
WHERE NOT EXISTS (SELECT 1 FROM taken t WHERE t.old_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM payments_writeoff f WHERE f.month = p.month AND f.line_id = p.id AND f.state = 'asked')
  AND NOT ({HELD})
GROUP BY p.household_id
"""
_TAKEN = """
CREATE TEMP TABLE taken ON COMMIT DROP AS
SELECT DISTINCT c.o AS old_id
FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id AND p.carried > 0
CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS c(o bigint)
WHERE l.province_no = %(province)s AND l.month >= (%(month)s::date - interval '24 months')::date AND l.released_at IS NULL AND c.o IS NOT NULL
  AND NOT (l.month = %(month)s AND l.status = 'draft' AND l.kind = 'regular')
"""


def gather(shard: Shard) -> None:
    """Leave in ``carried_sum`` what each household of the province is still to get of earlier lists: (household_id, carried, components)."""
    parameters: dict[str, Any] = {"month": shard.month, "province": shard.place.province_no}
    with by_index():
        execute(_WAITING, parameters)
        execute("ANALYZE waiting")
        execute(_TAKEN, parameters)
        execute(_SUM, parameters)
        execute("ANALYZE carried_sum")
