"""Spans of months: how a computed month is written into entitlements and packages without touching what did not change.

The canonical form: a row covers the longest run of months in which its values are the same; the open one has no end. Only differences are
written, so that a second run of the same month writes nothing, and months run one after the other leave the same rows as all months computed
at once.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Spans:
    """A table of spans: ``key`` names who and what, ``values`` are compared, ``carried`` are written with them but make no difference."""

    table: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    carried: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.values, *self.carried, "province_no", "area_pos")


ENTITLEMENTS = Spans(
    "beneficiaries_entitlement",
    ("household_id", "person_id", "benefit"),
    ("coefficient", "amount", "law_version", "decision_id"),
    ("facts",),
)
PACKAGES = Spans("beneficiaries_package", ("household_id",), ("payee_id", "amount", "lines"))


@dataclass(frozen=True)
class Written:
    """How many rows a step opened and closed."""

    opened: int
    closed: int


@dataclass(frozen=True)
class Step:
    """One month of one province. ``frozen``: a list of this month was released, so that a wrong row is superseded instead of rewritten.
    ``once``: benefits that are paid for single months and never run on into the next."""

    run_id: int
    month: datetime.date
    next_month: datetime.date
    province_no: int
    frozen: bool
    once: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, Any]:
        return {"run": self.run_id, "month": self.month, "next": self.next_month, "province": self.province_no, "once": list(self.once)}


def _listed(alias: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)


def _matching(spans: Spans, left: str, right: str) -> str:
    # A null person (a household's own line) must match itself; "=" over coalesce keeps the hash join that IS NOT DISTINCT FROM would lose.
    return " AND ".join(
        f"coalesce({left}.{column}, 0) = coalesce({right}.{column}, 0)" if column == "person_id" else f"{left}.{column} = {right}.{column}"
        for column in spans.key
    )


def _until(spans: Spans) -> str:
    return "CASE WHEN d.benefit = ANY(%(once)s) THEN %(next)s::date END" if "benefit" in spans.key else "NULL::date"


def execute(statement: str, parameters: dict[str, Any] | None = None) -> int:
    """Run one statement; the number of rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


@contextmanager
def by_index() -> Iterator[None]:
    """Let the planner look rows up one by one inside; the run's other statements forbid it (see compute.SETTINGS)."""
    execute("SET LOCAL enable_nestloop = on")
    yield
    execute("SET LOCAL enable_nestloop = off")


@contextmanager
def in_passes() -> Iterator[None]:
    """Inside ``by_index`` forbid it again: for statements that touch most of a province."""
    execute("SET LOCAL enable_nestloop = off")
    yield
    execute("SET LOCAL enable_nestloop = on")


def has_open(spans: Spans, step: Step) -> bool:
    """Whether anything of the province covers the month or ends with it: if not, everything computed is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {spans.table} WHERE province_no = %(province)s AND (until_month IS NULL OR until_month >= %(month)s) LIMIT 1",
            step.parameters,
        )
        return cursor.fetchone() is not None


def write_month(spans: Spans, source: str, step: Step) -> Written:
    """Make the spans that cover the month equal to the rows of the temporary table ``source``. The month must be the latest computed."""
    if not has_open(spans, step):
        return Written(_insert(spans, f"SELECT d.* FROM {source} d", step), 0)
    _compare(spans, source, step)
    execute("ANALYZE span_difference")
    with by_index():
        closed = _close(spans, step)
        _open_again(spans, step)
    opened = _insert(spans, "SELECT * FROM span_difference WHERE due", step)
    execute("DROP TABLE span_difference")
    return Written(opened, closed)


def _compare(spans: Spans, source: str, step: Step) -> None:
    execute(
        f"""CREATE TEMP TABLE span_difference ON COMMIT DROP AS
        SELECT e.id AS old_id, e.from_month AS old_from, d.household_id IS NOT NULL AS due, {_listed("d", spans.columns)}
        FROM {source} d
        FULL JOIN (
          SELECT id, from_month, {", ".join((*spans.key, *spans.values))} FROM {spans.table}
          WHERE province_no = %(province)s AND superseded_by_run IS NULL AND from_month <= %(month)s
            AND (until_month IS NULL OR until_month > %(month)s)
        ) e ON {_matching(spans, "e", "d")}
        WHERE e.id IS NULL OR d.household_id IS NULL OR ({_listed("e", spans.values)}) IS DISTINCT FROM ({_listed("d", spans.values)})""",
        step.parameters,
    )


def _close(spans: Spans, step: Step) -> int:
    """End what is not due any more; returns how many rows ended. What began this month was never true and goes."""
    stale = "id IN (SELECT old_id FROM span_difference WHERE old_id IS NOT NULL"
    if not step.frozen:
        ended = execute(f"UPDATE {spans.table} SET until_month = %(month)s WHERE {stale} AND old_from < %(month)s)", step.parameters)
        return ended + execute(f"DELETE FROM {spans.table} WHERE {stale} AND old_from = %(month)s)", step.parameters)
    columns = ", ".join(spans.columns)
    ended = execute(f"UPDATE {spans.table} SET superseded_by_run = %(run)s WHERE {stale})", step.parameters)
    execute(
        f"""INSERT INTO {spans.table} ({columns}, from_month, until_month, run_id)
        SELECT {columns}, from_month, %(month)s, run_id FROM {spans.table} WHERE {stale} AND old_from < %(month)s)""",
        step.parameters,
    )
    return ended


def _open_again(spans: Spans, step: Step) -> None:
    """A span that an earlier run of this month ended, and that goes on after all, is opened again instead of written twice."""
    execute(
        f"""WITH again AS (
          UPDATE {spans.table} e SET until_month = {_until(spans)} FROM span_difference d
          WHERE d.due AND e.province_no = %(province)s AND e.until_month = %(month)s AND e.superseded_by_run IS NULL
            AND {_matching(spans, "e", "d")} AND ({_listed("e", spans.values)}) IS NOT DISTINCT FROM ({_listed("d", spans.values)})
            {"AND d.benefit <> ALL(%(once)s)" if "benefit" in spans.key else ""}
          RETURNING {_listed("e", spans.key)}
        ) UPDATE span_difference d SET due = false FROM again e WHERE {_matching(spans, "e", "d")}""",
        step.parameters,
    )


def _insert(spans: Spans, rows: str, step: Step) -> int:
    columns = ", ".join(spans.columns)
    return execute(
        f"""INSERT INTO {spans.table} ({columns}, from_month, until_month, run_id)
        SELECT {_listed("d", spans.columns)}, %(month)s::date, {_until(spans)}, %(run)s FROM ({rows}) d""",
        step.parameters,
    )
