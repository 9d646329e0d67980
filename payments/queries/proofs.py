"""The rules that the books of a province must keep, each as one SELECT of the rows that break it. Read within one transaction, for temporary tables.

Each SELECT yields (table, id, household_id, month, figures as JSON), in an order that makes "the first" the same row every time.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Every part of every line of these months: "o" names the line that a carried part comes from, "r" the order of a correction.
_PARTS = """
CREATE TEMP TABLE proof_part ON COMMIT DROP AS
SELECT l.month, p.id AS line_id, p.list_id, p.household_id, l.released_at IS NOT NULL AS released,
  c.p, c.b, (c.m || '-01')::date AS for_month, c.a, c.o
FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS c(p bigint, b text, m text, a bigint, o bigint)
WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[])
"""
_STANDS = """
CREATE TEMP TABLE proof_stand ON COMMIT DROP AS
SELECT e.month, e.line_id, max(e.list_id) AS list_id, max(e.household_id) AS household_id,
  coalesce(sum(e.amount) FILTER (WHERE e.debit = 1), 0) AS due, coalesce(sum(e.amount) FILTER (WHERE e.debit = 11), 0) AS carried,
  coalesce(sum(e.amount) FILTER (WHERE e.debit = 2 AND e.credit = 8), 0) AS recovered,
  coalesce(sum(e.amount) FILTER (WHERE e.debit = 2 AND e.credit = 3), 0) AS ordered,
  coalesce(sum(e.amount) FILTER (WHERE e.credit = 11), 0) AS forwarded, count(*) FILTER (WHERE e.credit = 5) AS times_paid,
  ARRAY[{balances}] AS balances
FROM payments_ledgerentry e WHERE e.province_no = %(province)s AND e.month = ANY (%(months)s::date[]) GROUP BY 1, 2
""".format(
    balances=", ".join(
        f"coalesce(sum(CASE WHEN e.credit = {n} THEN e.amount WHEN e.debit = {n} THEN -e.amount END), 0)"
        for n in (2, 3, 4, 5, 6, 7, 8, 9, 10)
    )
)

# Months whose lists are released in the province, and not in a commune whose list of the month is still being drawn up: as corrections see them.
_DUE = """
CREATE TEMP TABLE proof_due ON COMMIT DROP AS
SELECT coalesce(e.person_id, -e.household_id) AS owner, e.benefit, m.month, max(e.person_id) AS person_id, max(e.household_id) AS household_id,
  sum(e.amount)::bigint AS amount, max(e.run_id) AS run_id, bool_or(w.decision_id IS NOT NULL) AS suspended,
  bool_or(d.source = 'inherited' AND m.month < date_trunc('month', d.created_at)::date) AS paid_before
FROM (SELECT DISTINCT month FROM payments_paymentlist
  WHERE province_no = %(province)s AND month = ANY (%(months)s::date[]) AND released_at IS NOT NULL) m
JOIN beneficiaries_entitlement e ON e.province_no = %(province)s AND e.superseded_by_run IS NULL AND e.amount > 0 AND e.from_month <= m.month
  AND (e.until_month IS NULL OR e.until_month > m.month)
LEFT JOIN beneficiaries_decision d ON d.id = e.decision_id
LEFT JOIN beneficiaries_suspension w ON w.decision_id = e.decision_id AND w.ended_at IS NULL AND w.from_month <= m.month
GROUP BY 1, 2, 3
"""
# What lines hold of a benefit and month, carried parts where they now are: a line whose money went on with a later one holds nothing any more.
_BOOKED = """
CREATE TEMP TABLE proof_booked ON COMMIT DROP AS
SELECT coalesce(x.p, -x.household_id) AS owner, x.b AS benefit, x.for_month AS month, max(x.p) AS person_id, max(x.household_id) AS household_id,
  sum(x.a)::bigint AS amount, max(x.line_id) AS line_id
