"""A fact changes while a list is in somebody's hands or its results are in: rejected it is drafted again, opened again it keeps its lines."""

from __future__ import annotations

import datetime
import json

import pytest

from households.operations import confirm_death
from payments.accounts import Account
from payments.models import Agency, ListDrift, PaymentLine, PaymentList, ServiceArea, ServicePoint
from payments.operations import reconciling, release, steps
from payments.operations.proving import prove
from payments.operations.results import apply, receive, reopen, stage
from payments.operations.sending import send
from posasoft.core.models import Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import DECEMBER, GRANDMOTHER, NOVEMBER, correct, line, named, run
from tests.corrections.scene import OCTOBER, SEPTEMBER, open_corrections, pay
from tests.households.cast import JANUARY, Cast
from tests.payments.money import list_of, standing
from tests.payments.test_steps import after_cut_off
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)


def scope(name: str, role: Role) -> Scope:
    return Scope("area", *WHOLE_COUNTRY, User.objects.create(username=name, password="!").pk, role, 1)


def the_grandmother_died(people: Cast, day: datetime.date) -> None:
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=day, change=correct(people), by=COUNTRY)


def sound() -> bool:
    return all(not check.findings for _area, check in prove())


@pytest.mark.parametrize("hands", [1, 2, 3])
def test_a_list_rejected_after_a_death_is_drafted_again_without_the_dead(people: Cast, hands: int) -> None:
    """September is paid, 1.080.000 for the boy and the grandmother's 540.000. October's list is prepared (checked, approved) over 1.620.000 when
    her death of 12 September is entered. A run leaves a list in somebody's hands alone and says that it differs; rejected and run again it pays
    1.080.000 and the funeral of September, 20 × 540.000 = 10.800.000, as arrears. Nothing is recovered for October: no list ordered it."""
    pay(SEPTEMBER)
    run(OCTOBER)
    chair = scope("chair", Role.COMMUNE_CHAIR)
    who = (("prepare", scope("lan", Role.COMMUNE_OFFICER)), ("check", scope("minh", Role.COMMUNE_OFFICER)), ("approve", chair))
    for name, by in who[:hands]:
        with acting(COUNTRY):
            steps.note_read(pay_list=list_of(OCTOBER), by=by)
            steps.move(lists=[list_of(OCTOBER)], name=name, by=by)
    the_grandmother_died(people, datetime.date(2026, 9, 12))
    run(OCTOBER)
    held = line(OCTOBER, people.family.pk)
    assert held is not None
    assert (held["amount"], held["arrears"], held["total"]) == (1_620_000, 0, 1_620_000)
    assert ListDrift.objects.filter(pay_list=list_of(OCTOBER)).exists()
    with acting(COUNTRY):
        (back,) = steps.move(lists=[list_of(OCTOBER)], name="reject", by=chair, reason="Bà Dợ đã mất")
        assert (back.status, back.reject_reason) == ("draft", "Bà Dợ đã mất")
    pay(OCTOBER)
    found = line(OCTOBER, people.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"], found["recovery"], found["total"]) == (1_080_000, 10_800_000, 0, 11_880_000)
    assert found["components"] == {("TCXH-5.6", "2026-10"): 1_080_000, ("FUNERAL", "2026-09"): 10_800_000}
    run(NOVEMBER)
    assert open_corrections() == {}
    assert sound()


def answer(agency: Agency, pay_list: PaymentList, outcome: str, reason: str = "") -> PaymentList:
    """The post's program says the same of every line of a list."""
    with owner():
        rows = [
            {"line": str(one.public_id), "outcome": outcome, "reason": reason}
            for one in PaymentLine.objects.filter(month=pay_list.month, list_id=pay_list.pk)
        ]
        batch = receive(agency=agency, content=json.dumps(rows).encode(), format="json", client_key=f"{outcome}{pay_list.pk}", by=COUNTRY)
        assert apply(batch=stage(batch=batch, by=COUNTRY), by=COUNTRY).counts == {"applied": len(rows)}
        return PaymentList.objects.get(pk=pay_list.pk)


def test_a_list_opened_again_gives_back_what_was_not_paid_and_a_correction_goes_with_it(people: Cast) -> None:
    """October's 1.620.000 are told as paid; the post then says that it was a slip, nobody came. The list is opened again, its answer corrected:
    1.620.000 come back and wait. Meanwhile the grandmother's death of 12 October is entered: her October stays hers.

    November pays the boy's 1.080.000, the funeral of October 10.800.000 as arrears, and the 1.620.000 that waited: 13.500.000. October is
    ordered once, and what was ordered before is not touched by the list's second opening."""
    with owner():
        agency = Agency.objects.create(code="VNPOST", name="Bưu điện", kind="post")
        where = {"province_no": people.dong_van.province_no, "area_pos": people.dong_van.position}
        point = ServicePoint.objects.create(agency=agency, code="BD1", name="Bưu điện xã", commune=people.dong_van, **where)
        ServiceArea.objects.create(agency=agency, service_point=point, commune=people.dong_van, channel="post", since=JANUARY, **where)
    pay(OCTOBER)
    with owner():
        send(lists=[list_of(OCTOBER)], by=COUNTRY)
    assert answer(agency, list_of(OCTOBER), "paid").status == "results_in"
    assert standing(list_of(OCTOBER)) == {Account.PAID: 1_620_000}
    the_grandmother_died(people, datetime.date(2026, 10, 12))
    with acting(COUNTRY):
        opened = reopen(pay_list=list_of(OCTOBER), reason="Bưu điện báo nhầm", by=scope("chair", Role.COMMUNE_CHAIR))
    assert opened.status == "sent"
    assert answer(agency, opened, "unpaid", "absent").status == "results_in"
    assert standing(list_of(OCTOBER)) == {Account.RETURNED: 1_620_000}
    with acting(COUNTRY):
        reconciling.reconcile(lists=[list_of(OCTOBER)], by=COUNTRY)
    pay(NOVEMBER)
    found = PaymentLine.objects.get(month=NOVEMBER, household_id=people.family.pk)
    assert (found.amount, found.arrears, found.recovery, found.carried, found.total) == (1_080_000, 10_800_000, 0, 1_620_000, 13_500_000)
    assert standing(list_of(OCTOBER)) == {Account.FORWARDED: 1_620_000}
    assert sound()


def test_what_waits_on_a_supplementary_list_is_nobodys_arrears_and_takes_nothing_back(people: Cast) -> None:
    """November was released without the boy, whose 1.080.000 wait on a supplementary list while December is drawn up: December is 1.620.000, and the
    grandmother's 540.000 of November, ordered by the regular list, are not recovered."""
    made = after_cut_off(people)
    run(DECEMBER)
    assert open_corrections() == {}
    found = line(DECEMBER, people.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"], found["recovery"]) == (1_620_000, 0, 0)
    with acting(COUNTRY):
        release(lists=approved([made]), by=COUNTRY)
    run(DECEMBER)
    assert open_corrections() == {}
    assert sound()
