"""The hands of a list: three people, in order, by role and day; rejected with a reason; a second approver above the sum; budgets."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import Decision, Run
from payments.models import Budget, CycleRule, ListDrift, Ordered, PaymentList
from payments.operations import ReleaseRefused, release, steps, supplementary
from payments.operations.steps import MoveRefused, move
from payments.statuses import roles_of
from posasoft.core.models import AuditEvent, Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, NOVEMBER, decide, line, people, release_all, run
from tests.households.cast import Cast
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def who(name: str, role: str) -> Scope:
    user, _ = User.objects.get_or_create(username=name)
    return Scope("area", *WHOLE_COUNTRY, user.pk, role, 1)


def lan() -> Scope:
    return who("lan", Role.COMMUNE_OFFICER)


def minh() -> Scope:
    return who("minh", Role.COMMUNE_OFFICER)


def chair() -> Scope:
    return who("chair", Role.COMMUNE_CHAIR)


def province() -> Scope:
    return who("tinh", Role.PROVINCE_OFFICER)


def step(pay_list: PaymentList, name: str, by: Scope, reason: str = "") -> PaymentList:
    with acting(COUNTRY):
        if name == "approve":
            steps.note_read(pay_list=pay_list, by=by)
        return move(lists=[pay_list], name=name, by=by, reason=reason)[0]


@pytest.fixture
def pay_list(people: Cast) -> PaymentList:
    run(NOVEMBER)
    return PaymentList.objects.select_related("commune").get()


def checked(pay_list: PaymentList) -> PaymentList:
    step(pay_list, "prepare", lan())
    return step(pay_list, "check", minh())


def test_three_people_bring_a_list_to_its_release_by_a_fourth(pay_list: PaymentList) -> None:
    done = step(checked(pay_list), "approve", chair())
    assert done.status == "approved"
    with acting(COUNTRY):
        done = release(lists=[done], by=province())[0]
    assert (done.prepared_by_id, done.checked_by_id, done.approved_by_id, done.released_by_id) == (
        lan().user_id, minh().user_id, chair().user_id, province().user_id,
    )  # fmt: skip
    assert [row.move for row in done.steps.order_by("pk")] == ["prepare", "check", "read_anomalies", "approve", "release"]


def test_each_step_of_each_list_is_one_row_of_the_trail_with_its_area_and_sum(pay_list: PaymentList) -> None:
    other = twin_without_lines(pay_list)
    with acting(COUNTRY):
        move(lists=[pay_list, other], name="prepare", by=lan())
        rows = AuditEvent.objects.filter(verb="prepare", object_kind="payment_list").order_by("object_id")
        assert [(row.object_id, row.actor_id, row.area_pos, row.detail) for row in rows] == [
            (str(one.pk), lan().user_id, one.area_pos, {"amount": 1_620_000}) for one in (pay_list, other)
        ]


def test_a_draft_is_not_released(pay_list: PaymentList) -> None:
    with acting(COUNTRY), pytest.raises(ReleaseRefused, match="chưa được duyệt"):
        release(lists=[pay_list], by=COUNTRY)


def test_who_prepared_does_not_check_and_who_checked_does_not_approve(pay_list: PaymentList) -> None:
    step(pay_list, "prepare", lan())
    with pytest.raises(MoveRefused, match="Cần một người khác"):
        step(pay_list, "check", lan())
    step(pay_list, "check", minh())
    as_chair = Scope("area", *WHOLE_COUNTRY, minh().user_id, Role.COMMUNE_CHAIR, 1)
    with pytest.raises(MoveRefused, match="Cần một người khác"):
        step(pay_list, "approve", as_chair)
    assert PaymentList.objects.get().status == "checked"


@pytest.mark.parametrize(
    "pair", [("prepared_by_id", "checked_by_id"), ("checked_by_id", "approved_by_id"), ("approved_by_id", "second_approved_by_id")]
)
def test_the_table_itself_keeps_the_hands_apart(pay_list: PaymentList, pair: tuple[str, str]) -> None:
    with pytest.raises(IntegrityError, match="payments_list_hands_apart"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_paymentlist SET {pair[0]} = %s, {pair[1]} = %s", [lan().user_id] * 2)


def test_a_rejected_list_is_a_draft_again_with_its_reason_and_may_be_prepared_anew(pay_list: PaymentList) -> None:
    checked(pay_list)
    with pytest.raises(MoveRefused, match="lý do"):
        step(pay_list, "reject", chair(), "  ")
    back = step(pay_list, "reject", chair(), "Thiếu hộ mới ở thôn Sà Phìn")
    assert (back.status, back.reject_reason, back.prepared_by_id, back.checked_by_id) == (
        "draft",
        "Thiếu hộ mới ở thôn Sà Phìn",
        None,
        None,
    )
    assert step(back, "prepare", lan()).reject_reason == ""


def test_a_step_is_for_its_roles_and_the_chair_approves_since_july_2025(pay_list: PaymentList) -> None:
    checked(pay_list)
    with pytest.raises(MoveRefused, match="Vai trò"):
        step(pay_list, "approve", province())
    assert roles_of("approve", datetime.date(2025, 6, 30)) == {Role.PROVINCE_OFFICER}
    assert roles_of("approve", datetime.date(2025, 7, 1)) == {Role.COMMUNE_CHAIR}


def test_nobody_approves_without_having_opened_what_strikes(pay_list: PaymentList) -> None:
    checked(pay_list)
    with acting(COUNTRY), pytest.raises(MoveRefused, match="Điểm bất thường"):
        move(lists=[pay_list], name="approve", by=chair())


def test_a_list_above_the_sum_waits_for_a_second_person(pay_list: PaymentList) -> None:
    """The list pays 1.620.000; one person approves up to 1.000.000."""
    CycleRule.objects.create(province_no=pay_list.province_no, since=NOVEMBER, second_approval_above=1_000_000)
    first = step(checked(pay_list), "approve", chair())
    assert (first.status, first.approved_by_id) == ("checked", chair().user_id)
    with pytest.raises(MoveRefused, match="cần một người khác duyệt lần thứ hai"):
        step(pay_list, "approve", chair())
    second = step(pay_list, "approve", province())
    assert (second.status, second.second_approved_by_id) == ("approved", province().user_id)


def test_who_had_the_month_computed_has_prepared_its_lists_and_approves_none_of_them(pay_list: PaymentList) -> None:
    CycleRule.objects.create(province_no=pay_list.province_no, since=NOVEMBER, second_approval_above=1_000_000)
    with acting(COUNTRY):
        Run.objects.filter(pk=pay_list.run_id).update(started_by=province().user_id)
    step(checked(pay_list), "approve", chair())
    with pytest.raises(MoveRefused, match="Cần một người khác"):
        step(pay_list, "approve", province())
    assert step(pay_list, "approve", who("tinh2", Role.PROVINCE_OFFICER)).status == "approved"


def test_an_exceeded_budget_refuses_with_its_figures_and_a_missing_one_does_not(pay_list: PaymentList) -> None:
    """The list takes 1.620.000 of the programme; it has 1.000.000 for the year, and then 1.620.000."""
    budget = Budget.objects.create(province_no=pay_list.province_no, programme="tcxh", year=2026, amount=1_000_000, source="x")
    checked(pay_list)
    with pytest.raises(MoveRefused, match=r"dự toán 1\.000\.000.*danh sách này 1\.620\.000"):
        step(pay_list, "approve", chair())
    Budget.objects.filter(pk=budget.pk).update(amount=1_620_000)
    assert step(pay_list, "approve", chair()).status == "approved"


def test_a_run_leaves_a_prepared_list_alone_and_says_what_it_would_write(people: Cast, pay_list: PaymentList) -> None:
    """The boy's 1.080.000 are gone by the second run: the line of 1.620.000 would be 540.000."""
    step(pay_list, "prepare", lan())
    with acting(COUNTRY):
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=NOVEMBER)
    run(NOVEMBER)
    found = line(NOVEMBER, people.family.pk)
    assert found is not None
    assert found["total"] == 1_620_000
    assert [(row.household_id, row.was, row.now) for row in ListDrift.objects.all()] == [(people.family.pk, 1_620_000, 540_000)]
    step(pay_list, "reject", minh(), "Tính lại")
    run(NOVEMBER)
    found = line(NOVEMBER, people.family.pk)
    assert found is not None
    assert found["total"] == 540_000
    assert not ListDrift.objects.exists()


