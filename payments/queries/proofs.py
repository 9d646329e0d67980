"""What the rules of the books look at (payments.queries.proof_rules), gathered in temporary tables within one transaction, and what breaks them."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.queries.proof_rules import RULES, Rule

__all__ = ["RULES", "Finding", "Rule", "first_broken", "gather"]

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
# What stands on lists that are not released yet, of whichever commune.
_WAITING = """
CREATE TEMP TABLE proof_waiting ON COMMIT DROP AS
SELECT coalesce(p, -household_id) AS owner, b AS benefit, for_month AS month, sum(a)::bigint AS amount
FROM proof_part WHERE NOT released AND o IS NULL AND for_month = ANY (%(months)s::date[]) GROUP BY 1, 2, 3
"""
_DIFFERS = """
CREATE TEMP TABLE proof_differs ON COMMIT DROP AS
SELECT coalesce(d.household_id, b.household_id) AS household_id, owner, benefit, month, coalesce(d.person_id, b.person_id) AS person_id,
  coalesce(d.amount, 0) AS due, coalesce(b.amount, 0) AS booked, b.line_id, d.run_id, coalesce(d.suspended, false) AS suspended,
  w.amount AS waiting
FROM proof_due d FULL JOIN proof_booked b USING (owner, benefit, month) LEFT JOIN proof_waiting w USING (owner, benefit, month)
WHERE coalesce(d.amount, 0) <> coalesce(b.amount, 0) AND NOT coalesce(d.paid_before, false)
"""


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
        # A small sample tells the planner how much there is, and that is all it must know.
        cursor.execute("SET LOCAL default_statistics_target = 10")
        for statement in (_PARTS, _STANDS, _DUE, _KNOWN):
            cursor.execute(statement, parameters)
        cursor.execute("ANALYZE proof_part, proof_stand, proof_due, proof_known")
        cursor.execute(_BOOKED, parameters)
        cursor.execute(_WAITING, parameters)
        cursor.execute("ANALYZE proof_booked, proof_waiting")
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


def kept_files(province_no: int, months: list[datetime.date]) -> list[tuple[int, datetime.date, str, str, bool]]:
    """(list id, month, file, sha256, whether the list's own row names that checksum) of the files kept of released lists."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.month, f.file, f.sha256, f.format <> 'pdf' OR l.file_sha256 = f.sha256 FROM payments_listfile f"
            " JOIN payments_paymentlist l ON l.id = f.pay_list_id WHERE l.province_no = %s AND l.month = ANY (%s::date[]) ORDER BY l.month, l.id",
            [province_no, months],
        )
        return list(cursor.fetchall())
