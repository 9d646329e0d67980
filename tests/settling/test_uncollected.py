"""Unpaid money goes into the next list; three months nobody comes: the village asks, the chair suspends, and after the return all of it is paid."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from payments.accounts import Account
from payments.models import Notice, PaymentLine, PaymentList, Uncollected, WriteOff
from payments.operations import reconciling, uncollected, writing_off
from payments.operations.proving import prove
from payments.operations.uncollected import AnswerRefused
from payments.operations.writing_off import WriteOffRefused
from payments.queries.waiting import TakenUp, taken_up, waiting_lines
from posasoft.core.models import AssignedItem, Role, RoleAssignment, User, WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, GRANDMOTHER, NEW_YEAR, NOVEMBER, decide, people, run
from tests.decisions import cast as papers
from tests.households.cast import Cast
from tests.payments.money import list_of, released, resulted, standing
from tests.settling.settled import book
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]

FEBRUARY, MARCH = datetime.date(2027, 2, 1), datetime.date(2027, 3, 1)
MONTHLY = 1_620_000


def month_ends(month: datetime.date, outcome: str, reason: str = "") -> PaymentList:
    """Xã Đồng Văn's list of a month, released, sent, answered and reconciled."""
    pay_list = released(month)
    with acting(COUNTRY):
        book(pay_list, outcome)
    resulted(pay_list, outcome, reason)
    with acting(COUNTRY):
        return reconciling.reconcile(lists=[pay_list], by=COUNTRY)[0]


def sound() -> bool:
    return [check.findings for _area, check in prove()] == [[]]


@pytest.fixture
def never_came(people: Cast) -> Cast:
    """November, December, January: nobody came for 1,620,000 a month."""
    for month in (NOVEMBER, DECEMBER, NEW_YEAR):
        month_ends(month, "unpaid", "absent")
    return people


def test_november_unpaid_is_on_decembers_list_and_paid_there(people: Cast) -> None:
    """1,620,000 of November and 1,620,000 of December in one line of December: 3,240,000, paid once."""
    november = month_ends(NOVEMBER, "unpaid", "absent")
    assert standing(november) == {Account.CARRIED: MONTHLY}
    december = month_ends(DECEMBER, "paid")
    line = PaymentLine.objects.get(month=DECEMBER, list_id=december.pk)
    assert (line.amount, line.carried, line.total) == (MONTHLY, MONTHLY, 2 * MONTHLY)
    assert taken_up(people.family.pk) == []
    assert standing(december)[Account.PAID] == 2 * MONTHLY
    assert Account.CARRIED not in standing(november)
    run(NEW_YEAR)
    assert list_of(NEW_YEAR).carried == 0
    assert sound()


def test_money_on_a_list_that_is_being_paid_waits_no_more_but_is_said(people: Cast) -> None:
    month_ends(NOVEMBER, "unpaid", "absent")
    december = released(DECEMBER)
    assert waiting_lines(people.family.pk) == []
    assert taken_up(people.family.pk) == [TakenUp(DECEMBER, december.number, MONTHLY)]


def test_the_third_month_makes_a_case_and_a_task_once(never_came: Cast) -> None:
    """The last line holds all of it: 3 × 1,620,000 = 4,860,000."""
    assert uncollected.sweep(province_no=3).open == 1
    case = Uncollected.objects.get()
    assert (case.household_id, case.since, case.last_month, case.months, case.amount) == (
        never_came.family.pk,
        NOVEMBER,
        NEW_YEAR,
        3,
        3 * MONTHLY,
    )
    task = WorkItem.objects.get(kind=uncollected.KIND)
    assert (task.role, task.assignee_id, task.link) == ("commune_officer", None, f"/settling/uncollected/{case.public_id}/")
    assert uncollected.sweep(province_no=3).open == 1
    assert (Uncollected.objects.count(), WorkItem.objects.filter(kind=uncollected.KIND).count()) == (1, 1)


