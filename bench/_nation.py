"""A nation's approved lists of one month, made by SQL: households, persons, decisions, entitlements, lists, lines. Everybody is invented."""

from __future__ import annotations

import datetime
import sys
import time
from typing import Any

import psycopg

from bench._machine import owner, together
from households.crypto import seal
from households.generator import loading

MONTH = datetime.date(2026, 11, 1)
# Of statements that write more rows, the run tells the time.
LONG = 100_000
TABLES = (
    "households_change", "households_household", "households_person", "households_nationalid", "beneficiaries_decision",
    "beneficiaries_entitlement", "payments_paymentlist", "payments_paymentline",
)  # fmt: skip
# Loaded without their indexes, which are made afterwards.
LOADED = TABLES[:6]
# With these go, by CASCADE, what hangs on lists: orders, steps, deliveries, results.
CLEARED = (
    *TABLES, "payments_ledgerentry", "payments_ledgerposting", "payments_ledgercheck", "payments_ordered", "beneficiaries_package",
    "beneficiaries_runshard", "beneficiaries_run", "households_changefeed", "core_hold", "core_dutydone", "core_job", "core_joblogline",
    "core_outboxmessage", "core_workitem", "core_assigneditem", "payments_agency",
)  # fmt: skip

# Communes differ in size as real ones do: the largest has four times the lines of the smallest. What rounding leaves goes to the first.
_COMMUNES = """
CREATE TEMP TABLE chosen AS
WITH numbered AS (
  SELECT id, code, province_no, position, row_number() OVER (ORDER BY position) AS n, count(*) OVER () AS of,
    0.4 + 1.2 * (hashint4(id::int) & 65535) / 65535.0 AS weight
  FROM core_area WHERE level = 'commune' AND valid_to IS NULL AND position IS NOT NULL AND province_no = ANY (ARRAY(
    SELECT DISTINCT province_no FROM core_area WHERE level = 'commune' AND valid_to IS NULL ORDER BY 1 LIMIT %(provinces)s))
), taken AS (
  SELECT * FROM numbered WHERE n * %(communes)s / of <> (n - 1) * %(communes)s / of
)
SELECT id, code, province_no, position, greatest(1, floor(%(lines)s * weight / sum(weight) OVER ()))::int AS homes,
  row_number() OVER (ORDER BY position) AS n FROM taken
"""
_LEVEL_OUT = "UPDATE chosen SET homes = homes + greatest(0, %(lines)s - (SELECT sum(homes) FROM chosen)) WHERE n = 1"
_CHANGES = """
INSERT INTO households_change (id, kind, reason, source, province_no, area_pos, at)
SELECT n, 'generated', '', '', province_no, position, now() FROM chosen
"""
_HOUSEHOLDS = """
INSERT INTO households_household (id, code, address, commune_id, residence_kind, poverty, change_id, province_no, area_pos)
SELECT row_number() OVER (ORDER BY c.n, k), c.code || '-' || k, '', c.id, 'rural', 'poor', c.n, c.province_no, c.position
FROM chosen c CROSS JOIN LATERAL generate_series(1, c.homes) k ORDER BY c.n, k
"""
# One member in every household is on the rolls, in every third two.
_PERSONS = """
INSERT INTO households_person (id, full_name, name_key, name_sort, sex, born, born_precision, relation, household_id, change_id, province_no,
  area_pos, was_in_5_1, hiv, no_supporter, facility_eligible, pension, other_income, pregnant, boards_at_school, disability_degree, disability_type)
SELECT h.id * 2 + n - 1, 'Người ' || h.id, 'nguoi', 'nguoi', 'female', date '1930-01-01' + (h.id * 37 + n * 9000)::int %% 25000, 'day',
  CASE n WHEN 1 THEN 'head' ELSE 'child' END, h.id, h.change_id, h.province_no, h.area_pos, false, false, false, false, 0, false, false, false,
  'severe', 'mobility'
FROM households_household h CROSS JOIN LATERAL generate_series(1, CASE WHEN h.id %% 3 = 0 THEN 2 ELSE 1 END) n ORDER BY h.id, n
"""
# Everybody who is paid has a number. The same one: what it costs to open it is the same as well.
_NUMBERS = """
INSERT INTO households_nationalid (person_id, kind, number_enc, number_index, tail, change_id, province_no, area_pos)
SELECT id, 'cccd', %(number)s, substr(sha256(int8send(id)), 1, 16), '000', change_id, province_no, area_pos
FROM households_person WHERE relation = 'head' ORDER BY id
"""
# Most were taken over from the old lists, as in the first months of the real thing: the release looks for what brought them.
_DECISIONS = """
INSERT INTO beneficiaries_decision (id, person_id, household_id, benefit, signed_on, from_month, number, source, change_id, province_no, area_pos)
SELECT id, id, household_id, 'TCXH-5.6', '2024-01-05', '2024-01-01', '', CASE WHEN id %% 5 = 0 THEN 'decision' ELSE 'inherited' END,
  change_id, province_no, area_pos FROM households_person ORDER BY id
"""
_ENTITLEMENTS = """
INSERT INTO beneficiaries_entitlement (person_id, household_id, benefit, coefficient, amount, from_month, law_version, decision_id, run_id,
  province_no, area_pos)
SELECT id, household_id, 'TCXH-5.6', 1.5, 810000, %(month)s, 'bench', id, 0, province_no, area_pos FROM households_person ORDER BY id
"""
_LISTS = """
INSERT INTO payments_paymentlist (month, commune_id, channel, status, number, households, amount, arrears, recovery, run_id, checksum, province_no,
  area_pos)
SELECT %(month)s, c.id, 'post', 'draft', '', c.homes, 0, 0, 0, 0, '', c.province_no, c.position FROM chosen c ORDER BY c.n
"""
_LINES = """
INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, amount, total, components, province_no, area_pos)
SELECT %(month)s, l.id, p.household_id, min(p.id), 810000 * count(*), 810000 * count(*),
  ('[' || string_agg('{"p":' || p.id || ',"b":"TCXH-5.6","m":"' || to_char(%(month)s::date, 'YYYY-MM') || '","c":1.5,"a":810000}', ',' ORDER BY p.id)
    || ']')::jsonb, l.province_no, l.area_pos
FROM payments_paymentlist l JOIN households_household h ON h.commune_id = l.commune_id JOIN households_person p ON p.household_id = h.id
GROUP BY l.id, p.household_id, l.province_no, l.area_pos ORDER BY l.id, p.household_id
"""
_TOTALS = """
UPDATE payments_paymentlist l SET households = x.lines, amount = x.amount
FROM (SELECT list_id, count(*) AS lines, sum(amount) AS amount FROM payments_paymentline GROUP BY 1) x WHERE x.list_id = l.id
"""
_STEPS = """
INSERT INTO payments_liststep (pay_list_id, move, reason, province_no, area_pos)
SELECT l.id, m, 'đo tốc độ', l.province_no, l.area_pos FROM payments_paymentlist l CROSS JOIN unnest(ARRAY['prepare', 'check', 'approve']) m
"""
# One post office with a counter in every commune.
_PAYER = """
INSERT INTO payments_agency (code, name, kind, contract_no, fee_per_payment, fee_basis_points, on_time_percent, success_percent, bic, paying_account,
  is_active)
VALUES ('VNPOST', 'Bưu điện Việt Nam', 'post', '', 0, 50, 95, 98, '', '', true)
"""
_POINTS = """
INSERT INTO payments_servicepoint (agency_id, code, name, commune_id, address, phone, hours, is_active, province_no, area_pos)
SELECT a.id, c.code, 'Điểm ' || c.code, c.id, '', '', '', true, c.province_no, c.position FROM chosen c, payments_agency a
"""
_PAYS = """
INSERT INTO payments_servicearea (commune_id, channel, agency_id, service_point_id, since, province_no, area_pos)
SELECT commune_id, 'post', agency_id, id, %(month)s, province_no, area_pos FROM payments_servicepoint
"""