FROM proof_part x LEFT JOIN proof_stand s ON s.month = x.month AND s.line_id = x.line_id
WHERE x.released AND x.for_month = ANY (%(months)s::date[]) AND coalesce(s.forwarded, 0) = 0 GROUP BY 1, 2, 3
"""
# The run that drew up the lists which should know of a month's changes: that of the next lists, else the month's own.
_KNOWN = """
CREATE TEMP TABLE proof_known ON COMMIT DROP AS
SELECT l.month, l.commune_id, bool_and(l.released_at IS NOT NULL) AS closed, greatest(max(l.run_id), (SELECT max(n.run_id) FROM payments_paymentlist n
  WHERE n.province_no = %(province)s AND n.month > l.month)) AS run_id
FROM payments_paymentlist l WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[]) GROUP BY l.month, l.commune_id
"""
_DIFFERS = """
CREATE TEMP TABLE proof_differs ON COMMIT DROP AS
SELECT coalesce(d.household_id, b.household_id) AS household_id, owner, benefit, month, coalesce(d.person_id, b.person_id) AS person_id,
  coalesce(d.amount, 0) AS due, coalesce(b.amount, 0) AS booked, b.line_id, d.run_id, coalesce(d.suspended, false) AS suspended
FROM proof_due d FULL JOIN proof_booked b USING (owner, benefit, month)
WHERE coalesce(d.amount, 0) <> coalesce(b.amount, 0) AND NOT coalesce(d.paid_before, false)
"""

# What explains a difference: it waits in a correction, its recovery was given up, the benefit is suspended, somebody noted as dead is held, the
# household is another province's now, its list of the month is not released, or it was computed after the last lists were drawn up.
_UNEXPLAINED = """
FROM proof_differs x JOIN households_household h ON h.id = x.household_id
LEFT JOIN proof_known k ON k.month = x.month AND k.commune_id = h.commune_id
WHERE NOT x.suspended AND coalesce(k.closed, true) AND h.province_no = %(province)s
  AND NOT EXISTS (SELECT 1 FROM payments_correction c WHERE c.household_id = x.household_id AND c.person_id IS NOT DISTINCT FROM x.person_id
    AND c.benefit = x.benefit AND c.month = x.month AND c.settled_at IS NULL AND sign(c.due - c.ordered) = sign(x.due - x.booked)
    AND abs(x.due - x.booked) <= abs(c.due - c.ordered))
  AND x.booked - x.due IS DISTINCT FROM (SELECT sum(w.amount)::bigint FROM payments_waiver w WHERE w.household_id = x.household_id
    AND w.person_id IS NOT DISTINCT FROM x.person_id AND w.benefit = x.benefit AND w.month = x.month)
  AND NOT EXISTS (SELECT 1 FROM core_hold o WHERE o.effect = 'no_payment' AND o.subject_kind = 'person' AND o.subject_id = x.person_id
    AND o.lifted_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM households_person p JOIN households_household y ON y.id = p.household_id
    WHERE p.id = x.person_id AND y.province_no <> %(province)s)
  AND NOT EXISTS (SELECT 1 FROM beneficiaries_entitlement e WHERE e.household_id = x.household_id
    AND greatest(e.run_id, coalesce(e.superseded_by_run, 0)) > coalesce(k.run_id, (SELECT max(run_id) FROM proof_known WHERE month = x.month)))
