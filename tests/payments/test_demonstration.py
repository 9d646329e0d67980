"""The demonstration's cycle, played by the operations: months paid to the end, one being paid, the next in the making, work for everybody."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.management import call_command

from households.operations import NewPerson, register_household
from payments.models import Cycle, LawCorrection, PaymentList, Statement
from payments.operations.proving import prove
from posasoft.core.models import WorkItem
from posasoft.core.scope import COUNTRY
from tests.beneficiaries.test_month_run import NOVEMBER, decide, people
from tests.households.cast import JANUARY, POOR, Cast, area
from tests.payments.money import list_of
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


OLD = 8


@pytest.fixture
def signed_in(people: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster over both communes, old people with a pension in one, and everybody who may sign in."""
    settings.DEMONSTRATION = True
    monkeypatch.setenv("DEMO_PASSWORD", "mat-khau-thu")
    with owner():
        area("cluster", "C026", "Cụm Đồng Văn", 30_010_000_000, 10**9)
        for number in range(OLD):
            name = f"Vừ Mí {'ABCDEGHK'[number]}"
            register_household(
                commune=people.dong_van, village=None, residence_kind="rural", since=JANUARY, poverty=POOR, change=people.change, by=COUNTRY,
                members=[NewPerson(name, "male", datetime.date(1940 + number, 5, 2), relation="head")],
            )  # fmt: skip
            decide(people, name, "PENSION-SOCIAL")
        call_command("demonstration_users")
        call_command("demonstration_agencies")


@pytest.mark.usefixtures("signed_in")
def test_three_months_are_closed_one_is_paid_and_the_next_is_made_and_a_second_time_changes_nothing() -> None:
    call_command("demonstration_cycle", "2026-11")
    past = [NOVEMBER.replace(month=month) for month in (8, 9, 10)]
    assert [list_of(month).status for month in past] == ["closed"] * 3
    ways = {(row.month.month, row.channel): row.status for row in PaymentList.objects.filter(month__gte=NOVEMBER, commune__code="00721")}
    assert ways == {
        (11, "post"): "sent", (11, "bank"): "results_in", (11, "ewallet"): "reconciled",
        (12, "post"): "draft", (12, "bank"): "checked", (12, "ewallet"): "prepared",
    }  # fmt: skip
    assert all(cycle.closed_at for cycle in Cycle.objects.filter(month__in=past))
    assert all(one.agency_signed_by_id != one.province_signed_by_id and one.is_signed for one in Statement.objects.filter(month__in=past))
    assert [check.findings for _, check in prove()] == [[]]
    work = dict(WorkItem.objects.filter(done_at=None).values_list("kind", "role"))
    asked = {"payments.uncollected": "collaborator", "account.confirm": "commune_chair", "payments.write_off": "commune_chair",
             "law_correction": "province_officer", "cycle_draft": "commune_officer"}  # fmt: skip
    assert work | asked == work
    # What the decree adds to August and September is arrears, nowhere a recovery: also where decisions were taken over later than listed.
    (effect,) = LawCorrection.objects.all()
    assert effect.status == "shown"
    assert effect.arrears > 0
    assert effect.recovery == 0
    before = list(PaymentList.objects.values())
    call_command("demonstration_cycle", "2026-11")
    assert list(PaymentList.objects.values()) == before
