"""Somebody moved to another family: the months paid before are neither taken back nor paid again when one of the two families is corrected."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from beneficiaries.models import Decision
from households.models import Household
from households.operations import confirm_death
from households.operations.families import join_household
from payments.models import Correction
from payments.operations.proving import prove
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, GRANDMOTHER, NOVEMBER, correct, decide, named, run
from tests.corrections.scene import OCTOBER, SEPTEMBER, open_corrections, pay
from tests.decisions.cast import add_family
from tests.households.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

NEIGHBOUR = "Ly Thị Mỷ"


def joins(people: Cast, household: Household, day: datetime.date) -> None:
    """The boy lives with others from a day on."""
    with acting(COUNTRY):
        join_household(household=household, relations={named(BOY).pk: "other"}, since=day, change=correct(people), by=COUNTRY)


def dies(people: Cast, name: str) -> None:
    with acting(COUNTRY):
        confirm_death(person_id=named(name).pk, died_on=SEPTEMBER.replace(day=20), change=correct(people), by=COUNTRY)


def due_of_the_boy(month: datetime.date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount FROM beneficiaries_entitlement WHERE superseded_by_run IS NULL AND person_id = %s AND benefit = 'TCXH-5.6'"
            " AND from_month <= %s AND (until_month IS NULL OR until_month > %s)",
            [named(BOY).pk, month, month],
        )
        return [row[0] for row in cursor.fetchall()]


def balanced() -> bool:
    return not any(check.findings for _area, check in prove())


@pytest.fixture
def neighbours(people: Cast) -> Household:
    """A woman of 81 with a pension of her own."""
    home = add_family(people, NEIGHBOUR, datetime.date(1945, 1, 1))
    with acting(COUNTRY):
        decide(people, NEIGHBOUR, "PENSION-SOCIAL")
    return home


@pytest.mark.parametrize("dead", [GRANDMOTHER, NEIGHBOUR])
def test_who_moved_on_time_is_left_alone_by_a_late_death_in_the_old_or_the_new_family(
    people: Cast, neighbours: Household, dead: str
) -> None:
    """The boy's 1.080.000 of September and October were paid in his family; he joins the neighbours on 10 November. A death of 20 September told in
    December takes back the pensions of October and November, 2 × 540.000, and brings the funeral; the boy's months stay due once."""
    pay(SEPTEMBER, OCTOBER)
    joins(people, neighbours, NOVEMBER.replace(day=10))
    pay(NOVEMBER)
    dies(people, dead)
    run(DECEMBER)
    assert open_corrections() == {
        ("FUNERAL", SEPTEMBER): 10_800_000, ("PENSION-SOCIAL", OCTOBER): -540_000, ("PENSION-SOCIAL", NOVEMBER): -540_000
    }  # fmt: skip
    assert [due_of_the_boy(month) for month in (SEPTEMBER, OCTOBER, NOVEMBER)] == [[1_080_000]] * 3
    assert balanced()


def test_a_month_paid_on_the_old_family_s_line_is_not_paid_again_when_only_the_new_one_is_looked_at(
    people: Cast, neighbours: Household
) -> None:
    """The boy moved on 10 October, told in November: his October stands on the old family's line and is due in the new one. The death of 12 October
    told in December concerns the new family alone: its funeral and a pension back, and nothing of the boy's."""
    pay(SEPTEMBER, OCTOBER)
    joins(people, neighbours, OCTOBER.replace(day=10))
    pay(NOVEMBER)
    with acting(COUNTRY):
        confirm_death(person_id=named(NEIGHBOUR).pk, died_on=OCTOBER.replace(day=12), change=correct(people), by=COUNTRY)
    for _twice in range(2):
        run(DECEMBER)
        assert open_corrections() == {("FUNERAL", OCTOBER): 10_800_000, ("PENSION-SOCIAL", NOVEMBER): -540_000}
    assert balanced()


def test_who_moved_twice_before_anybody_told_owes_nothing(people: Cast, neighbours: Household) -> None:
    """With the neighbours from 10 October, with others from 10 November, both told in November after October was paid: October stays due, once."""
    others = add_family(people, "Sùng Thị Chở", datetime.date(1990, 1, 1))
    pay(SEPTEMBER, OCTOBER)
    joins(people, neighbours, OCTOBER.replace(day=10))
    joins(people, others, NOVEMBER.replace(day=10))
    run(NOVEMBER)
    assert open_corrections() == {}
    assert [due_of_the_boy(month) for month in (SEPTEMBER, OCTOBER, NOVEMBER)] == [[1_080_000]] * 3
    assert balanced()


def test_a_decision_that_ends_late_is_taken_back_in_the_family_where_its_owner_lives_now(people: Cast, neighbours: Household) -> None:
    """Granted in his family, with the neighbours since 10 September; told in December that nothing was due to the boy from November on."""
    pay(SEPTEMBER)
    joins(people, neighbours, SEPTEMBER.replace(day=10))
    pay(OCTOBER, NOVEMBER)
    with acting(COUNTRY):
        Decision.objects.filter(person=named(BOY)).update(until_month=NOVEMBER)
    run(DECEMBER)
    assert open_corrections() == {("TCXH-5.6", NOVEMBER): -1_080_000}
    assert Correction.objects.get(settled_at=None).household_id == neighbours.pk
    assert balanced()