"""


@dataclass(frozen=True)
class Rule:
    """A promise of the books and the SELECT of what breaks it."""

    name: str
    sql: str


RULES = (
    Rule(
        "line_is_its_parts",
        """SELECT 'payments_paymentline', p.id, p.household_id, p.month, jsonb_build_object('total', p.total, 'parts', coalesce(x.a, 0),
             'carried', p.carried, 'carried_parts', coalesce(x.o, 0), 'recovery', p.recovery, 'recovery_parts', coalesce(x.less, 0))
           FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
           LEFT JOIN (SELECT month, line_id, sum(a) AS a, coalesce(sum(a) FILTER (WHERE o IS NOT NULL), 0) AS o,
             coalesce(-sum(a) FILTER (WHERE a < 0 AND o IS NULL), 0) AS less FROM proof_part GROUP BY 1, 2) x
             ON x.month = p.month AND x.line_id = p.id
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[])
             AND (p.total, p.carried, p.recovery) IS DISTINCT FROM (coalesce(x.a, 0), coalesce(x.o, 0), coalesce(x.less, 0)) ORDER BY 4, 2""",
    ),
    Rule(
        "list_is_its_lines",
        """SELECT 'payments_paymentlist', l.id, NULL::bigint, l.month,
             jsonb_build_object('list', l.amount + l.arrears - l.recovery + l.carried, 'lines', coalesce(x.net, 0))
           FROM payments_paymentlist l LEFT JOIN (SELECT list_id, month, sum(amount) AS amount, sum(arrears) AS arrears, sum(recovery) AS recovery,
             sum(carried) AS carried, sum(total) AS net FROM payments_paymentline
             WHERE province_no = %(province)s AND month = ANY (%(months)s::date[]) GROUP BY 1, 2) x ON x.list_id = l.id AND x.month = l.month
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[])
             AND (l.amount, l.arrears, l.recovery, l.carried)
               IS DISTINCT FROM (coalesce(x.amount, 0), coalesce(x.arrears, 0), coalesce(x.recovery, 0), coalesce(x.carried, 0)) ORDER BY 4, 2""",
    ),
    Rule(
        "line_is_booked",
        """SELECT 'payments_paymentline', p.id, p.household_id, p.month, jsonb_build_object('total', p.total, 'ordered', coalesce(s.ordered, 0),
             'due', p.amount + p.arrears, 'booked_due', coalesce(s.due, 0))
           FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
           LEFT JOIN proof_stand s ON s.month = p.month AND s.line_id = p.id
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[]) AND l.released_at IS NOT NULL
             AND (p.amount + p.arrears, p.carried, p.recovery, p.total)
               IS DISTINCT FROM (coalesce(s.due, 0), coalesce(s.carried, 0), coalesce(s.recovered, 0), coalesce(s.ordered, 0)) ORDER BY 4, 2""",
    ),
    Rule(
        "entry_has_its_line",
        """SELECT 'payments_ledgerentry', s.line_id, s.household_id, s.month, jsonb_build_object('ordered', s.ordered)
           FROM proof_stand s LEFT JOIN payments_paymentline p ON p.month = s.month AND p.id = s.line_id
           LEFT JOIN payments_paymentlist l ON l.id = p.list_id AND l.released_at IS NOT NULL
           WHERE l.id IS NULL OR s.list_id <> p.list_id OR s.household_id <> p.household_id ORDER BY 4, 2""",
    ),
    Rule(
        "balance_not_negative",
        """SELECT 'payments_ledgerentry', s.line_id, s.household_id, s.month,
             jsonb_build_object('balances', to_jsonb(s.balances), 'ordered', s.ordered)
           FROM proof_stand s WHERE 0 > ANY (s.balances) OR s.balances[1] <> 0
             OR s.balances[2] + s.balances[3] + s.balances[4] + s.balances[5] + s.balances[6] + s.balances[8] + s.balances[9] + s.forwarded
               <> s.ordered
           ORDER BY 4, 2""",
    ),
    Rule(
        "paid_once",
        """SELECT 'payments_ledgerentry', s.line_id, s.household_id, s.month, jsonb_build_object('times_paid', s.times_paid, 'line', s.ordered)
           FROM proof_stand s WHERE s.times_paid > 1 ORDER BY 4, 2""",
    ),
    Rule(
        "carried_has_both_sides",
        """SELECT 'payments_ledgerentry', e.id, e.household_id, e.month, jsonb_build_object('amount', e.amount, 'other_line', e.source_id)
           FROM payments_ledgerentry e WHERE e.province_no = %(province)s AND e.month = ANY (%(months)s::date[]) AND (e.debit = 11 OR e.credit = 11)
             AND NOT EXISTS (SELECT 1 FROM payments_ledgerentry o WHERE o.line_id = e.source_id AND o.source_kind = 6 AND o.source_id = e.line_id
               AND o.amount = e.amount AND (e.debit = 11 AND o.credit = 11 OR e.credit = 11 AND o.debit = 11)) ORDER BY 4, 2""",
    ),
    Rule(
        "listed_once",
        """SELECT 'payments_paymentline', x.last_line, x.household_id, x.month,
             jsonb_build_object('lines', x.lines, 'first_line', x.first_line, 'amount', x.amount)
           FROM (SELECT coalesce(p, -household_id) AS owner, b, month, max(household_id) AS household_id, count(*) AS lines,
             min(line_id) AS first_line, max(line_id) AS last_line, sum(a) AS amount
             FROM proof_part WHERE o IS NULL AND a > 0 AND for_month = month GROUP BY 1, 2, 3) x
           WHERE x.lines > 1 ORDER BY 4, 2""",
    ),
    Rule(
        "result_is_booked",
        """SELECT 'payments_paymentline', p.id, p.household_id, p.month,
             jsonb_build_object('line', p.total, 'paid', s.balances[4], 'result', coalesce(r.outcome, ''))
           FROM proof_stand s JOIN payments_paymentline p ON p.month = s.month AND p.id = s.line_id
           LEFT JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id
           WHERE s.ordered > 0 AND CASE
             WHEN s.balances[2] + s.balances[3] > 0 THEN coalesce(r.booked, false)
             WHEN s.balances[4] > 0 THEN r.outcome IS DISTINCT FROM 'paid' OR NOT r.booked
             ELSE r.outcome IS DISTINCT FROM 'unpaid' OR NOT r.booked END ORDER BY 4, 2""",
    ),
    Rule(
        "reconciled_is_settled",
        """SELECT 'payments_paymentlist', l.id, NULL::bigint, l.month, jsonb_build_object('list', l.amount + l.arrears - l.recovery + l.carried,
             'open', sum(s.balances[2] + s.balances[3] + s.balances[5]))
           FROM payments_paymentlist l JOIN proof_stand s ON s.month = l.month AND s.list_id = l.id
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[]) AND l.status IN ('reconciled', 'closed')
           GROUP BY l.id HAVING sum(s.balances[2] + s.balances[3] + s.balances[5]) <> 0 ORDER BY 4, 2""",
    ),
    Rule(
        "statement_is_ledger",
        """SELECT 'payments_statement', s.id, NULL::bigint, s.month, jsonb_build_object('advance', s.advance, 'booked_advance', x.advance,
             'paid', s.paid, 'booked_paid', x.paid, 'returned', s.returned, 'booked_returned', x.returned, 'fee', s.fee)
           FROM payments_statement s CROSS JOIN LATERAL (
             SELECT coalesce(sum(e.amount) FILTER (WHERE e.credit = 4), 0) AS advance,
               coalesce(sum(e.amount) FILTER (WHERE e.credit = 6), 0) AS returned,
               coalesce(sum(e.amount) FILTER (WHERE e.credit = 5), 0) - coalesce(sum(e.amount) FILTER (WHERE e.debit = 5), 0) AS paid,
               coalesce(sum(e.lines) FILTER (WHERE e.credit = 5), 0) - coalesce(sum(e.lines) FILTER (WHERE e.debit = 5), 0) AS payments
             FROM payments_statementlist t JOIN payments_ledgerposting e ON e.list_id = t.pay_list_id AND e.at <= s.figures_at
             WHERE t.statement_id = s.id
           ) x
           WHERE s.province_no = %(province)s AND s.month = ANY (%(months)s::date[])
             AND ((s.advance, s.paid, s.returned, s.payments) IS DISTINCT FROM (x.advance, x.paid, x.returned, x.payments)
               OR s.fee <> s.payments::bigint * s.fee_per_payment + div(s.paid::numeric * s.fee_basis_points + 5000, 10000)) ORDER BY 4, 2""",
    ),
    Rule(
        "line_has_entitlement",
        f"""SELECT 'payments_paymentline', x.line_id, x.household_id, x.month,
             jsonb_build_object('due', x.due, 'booked', x.booked, 'benefit', x.benefit)
           {_UNEXPLAINED} AND x.due = 0 ORDER BY 4, 2""",
    ),
    Rule(
        "due_is_accounted_for",
        f"""SELECT 'beneficiaries_entitlement', coalesce((SELECT min(e.id) FROM beneficiaries_entitlement e WHERE e.household_id = x.household_id
             AND e.person_id IS NOT DISTINCT FROM x.person_id AND e.benefit = x.benefit AND e.superseded_by_run IS NULL), x.line_id),
             x.household_id, x.month, jsonb_build_object('due', x.due, 'booked', x.booked, 'missing', x.due - x.booked, 'benefit', x.benefit)
           {_UNEXPLAINED} AND x.due <> 0 ORDER BY 4, 2""",
    ),
)


@dataclass(frozen=True)
class Finding:
    """The first row that breaks a rule, and how many there are. ``figures`` are đồng or counts; ``household`` is the code, "" for a list."""

    rule: str
    table: str
    id: int
    household: str
    month: datetime.date
    figures: dict[str, Any]
    rows: int


def gather(province_no: int, months: list[datetime.date]) -> None:
    """Leave parts, standings and what is due of a province in temporary tables of this transaction."""
    parameters: dict[str, Any] = {"province": province_no, "months": months}
    with connection.cursor() as cursor:
        for statement in (_PARTS, _STANDS, _DUE, _KNOWN):
            cursor.execute(statement, parameters)
        cursor.execute("ANALYZE proof_part, proof_stand, proof_due, proof_known")
        cursor.execute(_BOOKED, parameters)
        cursor.execute("ANALYZE proof_booked")
        cursor.execute(_DIFFERS, parameters)
        cursor.execute("ANALYZE proof_differs")


def first_broken(rule: Rule, province_no: int, months: list[datetime.date]) -> Finding | None:
    """The first row that breaks a rule, after ``gather``."""
    sql = f"""SELECT x.*, count(*) OVER (), (SELECT code FROM households_household h WHERE h.id = x.household) FROM ({rule.sql})
      x("table", id, household, month, figures) ORDER BY x.month, x.id LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"province": province_no, "months": months})
        row = cursor.fetchone()
    if row is None:
        return None
    table, pk, _household, month, figures, rows, code = row
    return Finding(rule.name, table, pk, code or "", month, json.loads(figures) if isinstance(figures, str) else figures, rows)


