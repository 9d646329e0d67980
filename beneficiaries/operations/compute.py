"""One month of one province: the law's statement into a temporary table, families from it, spans from both. Set-based; no row passes through here."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from beneficiaries import evaluation
from beneficiaries.frequency import single_months
from beneficiaries.operations import rebuild
from beneficiaries.operations.spans import ENTITLEMENTS, PACKAGES, Step, Written, by_index, execute, write_month
from policy.model import Law
from posasoft.core.months import add_months, last_day

# Two workers share the machine: each statement gets memory for its hashes and one process. JIT costs more than it gives on one province.
# A small sample is enough to tell the planner the size of a temporary table. Under row-level security the planner takes a province for
# one two-hundredth of the table and would walk it by nested loops: 60 s for 0.5 s.
SETTINGS = {
    "work_mem": "256MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "enable_nestloop": "off",
    "default_statistics_target": "10",
    "idle_in_transaction_session_timeout": "60s",
}


# Up to so many households an index beats a pass over the province.
FEW = 5000


@dataclass(frozen=True)
class Place:
    """A province: its shard number and the half-open range of area positions it covers."""

    province_no: int
    lo: int
    hi: int


@dataclass(frozen=True)
class Computed:
    """What a month of a province came to; money in đồng."""

    households: int
    lines: int
    amount: int
    opened: int
    closed: int
    reopened: int


# A household's line counts for nobody in particular; nobody noted as dead is paid, nor may be the one who signs for the family.
_HELD = """
CREATE TEMP TABLE held ON COMMIT DROP AS
SELECT DISTINCT subject_id AS person_id FROM core_hold WHERE effect = 'no_payment' AND subject_kind = 'person' AND lifted_at IS NULL
"""

_FAMILY = """
CREATE TEMP TABLE {family} ON COMMIT DROP AS
SELECT {month} AS month, d.household_id, sum(d.amount)::bigint AS amount, count(*)::smallint AS lines,
  min(d.province_no) AS province_no, min(d.area_pos) AS area_pos
FROM {due} d GROUP BY {month}, d.household_id
"""

_PAYEE = """
CREATE TEMP TABLE payee ON COMMIT DROP AS
WITH head AS (
  SELECT p.household_id, min(p.id) AS payee_id FROM households_person p
  WHERE p.relation = 'head' AND p.area_pos >= %(lo)s AND p.area_pos < %(hi)s AND (p.died_on IS NULL OR p.died_on > %(last_day)s)
    AND p.id NOT IN (SELECT person_id FROM held)
  GROUP BY p.household_id
)
SELECT f.household_id, head.payee_id FROM {family} f LEFT JOIN head ON head.household_id = f.household_id
"""

# No head: the oldest who is of age, else the oldest at all.
_OTHER_PAYEE = """
UPDATE payee SET payee_id = eldest.id FROM (
  SELECT DISTINCT ON (p.household_id) p.household_id, p.id FROM payee y JOIN households_person p ON p.household_id = y.household_id
  WHERE y.payee_id IS NULL AND (p.died_on IS NULL OR p.died_on > %(last_day)s) AND p.id NOT IN (SELECT person_id FROM held)
  ORDER BY p.household_id, p.born NULLS LAST, p.id
) eldest WHERE eldest.household_id = payee.household_id AND payee.payee_id IS NULL
"""


def prepare() -> None:
    """Set what every statement of the transaction needs, and the persons whom nobody may pay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in SETTINGS), [text for pair in SETTINGS.items() for text in pair]
        )
    execute(_HELD)


def compute_month(*, law: Law, month: datetime.date, place: Place, run_id: int, frozen: bool, reopened: int) -> Computed:
    """Compute the latest month of a province inside the caller's transaction; leaves ``due``, ``payee`` and ``held`` for the layer above."""
    scope = evaluation.Scope(area=(place.lo, place.hi))
    staged = evaluation.staged_month(law, month, scope=scope)
    for statement in staged.setup:
        execute(statement)
    execute(f"CREATE TEMP TABLE due ON COMMIT DROP AS {staged.select}")
    execute(staged.teardown)
    execute("ANALYZE due")
    _make_families(month, place)
    step = Step(run_id, month, add_months(month, 1), place.province_no, frozen, single_months(law, month))
    lines = write_month(ENTITLEMENTS, "due", step)
    write_month(PACKAGES, "family", step)
    return _counted(place, lines, reopened)


