"""The way of one family's money on one page, and the page of proofs."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments import accounts
from payments.accounts import Account, SourceKind
from payments.operations import ledger
from payments.operations.ledger import Lines, Source
from payments.operations.proving import prove
from payments.queries import proofs
from payments.queries.ledger import balances_of_household, balances_of_list, balances_of_person, money_trail
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.portal.ledger_words import MOVES, RULES
from tests.beneficiaries.test_month_run import BOY, DECEMBER, NOVEMBER, named, people
from tests.households.cast import Cast
from tests.payments.money import released, resulted
from tests.support.database import as_scope, owner
from tests.support.second_factor import enrol_if_required

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def officer(client: Client, role: Role, area: Area | None) -> Client:
    user = User.objects.create(username=f"can.bo.{role}", full_name="Cán Bộ")
    RoleAssignment.objects.create(user=user, role=role, area=area, since=datetime.date(2025, 1, 1))
    enrol_if_required(user)
    client.force_login(user)
    return client


@pytest.fixture
def paid_after_a_month(people: Cast) -> Cast:
    """November could not be paid and was carried into December's line, which was paid: 2 × 1,620,000."""
    first = released(NOVEMBER)
    november = Lines.of_lists([first.pk])
    ledger.book_sent(november, source=Source(SourceKind.DELIVERY, 1))
    ledger.book_returned(november, source=Source(SourceKind.RESULTS, 1))
    resulted(first, "unpaid", "absent")
    ledger.book_carried(november, source=Source(SourceKind.CLOSING, 1))
    second = released(DECEMBER)
    december = Lines.of_lists([second.pk])
    ledger.book_sent(december, source=Source(SourceKind.DELIVERY, 2))
    ledger.book_paid(december, source=Source(SourceKind.RESULTS, 2))
    resulted(second)
    return people


def test_the_trail_goes_from_fact_to_receipt_in_one_query(paid_after_a_month: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        steps = money_trail(paid_after_a_month.family.pk, NOVEMBER)
    assert len(queries) == 1
    assert {step.kind for step in steps} == {"recorded", "decided", "due", "listed", "booked"}
    assert (steps[-1].person, steps[-1].on) == ("Giàng Mí Páo", DECEMBER.replace(day=5))
    assert [step.reason for step in steps if step.credit == Account.RETURNED] == ["absent"]
    went_on = next(step for step in steps if step.credit == Account.FORWARDED)
    assert went_on.place == next(step.number for step in steps if step.kind == "listed" and step.month == DECEMBER)
    assert steps[-1].credit == Account.PAID
    assert steps[-1].amount == 3_240_000
    assert (Account.CARRIED, Account.FORWARDED) in {(step.debit, step.credit) for step in steps}


def test_balances_agree_by_household_list_and_person(paid_after_a_month: Cast) -> None:
    whole = balances_of_household(paid_after_a_month.family.pk)
    assert whole == {Account.BUDGET: -3_240_000, Account.PAID: 3_240_000}
    by_month = balances_of_person(named(BOY).pk, [paid_after_a_month.family.pk])
    assert {key: held[Account.PAID] for key, held in by_month.items()} == {
        ("TCXH-5.6", NOVEMBER): 1_080_000,
        ("TCXH-5.6", DECEMBER): 1_080_000,
    }
    line = next(step for step in money_trail(paid_after_a_month.family.pk, DECEMBER) if step.kind == "listed")
    assert balances_of_list(line.list_id or 0)[Account.PAID] >= 3_240_000


def test_the_page_tells_every_step_and_leaves_a_trace(client: Client, paid_after_a_month: Cast) -> None:
    officer(client, Role.COMMUNE_OFFICER, paid_after_a_month.dong_van)
    address = reverse("portal:household_money_trail", args=[paid_after_a_month.family.public_id])
    page = client.get(address, {"month": "2026-12"})
    text = page.content.decode()
    for words in (
        "Gia đình đã nhận tiền",
        "Chưa trả được, cơ quan chi trả nộp lại",
        "Nhận tiền chưa lĩnh từ danh sách trước",
        "3.240.000",
        "Vắng mặt",
        "Ghi vào sổ",
    ):
        assert words in text
    part = client.get(address, {"month": "2026-12"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Gia đình đã nhận tiền" in part


def test_the_neighbours_have_no_trail_here(client: Client, people: Cast) -> None:
    officer(client, Role.COMMUNE_OFFICER, people.dong_van)
    assert client.get(reverse("portal:household_money_trail", args=[people.neighbours.public_id])).status_code == 404
    with as_scope(people.pho_bang):
        assert money_trail(people.family.pk, NOVEMBER) == []


def test_the_province_sees_the_last_proof_and_the_broken_row(client: Client, paid_after_a_month: Cast) -> None:
    list(prove())
    page = officer(client, Role.PROVINCE_OFFICER, Area.objects.get(level="province"))
    assert "Khớp" in page.get(reverse("portal:ledger_proofs")).content.decode()
    with owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_entitlement SET amount = amount + 9 WHERE benefit = 'TCXH-5.6'")
    list(prove())
    text = page.get(reverse("portal:ledger_proofs")).content.decode()
    assert "Không khớp" in text
    assert paid_after_a_month.family.code in text


def test_every_move_and_every_rule_has_its_words() -> None:
    assert set(MOVES) == {(move.debit, move.credit) for move in accounts.MOVES}
    assert set(RULES) == {rule.name for rule in proofs.RULES} | {"list_is_as_released", "list_is_its_file"}
