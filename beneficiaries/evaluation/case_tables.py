"""Cases in temporary tables of the registry's own shape, so that they run through the very statement of the monthly run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from beneficiaries.evaluation.cases import LINK_FIELDS, Case, CasePerson, Spell
from beneficiaries.evaluation.tables import REGISTRY, Tables
from households.facts import PERSON_FACTS

CASE_TABLES = Tables("case_person", "case_household", "case_spell", "case_raising", "case_decision")
SHAPES = {
    CASE_TABLES.person: REGISTRY.person, CASE_TABLES.household: REGISTRY.household, CASE_TABLES.spell: REGISTRY.spell,
    CASE_TABLES.raising: REGISTRY.raising, str(CASE_TABLES.decision): str(REGISTRY.decision),
}  # fmt: skip
# The registry's own keys: without them every look-up would scan all cases of all months.
KEYS = (
    (CASE_TABLES.household, "id"), (CASE_TABLES.person, "id"), (CASE_TABLES.person, "household_id"), (CASE_TABLES.spell, "subject, subject_id"),
    (CASE_TABLES.raising, "adult_id"), (CASE_TABLES.raising, "child_id"),
)  # fmt: skip
DEFAULTS: dict[str, Any] = {"poverty": "none", "pension": 0}
FLAGS = ("was_in_5_1", "hiv", "no_supporter", "facility_eligible", "other_income", "pregnant", "boards_at_school")
PROVINCE, POSITION = 1, 1


@dataclass(frozen=True)
class Placed:
    """A case under its household id, with the ids of its persons in their order."""

    case: Case
    household_id: int
    person_ids: tuple[int, ...]

    def person_id(self, name: str) -> int:
        return self.person_ids[[person.name for person in self.case.persons].index(name)]


def place(cases: Iterable[Case]) -> list[Placed]:
    """Number households and persons through all cases."""
    placed, next_id = [], 1
    for household_id, case in enumerate(cases, start=1):
        ids = tuple(range(next_id, next_id + len(case.persons)))
        next_id += len(ids)
        placed.append(Placed(case, household_id, ids))
    return placed


def create_tables(cursor: CursorWrapper) -> None:
    """The five tables, gone with the transaction; what a case does not speak of may stay empty."""
    for name, shape in SHAPES.items():
        cursor.execute(f"CREATE TEMPORARY TABLE {name} (LIKE {shape} INCLUDING GENERATED) ON COMMIT DROP")
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped", [name]
        )
        for (column,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {name} ALTER COLUMN "{column}" DROP NOT NULL')


def fill_tables(cursor: CursorWrapper, placed: Sequence[Placed]) -> None:
    """COPY households, persons, closed spells and links of all cases, then tell the planner how many there are."""
    households, persons, spells, links = [], [], [], []
    for one in placed:
        row, closed = _household(one)
        households.append(row)
        spells += closed
        for person_id, person in zip(one.person_ids, one.case.persons, strict=True):
            person_row, person_closed = _person(one, person_id, person)
            persons.append(person_row)
            spells += person_closed
            links += list(_links(one, person_id, person))
    _copy(cursor, CASE_TABLES.household, households)
    _copy(cursor, CASE_TABLES.person, persons)
    _copy(cursor, CASE_TABLES.spell, spells)
    _copy(cursor, CASE_TABLES.raising, links)
    for name, columns in KEYS:
        cursor.execute(f"CREATE INDEX ON {name} ({columns})")
    for name in SHAPES:
        cursor.execute(f"ANALYZE {name}")


def fill_decisions(cursor: CursorWrapper, rows: Iterable[tuple[int | None, int, str, date | None, date]]) -> None:
    """Decisions as (person_id, household_id, benefit, signed_on, from_month)."""
    keys = ("person_id", "household_id", "benefit", "signed_on", "from_month")
    table = str(CASE_TABLES.decision)
    numbered = [{"id": no, **dict(zip(keys, row, strict=True)), **_location()} for no, row in enumerate(rows, start=1)]
    _copy(cursor, table, numbered)
    cursor.execute(f"CREATE INDEX ON {table} (person_id)")
    cursor.execute(f"ANALYZE {table}")


def _copy(cursor: CursorWrapper, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])


def _location() -> dict[str, Any]:
    return {"province_no": PROVINCE, "area_pos": POSITION}


def _open(spells: Sequence[Spell]) -> tuple[Any, date | None]:
    """The open value with its since; when the last spell is closed, nothing holds since its end."""
    last = spells[-1]
    return (last.value, last.since) if last.until is None else (None, last.until)


def _closed(subject: str, subject_id: int, fact: str, spells: Sequence[Spell]) -> Iterator[dict[str, Any]]:
    for spell in spells:
        if spell.until is not None and spell.value is not None:
            value = json.dumps(spell.value, default=str)
            yield {
                "subject": subject, "subject_id": subject_id, "fact": fact, "value": value, "since": spell.since, "until": spell.until, **_location(),
            }  # fmt: skip


def _household(one: Placed) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    facts = one.case.household
    poverty = [
        Spell(spell.value and {"class": spell.value, "b1": None, "b2": None}, spell.since, spell.until)
        for spell in facts.get("poverty", [])
    ]
    residence = _residence(facts)
    poverty_now, poverty_since = _open(poverty) if poverty else (None, None)
    residence_now, residence_since = _open(residence) if residence else (None, None)
    row = {
        "id": one.household_id, **_location(), "residence_kind": (residence_now or {}).get("kind") or "rural",
        "difficulty": (residence_now or {}).get("difficulty"), "residence_since": residence_since,
        "poverty": (poverty_now or {}).get("class") or "none", "poverty_since": poverty_since,
    }  # fmt: skip
    closed = [*_closed("h", one.household_id, "poverty", poverty), *_closed("h", one.household_id, "residence", residence)]
    return row, closed


def _residence(facts: dict[str, list[Spell]]) -> list[Spell]:
    """``residence`` and ``area`` are one fact of the registry: cut at the days of both."""
    kinds, areas = facts.get("residence", []), facts.get("area", [])
    cuts = sorted({day for spell in (*kinds, *areas) for day in (spell.since, spell.until) if day})
    bounds: list[date | None] = [None, *cuts, None]
    spells = []
    for since, until in zip(bounds, bounds[1:], strict=False):
        value = {"kind": _at(kinds, since) or "rural", "difficulty": _at(areas, since), "commune_id": None, "village_id": None}
        spells.append(Spell(value, since, until))
    return spells if kinds or areas else []


def _at(spells: Sequence[Spell], day: date | None) -> Any:
    """Value on a day; None stands for before all days."""
    for spell in spells:
        begun = spell.since is None or (day is not None and spell.since <= day)
        if begun and (spell.until is None or day is None or day < spell.until):
            return spell.value
    return None


def _person(one: Placed, person_id: int, person: CasePerson) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    row: dict[str, Any] = {
        "id": person_id, **_location(), "full_name": person.name, "household_id": one.household_id,
        "born": person.born, "sex": person.sex, "died_on": person.died,
    }  # fmt: skip
    closed: list[dict[str, Any]] = []
    for fact in PERSON_FACTS:
        if fact.name == "membership":
            continue
        spells = person.facts.get(fact.name, [])
        value, row[fact.since] = _open(spells) if spells else (None, None)
        closed += _closed("p", person_id, fact.name, spells)
        for column, key in fact.columns:
            row[column] = (value or {}).get(key) if not fact.is_scalar else _with_default(column, value)
    return row, closed


def _with_default(column: str, value: Any) -> Any:
    if column in FLAGS:
        return bool(value)
    return DEFAULTS.get(column) if value is None else value


def _links(one: Placed, person_id: int, person: CasePerson) -> Iterator[dict[str, Any]]:
    for name, spells in person.links.items():
        for spell in spells:
            for child in dict.fromkeys(spell.value or []):
                yield {
                    "kind": LINK_FIELDS[name], "adult_id": person_id, "child_id": one.person_id(child),
                    "since": spell.since, "until": spell.until, **_location(),
                }  # fmt: skip


def cursor() -> CursorWrapper:
    """A cursor of the request's connection."""
    return connection.cursor()