def test_two_months_or_a_slip_of_ours_make_no_case(people: Cast) -> None:
    month_ends(NOVEMBER, "unpaid", "absent")
    month_ends(DECEMBER, "unpaid", "absent")
    assert uncollected.sweep(province_no=3).open == 0
    month_ends(NEW_YEAR, "unpaid", "account_closed")
    assert uncollected.sweep(province_no=3).open == 0


def test_a_case_counts_from_the_first_month_of_its_latest_row(never_came: Cast) -> None:
    """February was a slip of ours, and nobody was paid: the case of November goes on as that of March to May."""
    uncollected.sweep(province_no=3)
    april, may = datetime.date(2027, 4, 1), datetime.date(2027, 5, 1)
    month_ends(FEBRUARY, "unpaid", "wrong_data")
    for month in (MARCH, april, may):
        month_ends(month, "unpaid", "absent")
    uncollected.sweep(province_no=3)
    case = Uncollected.objects.get()
    assert (case.since, case.last_month, case.months, case.amount) == (MARCH, may, 3, 7 * MONTHLY)


def test_the_collaborator_of_the_household_gets_the_task_and_the_officer_the_answer(never_came: Cast) -> None:
    with owner():
        user = User.objects.create(username="ctv", full_name="Cộng Tác Viên")
        held = RoleAssignment.objects.create(
            user=user, role=Role.COLLABORATOR, area=never_came.dong_van, scope_kind="households", since=datetime.date(2026, 1, 1)
        )
        AssignedItem.objects.create(assignment=held, kind="households", object_id=never_came.family.pk, since=datetime.date(2026, 1, 1))
    uncollected.sweep(province_no=3)
    assert WorkItem.objects.get(kind=uncollected.KIND).assignee_id == user.pk
    mine = Scope("households", 0, 0, user.pk, Role.COLLABORATOR, held.pk)
    with acting(mine):
        case = Uncollected.objects.get()
        with pytest.raises(AnswerRefused, match="Ghi gia đình đang ở đâu"):
            uncollected.answer(case=case, found="away", note=" ", by=mine)
        uncollected.answer(case=case, found="will_come", note="Đường sạt lở, tháng sau đến", by=mine)
    with acting(COUNTRY):
        assert WorkItem.objects.get(kind=uncollected.KIND).done_at is not None
        assert WorkItem.objects.get(kind="payments.uncollected_decide").role == "commune_officer"
        uncollected.sweep(province_no=3)
        assert WorkItem.objects.filter(kind=uncollected.KIND, done_at=None).count() == 0


def test_a_family_that_comes_ends_its_case(never_came: Cast) -> None:
    uncollected.sweep(province_no=3)
    month_ends(FEBRUARY, "paid")
    assert uncollected.sweep(province_no=3).open == 0
    assert Uncollected.objects.get().ended_at is not None
    assert sound()


