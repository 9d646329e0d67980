"""After the results: what came back waits for the next list, the sums are proved, another person closes, the last list closes the month."""

from __future__ import annotations

import pytest

from payments.accounts import Account
from payments.models import Cycle, ListStep, PaymentList, Statement
from payments.operations import reconciling, statements
from payments.operations.reconciling import MonthStillOpen
from payments.operations.steps import MoveRefused
from posasoft.core.models import AuditEvent, Role
from posasoft.core.scope import COUNTRY, Scope
from tests.access.world import MONTH, World
from tests.browser.cast import PROVINCE_NO
from tests.payer.cast import Payers, scope_for
from tests.payments.money import standing
from tests.settling.settled import answered, sent
from tests.support.database import as_scope, owner, thawed

STANDING = True


@pytest.fixture
def paid(world: World, payers: Payers) -> PaymentList:
    """The own commune's list, sent and paid whole: 1,000,000."""
    with owner():
        sent(world.own.pay_list)
        return answered(world.own.pay_list)


def by(world: World, role: str) -> Scope:
    return scope_for(world.users[role])


def test_an_officer_reconciles_and_another_person_closes(world: World, paid: PaymentList) -> None:
    officer, chair = by(world, Role.COMMUNE_OFFICER), by(world, Role.COMMUNE_CHAIR)
    with as_scope(officer):
        (after,) = reconciling.reconcile(lists=[paid], by=officer)
        assert after.status == "reconciled"
        assert reconciling.reconcile(lists=[paid], by=officer)[0].status == "reconciled"
    with as_scope(chair):
        (closed,) = reconciling.close(lists=[paid], by=chair)
    assert closed.status == "closed"
    with owner():
        moves = ListStep.objects.filter(pay_list=paid, move__in=("reconcile", "close")).order_by("pk").values_list("move", "by_id")
        assert list(moves) == [("reconcile", officer.user_id), ("close", chair.user_id)]
        assert AuditEvent.objects.filter(verb="close", object_kind="payment_list", object_id=str(paid.pk)).count() == 1


def test_money_that_came_back_waits_for_a_later_list(world: World, payers: Payers) -> None:
    """1,000,000 returned: carried with the reconciliation, so that total = paid 0 + carried 1,000,000."""
    officer = by(world, Role.COMMUNE_OFFICER)
    with owner():
        sent(world.own.pay_list)
        answered(world.own.pay_list, unpaid="absent")
    with as_scope(officer):
        reconciling.reconcile(lists=[world.own.pay_list], by=officer)
    with owner():
        assert standing(world.own.pay_list) == {Account.CARRIED: 1_000_000}


def test_a_list_without_all_its_results_is_refused_with_its_figures(world: World, payers: Payers) -> None:
    officer = by(world, Role.COMMUNE_OFFICER)
    with owner():
        sent(world.own.pay_list)
    with as_scope(officer), pytest.raises(MoveRefused, match="chưa có đủ kết quả"):
        reconciling.reconcile(lists=[world.own.pay_list], by=officer)
    with owner():
        PaymentList.objects.filter(pk=world.own.pay_list.pk).update(status="results_in")
    with as_scope(officer), pytest.raises(MoveRefused, match=r"phải chi 1\.000\.000.*0 trên 1 dòng"):
        reconciling.reconcile(lists=[world.own.pay_list], by=officer)


def test_whoever_reconciled_does_not_close(world: World, paid: PaymentList) -> None:
    province = by(world, Role.PROVINCE_OFFICER)
    with as_scope(province):
        reconciling.reconcile(lists=[paid], by=province)
        with pytest.raises(MoveRefused, match="người khác đóng"):
            reconciling.close(lists=[paid], by=province)


@pytest.mark.parametrize("role", [Role.COMMUNE_CHAIR, Role.AUDITOR, Role.HOTLINE, Role.MINISTRY_ANALYST])
def test_roles_without_the_move_are_refused(world: World, paid: PaymentList, role: str) -> None:
    with as_scope(by(world, role)), pytest.raises(MoveRefused):
        reconciling.reconcile(lists=[paid], by=by(world, role))


def test_the_neighbours_list_is_not_found(world: World, paid: PaymentList) -> None:
    officer = by(world, Role.COMMUNE_OFFICER)
    with as_scope(officer), pytest.raises(MoveRefused, match="Không tìm thấy"):
        reconciling.reconcile(lists=[world.sibling.pay_list], by=officer)


def test_a_month_closes_with_its_last_list_and_the_last_signature(world: World, payers: Payers, paid: PaymentList) -> None:
    province, chair = by(world, Role.PROVINCE_OFFICER), by(world, Role.COMMUNE_CHAIR)
    with as_scope(province):
        reconciling.reconcile(lists=[paid], by=province)
        with pytest.raises(MonthStillOpen) as refused:
            reconciling.close_month(province_no=PROVINCE_NO, month=MONTH, by=province)
    assert {(one.what, one.state) for one in refused.value.what} == {("list", "reconciled"), ("list", "released"), ("statement", "both")}
    with thawed("payments_paymentlist"):
        PaymentList.objects.filter(pk=world.sibling.pay_list.pk).update(month=MONTH.replace(month=10))
    with as_scope(chair):
        reconciling.close(lists=[paid], by=chair)
    boss = scope_for(payers.own.boss)
    for side, scope in (("agency", boss), ("province", province)):
        with as_scope(scope):
            statement = Statement.objects.get()
            statements.sign(statement=statement, side=side, shown=statements.digest(statement), by=scope)
    with as_scope(province):
        cycle = reconciling.close_month(province_no=PROVINCE_NO, month=MONTH, by=province)
        assert (cycle.closed_at is not None, cycle.closed_by_id) == (True, province.user_id)
        assert reconciling.close_month(province_no=PROVINCE_NO, month=MONTH, by=province) == cycle
        assert Cycle.objects.count() == 1


def test_a_month_without_lists_cannot_be_closed(world: World) -> None:
    province = by(world, Role.PROVINCE_OFFICER)
    with as_scope(province), pytest.raises(MonthStillOpen) as refused:
        reconciling.close_month(province_no=PROVINCE_NO, month=MONTH.replace(year=2030), by=province)
    assert [one.what for one in refused.value.what] == ["nothing"]


def test_the_system_walks_the_same_way(world: World, paid: PaymentList) -> None:
    with as_scope(COUNTRY):
        reconciling.reconcile(lists=[paid], by=COUNTRY)
        assert reconciling.close(lists=[paid], by=COUNTRY)[0].status == "closed"
