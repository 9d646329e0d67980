"""Statements: what an agency got, paid and gave back, and its fee; signed by both sides; a figure that changes takes the signature away."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from payments.accounts import SourceKind
from payments.documents import statement as documents
from payments.models import Agency, ServiceArea, Statement, StatementList
from payments.operations import ledger, reconciling, statements
from payments.operations.ledger import Lines, Source
from payments.operations.statements import StatementRefused, fee_of
from posasoft.core.models import AuditEvent, Notification, Role, User, WorkItem
from posasoft.core.scope import COUNTRY, Scope
from tests.access.world import CANARY, MONTH, World
from tests.browser.cast import PROVINCE_NO
from tests.payer.cast import Payers, scope_for
from tests.settling.settled import answered, sent
from tests.support.database import as_scope, owner
from tests.support.second_factor import enrol_if_required

STANDING = True
HAND = Source(SourceKind.HAND, 1)


@pytest.fixture
def drawn(world: World, payers: Payers) -> Statement:
    """1,000,000 paid to one family by an agency that takes 7,000 đồng a payment and 0.25 % of the money."""
    with owner():
        Agency.objects.filter(pk=payers.own.agency.pk).update(fee_per_payment=7_000, fee_basis_points=25)
        sent(world.own.pay_list)
        answered(world.own.pay_list)
    with as_scope(COUNTRY):
        reconciling.reconcile(lists=[world.own.pay_list], by=COUNTRY)
    with owner():
        return Statement.objects.select_related("agency").get()


def sign(statement: Statement, side: str, by: Scope) -> Statement:
    with as_scope(by):
        found = Statement.objects.select_related("agency").get(pk=statement.pk)
        return statements.sign(statement=found, side=side, shown=statements.digest(found), by=by)


@pytest.mark.parametrize(
    ("paid", "fee"),
    [(1_000_000, 9_500), (1_000_100, 9_500), (1_000_200, 9_501), (1_000_199, 9_500), (0, 7_000)],
)
def test_the_fee_is_by_payment_and_by_share_rounded_half_up_once(paid: int, fee: int) -> None:
    """One payment × 7,000 + 0.25 %: of 1,000,000 it is 2,500; of 1,000,200 2,500.5, half a đồng goes up; of 1,000,199 2,500.4975 does not."""
    assert fee_of(payments=1, paid=paid, per_payment=7_000, basis_points=25) == fee


def test_it_holds_what_the_ledger_says(drawn: Statement) -> None:
    assert (drawn.lists, drawn.payments, drawn.unpaid) == (1, 1, 0)
    assert (drawn.advance, drawn.paid, drawn.returned, drawn.standing, drawn.fee) == (1_000_000, 1_000_000, 0, 0, 9_500)
    with as_scope(COUNTRY):
        statements.draw_up(province_no=PROVINCE_NO, month=MONTH, by=COUNTRY)
        assert statements.draw_up_open() == 1
        assert (Statement.objects.count(), StatementList.objects.count()) == (1, 1)


def test_both_sides_sign_and_nothing_changes_any_more(world: World, payers: Payers, drawn: Statement) -> None:
    boss, province = scope_for(payers.own.boss), scope_for(world.users[Role.PROVINCE_OFFICER])
    half = sign(drawn, "agency", boss)
    assert not half.is_signed
    with owner():
        assert WorkItem.objects.get(kind=statements.KIND).role == Role.PROVINCE_OFFICER
    whole = sign(drawn, "province", province)
    assert whole.is_signed
    assert sign(drawn, "province", province).province_signed_at == whole.province_signed_at
    with owner():
        assert not WorkItem.objects.filter(kind=statements.KIND, done_at=None).exists()
        assert AuditEvent.objects.filter(verb="sign_statement").count() == 2
        for table in ("payments_statement", "payments_statementlist"):
            with pytest.raises(IntegrityError, match="signed by both sides"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET paid = paid - 1, returned = returned + 1")


def test_a_figure_that_changes_after_the_first_signature_voids_it(payers: Payers, world: World, drawn: Statement) -> None:
    """The family gives 1,000,000 back: paid 1.000.000 → 0, fee 9.500 → 0."""
    sign(drawn, "agency", scope_for(payers.own.boss))
    with owner():
        ledger.book_recovered(Lines.of_lists([world.own.pay_list.pk]), source=HAND)
        with pytest.raises(IntegrityError, match="under a signature"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE payments_statement SET fee = fee + 1")
    with as_scope(COUNTRY):
        statements.draw_up(province_no=PROVINCE_NO, month=MONTH, by=COUNTRY)
    with owner():
        after = Statement.objects.get()
        assert (after.agency_signed_at, after.sha256, after.paid, after.returned, after.fee) == (None, "", 0, 1_000_000, 0)
        assert "đã trả 1.000.000 → 0" in after.voided_reason
        assert Notification.objects.filter(user=payers.own.boss, kind=statements.KIND).exists()


def test_figures_other_than_those_shown_are_not_signed(world: World, drawn: Statement) -> None:
    province = scope_for(world.users[Role.PROVINCE_OFFICER])
    with as_scope(province), pytest.raises(StatementRefused, match="đã đổi sau khi bạn mở trang"):
        statements.sign(statement=drawn, side="province", shown="0" * 64, by=province)


def test_money_still_with_the_agency_is_not_signed_for(world: World, payers: Payers) -> None:
    with owner():
        sent(world.own.pay_list)
    with as_scope(COUNTRY):
        (drawn,) = statements.draw_up(province_no=PROVINCE_NO, month=MONTH, by=COUNTRY)
    assert drawn.standing == 1_000_000
    with pytest.raises(StatementRefused, match=r"Còn 1\.000\.000"):
        sign(drawn, "province", scope_for(world.users[Role.PROVINCE_OFFICER]))


def test_a_counter_and_another_agency_do_not_sign_nor_see(payers: Payers, drawn: Statement) -> None:
    for user in (payers.own.clerk, payers.neighbour.clerk, payers.neighbour.boss):
        by = scope_for(user)
        with as_scope(by):
            assert not Statement.objects.exists()
        with as_scope(by), pytest.raises(StatementRefused, match="trụ sở chính"):
            statements.sign(statement=drawn, side="agency", shown="", by=by)


def test_a_list_sent_after_both_signed_comes_on_the_next_statement(world: World, payers: Payers, drawn: Statement) -> None:
    sign(drawn, "agency", scope_for(payers.own.boss))
    sign(drawn, "province", scope_for(world.users[Role.PROVINCE_OFFICER]))
    with owner():
        ServiceArea.objects.filter(agency=payers.neighbour.agency).update(agency=payers.own.agency, service_point=payers.own.point)
        sent(world.sibling.pay_list)
    with as_scope(COUNTRY):
        first, second = statements.draw_up(province_no=PROVINCE_NO, month=MONTH, by=COUNTRY)
    assert (first.is_signed, first.lists, second.sequence, second.lists, second.standing) == (True, 1, 2, 1, 1_000_000)


def test_it_prints_with_both_sides_and_as_a_workbook(world: World, payers: Payers, drawn: Statement) -> None:
    sign(drawn, "agency", scope_for(payers.own.boss))
    with owner():
        statement = Statement.objects.select_related("agency").get()
        assert documents.pdf(statement).startswith(b"%PDF-")
        book = openpyxl.load_workbook(io.BytesIO(documents.workbook(statement)))
    cells = {cell.value for row in book.active.iter_rows() for cell in row}
    assert {"Phí chi trả", 9_500, "Tiền đã trả", 1_000_000} <= cells
    assert documents.file_name(statement, "pdf") == f"quyet-toan-2026-11-vnpost-{PROVINCE_NO:02}.pdf"


def test_the_headquarters_reads_its_own_and_no_person(
    payers: Payers, drawn: Statement, enter: Callable[[User], Client], world: World
) -> None:
    with owner():
        enrol_if_required(payers.own.boss)
    page = enter(payers.own.boss)
    text = page.get(reverse("portal:statements")).content.decode()
    assert "Bưu điện Việt Nam" in text
    assert CANARY not in text
    shown = page.get(reverse("portal:statement", args=[drawn.public_id])).content.decode()
    for words in ("9.500", "1.000.000", "Ký bảng quyết toán", "Xã Đồng Văn"):
        assert words in shown
    assert world.own.person.full_name not in shown
    answer = page.post(reverse("portal:statement_sign", args=[drawn.public_id]), {"shown": "x"})
    assert "confirm" in answer["Location"], "the second factor is asked for before a signature"