def months_with_lists(province_no: int) -> list[datetime.date]:
    """Months of a province's lists, drafts too, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT month FROM payments_paymentlist WHERE province_no = %s ORDER BY 1", [province_no])
        return [row[0] for row in cursor.fetchall()]


def size(province_no: int, months: list[datetime.date]) -> tuple[int, int]:
    """How many lines were proved and the đồng that they ordered, after ``gather``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(ordered), 0)::bigint FROM proof_stand WHERE ordered > 0")
        row = cursor.fetchone()
    return int(row[0]), int(row[1])


def delivered_files(province_no: int, months: list[datetime.date]) -> list[tuple[int, datetime.date, int, list[dict[str, Any]]]]:
    """(list id, month, what the list pays in đồng, files) of lists sent to an agency."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.month, l.amount + l.arrears - l.recovery + l.carried, d.files FROM payments_delivery d"
            " JOIN payments_paymentlist l ON l.id = d.pay_list_id WHERE l.province_no = %s AND l.month = ANY (%s::date[]) ORDER BY l.month, l.id",
            [province_no, months],
        )
        return [(pk, month, int(payable), json.loads(files) if isinstance(files, str) else files) for pk, month, payable, files in cursor]


def released_lists(province_no: int, months: list[datetime.date]) -> list[tuple[int, datetime.date, str]]:
    """(id, month, checksum) of released lists."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, month, checksum FROM payments_paymentlist WHERE province_no = %s AND month = ANY (%s::date[])"
            " AND released_at IS NOT NULL ORDER BY month, id",
            [province_no, months],
        )
        return list(cursor.fetchall())
