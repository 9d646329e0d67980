"""Past months again, for the households of the temporary table ``reopened`` (household_id, from_month, cause).

The months of a household from its ``from_month`` on are computed anew; what stood before is kept as it was, and the rows that come out are the
same as if the corrected facts had been known then. A row that a released list was drawn from is superseded, never changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from beneficiaries.operations.spans import ENTITLEMENTS, PACKAGES, Spans, Written, execute

# The month before the first one computed again stands for all before it: it carries the beginning of its span.
_TARGET = """
CREATE TEMP TABLE span_target ON COMMIT DROP AS
WITH known AS (
  SELECT month, {columns}, NULL::date AS since FROM {again}
  UNION ALL
  SELECT (r.from_month - interval '1 month')::date, {old_columns}, e.from_month
  FROM {table} e JOIN reopened r ON r.household_id = e.household_id
  WHERE e.superseded_by_run IS NULL AND e.from_month < r.from_month AND (e.until_month IS NULL OR e.until_month >= r.from_month)
), numbered AS (
  SELECT *, {once} AS single, (extract(year FROM month) * 12 + extract(month FROM month))::int
    - row_number() OVER (PARTITION BY {same}, {once} ORDER BY month) AS island
  FROM known
)
SELECT {same}, {carried} min(province_no) AS province_no, min(area_pos) AS area_pos, coalesce(min(since), min(month)) AS from_month,
  CASE WHEN max(month) = %(last)s AND single IS NULL THEN NULL ELSE (max(month) + interval '1 month')::date END AS until_month
FROM numbered GROUP BY {same}, single, island
"""

_STANDING = """
FROM {table} e JOIN reopened r ON r.household_id = e.household_id
WHERE e.superseded_by_run IS NULL AND e.from_month <= %(last)s AND (e.until_month IS NULL OR e.until_month >= r.from_month)
"""


def rebuild(*, run_id: int, last: datetime.date, frozen_through: datetime.date | None, once: Iterable[str]) -> Written:
    """Bring entitlements and packages in line with ``due_again`` and ``family_again`` (one row per month) up to the month ``last``."""
    parameters: dict[str, Any] = {"run": run_id, "last": last, "frozen": frozen_through or datetime.date.min, "once": list(once)}
    lines = _apply(ENTITLEMENTS, "due_again", parameters)
    _apply(PACKAGES, "family_again", parameters)
    return lines


def _apply(spans: Spans, again: str, parameters: dict[str, Any]) -> Written:
    same = (*spans.key, *spans.values)
    execute(
        _TARGET.format(
            table=spans.table,
            again=again,
            columns=", ".join(spans.columns),
            old_columns=", ".join(f"e.{column}" for column in spans.columns),
            same=", ".join(same),
            carried="".join(f"(array_agg({column} ORDER BY month))[1] AS {column}, " for column in spans.carried),
            once="CASE WHEN benefit = ANY(%(once)s) THEN month END" if "benefit" in spans.key else "NULL::date",
        ),
        parameters,
    )
    compared = (*same, "from_month", "until_month")
    equal = " AND ".join(f"t.{column} IS NOT DISTINCT FROM e.{column}" for column in compared)
    standing = _STANDING.format(table=spans.table)
    execute(
        f"""CREATE TEMP TABLE span_stale ON COMMIT DROP AS
        SELECT e.id, e.from_month {standing} AND NOT EXISTS (SELECT 1 FROM span_target t WHERE {equal})""",
        parameters,
    )
    execute(f"DELETE FROM span_target t WHERE EXISTS (SELECT 1 {standing} AND {equal})", parameters)
    closed = execute(
        f"UPDATE {spans.table} SET superseded_by_run = %(run)s WHERE id IN (SELECT id FROM span_stale WHERE from_month <= %(frozen)s)",
        parameters,
    )
    closed += execute(f"DELETE FROM {spans.table} WHERE id IN (SELECT id FROM span_stale WHERE from_month > %(frozen)s)", parameters)
    columns = ", ".join((*spans.columns, "from_month", "until_month"))
    opened = execute(f"INSERT INTO {spans.table} ({columns}, run_id) SELECT {columns}, %(run)s FROM span_target", parameters)
    execute("DROP TABLE span_target, span_stale")
    return Written(opened, closed)
