"""A commune sees its own households; the neighbour's are not there, whatever is asked."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from households.models import Household, NationalId, Person
from households.operations import UnknownSubjectError, move_household, set_fact
from households.queries import household_on, search_people
from posasoft.core.scope import COUNTRY, NOWHERE
from tests.households.cast import JANUARY, cast
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db


def test_lists_counts_and_lookups_hold_only_the_own_commune() -> None:
    c = cast()
    with as_scope(c.dong_van):
        assert set(Household.objects.values_list("pk", flat=True)) == {c.family.pk}
        assert Person.objects.count() == 3
        assert NationalId.objects.count() == 1
        assert household_on(c.neighbours.pk, JANUARY) is None


def test_search_by_name_id_and_code_does_not_find_the_neighbour() -> None:
    c = cast()
    with as_scope(c.dong_van):
        assert search_people("vang thi pa") == []
        assert search_people("002170000999") == []
        assert search_people(c.neighbours.code) == []
        assert [hit.full_name for hit in search_people("pao giang")] == ["Giàng Mí Páo"]
    with as_scope(c.pho_bang):
        assert [hit.full_name for hit in search_people("PA vang")] == ["Vàng Thị Pà"]


def test_without_a_scope_nothing_is_there() -> None:
    cast()
    with as_scope(NOWHERE):
        assert not Household.objects.exists()
        assert not Person.objects.exists()


def test_a_setting_left_empty_shows_nothing() -> None:
    """After SET LOCAL a custom setting is '' in the session: a prefix policy would then show every row."""
    cast()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.scope_lo = ''; SET LOCAL app.scope_hi = ''")
        cursor.execute("SELECT count(*) FROM households_person")
        assert cursor.fetchone() == (0,)


def test_a_row_cannot_be_written_or_moved_out_of_the_scope() -> None:
    c = cast()
    with as_scope(c.dong_van), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Household.objects.filter(pk=c.family.pk).update(area_pos=c.pho_bang.position)


def test_a_neighbours_fact_cannot_be_changed() -> None:
    c = cast()
    with as_scope(c.dong_van), pytest.raises(UnknownSubjectError):
        set_fact(
            subject="h", subject_id=c.neighbours.pk, fact="poverty", value={"class": "none"}, since=JANUARY, change=c.change, by=COUNTRY
        )


def test_a_moved_household_is_seen_by_the_new_commune_only() -> None:
    c = cast()
    move_household(
        household_id=c.family.pk, commune=c.pho_bang, village=None, residence_kind="rural", since=JANUARY.replace(month=6), change=c.change,
        by=COUNTRY,
    )  # fmt: skip
    with as_scope(c.dong_van):
        assert not Person.objects.exists()
        assert search_people("giang mi pao") == []
    with as_scope(c.pho_bang):
        assert Person.objects.count() == 4
        assert len(search_people("giang mi pao")) == 1
        assert len(search_people("002088000571")) == 1