def _make_families(month: datetime.date, place: Place) -> None:
    parameters: dict[str, Any] = {"lo": place.lo, "hi": place.hi, "month": month, "last_day": last_day(month)}
    execute(_FAMILY.format(family="family_sum", due="due", month="%(month)s::date"), parameters)
    execute("ANALYZE family_sum")
    execute(_PAYEE.format(family="family_sum"), parameters)
    with by_index():
        execute(_OTHER_PAYEE, parameters)
    execute("ANALYZE payee")
    execute("CREATE TEMP TABLE family ON COMMIT DROP AS SELECT f.*, y.payee_id FROM family_sum f JOIN payee y USING (household_id)")
    execute("DROP TABLE family_sum")


def _counted(place: Place, lines: Written, reopened: int) -> Computed:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(lines), 0)::bigint, coalesce(sum(amount), 0)::bigint FROM family")
        number, amount = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM households_household WHERE area_pos >= %s AND area_pos < %s", [place.lo, place.hi])
        (households,) = cursor.fetchone()
    return Computed(households, number, amount, lines.opened, lines.closed, reopened)


def compute_again(
    *, law: Law, months: list[datetime.date], run_id: int, frozen_through: datetime.date | None, everybody_in: Place | None = None
) -> Written:
    """Compute past months again for the households of the temporary table ``reopened``, oldest first; the last of ``months`` stands open.

    ``everybody_in``: they are all the households of this place, which is then passed over as in the month's own run. Leaves ``respanned``: the
    households whose spans changed.
    """
    execute("DELETE FROM reopened WHERE from_month > %(last)s", {"last": months[-1]})
    execute("ANALYZE reopened")
    _choose_joins()
    once: set[str] = set()
    for number, month in enumerate(months):
        # A query of households reads every person, link and decision of the country: right for a few, thirty-four times too much for all.
        named = f"SELECT household_id FROM reopened WHERE from_month <= DATE '{month}'"
        scope = evaluation.Scope(area=(everybody_in.lo, everybody_in.hi)) if everybody_in else evaluation.Scope(household_query=named)
        staged = evaluation.staged_month(law, month, scope=scope)
        for statement in staged.setup:
            execute(statement)
        # Where somebody lived before he came into the range is not computed here.
        lines = f"SELECT DATE '{month}' AS month, x.* FROM ({staged.select}) x WHERE x.household_id IN ({named})"
        execute(f"CREATE TEMP TABLE due_again ON COMMIT DROP AS {lines}" if number == 0 else f"INSERT INTO due_again {lines}")
        execute(staged.teardown)
        once.update(single_months(law, month))
    _make_families_again()
    within = (everybody_in.lo, everybody_in.hi) if everybody_in else None
    written = rebuild.rebuild(run_id=run_id, last=months[-1], frozen_through=frozen_through, once=once, within=within)
    execute("DROP TABLE due_again, family_again")
    execute("SET LOCAL enable_nestloop = off")
    return written


def _choose_joins() -> None:
    """A few households are looked up one by one; many are cheaper in one pass over the province."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', CASE WHEN count(*) < %s THEN 'on' ELSE 'off' END, true) FROM reopened", [FEW])


def _make_families_again() -> None:
    """Families of past months keep the payee they had; who appears only now gets the one of today."""
    execute(_FAMILY.format(family="family_sum", due="due_again", month="d.month"))
    execute(
        """CREATE TEMP TABLE family_again ON COMMIT DROP AS
        SELECT f.*, coalesce(k.payee_id, (
          SELECT p.id FROM households_person p WHERE p.household_id = f.household_id AND (p.died_on IS NULL OR p.died_on > f.month)
          ORDER BY (p.relation = 'head') DESC NULLS LAST, p.born NULLS LAST, p.id LIMIT 1)) AS payee_id
        FROM family_sum f LEFT JOIN beneficiaries_package k ON k.household_id = f.household_id AND k.superseded_by_run IS NULL
          AND k.from_month <= f.month AND (k.until_month IS NULL OR k.until_month > f.month)"""
    )
    execute("DROP TABLE family_sum")