def settle(*, lines: int, communes: int, provinces: int) -> float:
    """A database with that many lines in that many communes' lists, approved by the system; seconds. Everything before is emptied."""
    began = time.monotonic()
    together([[sys.executable, "manage.py", "migrate", "-v0"]])
    with owner(autocommit=True) as server:
        if server.execute("SELECT count(*) FROM core_area").fetchone() == (0,):
            together([[sys.executable, "manage.py", "load_areas"]])
    with owner() as server:
        server.execute(f"TRUNCATE {', '.join(CLEARED)} RESTART IDENTITY CASCADE")
        server.execute("SELECT payments_open_month(%s)", [MONTH])
        _fill(
            server,
            {"lines": lines, "communes": communes, "provinces": provinces, "month": MONTH, "number": seal("001088000000").number_enc},
        )
    with owner(autocommit=True) as server:
        server.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
        server.execute("ANALYZE payments_liststep")
    return time.monotonic() - began


def _fill(server: psycopg.Connection[Any], parameters: dict[str, Any]) -> None:
    server.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '512MB'")
    # CREATE TABLE AS takes no values of its own; this cursor writes them into the text.
    cursor = psycopg.ClientCursor(server)
    steps = loading.take_off(server, LOADED)
    for statement in (
        _COMMUNES,
        _LEVEL_OUT,
        _CHANGES,
        _HOUSEHOLDS,
        _PERSONS,
        _NUMBERS,
        _DECISIONS,
        _ENTITLEMENTS,
        _LISTS,
        _LINES,
        _TOTALS,
        _STEPS,
        _PAYER,
        _POINTS,
        _PAYS,
    ):
        began = time.monotonic()
        cursor.execute(statement, parameters)
        if cursor.rowcount > LONG:
            print(f"  {statement.split()[2]}: {cursor.rowcount:,} rows in {time.monotonic() - began:,.0f} s", flush=True)
        if statement in (_COMMUNES, _HOUSEHOLDS, _PERSONS, _LISTS):
            server.execute("ANALYZE households_household, households_person, payments_paymentlist")
    began = time.monotonic()
    loading.put_back(server, steps)
    print(f"  indexes in {time.monotonic() - began:,.0f} s", flush=True)
    loading.advance_sequences(server, LOADED)
    server.execute("UPDATE payments_paymentlist SET status = 'approved', prepared_at = now(), checked_at = now(), approved_at = now()")
