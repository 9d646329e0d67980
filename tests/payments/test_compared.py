"""A list against last month's, line by line: what is new, gone, more, less and the same, and why."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from beneficiaries.models import Decision
from payments.models import PaymentList
from payments.queries.compared import Compared, compared
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, GRANDMOTHER, NEW_YEAR, NOVEMBER, decide, people, release_all, run
from tests.households.cast import Cast
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def of(month: datetime.date, kind: str = "") -> Compared:
    with acting(COUNTRY):
        return compared(PaymentList.objects.select_related("commune").get(month=month, commune__code="00721"), kind=kind)


def test_a_new_decision_makes_the_line_larger_and_says_so(people: Cast) -> None:
    """November 540.000; in December the boy's 1.080.000 come on top: 1.620.000."""
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", DECEMBER)
    run(DECEMBER)
    found = of(DECEMBER)
    (line,) = found.rows
    assert (line.kind, line.was, line.now, line.difference, line.payee) == ("up", 540_000, 1_620_000, 1_080_000, "Giàng Mí Páo")
    assert [(reason.code, reason.what) for reason in line.reasons] == [("changed", "decision")]
    assert found.counts == {"up": (1, 1_080_000)}
    assert of(DECEMBER, "gone").rows == []
    assert of(DECEMBER, "gone").counts == {"up": (1, 1_080_000)}


def test_arrears_are_a_reason_with_their_months_and_cause_and_their_end_is_one_too(people: Cast) -> None:
    """Known in January that the boy's decision counts from November: 1.620.000 and 2 × 1.080.000 arrears after 540.000; February pays 1.620.000."""
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    for month in (NOVEMBER, DECEMBER):
        run(month)
        release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", NOVEMBER)
    run(NEW_YEAR)
    (line,) = of(NEW_YEAR).rows
    arrears = next(reason for reason in line.reasons if reason.code == "arrears")
    assert (arrears.money, arrears.first, arrears.last) == (2_160_000, NOVEMBER, DECEMBER)
    assert [cause["kind"] for cause in arrears.because] == ["decision"]
    release_all()
    february = NEW_YEAR.replace(month=2)
    run(february)
    (line,) = of(february).rows
    assert (line.kind, line.was, line.now) == ("down", 3_780_000, 1_620_000)
    assert ("had_arrears", 2_160_000) in [(reason.code, reason.money) for reason in line.reasons]


def test_a_benefit_that_ended_makes_the_line_smaller(people: Cast) -> None:
    run(NOVEMBER)
    release_all()
    Decision.objects.filter(benefit__in=("TCXH-5.6", "PENSION-SOCIAL")).update(until_month=DECEMBER)
    with acting(COUNTRY):
        decide(people, GRANDMOTHER, "PENSION-SOCIAL", DECEMBER)
    run(DECEMBER)
    (line,) = of(DECEMBER).rows
    assert (line.kind, line.difference) == ("down", -1_080_000)
    assert ("changed", "decision") in [(reason.code, reason.what) for reason in line.reasons]


def test_whoever_moved_away_is_gone_with_what_the_family_had(people: Cast) -> None:
    """November's list also had the neighbours, with 195.000; they live in another commune now."""
    run(NOVEMBER)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paymentline (month, list_id, household_id, amount, total, components, province_no, area_pos)"
            " SELECT month, list_id, %s, 195000, 195000, '[]', province_no, area_pos FROM payments_paymentline",
            [people.neighbours.pk],
        )
    release_all()
    run(DECEMBER)
    (line,) = of(DECEMBER, "gone").rows
    assert (line.household, line.was, line.now, line.difference) == (str(people.neighbours.public_id), 195_000, None, -195_000)
    assert "moved" in [reason.code for reason in line.reasons]
    assert of(DECEMBER, "gone").counts == {"gone": (1, -195_000), "same": (1, 0)}


def test_the_same_line_is_the_same_and_a_first_list_is_compared_with_nothing(people: Cast) -> None:
    run(NOVEMBER)
    assert (of(NOVEMBER).has_before, of(NOVEMBER).number) == (False, 1)
    release_all()
    run(DECEMBER)
    (line,) = of(DECEMBER).rows
    assert (line.kind, line.difference, line.reasons) == ("same", 0, ())


def test_a_neighbours_list_is_compared_to_nobody(people: Cast) -> None:
    run(NOVEMBER)
    pay_list = PaymentList.objects.select_related("commune").get()
    with as_scope(people.pho_bang):
        assert compared(pay_list).rows == []