def test_suspended_by_decision_and_resumed_it_is_paid_from_the_month_of_the_suspension(never_came: Cast) -> None:
    """4,860,000 waits and is held back. Suspended from February; resumed in March: February's 1,620,000 come as arrears with March's 1,620,000 and
    the 4,860,000 that waited: 8,100,000.
    """
    uncollected.sweep(province_no=3)
    with time_machine.travel(papers.noon("2027-01-25"), tick=True):
        made = papers.Decided(
            never_came,
            papers.scope_of("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, never_came.dong_van),
            *(papers.scope_of(name, name, Role.COMMUNE_CHAIR, never_came.dong_van) for name in ("sung", "va", "pho")),
        )
        papers.signed(made, papers.prepared(made, "suspend", BOY, ground="uncollected"))
        assert uncollected.sweep(province_no=3).suspended == 0, "the grandmother's money is in the same line"
        papers.signed(made, papers.prepared(made, "suspend", GRANDMOTHER, ground="uncollected"))
        assert uncollected.sweep(province_no=3).suspended == 1
        assert uncollected.sweep(province_no=3).suspended == 0
    assert standing(list_of(NEW_YEAR))[Account.SUSPENDED] == 3 * MONTHLY
    assert Notice.objects.filter(kind="suspension", household_id=never_came.family.pk).count() == 1
    papers.add_family(never_came, "Ly Thị Mỷ", datetime.date(1945, 1, 1))
    decide(never_came, "Ly Thị Mỷ", "PENSION-SOCIAL", FEBRUARY)
    february = month_ends(FEBRUARY, "paid")
    assert not PaymentLine.objects.filter(month=FEBRUARY, list_id=february.pk, household_id=never_came.family.pk).exists()
    assert sound()
    with time_machine.travel(papers.noon("2027-02-20"), tick=True):
        papers.signed(made, papers.prepared(made, "resume", BOY), papers.prepared(made, "resume", GRANDMOTHER))
        assert uncollected.sweep(province_no=3).resumed == 1
    march = month_ends(MARCH, "paid")
    line = PaymentLine.objects.get(month=MARCH, list_id=march.pk, household_id=never_came.family.pk)
    assert (line.amount, line.arrears, line.carried, line.total) == (MONTHLY, MONTHLY, 3 * MONTHLY, 5 * MONTHLY)
    assert sound()


def test_money_is_written_off_by_two_people_and_joins_no_list_meanwhile(people: Cast) -> None:
    november = month_ends(NOVEMBER, "unpaid", "died")
    line = PaymentLine.objects.get(month=NOVEMBER, list_id=november.pk)
    officer = papers.scope_of("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, people.dong_van)
    chair = papers.scope_of("sung", "Sùng Mí Lử", Role.COMMUNE_CHAIR, people.dong_van)
    with acting(officer):
        with pytest.raises(WriteOffRefused, match="lý do"):
            writing_off.ask(month=NOVEMBER, line_id=line.id, ground="no_heir", reason=" ", by=officer)
        asked = writing_off.ask(month=NOVEMBER, line_id=line.id, ground="no_heir", reason="Biên bản số 3", by=officer)
        with pytest.raises(WriteOffRefused, match="đã được đề nghị"):
            writing_off.ask(month=NOVEMBER, line_id=line.id, ground="no_heir", reason="Biên bản số 3", by=officer)
        with pytest.raises(WriteOffRefused):
            writing_off.decide(request=asked, agreed=True, reason="", by=officer)
    run(DECEMBER)
    assert list_of(DECEMBER).carried == 0
    with acting(chair):
        assert writing_off.decide(request=asked, agreed=True, reason="", by=chair).state == WriteOff.State.DONE
    assert standing(november) == {Account.WRITTEN_OFF: MONTHLY}
    assert sound()


def test_money_taken_up_by_a_list_in_hand_is_not_written_off(people: Cast) -> None:
    november = month_ends(NOVEMBER, "unpaid", "died")
    line = PaymentLine.objects.get(month=NOVEMBER, list_id=november.pk)
    run(DECEMBER)
    officer = papers.scope_of("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, people.dong_van)
    chair = papers.scope_of("sung", "Sùng Mí Lử", Role.COMMUNE_CHAIR, people.dong_van)
    with acting(officer):
        asked = writing_off.ask(month=NOVEMBER, line_id=line.id, ground="no_heir", reason="Biên bản số 3", by=officer)
    with acting(chair), pytest.raises(WriteOffRefused, match="đang lập đã lấy"):
        writing_off.decide(request=asked, agreed=True, reason="", by=chair)
    with acting(chair):
        assert writing_off.decide(request=asked, agreed=False, reason="Còn cháu nội", by=chair).state == WriteOff.State.REFUSED


def test_the_database_refuses_the_hand_that_asked(people: Cast) -> None:
    user = papers.user("mai", "Hầu Thị Mai")
    with pytest.raises(IntegrityError, match="payments_writeoff_two_people"), transaction.atomic():
        WriteOff.objects.create(
            month=NOVEMBER, line_id=1, household=people.family, amount=1, ground="no_heir", reason="x", state="done", asked_by=user, decided_by=user,
            decided_at=datetime.datetime.now(datetime.UTC), province_no=3, area_pos=people.family.area_pos,
        )  # fmt: skip
