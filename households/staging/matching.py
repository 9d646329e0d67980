"""Whom the registry already knows: by national id, by name and birth, and by likeness within the commune.

A sure match is taken; what could be one is a proposal (`doubt`, `fuzzy`) that waits for a person's answer.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from rapidfuzz import fuzz, process

from households.models import ImportBatch

# Under row-level security the planner takes every table for a handful of rows; a temporary table it has counted leads it to the indexes.
_PENDING = (
    "CREATE TEMP TABLE pending_ids ON COMMIT DROP AS SELECT id, number_index, name_key, born, row FROM households_importrow"
    " WHERE batch_id = %(batch)s AND decision = 'pending' AND number_index IS NOT NULL",
    "ANALYZE pending_ids",
)
# One row per person: a number that the list holds twice is settled for the first row only.
_BY_ID = """
WITH found AS (
  SELECT DISTINCT ON (p.id) r.id AS row_id, p.id AS person_id, p.household_id,
    p.name_key = r.name_key OR (p.born IS NOT NULL AND extract(year FROM p.born) = extract(year FROM r.born)) AS agrees,
    p.area_pos >= %(lo)s AND p.area_pos < %(hi)s AS here
  FROM pending_ids r
  JOIN households_nationalid n ON n.number_index = r.number_index AND n.until IS NULL
  JOIN households_person p ON p.id = n.person_id AND p.canonical_id IS NULL
  ORDER BY p.id, (p.name_key = r.name_key) DESC, r.row
)
UPDATE households_importrow r SET person_id = f.person_id, household_id = f.household_id,
  match = CASE WHEN f.agrees AND f.here THEN 'id' ELSE 'doubt' END, score = CASE WHEN f.agrees AND f.here THEN 100 WHEN f.agrees THEN 90 ELSE 50 END
FROM found f WHERE r.id = f.row_id
"""
_BY_NAME_AND_BIRTH = """
WITH pairs AS (
  SELECT r.id AS row_id, p.id AS person_id, p.household_id, count(*) OVER (PARTITION BY r.id) AS persons, count(*) OVER (PARTITION BY p.id) AS rows
  FROM households_importrow r
  JOIN households_person p ON p.name_key = r.name_key AND p.area_pos >= %(lo)s AND p.area_pos < %(hi)s AND p.canonical_id IS NULL
    AND (p.born = r.born OR (extract(year FROM p.born) = extract(year FROM r.born) AND 'year' IN (p.born_precision, r.born_precision)))
    AND (p.sex = r.sex OR p.sex IS NULL OR r.sex IS NULL)
  WHERE r.batch_id = %(batch)s AND r.match = '' AND r.decision = 'pending'
    AND NOT EXISTS (SELECT 1 FROM households_importrow other WHERE other.batch_id = r.batch_id AND other.person_id = p.id)
    AND NOT EXISTS (
      SELECT 1 FROM households_nationalid n
      WHERE n.person_id = p.id AND n.until IS NULL AND n.kind = 'cccd' AND r.id_kind = 'cccd' AND n.number_index <> r.number_index)
)
UPDATE households_importrow r SET person_id = x.person_id, household_id = x.household_id, match = 'name', score = 95
FROM pairs x WHERE r.id = x.row_id AND x.persons = 1 AND x.rows = 1
"""
_UNMATCHED_ROWS = """
SELECT id, name_key, born, born_precision, sex, CASE WHEN id_kind = 'cccd' THEN number_index END AS number_index, NULL::bigint AS household_id
FROM households_importrow WHERE batch_id = %(batch)s AND match = '' AND decision = 'pending' AND born IS NOT NULL
"""
_UNMATCHED_PERSONS = """
SELECT p.id, p.name_key, p.born, p.born_precision, p.sex,
  (SELECT n.number_index FROM households_nationalid n WHERE n.person_id = p.id AND n.until IS NULL AND n.kind = 'cccd' LIMIT 1), p.household_id
FROM households_person p
WHERE p.area_pos >= %(lo)s AND p.area_pos < %(hi)s AND p.born IS NOT NULL AND p.canonical_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM households_importrow r WHERE r.batch_id = %(batch)s AND r.person_id = p.id)
"""
_PROPOSE = """
UPDATE households_importrow r SET person_id = x.person_id, household_id = x.household_id, match = 'fuzzy', score = x.score
FROM unnest(%(rows)s::bigint[], %(persons)s::bigint[], %(households)s::bigint[], %(scores)s::int[]) AS x(row_id, person_id, household_id, score)
WHERE r.id = x.row_id
"""
_LIKENESS = 90


def match(batch: ImportBatch) -> None:
    """Link the batch's rows to known persons; repeatable, earlier links are made anew."""
    area = batch.area
    bounds = {"batch": batch.pk, "lo": area.position, "hi": area.position_end}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE households_importrow SET person_id = NULL, household_id = NULL, match = '', score = NULL"
            " WHERE batch_id = %(batch)s AND decision = 'pending' AND match NOT IN ('', 'key')",
            bounds,
        )
        for statement in (*_PENDING, _BY_ID, "DROP TABLE pending_ids"):
            cursor.execute(statement, bounds)
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_BY_NAME_AND_BIRTH, bounds)
        cursor.execute(_UNMATCHED_ROWS, bounds)
        rows = cursor.fetchall()
        cursor.execute(_UNMATCHED_PERSONS, bounds)
        persons = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
        proposals = _likely(rows, persons)
        if proposals:
            columns = [list(column) for column in zip(*proposals, strict=True)]
            cursor.execute(_PROPOSE, dict(zip(("rows", "persons", "households", "scores"), columns, strict=True)))


@dataclass(frozen=True)
class _Known:
    """What likeness is judged by, of a row or of a person."""

    id: int
    name: str
    born: dt.date
    precision: str
    sex: str | None
    number: bytes | None
    household_id: int | None


def _likely(rows: Sequence[Any], persons: Sequence[Any]) -> list[tuple[int, int, int, int]]:
    """Best partner per row among persons of the same birth year, each person once."""
    by_year: dict[int, list[_Known]] = defaultdict(list)
    for person in (_Known(*columns) for columns in persons):
        by_year[person.born.year].append(person)
    found: list[tuple[int, int, int, int]] = []
    taken: set[int] = set()
    for row in (_Known(*columns) for columns in rows):
        pool = {person.id: person for person in by_year.get(row.born.year, ()) if person.id not in taken and _may_be_one(row, person)}
        best = process.extractOne(row.name, {key: person.name for key, person in pool.items()}, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
        if best is not None:
            taken.add(best[2])
            found.append((row.id, best[2], pool[best[2]].household_id or 0, round(best[1])))
    return found


def _may_be_one(row: _Known, person: _Known) -> bool:
    """Two national ids, two sexes, or birth dates that share neither day nor month are two people."""
    if row.number is not None and person.number is not None and bytes(row.number) != bytes(person.number):
        return False
    if row.sex is not None and person.sex is not None and row.sex != person.sex:
        return False
    exact = row.precision == person.precision == "day"
    return not (exact and row.born.day != person.born.day and row.born.month != person.born.month)
