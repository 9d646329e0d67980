"""A benefit of a month stands on one list: of who moves while a list is in hand, and of a list that would order what another has ordered."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

import pytest

from households.models import Household
from households.operations import NewPerson, register_household
from households.operations.families import join_household
from payments.models import PaymentLine, PaymentList
from payments.operations import ReleaseRefused, release, steps, supplementary
from payments.operations.proving import prove
from posasoft.core.models import Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, NOVEMBER, correct, decide, line, named, run
from tests.corrections.scene import OCTOBER, SEPTEMBER, open_corrections, pay
from tests.households.cast import JANUARY, POOR, Cast
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

ADULT, OLD = "TCXH-5.6", "Ly Thị Mỷ"


@pytest.fixture
def two_communes(people: Cast) -> Cast:
    """The neighbours are a woman of 81 with a pension, so that both communes have lists."""
    with owner(), acting(COUNTRY):
        home = register_household(
            commune=people.pho_bang, village=None, residence_kind="rural", since=JANUARY, poverty=POOR, change=people.change, by=COUNTRY,
            members=[NewPerson(OLD, "female", datetime.date(1945, 1, 1), relation="head")],
        )  # fmt: skip
        decide(people, OLD, "PENSION-SOCIAL")
    return dataclasses.replace(people, neighbours=home)


def joins(people: Cast, household: Household, day: datetime.date) -> None:
    with acting(COUNTRY):
        join_household(household=household, relations={named(BOY).pk: "other"}, since=day, change=correct(people), by=COUNTRY)


def of(month: datetime.date, people: Cast, *, there: bool) -> PaymentList:
    """The regular list of the neighbouring commune, or of the boy's."""
    commune = people.pho_bang if there else people.dong_van
    return PaymentList.objects.get(month=month, kind="regular", commune_id=commune.pk)


def months_of_the_boy(month: datetime.date, home: Household) -> list[str]:
    found = line(month, home.pk)
    return sorted(part_month for benefit, part_month in (found["components"] if found else ()) if benefit == ADULT)


def released(lists: Iterable[PaymentList]) -> None:
    with acting(COUNTRY):
        for pay_list in lists:
            release(lists=approved([pay_list]) or [PaymentList.objects.get(pk=pay_list.pk)], by=COUNTRY)


@pytest.mark.parametrize("there_first", [True, False])
def test_who_moves_while_the_list_is_in_hand_is_paid_by_it_and_not_by_the_new_commune_s(two_communes: Cast, there_first: bool) -> None:
    """November is approved in the boy's commune; told then that he lives with the neighbours since 10 November, the month is run again."""
    pay(SEPTEMBER, OCTOBER)
    run(NOVEMBER)
    with acting(COUNTRY):
        approved([of(NOVEMBER, two_communes, there=False)])
    joins(two_communes, two_communes.neighbours, NOVEMBER.replace(day=10))
    run(NOVEMBER)
    assert (months_of_the_boy(NOVEMBER, two_communes.family), months_of_the_boy(NOVEMBER, two_communes.neighbours)) == (["2026-11"], [])
    with acting(COUNTRY):
        lists = [of(NOVEMBER, two_communes, there=there) for there in (there_first, not there_first)]
    released(lists)
    run(DECEMBER)
    assert open_corrections() == {}
    assert (months_of_the_boy(DECEMBER, two_communes.family), months_of_the_boy(DECEMBER, two_communes.neighbours)) == ([], ["2026-12"])
    assert not any(check.findings for _area, check in prove())


def test_the_next_month_does_not_bring_what_still_waits_on_the_old_commune_s_list(two_communes: Cast) -> None:
    """The neighbours' November is released, the boy's still in hand: December owes him nothing of November, nor does a list besides."""
    pay(SEPTEMBER, OCTOBER)
    run(NOVEMBER)
    with acting(COUNTRY):
        approved([of(NOVEMBER, two_communes, there=False)])
        there = of(NOVEMBER, two_communes, there=True)
    released([there])
    joins(two_communes, two_communes.neighbours, NOVEMBER.replace(day=10))
    run(NOVEMBER)
    with acting(COUNTRY):
        assert not supplementary.draw_up(month=NOVEMBER, kind="supplementary", lo=0, hi=WHOLE_COUNTRY[1], by=COUNTRY)
    run(DECEMBER)
    assert months_of_the_boy(DECEMBER, two_communes.neighbours) == ["2026-12"]
    with acting(COUNTRY):
        here = of(NOVEMBER, two_communes, there=False)
    released([here])
    run(DECEMBER)
    assert open_corrections() == {}
    assert months_of_the_boy(DECEMBER, two_communes.neighbours) == ["2026-12"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_refused_release_names_the_line_and_the_list_and_the_draft_made_again_is_released(two_communes: Cast, at_once: bool) -> None:
    """However it came there: the boy's November on two lists."""
    run(NOVEMBER)
    with owner():
        twice = PaymentLine.objects.get(month=NOVEMBER, household_id=two_communes.neighbours.pk)
        part = {"p": named(BOY).pk, "b": ADULT, "m": "2026-11", "c": 2, "a": 1_080_000}
        PaymentLine.objects.filter(month=NOVEMBER, pk=twice.pk).update(
            components=[*twice.components, part], amount=twice.amount + 1_080_000, total=twice.total + 1_080_000
        )
    with acting(COUNTRY):
        lists = approved([of(NOVEMBER, two_communes, there=there) for there in (False, True)])
        first, second = sorted(lists, key=lambda pay_list: pay_list.pk)
        if not at_once:
            first = release(lists=[first], by=COUNTRY)[0]
        with pytest.raises(ReleaseRefused) as refused:
            release(lists=lists if at_once else [second], by=COUNTRY)
        for word in (second.commune.name, first.commune.name, BOY, "11/2026"):
            assert word in str(refused.value)
        if not at_once:
            assert first.number in str(refused.value)
        officer = Scope("area", *WHOLE_COUNTRY, User.objects.create(username="tinh", password="!").pk, Role.PROVINCE_OFFICER, 1)
        steps.move(lists=[second], name="reject", by=officer, reason="Trùng khoản")
        if at_once:
            release(lists=[first], by=COUNTRY)
    run(NOVEMBER)
    with acting(COUNTRY):
        again = list(PaymentList.objects.filter(pk=second.pk))
    released(again)
    assert sum(len(months_of_the_boy(NOVEMBER, home)) for home in (two_communes.family, two_communes.neighbours)) == 1
