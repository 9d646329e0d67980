"""The rows that a change may touch, before and after it: what an undo restores exactly, and how a newer change is noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from households.models import Household, Person

Rows = dict[str, list[dict[str, Any]]]

# Name -> table, and which rows lie with the given households and persons.
_TABLES = {
    "households": ("households_household", "x.id = ANY(%(households)s)"),
    "persons": ("households_person", "x.id = ANY(%(persons)s)"),
    "spells": (
        "households_factspell",
        "((x.subject = 'h' AND x.subject_id = ANY(%(households)s)) OR (x.subject = 'p' AND x.subject_id = ANY(%(persons)s)))",
    ),
    "raising": ("households_raising", "(x.adult_id = ANY(%(persons)s) OR x.child_id = ANY(%(persons)s))"),
    "ids": ("households_nationalid", "x.person_id = ANY(%(persons)s)"),
    "documents": ("households_document", "(x.person_id = ANY(%(persons)s) OR x.household_id = ANY(%(households)s))"),
    "tokens": ("households_searchtoken", "x.person_id = ANY(%(persons)s)"),
}
EMPTY: Rows = {name: [] for name in _TABLES}
# Wide rows are restored in place; the others are taken away and written again as they were.
_WIDE = {"households": Household, "persons": Person}
_WRITTEN_BY_DATABASE = {"id", "facts_since"}


def take(households: Sequence[int], persons: Sequence[int]) -> Rows:
    """The rows of these households and persons as JSON, in a fixed order."""
    params = {"households": list(households), "persons": list(persons)}
    found: Rows = {}
    with connection.cursor() as cursor:
        for name, (table, where) in _TABLES.items():
            order = "x.token, x.person_id" if name == "tokens" else "x.id"
            cursor.execute(f"SELECT jsonb_agg(to_jsonb(x) ORDER BY {order}) FROM {table} x WHERE {where}", params)
            rows = cursor.fetchone()[0]
            found[name] = (json.loads(rows) if isinstance(rows, str) else rows) or []
    return found


def keys(rows: Rows) -> tuple[list[int], list[int]]:
    """Household and person ids of a snapshot."""
    return [row["id"] for row in rows["households"]], [row["id"] for row in rows["persons"]]


def differing(then: Rows, now: Rows) -> list[tuple[str, int, str]]:
    """What is no longer as it was: (kind of row, id, column), wide rows column by column; other rows as a whole with an empty column."""
    found: list[tuple[str, int, str]] = []
    for name, old in then.items():
        if name == "tokens":
            continue
        present = {row["id"]: row for row in now[name]}
        for row in old:
            other = present.pop(row["id"], None)
            if other is None:
                found.append((name, row["id"], ""))
            else:
                found += [(name, row["id"], column) for column, value in row.items() if other.get(column) != value]
        found += [(name, number, "") for number in present]
    return found


def restore(before: Rows, after: Rows) -> None:
    """Put the rows back as ``before`` has them; what ``after`` has and ``before`` has not (new people, new households) goes.

    Raises IntegrityError when something of a later layer stands on a row that would go. Order matters to the triggers: no closed spell may
    end after the open one begins, at any statement.
    """
    households, persons = keys(after)
    params = {"households": households, "persons": persons}
    with connection.cursor() as cursor:
        for name in ("tokens", "spells", "raising"):
            table, where = _TABLES[name]
            cursor.execute(f"DELETE FROM {table} x WHERE {where}", params)
        for name in ("ids", "documents"):
            _forget_new(cursor, name, before, after)
        for name in _WIDE:
            _write_back(cursor, name, before[name])
        for name in ("spells", "raising", "tokens"):
            _insert(cursor, name, before[name])
        for name in ("ids", "documents"):
            _write_back(cursor, name, before[name])
        for name in ("persons", "households"):
            _forget_new(cursor, name, before, after)


def _forget_new(cursor: Any, name: str, before: Rows, after: Rows) -> None:
    known = {row["id"] for row in before[name]}
    new = [row["id"] for row in after[name] if row["id"] not in known]
    if new:
        cursor.execute(f"DELETE FROM {_TABLES[name][0]} WHERE id = ANY(%s)", [new])


def _write_back(cursor: Any, name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = _TABLES[name][0]
    columns = [column for column in rows[0] if column not in _WRITTEN_BY_DATABASE]
    sets = ", ".join(f"{column} = o.{column}" for column in columns)
    differs = " OR ".join(f"x.{column} IS DISTINCT FROM o.{column}" for column in columns)
    cursor.execute(
        f"UPDATE {table} x SET {sets} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) o WHERE o.id = x.id AND ({differs})",
        [json.dumps(rows)],
    )


def _insert(cursor: Any, name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = _TABLES[name][0]
    columns = ", ".join(rows[0])
    cursor.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)", [json.dumps(rows)]
    )
