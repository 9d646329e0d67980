"""The parts of a statement as temporary tables with statistics of their own, for many people.

One statement has no statistics between its parts, and under row-level security the planner takes a province for a handful of rows: it would
walk millions by nested loops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from beneficiaries.evaluation.points import Cte

# Parts that are read twice, or that must be a fence.
MATERIALIZED = frozenset(
    {
        "ties",
        "loud",
        "enrolled",
        "points",
        "everything",
        "person_past",
        "person_then",
        "household_past",
        "household_then",
        "counted",
        "loud_facts",
        "priced",
        "placed",
        "loud_households",
        "links",
    }  # fmt: skip
)
# Parts of a staged statement that are written into the one that reads them.
INLINED = frozenset({"terms", "judged", "couple_lost", "household_facts"})
# Parts that pass over a whole province.
PASSES = frozenset(
    {"enrolled", "ties", "changed_households", "changed_persons", "candidates", "priced", "placed", "loud_households", "household_rows"}
)
# What follows these is joined by hash whatever its size, or they are only passed over.
UNCOUNTED = frozenset({"candidates", "priced", "placed", "loud_facts"})
# Of wide rows only the keys are counted: statistics of thirty facts that nothing asks cost more than the join they would serve.
COUNTED_COLUMNS = {
    "person_then": " (person_id, day, household_id)",
    "household_then": " (household_id, day)",
    "everything": " (person_id, day)",
}

# A pass over a province is one scan and hash joins; everything else starts from a small table and looks rows up by index.
WIDE = "SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = on"
NARROW = "SET LOCAL enable_nestloop = on; SET LOCAL enable_seqscan = off"
AS_BEFORE = "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT"


@dataclass(frozen=True)
class Staged:
    """``setup`` is run first, in order, then ``select`` may stand in ``INSERT INTO … SELECT``, then ``teardown``; all in one transaction."""

    setup: tuple[str, ...]
    select: str
    teardown: str


def with_clause(parts: list[Cte]) -> str:
    """``WITH`` and the parts, or nothing."""
    if not parts:
        return ""
    return "WITH " + ",\n".join(f"{name} AS {'MATERIALIZED ' if name in MATERIALIZED else ''}({sql})" for name, sql in parts) + "\n"


def stage(parts: list[Cte], final: str) -> Staged:
    """The same rows as ``with_clause(parts) + final``."""
    setup: list[str] = []
    inlined: list[Cte] = []
    for name, sql in parts:
        if name in INLINED:
            inlined.append((name, sql))
            continue
        setup += [WIDE if name in PASSES else NARROW, f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {with_clause(inlined)}{sql}"]
        setup += [] if name in UNCOUNTED else [f"ANALYZE {name}{COUNTED_COLUMNS.get(name, '')}"]
    tables = ", ".join(name for name, _ in parts if name not in INLINED)
    return Staged((*setup, WIDE), with_clause(inlined) + final, f"DROP TABLE {tables}")


def fetch(parts: list[Cte], final: str, *, many: bool) -> list[tuple[Any, ...]]:
    """The rows; in steps when many people are asked for, which needs a transaction."""
    with connection.cursor() as cursor:
        if not many:
            cursor.execute(with_clause(parts) + final)
            return list(cursor.fetchall())
        staged = stage(parts, final)
        for statement in staged.setup:
            cursor.execute(statement)
        cursor.execute(staged.select)
        rows = list(cursor.fetchall())
        cursor.execute(f"{staged.teardown}; {AS_BEFORE}")
        return rows
