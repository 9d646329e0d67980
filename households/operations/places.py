"""Rows that follow their people: what lies in the tree where somebody lives now. Money of past months keeps the place where it was paid."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from households.models import Household
from posasoft.core.scope import COUNTRY, Scope, apply

_SETTINGS = ("app.scope_kind", "app.scope_lo", "app.scope_hi", "app.user_id")
_OF_PERSONS = (
    ("households_person", "id = ANY(%(persons)s)", True),
    ("households_nationalid", "person_id = ANY(%(persons)s)", True),
    ("households_raising", "adult_id = ANY(%(persons)s)", True),
    ("households_document", "person_id = ANY(%(persons)s)", True),
    ("households_externalid", "person_id = ANY(%(persons)s)", True),
    ("households_factspell", "subject = 'p' AND subject_id = ANY(%(persons)s)", True),
    ("households_searchtoken", "person_id = ANY(%(persons)s)", False),
)
_OF_HOUSEHOLD = ("households_externalid", "households_povertysurvey")


@contextmanager
def widened(by: Scope) -> Iterator[None]:
    """The whole country inside, the caller's range again after: for a transfer, which has one foot in each of two ranges.

    What is read inside must not reach a page unless the transfer sheet shows it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in _SETTINGS))
            before = cursor.fetchone()
        # A practice area lies above the country: whoever practises stays there.
        if by.lo < COUNTRY.hi:
            apply(replace(COUNTRY, user_id=by.user_id, role=by.role))
        yield
        with connection.cursor() as cursor:
            for name, value in zip(_SETTINGS, before, strict=True):
                cursor.execute("SELECT set_config(%s, %s, true)", [name, value or ""])


def place_persons(person_ids: Sequence[int], household: Household) -> None:
    """Bring the persons and everything that lies with them to the place of a household. Runs in a scope that holds both places."""
    place: dict[str, Any] = {"persons": list(person_ids), "province": household.province_no, "position": household.area_pos}
    with connection.cursor() as cursor:
        for table, where, has_province in _OF_PERSONS:
            province = "province_no = %(province)s, " if has_province else ""
            cursor.execute(f"UPDATE {table} SET {province}area_pos = %(position)s WHERE {where} AND area_pos <> %(position)s", place)


def place_rest_of_household(household: Household) -> None:
    """What `move_household` leaves behind: the household's surveys and names in other systems, its people's too."""
    place = {"id": household.pk, "province": household.province_no, "position": household.area_pos}
    with connection.cursor() as cursor:
        for table in _OF_HOUSEHOLD:
            cursor.execute(f"UPDATE {table} SET province_no = %(province)s, area_pos = %(position)s WHERE household_id = %(id)s", place)
        cursor.execute(
            "UPDATE households_externalid SET province_no = %(province)s, area_pos = %(position)s"
            " WHERE person_id IN (SELECT id FROM households_person WHERE household_id = %(id)s)",
            place,
        )


def announce(household_ids: Sequence[int], since: datetime.date | None) -> None:
    """Write into the feed, at the place where the households lie now, that something differs since a day.

    The triggers feed a move at the old place, where the run of another province does not look.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)"
            " SELECT id, pg_current_xact_id()::text::bigint, coalesce(%s::date, date '1900-01-01'), province_no, area_pos"
            " FROM households_household WHERE id = ANY(%s)",
            [since, list(household_ids)],
        )
