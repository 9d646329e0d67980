"""The feed says who changed and from which day a rule could see it; nobody is skipped."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from households.operations import set_fact
from households.queries import changed_since, current_cursor
from posasoft.core.scope import COUNTRY
from tests.households.cast import cast
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = datetime.date(2026, 3, 1)


def test_a_change_is_read_once_with_its_first_day_and_not_again() -> None:
    with as_scope(COUNTRY):
        c = cast()
    start = current_cursor()
    with as_scope(COUNTRY):
        set_fact(subject="h", subject_id=c.family.pk, fact="poverty", value={"class": "none"}, since=MARCH, change=c.change, by=COUNTRY)
    found, after = changed_since(start)
    assert found == {c.family.pk: MARCH}
    assert changed_since(after)[0] == {}


def test_a_changed_name_is_fed_without_a_day() -> None:
    with as_scope(COUNTRY):
        c = cast()
    start = current_cursor()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE households_person SET full_name = 'Giàng Mí Pao' WHERE household_id = %s AND relation = 'head'", [c.family.pk]
        )
    assert changed_since(start)[0] == {c.family.pk: None}


def test_a_reader_inside_the_change_gets_it_now_or_later_but_once() -> None:
    with as_scope(COUNTRY):
        c = cast()
    start = current_cursor()
    with as_scope(COUNTRY):
        set_fact(subject="h", subject_id=c.family.pk, fact="poverty", value={"class": "none"}, since=MARCH, change=c.change, by=COUNTRY)
        inside, after = changed_since(start)
    later, _ = changed_since(after)
    assert [*inside.items(), *later.items()] == [(c.family.pk, MARCH)]


def test_a_slow_transaction_is_not_skipped_when_faster_ones_overtake_it() -> None:
    with as_scope(COUNTRY):
        c = cast()
    start = current_cursor()
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute("SELECT set_config('app.scope_lo', '0', false), set_config('app.scope_hi', '9000000000000000', false)")
            cursor.execute("UPDATE households_household SET poverty = 'none', poverty_since = %s WHERE id = %s", [MARCH, c.neighbours.pk])
        with as_scope(COUNTRY):
            set_fact(subject="h", subject_id=c.family.pk, fact="poverty", value={"class": "none"}, since=MARCH, change=c.change, by=COUNTRY)
        first, after = changed_since(start)
        slow.commit()
        second, _ = changed_since(after)
    finally:
        slow.close()
    assert set(first) == {c.family.pk}
    assert set(second) == {c.neighbours.pk}
