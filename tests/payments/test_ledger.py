"""The ledger: every đồng of a released list stands in one account, is moved once, and cannot be moved wrongly even by the owner of the tables."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from payments.accounts import MOVES, STANDING, Account, SourceKind
from payments.models import LedgerEntry, LedgerPosting, PaymentList
from payments.operations import ledger
from payments.operations.ledger import LedgerRefused, Lines, Source
from tests.beneficiaries.test_month_run import DECEMBER, NOVEMBER, people, run
from tests.households.cast import Cast
from tests.payments.money import list_of, released, standing
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]

SENT, PAID, AGAIN = Source(SourceKind.DELIVERY, 1), Source(SourceKind.RESULTS, 1), Source(SourceKind.RESULTS, 2)
TOTAL = 1_620_000


@pytest.fixture
def november(people: Cast) -> PaymentList:
    """The family's line of November, released: 1,080,000 for the boy and 540,000 for the grandmother."""
    return released(NOVEMBER)


def of(pay_list: PaymentList) -> Lines:
    return Lines.of_lists([pay_list.pk])


def test_the_table_of_moves_is_the_constraint_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'payments_ledger_move'")
        text = cursor.fetchone()[0]
    assert {int(code) for code in re.findall(r"\b\d{3,4}\b", text.split("ANY")[1])} == {move.code for move in MOVES}


def test_a_released_line_is_due_and_ordered_to_the_dong(november: PaymentList) -> None:
    moves = LedgerEntry.objects.order_by("id").values_list("debit", "credit", "amount")
    assert set(moves) == {(Account.BUDGET, Account.DUE, TOTAL), (Account.DUE, Account.ORDERED, TOTAL)}
    assert standing(november) == {Account.ORDERED: TOTAL}


def test_money_goes_to_the_agency_and_to_the_family(november: PaymentList) -> None:
    assert ledger.book_sent(of(november), source=SENT) == 1
    assert ledger.book_paid(of(november), source=PAID) == 1
    assert standing(november) == {Account.PAID: TOTAL}


def test_a_second_delivery_of_the_same_act_writes_nothing(november: PaymentList) -> None:
    assert ledger.book_release([november.pk]) == 0
    assert (ledger.book_sent(of(november), source=SENT), ledger.book_sent(of(november), source=SENT)) == (1, 0)
    assert (ledger.book_paid(of(november), source=PAID), ledger.book_paid(of(november), source=PAID)) == (1, 0)
    assert LedgerPosting.objects.count() == LedgerEntry.objects.count() == 4


def test_nothing_is_paid_twice_by_another_file(november: PaymentList) -> None:
    ledger.book_sent(of(november), source=SENT)
    ledger.book_paid(of(november), source=PAID)
    with pytest.raises(LedgerRefused):
        ledger.book_paid(of(november), source=AGAIN)
    assert standing(november) == {Account.PAID: TOTAL}


def test_nothing_is_paid_that_the_agency_never_had(november: PaymentList) -> None:
    with pytest.raises(LedgerRefused):
        ledger.book_paid(of(november), source=PAID)
    assert standing(november) == {Account.ORDERED: TOTAL}


def test_money_given_back_is_owed_again_but_its_line_is_never_paid_again(november: PaymentList) -> None:
    ledger.book_sent(of(november), source=SENT)
    ledger.book_paid(of(november), source=PAID)
    ledger.book_recovered(of(november), source=Source(SourceKind.HAND, 1))
    ledger.book_carried(of(november), source=Source(SourceKind.CLOSING, 1))
    assert standing(november) == {Account.CARRIED: TOTAL}
    with pytest.raises(LedgerRefused):
        ledger.book_paid(of(november), source=AGAIN)


def test_uncollected_money_is_suspended_found_again_or_written_off(november: PaymentList) -> None:
    unpaid(november)
    ledger.book_suspended(of(november), source=Source(SourceKind.HAND, 1))
    assert standing(november) == {Account.SUSPENDED: TOTAL}
    ledger.book_resumed(of(november), source=Source(SourceKind.HAND, 2))
    ledger.book_suspended(of(november), source=Source(SourceKind.HAND, 3))
    ledger.book_written_off(of(november), source=Source(SourceKind.HAND, 4), suspended=True)
    assert standing(november) == {Account.WRITTEN_OFF: TOTAL}


