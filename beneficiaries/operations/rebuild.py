"""Past months again, for the households of the temporary table ``reopened`` (household_id, from_month, cause).

The months of a household from its ``from_month`` on are computed anew; what stood before is kept as it was, and the rows that come out are the
same as if the corrected facts had been known then. A row that a released list was drawn from is superseded, never changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from beneficiaries.operations.spans import ENTITLEMENTS, PACKAGES, Spans, Written, execute

# What stands now, read once. What a span carries is asked only of those that began before the first month computed again.
_STANDING = """
CREATE TEMP TABLE span_standing ON COMMIT DROP AS
SELECT e.id, e.until_month, {same}, {carried} e.province_no, e.area_pos, e.from_month, r.from_month AS again_from
FROM {table} e JOIN reopened r ON r.household_id = e.household_id {people}
WHERE e.superseded_by_run IS NULL AND e.from_month <= %(last)s AND (e.until_month IS NULL OR e.until_month >= r.from_month)
"""
# Months of somebody who has left for a household that is not computed again (in another province) stay as they are.
_PEOPLE = "LEFT JOIN households_person q ON q.id = e.person_id {within} LEFT JOIN reopened o ON o.household_id = q.household_id"
_OF_THEM = "AND ({who} IS NULL OR o.household_id IS NOT NULL)"

# The month before the first one computed again stands for all before it: it carries the beginning of its span.
_TARGET = """
CREATE TEMP TABLE span_target ON COMMIT DROP AS
WITH known AS (
  SELECT month, {columns}, NULL::date AS since FROM {again}
  UNION ALL
  SELECT (again_from - interval '1 month')::date, {columns}, from_month FROM span_standing WHERE from_month < again_from
), numbered AS (
  SELECT *, {once} AS single, (extract(year FROM month) * 12 + extract(month FROM month))::int
    - row_number() OVER (PARTITION BY {same}, {once} ORDER BY month) AS island
  FROM known
)
SELECT {same}, {carried} min(province_no) AS province_no, min(area_pos) AS area_pos, coalesce(min(since), min(month)) AS from_month,
  CASE WHEN max(month) = %(last)s AND single IS NULL THEN NULL ELSE (max(month) + interval '1 month')::date END AS until_month
FROM numbered GROUP BY {same}, single, island
"""

_NEVER_NULL = frozenset({"household_id", "benefit", "amount", "from_month"})


def rebuild(
    *, run_id: int, last: datetime.date, frozen_through: datetime.date | None, once: Iterable[str], within: tuple[int, int] | None = None
) -> Written:
    """Bring entitlements and packages in line with ``due_again`` and ``family_again`` (one row per month) up to the month ``last``.

    ``within``: the range of positions whose households are all computed again. Leaves ``respanned``: households with a span that came or went,
    some twice.
    """
    execute("CREATE TEMP TABLE respanned (household_id bigint) ON COMMIT DROP")
    parameters: dict[str, Any] = {"run": run_id, "last": last, "frozen": frozen_through or datetime.date.min, "once": list(once)}
    parameters |= {"lo": within[0], "hi": within[1]} if within else {}
    lines = _apply(ENTITLEMENTS, "due_again", parameters)
    _apply(PACKAGES, "family_again", parameters)
    return lines


def _apply(spans: Spans, again: str, parameters: dict[str, Any]) -> Written:
    same = (*spans.key, *spans.values)
    _stand(spans, same, parameters)
    execute(
        _TARGET.format(
            again=again,
            columns=", ".join(spans.columns),
            same=", ".join(same),
            carried="".join(f"(array_agg({column} ORDER BY month))[1] AS {column}, " for column in spans.carried),
            once="CASE WHEN benefit = ANY(%(once)s) THEN month END" if "benefit" in spans.key else "NULL::date",
        ),
        parameters,
    )
    equal = " AND ".join(_equal(column) for column in (*same, "from_month", "until_month"))
    execute(
        f"""CREATE TEMP TABLE span_stale ON COMMIT DROP AS
        SELECT s.id, s.household_id, s.from_month FROM span_standing s WHERE NOT EXISTS (SELECT 1 FROM span_target t WHERE {equal})"""
    )
    execute(f"DELETE FROM span_target t WHERE EXISTS (SELECT 1 FROM span_standing s WHERE {equal})")
    execute("INSERT INTO respanned SELECT household_id FROM span_stale UNION SELECT household_id FROM span_target")
    closed = execute(
        f"UPDATE {spans.table} SET superseded_by_run = %(run)s WHERE id IN (SELECT id FROM span_stale WHERE from_month <= %(frozen)s)",
        parameters,
    )
    closed += execute(f"DELETE FROM {spans.table} WHERE id IN (SELECT id FROM span_stale WHERE from_month > %(frozen)s)", parameters)
    columns = ", ".join((*spans.columns, "from_month", "until_month"))
    opened = execute(f"INSERT INTO {spans.table} ({columns}, run_id) SELECT {columns}, %(run)s FROM span_target", parameters)
    execute("DROP TABLE span_standing, span_target, span_stale")
    return Written(opened, closed)


def _stand(spans: Spans, same: tuple[str, ...], parameters: dict[str, Any]) -> None:
    carried = "".join(f"CASE WHEN e.from_month < r.from_month THEN e.{column} END AS {column}, " for column in spans.carried)
    listed = ", ".join(f"e.{column}" for column in same)
    statement = _STANDING
    people = ""
    if "person_id" in spans.key:
        ranged = "lo" in parameters
        people = _PEOPLE.format(within="AND q.area_pos >= %(lo)s AND q.area_pos < %(hi)s" if ranged else "")
        statement += _OF_THEM.format(who="e.person_id" if ranged else "q.id")
    execute(statement.format(table=spans.table, same=listed, carried=carried, people=people), parameters)
    execute("ANALYZE span_standing (household_id)")


def _equal(column: str) -> str:
    # Columns that are never null by "=", which can be hashed: without one the two tables of a province are compared row by row.
    return f"t.{column} = s.{column}" if column in _NEVER_NULL else f"t.{column} IS NOT DISTINCT FROM s.{column}"
