"""One fact of one person or household gets a value from a day on, and perhaps until another."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import connection, transaction

from households.facts import HOUSEHOLD, PERSON, Fact, facts_of
from households.models import Change, Household, Person
from households.queries.state import spells_of
from households.timeline import Spell, overlay
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.scope import Scope

_TABLES = {HOUSEHOLD: "households_household", PERSON: "households_person"}
# What a fact is where nothing was ever stated: such a stretch is left out of the closed spells.
_UNSTATED: dict[str, Any] = {"pension": 0, "poverty": {"class": "none", "b1": None, "b2": None}}
_BLANKS = {"text": None, "date": None, "bigint": None, "smallint": None, "boolean": False}


class UnknownSubjectError(LookupError):
    """The person or household does not exist, or lies outside the actor's scope."""


def start_change(*, kind: str, by: Scope, province_no: int, area_pos: int, reason: str = "", source: str = "") -> Change:
    """The row that every value written afterwards points to: source, person, reason."""
    return Change.objects.create(kind=kind, reason=reason, source=source, made_by_id=by.user_id, province_no=province_no, area_pos=area_pos)


@transaction.atomic
def set_fact(
    *, subject: str, subject_id: int, fact: str, value: Any, since: datetime.date | None, until: datetime.date | None = None,
    change: Change, by: Scope,
) -> None:  # fmt: skip
    """Let ``fact`` have ``value`` over [since, until) whatever was known before; later spells stay, earlier ones are cut.

    ``value`` is the fact's JSON (one column: the value itself; several: an object, see households.facts). Raises UnknownSubjectError, and
    KeyError for an unknown fact.
    """
    known = next((f for f in facts_of(subject) if f.name == fact), None)
    if known is None:
        raise KeyError(fact)
    with connection.cursor() as cursor:
        # Two officers at once: the second waits here and lays its value over the first's.
        cursor.execute(f"SELECT province_no, area_pos FROM {_TABLES[subject]} WHERE id = %s FOR UPDATE", [subject_id])
        located = cursor.fetchone()
    if located is None:
        raise UnknownSubjectError(subject_id)
    timeline = overlay(spells_of(subject, [subject_id], [fact])[(subject_id, fact)], Spell(value, since, until))
    with because(change=change.pk, by=by, reason=change.reason, effective_from=since):
        _store(subject, subject_id, known, timeline, change, located)
    audit.record(verb="set_fact", kind=_TABLES[subject], object_id=subject_id, by=by, area=located, fact=fact, since=str(since))


def _store(subject: str, subject_id: int, fact: Fact, timeline: list[Spell], change: Change, located: tuple[int, int]) -> None:
    last = timeline[-1] if timeline[-1].until is None else Spell(_blank(fact), timeline[-1].until, None)
    closed = timeline if timeline[-1].until is not None else timeline[:-1]
    with connection.cursor() as cursor:
        # This order keeps the triggers content: no closed spell may end after the open one begins, at any statement.
        cursor.execute(
            "DELETE FROM households_factspell WHERE subject = %s AND subject_id = %s AND fact = %s", [subject, subject_id, fact.name]
        )
        columns = [column for column, _ in fact.columns]
        values = [last.value] if fact.is_scalar else [(last.value or {}).get(key) for _, key in fact.columns]
        values = [_blank_of(sql_type) if v is None else v for v, sql_type in zip(values, fact.sql_type, strict=True)]
        if fact.name == "pension":
            values = [values[0] or 0]
        sets = ", ".join(f"{column} = %s" for column in [*columns, fact.since])
        cursor.execute(
            f"UPDATE {_TABLES[subject]} SET {sets}, fact_changes = coalesce(fact_changes, '{{}}') || jsonb_build_object(%s::text, %s::bigint)"
            " WHERE id = %s",
            [*values, last.since, fact.name, change.pk, subject_id],
        )
        cursor.executemany(
            "INSERT INTO households_factspell (subject, subject_id, fact, value, since, until, change_id, province_no, area_pos)"
            " VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s)",
            [
                (subject, subject_id, fact.name, json.dumps(s.value), s.since, s.until, change.pk, *located)
                for s in closed
                if not (s.since is None and _is_unstated(fact, s.value))
            ],
        )


def _is_unstated(fact: Fact, value: Any) -> bool:
    if fact.name in _UNSTATED:
        return bool(value == _UNSTATED[fact.name])
    return value in (None, False) or (isinstance(value, dict) and not any(value.values()))


def _blank_of(sql_type: str) -> Any:
    return _BLANKS[sql_type]


def _blank(fact: Fact) -> Any:
    return _UNSTATED.get(fact.name, _blank_of(fact.sql_type[0]) if fact.is_scalar else {})


@transaction.atomic
def confirm_death(*, person_id: int, died_on: datetime.date, change: Change, by: Scope) -> None:
    """The person died on this day: no condition of any benefit holds on it or after (readings of the law, 1). Raises UnknownSubjectError."""
    with because(change=change.pk, by=by, reason=change.reason, effective_from=died_on):
        changed = Person.objects.filter(pk=person_id).update(died_on=died_on)
    if not changed:
        raise UnknownSubjectError(person_id)
    person = Person.objects.only("province_no", "area_pos").get(pk=person_id)
    audit.record(
        verb="confirm_death",
        kind="households_person",
        object_id=person_id,
        by=by,
        area=(person.province_no, person.area_pos),
        day=str(died_on),
    )


def located(household: Household) -> tuple[int, int]:
    """(province_no, area_pos) of a household, as audit rows and changes want them."""
    return household.province_no, household.area_pos