def unpaid(pay_list: PaymentList) -> None:
    ledger.book_sent(of(pay_list), source=SENT)
    ledger.book_returned(of(pay_list), source=PAID)
    ledger.book_carried(of(pay_list), source=Source(SourceKind.CLOSING, 1))


def forge_carried(old: PaymentList) -> None:
    """Put November's components into December's draft as if they were unpaid."""
    run(DECEMBER)
    new = list_of(DECEMBER)
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT id, components FROM payments_paymentline WHERE list_id = %s", [old.pk])
        line_id, stored = cursor.fetchone()
        parts = [part | {"o": line_id} for part in (json.loads(stored) if isinstance(stored, str) else stored)]
        cursor.execute(
            "UPDATE payments_paymentline SET carried = %s, total = total + %s, components = components || %s::jsonb WHERE list_id = %s",
            [TOTAL, TOTAL, json.dumps(parts), new.pk],
        )


def test_unpaid_money_goes_on_with_the_next_line_and_keeps_its_months(november: PaymentList) -> None:
    unpaid(november)
    december = released(DECEMBER)
    assert (december.amount, december.carried) == (TOTAL, TOTAL)
    assert standing(november) == {Account.FORWARDED: TOTAL}
    assert standing(december) == {Account.ORDERED: 2 * TOTAL, Account.FORWARDED: -TOTAL}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT benefit, for_month, sum(amount) FROM payments_ledger WHERE list_id = %s AND credit = 3 GROUP BY 1, 2 ORDER BY 1, 2",
            [december.pk],
        )
        assert [(row[0], row[1], int(row[2])) for row in cursor.fetchall()] == [
            ("PENSION-SOCIAL", NOVEMBER, 540_000), ("PENSION-SOCIAL", DECEMBER, 540_000),
            ("TCXH-5.6", NOVEMBER, 1_080_000), ("TCXH-5.6", DECEMBER, 1_080_000),
        ]  # fmt: skip


def test_money_is_not_brought_over_that_was_not_carried(november: PaymentList) -> None:
    """The family was paid; a line that brings the same money again cannot be released."""
    ledger.book_sent(of(november), source=SENT)
    ledger.book_paid(of(november), source=PAID)
    forge_carried(november)
    with pytest.raises((LedgerRefused, DatabaseError)):
        released(DECEMBER)
    assert standing(november) == {Account.PAID: TOTAL}


FORGED = """
INSERT INTO payments_ledgerentry (month, line_id, list_id, household_id, debit, credit, amount, source_kind, source_id, province_no, area_pos)
SELECT month, id, list_id, household_id, %s, %s, %s, 7, 99, province_no, area_pos FROM payments_paymentline
"""


@pytest.mark.parametrize(
    ("debit", "credit", "amount"),
    [
        (Account.BUDGET, Account.PAID, TOTAL),  # no such move
        (Account.ORDERED, Account.AGENCY, TOTAL - 1),  # a part of a line
        (Account.ORDERED, Account.AGENCY, TOTAL + 1),  # more than it holds
        (Account.ORDERED, Account.AGENCY, 0),
        (Account.ORDERED, Account.AGENCY, -TOTAL),
        (Account.BUDGET, Account.DUE, 5),  # due and never ordered: found at commit
        (Account.FORWARDED, Account.DUE, 5),  # out of nowhere
    ],
)
def test_not_even_the_owner_can_put_the_books_out_of_balance(november: PaymentList, debit: int, credit: int, amount: int) -> None:
    with owner(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGED, [int(debit), int(credit), amount])
    assert standing(november) == {Account.ORDERED: TOTAL}


@pytest.mark.parametrize(
    "change", ["UPDATE payments_ledgerentry SET amount = 1", "DELETE FROM payments_ledgerentry", "DELETE FROM payments_ledgerposting"]
)
def test_the_ledger_is_only_added_to(november: PaymentList, change: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    with owner(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_neighbouring_commune_sees_no_entry(people: Cast, november: PaymentList) -> None:
    with as_scope(people.pho_bang), connection.cursor() as cursor:
        for table in ("payments_ledgerentry", "payments_ledgerposting", "payments_ledger"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0
    with as_scope(people.dong_van):
        assert LedgerEntry.objects.count() == 2


def test_every_account_a_line_can_rest_in_is_reached_by_a_move() -> None:
    reached: set[Any] = {move.credit for move in MOVES}
    assert set(STANDING) <= reached