def after_cut_off(people: Cast) -> PaymentList:
    """November is released without the boy, whose decision comes afterwards; the supplementary list holds his 1.080.000."""
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", NOVEMBER)
    run(NOVEMBER)
    with acting(COUNTRY):
        (made,) = supplementary.draw_up(month=NOVEMBER, kind="supplementary", lo=0, hi=WHOLE_COUNTRY[1], by=lan())
    return made


def test_whoever_came_after_the_cut_off_is_on_a_supplementary_list_once(people: Cast) -> None:
    made = after_cut_off(people)
    assert (made.kind, made.sequence, made.households, made.amount) == ("supplementary", 1, 1, 1_080_000)
    with acting(COUNTRY):
        assert supplementary.draw_up(month=NOVEMBER, kind="supplementary", lo=0, hi=WHOLE_COUNTRY[1], by=lan()) == []
        done = release(lists=approved([made]), by=COUNTRY)[0]
    assert done.number == "202611-00721-POST-BS1"
    run(DECEMBER)
    december = line(DECEMBER, people.family.pk)
    assert december is not None
    assert (december["amount"], december["arrears"]) == (1_620_000, 0)


def twin_without_lines(made: PaymentList) -> PaymentList:
    other = PaymentList.objects.select_related("commune").get(pk=made.pk)
    other.pk, other.sequence, other._state.adding = None, 2, True
    other.save()
    return other


def twin(made: PaymentList) -> PaymentList:
    """A second list with the same lines, as a program with a mistake, or two at once, might write it."""
    other = twin_without_lines(made)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, amount, total, components, province_no, area_pos)"
            " SELECT month, %s, household_id, payee_id, amount, total, components, province_no, area_pos FROM payments_paymentline"
            " WHERE list_id = %s",
            [other.pk, made.pk],
        )
    return other


def test_of_two_lists_with_the_same_benefit_month_released_at_once_one_is_ordered(people: Cast) -> None:
    made = after_cut_off(people)
    ids = [made.pk, twin(made).pk]
    with acting(COUNTRY):
        approved(PaymentList.objects.filter(pk__in=ids))
    ends: list[str] = []
    start = threading.Barrier(2)

    def work(pk: int) -> None:
        try:
            start.wait()
            with acting(COUNTRY):
                release(lists=PaymentList.objects.filter(pk=pk), by=COUNTRY)
            ends.append("ordered")
        except ReleaseRefused:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(pk,)) for pk in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["ordered", "refused"]
    with acting(COUNTRY):
        assert sorted(PaymentList.objects.filter(pk__in=ids).values_list("status", flat=True)) == ["approved", "released"]
        assert list(Ordered.objects.filter(benefit="TCXH-5.6").values_list("round", "amount")) == [(0, 1_080_000)]
