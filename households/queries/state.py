"""The household as it was on a day, in one query."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from households.facts import HOUSEHOLD, PERSON
from households.timeline import Spell


@dataclass(frozen=True)
class PersonOn:
    """A member with the facts that held on the day (absent: never stated); ``since`` is when membership began."""

    id: int
    full_name: str
    sex: str | None
    born: datetime.date | None
    born_precision: str
    died_on: datetime.date | None
    relation: str | None
    since: datetime.date | None
    facts: dict[str, Any] = field(default_factory=dict)

    def alive_on(self, day: datetime.date) -> bool:
        return self.died_on is None or self.died_on > day


@dataclass(frozen=True)
class HouseholdOn:
    """A household with the facts and the members of one day; members are ordered head first, then by birth."""

    id: int
    code: str
    day: datetime.date
    facts: dict[str, Any]
    members: tuple[PersonOn, ...]


# Members are those whose open membership began by the day, and those whose closed membership covers it; the dead leave on the day they die.
_HOUSEHOLD_ON = """
WITH member AS (
  SELECT p.id, p.relation, p.household_since AS since FROM households_person p
  WHERE p.household_id = %(id)s AND (p.household_since IS NULL OR p.household_since <= %(day)s)
  UNION ALL
  SELECT s.subject_id, s.value->>'relation', s.since FROM households_factspell s
  WHERE s.fact = 'membership' AND (s.value->>'household_id')::bigint = %(id)s
    AND (s.since IS NULL OR s.since <= %(day)s) AND s.until > %(day)s
)
SELECT h.id, h.code,
  (SELECT jsonb_object_agg(f.fact, f.value) FROM households_household_fact f
   WHERE f.subject_id = h.id AND (f.since IS NULL OR f.since <= %(day)s) AND (f.until IS NULL OR f.until > %(day)s)),
  (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'full_name', p.full_name, 'sex', p.sex, 'born', p.born, 'born_precision', p.born_precision,
     'died_on', p.died_on, 'relation', m.relation, 'since', m.since,
     'facts', (SELECT jsonb_object_agg(f.fact, f.value) FROM households_person_fact f WHERE f.subject_id = p.id AND f.fact <> 'membership'
               AND (f.since IS NULL OR f.since <= %(day)s) AND (f.until IS NULL OR f.until > %(day)s) AND f.value NOT IN ('null', 'false')))
   ORDER BY m.relation IS DISTINCT FROM 'head', p.born, p.id)
   FROM member m JOIN households_person p ON p.id = m.id
   WHERE p.canonical_id IS NULL AND (p.died_on IS NULL OR p.died_on > %(day)s) AND (p.born IS NULL OR p.born <= %(day)s))
FROM households_household h WHERE h.id = %(id)s
"""


def household_on(household_id: int, day: datetime.date) -> HouseholdOn | None:
    """Who lived in the household on a day and in which state; None if it does not exist or lies outside the reader's scope."""
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLD_ON, {"id": household_id, "day": day})
        row = cursor.fetchone()
    if row is None:
        return None
    members = tuple(_person(item) for item in _json(row[3]) or ())
    return HouseholdOn(row[0], row[1], day, _json(row[2]) or {}, members)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _person(item: dict[str, Any]) -> PersonOn:
    return PersonOn(
        id=item["id"],
        full_name=item["full_name"],
        sex=item["sex"],
        born=_date(item["born"]),
        born_precision=item["born_precision"],
        died_on=_date(item["died_on"]),
        relation=item["relation"],
        since=_date(item["since"]),
        facts=item["facts"] or {},
    )


_VIEWS = {HOUSEHOLD: "households_household_fact", PERSON: "households_person_fact"}


def spells_of(subject: str, subject_ids: list[int], facts: list[str] | None = None) -> dict[tuple[int, str], list[Spell]]:
    """Every spell of the subjects' facts, oldest first: {(id, fact): spells}; ``subject`` is "h" or "p"."""
    sql = (
        f"SELECT subject_id, fact, value, since, until FROM {_VIEWS[subject]} WHERE subject_id = ANY(%s)"
        " AND (%s::text[] IS NULL OR fact = ANY(%s)) ORDER BY since NULLS FIRST"
    )
    found: dict[tuple[int, str], list[Spell]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [subject_ids, facts, facts])
        for subject_id, fact, value, since, until in cursor.fetchall():
            found.setdefault((subject_id, fact), []).append(Spell(_json(value), since, until))
    return found
