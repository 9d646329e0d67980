"""Families and persons who move between communes whose lists of the month are not released together.

What the one paid is not taken back while the other's list waits; the proof of the books is calm as long as a list will bring the money, and names it
when none will.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from households.models import Household
from households.operations import NewPerson, move_household, register_household
from households.operations.families import join_household
from payments.models import Correction, PaymentLine, PaymentList
from payments.operations.proving import prove
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import DECEMBER, NOVEMBER, correct, decide, line, named, run
from tests.corrections.scene import AUGUST, DECREE_335, JULY, OCTOBER, SEPTEMBER, causes, law_without, open_corrections, pay
from tests.corrections.test_one_list_each import joins, of, released, two_communes
from tests.households.cast import JANUARY, POOR, Cast
from tests.payments.test_proofs import all_powers
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["two_communes"]
OLD = "Sùng Thị Chở"


def moves(people: Cast, household: Household, commune: Area) -> None:
    with acting(COUNTRY):
        move_household(
            household_id=household.pk,
            commune=commune,
            village=None,
            residence_kind="rural",
            since=NOVEMBER,
            change=correct(people),
            by=COUNTRY,
        )


def goes_out(people: Cast, *, there: bool) -> PaymentList:
    """November's list of the neighbouring commune, or of the family's, is released."""
    with acting(COUNTRY):
        pay_list = of(NOVEMBER, people, there=there)
    released([pay_list])
    return pay_list


def named_by_the_proof() -> dict[str, dict[str, Any]]:
    return {found["rule"]: found for _area, check in prove() for found in check.findings}


@pytest.fixture
def on_its_way(two_communes: Cast) -> Cast:
    """The family's 1.620.000 of November stand on Đồng Văn's draft; it moves to Phố Bảng, whose list is released without it."""
    pay(SEPTEMBER, OCTOBER)
    run(NOVEMBER)
    moves(two_communes, two_communes.family, two_communes.pho_bang)
    goes_out(two_communes, there=True)
    return two_communes


def test_what_waits_on_the_old_commune_s_draft_is_no_loss_and_is_paid_by_it(on_its_way: Cast) -> None:
    assert named_by_the_proof() == {}
    assert goes_out(on_its_way, there=False).amount == 1_620_000
    assert named_by_the_proof() == {}
    run(DECEMBER)
    assert open_corrections() == {}
    assert named_by_the_proof() == {}


def test_taken_off_the_draft_by_the_next_run_it_is_on_decembers_list_and_no_loss_meanwhile(on_its_way: Cast) -> None:
    """Run again, November leaves the family to its new commune, whose list is out: December's 1.620.000 come with November's 1.620.000."""
    run(NOVEMBER)
    assert line(NOVEMBER, on_its_way.family.pk) is None
    assert named_by_the_proof() == {}
    run(DECEMBER)
    found = line(DECEMBER, on_its_way.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"]) == (1_620_000, 1_620_000)
    assert named_by_the_proof() == {}


@pytest.mark.parametrize("lost", ["the line", "a part of a line"])
def test_the_proof_names_what_somebody_took_off_the_old_commune_s_draft(on_its_way: Cast, lost: str) -> None:
    draft = {"month": NOVEMBER, "list_id": of(NOVEMBER, on_its_way, there=False).pk}
    with all_powers() as cursor:
        if lost == "the line":
            cursor.execute("DELETE FROM payments_paymentline WHERE month = %(month)s AND list_id = %(list_id)s", draft)
        else:
            cursor.execute(
                "UPDATE payments_paymentline SET components = components - 0 WHERE month = %(month)s AND list_id = %(list_id)s", draft
            )
    found = named_by_the_proof()["due_is_accounted_for"]
    assert (found["household"], found["month"]) == (on_its_way.family.code, "2026-11-01")
    assert found["rows"] == (2 if lost == "the line" else 1)


def test_the_proof_names_what_the_next_list_should_have_brought(on_its_way: Cast) -> None:
    run(NOVEMBER)
    run(DECEMBER)
    with owner():
        PaymentLine.objects.filter(month=DECEMBER, household_id=on_its_way.family.pk).delete()
        Correction.objects.all().delete()
    found = named_by_the_proof()["due_is_accounted_for"]
    assert (found["household"], found["month"], found["rows"]) == (on_its_way.family.code, "2026-11-01", 2)


@pytest.mark.parametrize("alone", [True, False])
def test_paid_by_the_old_commune_nothing_is_taken_back_while_the_new_one_s_list_waits(two_communes: Cast, alone: bool) -> None:
    """Đồng Văn's November was released with 1.620.000; the boy alone or the family then belongs to Phố Bảng, whose November still waits when
    December is run."""
    pay(SEPTEMBER, OCTOBER)
    run(NOVEMBER)
    goes_out(two_communes, there=False)
    if alone:
        joins(two_communes, two_communes.neighbours, NOVEMBER.replace(day=10))
    else:
        moves(two_communes, two_communes.family, two_communes.pho_bang)
    for released_there in (False, True):
        if released_there:
            goes_out(two_communes, there=True)
        run(DECEMBER)
        assert open_corrections() == {}
        found = line(DECEMBER, two_communes.family.pk)
        assert found is not None
        assert (found["amount"], found["recovery"]) == (540_000 if alone else 1_620_000, 0)
        assert named_by_the_proof() == {}


def test_what_the_law_changes_of_months_paid_by_a_family_left_behind_waits_for_the_province_all_the_same(
    people: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Her pension of July to September was paid in her son's family, by the old level of 500.000. Told in October that she lives with the boy's since
    10 August: two months later nothing is left to look at in her son's, and the 40.000 of August and September are still the law's."""
    with owner(), acting(COUNTRY):
        register_household(
            commune=people.dong_van, village=None, residence_kind="rural", since=JANUARY, poverty=POOR, change=people.change, by=COUNTRY,
            members=[NewPerson("Sùng Mí Vư", "male", datetime.date(1980, 1, 1), relation="head"),
                     NewPerson(OLD, "female", datetime.date(1945, 1, 1), relation="parent")],
        )  # fmt: skip
        decide(people, OLD, "PENSION-SOCIAL")
    bring_the_decree = law_without(monkeypatch, tmp_path / "law", DECREE_335)
    pay(JULY, AUGUST, SEPTEMBER)
    bring_the_decree()
    with acting(COUNTRY):
        join_household(
            household=people.family, relations={named(OLD).pk: "other"}, since=AUGUST.replace(day=10), change=correct(people), by=COUNTRY
        )
    pay(OCTOBER, NOVEMBER)
    run(DECEMBER)
    assert {(row.due, row.ordered) for row in Correction.objects.filter(settled_at=None, person_id=named(OLD).pk)} == {(540_000, 500_000)}
    assert {cause["kind"] for cause in causes().values()} == {"law"}
    found = line(DECEMBER, people.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"]) == (2_160_000, 0)
    assert named_by_the_proof() == {}
