"""Accounts and receivers: two people, a name that is the person's, a cooling period, and nothing of the number to be read."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from households.crypto import blind_index, unseal
from households.operations import move_household
from payments.models import Account, Contact, Notice, PaymentList, Receiver
from payments.operations import accounts, receivers
from payments.operations.accounts import PayeeRefused, same_name
from payments.queries.anomalies import anomalies
from posasoft.core.models import AuditEvent, WorkItem
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import DECEMBER, NEW_YEAR, NOVEMBER, named, people, release_all, run
from tests.households.cast import Cast
from tests.people.world import (
    BOY,
    GRANDMOTHER,
    HEAD,
    lan,
    line_ids,
    minh,
    new_account,
    new_receiver,
    paid_lines,
    pays,
    released,
    with_account,
    with_receiver,
)  # fmt: skip
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Giàng Mí Páo", "GIANG MI PAO", True),
        ("Giàng Mí Páo", "PAO GIANG MI", True),
        ("Nguyễn Thị Lý", "NGUYEN THI LI", True),
        ("Giàng Mí Páo", "GIANG MI SINH", False),
        ("Giàng Mí Páo", "GIANG PAO", False),
    ],
)
def test_holders_name_is_compared_without_accents_and_order(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def test_number_lies_sealed_and_only_its_end_can_be_read(people: Cast) -> None:
    account = with_account()
    assert (account.tail, unseal(bytes(account.number_enc)), bytes(account.number_index)) == (
        "456", "3400205123456", blind_index("3400205123456"),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text FROM payments_account a")
        assert "3400205123456" not in cursor.fetchone()[0]
    assert "3400205123456" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_who_records_an_account_does_not_confirm_it_not_even_past_the_operation(people: Cast) -> None:
    with acting(COUNTRY):
        account = accounts.add_account(person=named(HEAD), new=new_account(), by=lan())
        with pytest.raises(PayeeRefused, match="không tự xác nhận"):
            accounts.confirm_account(account=account, by=lan())
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(confirmed_by_id=account.made_by_id, confirmed_at=datetime.datetime.now(datetime.UTC))
    assert WorkItem.objects.filter(kind="account.confirm", subject_id=account.pk, done_at=None).exists()
    with acting(COUNTRY):
        accounts.confirm_account(account=account, by=minh())
    assert not WorkItem.objects.filter(kind="account.confirm", done_at=None).exists()


def test_a_holder_of_another_name_is_a_finding_that_the_second_officer_settles(people: Cast) -> None:
    with acting(COUNTRY):
        account = accounts.add_account(person=named(HEAD), new=new_account(holder="VU THI MAI"), by=lan())
        assert not account.name_matches
        assert WorkItem.objects.get(kind="account.confirm").reason == "Tên chủ tài khoản khác tên trong sổ"
        with pytest.raises(PayeeRefused, match="vì sao vẫn đúng người"):
            accounts.confirm_account(account=account, by=minh())
        done = accounts.confirm_account(account=account, by=minh(), name_note="Ngân hàng ghi tên trước khi đính chính giấy khai sinh")
    assert done.confirmed_at is not None


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"number": "12345"}, "number"),
        ({"number": "12345678", "provider": "MOMO"}, "number"),
        ({"provider": "NOWHERE"}, "provider"),
        ({"holder": "..."}, "holder_name"),
    ],
)
def test_what_cannot_be_right_is_refused_by_field(people: Cast, details: dict[str, str], field: str) -> None:
    with acting(COUNTRY), pytest.raises(PayeeRefused) as refused:
        accounts.add_account(person=named(HEAD), new=new_account(**details), by=lan())
    assert refused.value.field == field
    assert not Account.objects.exists()


def test_lists_go_by_the_old_way_until_the_cooling_period_is_over(people: Cast) -> None:
    """Recorded on 20 November: the December list drawn on the 25th still pays in cash, one drawn on 1 December pays into the account."""
    pays(people, "bank", "Agribank")
    with time_machine.travel("2026-11-20 09:00:00+07:00"):
        account = with_account(cooled=False)
        assert account.cooling_until == datetime.date(2026, 11, 30)
    with time_machine.travel("2026-11-25 09:00:00+07:00"):
        run(DECEMBER)
        assert paid_lines(DECEMBER) == [("post", None, None, None, 1_620_000)]
    with time_machine.travel("2026-12-01 09:00:00+07:00"):
        run(DECEMBER)
        assert paid_lines(DECEMBER) == [("bank", None, account.pk, None, 1_620_000)]
    assert [one.channel for one in PaymentList.objects.filter(month=DECEMBER, commune=people.dong_van)] == ["bank"]


def test_the_old_account_is_paid_while_the_new_one_cools_and_an_unconfirmed_one_never(people: Cast) -> None:
    pays(people, "bank", "Agribank")
    old = with_account()
    with acting(COUNTRY):
        new = accounts.add_account(person=named(HEAD), new=new_account(number="888 777 666 5"), by=lan())
    run(NOVEMBER)
    assert paid_lines(NOVEMBER)[0][2] == old.pk
    with acting(COUNTRY):
        accounts.confirm_account(account=new, by=minh())
    old.refresh_from_db()
    assert old.until == new.cooling_until
    run(NOVEMBER)
    assert paid_lines(NOVEMBER)[0][2] == old.pk
    with time_machine.travel(datetime.datetime.combine(new.cooling_until, datetime.time(9), datetime.UTC)):
        run(NOVEMBER)
    assert paid_lines(NOVEMBER)[0][2] == new.pk


def test_an_account_is_not_used_where_nobody_pays_its_channel(people: Cast) -> None:
    with_account()
    run(NOVEMBER)
    assert paid_lines(NOVEMBER) == [("post", None, None, None, 1_620_000)]


def test_family_is_told_of_a_change_it_may_not_have_asked_for(people: Cast) -> None:
    with acting(COUNTRY):
        receivers.set_contact(household=people.family, phone="0912 000 111", wants_texts=True, by=lan())
    with_account()
    notice = Notice.objects.get(kind="account")
    assert (notice.medium, notice.facts["cach_nhan"]) == ("text", "vào tài khoản Agribank, ba số cuối 456")


def test_a_closed_account_ends_with_the_banks_answer_and_the_next_list_goes_by_post(people: Cast) -> None:
    pays(people, "bank", "Agribank")
    account = with_account()
    released(NOVEMBER)
    with acting(COUNTRY):
        assert accounts.end_closed(month=NOVEMBER, lines=line_ids(NOVEMBER), by=COUNTRY) == 1
        assert accounts.end_closed(month=NOVEMBER, lines=line_ids(NOVEMBER), by=COUNTRY) == 0
    account.refresh_from_db()
    assert account.end_reason == "Ngân hàng báo tài khoản đã đóng"
    run(DECEMBER)
    assert [row[0] for row in paid_lines(DECEMBER)] == ["post"]


def test_authorised_receiver_stands_on_the_line_while_the_paper_covers_the_days_of_payment(people: Cast) -> None:
    """The paper ends on 5 December: November's line names the receiver, December's (paid from the 1st to the 10th) does not."""
    receiver = with_receiver(people.family, until=datetime.date(2026, 12, 5))
    run(NOVEMBER)
    assert paid_lines(NOVEMBER) == [("post", None, None, receiver.pk, 1_620_000)]
    release_all()
    run(DECEMBER)
    assert paid_lines(DECEMBER) == [("post", None, None, None, 1_620_000)]


def test_two_receivers_at_once_are_refused_and_an_unconfirmed_one_is_not_used(people: Cast) -> None:
    with acting(COUNTRY):
        receivers.add_receiver(household=people.family, person=None, new=new_receiver(), by=lan())
        with pytest.raises(PayeeRefused, match="Đã có người nhận thay"):
            receivers.add_receiver(household=people.family, person=None, new=new_receiver(), by=lan())
    run(NOVEMBER)
    assert paid_lines(NOVEMBER)[0][3] is None


def test_thirty_days_before_a_paper_ends_there_is_one_task(people: Cast) -> None:
    with_receiver(people.family, until=datetime.date(2026, 12, 20))
    with time_machine.travel("2026-11-19 09:00:00+07:00"):
        assert receivers.warn_all() == 0
    with time_machine.travel("2026-11-20 09:00:00+07:00"):
        assert (receivers.warn_all(), receivers.warn_all()) == (1, 0)
    item = WorkItem.objects.get(kind="receiver.expiring")
    assert (item.reason, item.due_on) == ("Hết hạn ngày 20/12/2026", datetime.date(2026, 12, 20))


def test_a_person_with_a_line_of_his_own_leaves_the_familys_line_and_nothing_is_lost(people: Cast) -> None:
    """The boy (1.080.000 đ) lives in a boarding house with a receiver of his own; the grandmother's 540.000 đ stay with the family."""
    boy = named(BOY)
    with time_machine.travel("2026-11-02 09:00:00+07:00"), acting(COUNTRY):
        receivers.set_own_line(person=boy, ground="boarding", note="", since=NOVEMBER, by=lan())
    receiver = with_receiver(people.family, boy)
    run(NOVEMBER)
    assert paid_lines(NOVEMBER) == [("post", None, None, None, 540_000), ("post", boy.pk, None, receiver.pk, 1_080_000)]
    (pay_list,) = released(NOVEMBER)
    assert (pay_list.households, pay_list.amount) == (1, 1_620_000)
    before = paid_lines(NOVEMBER)
    run(NOVEMBER)
    assert paid_lines(NOVEMBER) == before
    run(DECEMBER)
    assert [row[4] for row in paid_lines(DECEMBER)] == [540_000, 1_080_000]


def test_an_own_line_of_who_is_all_there_is_leaves_no_empty_line_of_the_family(people: Cast) -> None:
    with time_machine.travel("2026-11-02 09:00:00+07:00"), acting(COUNTRY):
        for name in (BOY, GRANDMOTHER):
            receivers.set_own_line(person=named(name), ground="wish", note="", since=NOVEMBER, by=lan())
    run(NOVEMBER)
    assert sorted(row[4] for row in paid_lines(NOVEMBER)) == [540_000, 1_080_000]
    assert all(row[1] for row in paid_lines(NOVEMBER))


def test_a_decision_after_the_familys_line_is_released_waits_for_the_next_month(people: Cast) -> None:
    released(NOVEMBER)
    with time_machine.travel("2026-11-02 09:00:00+07:00"), acting(COUNTRY):
        line = receivers.set_own_line(person=named(BOY), ground="wish", note="", since=NOVEMBER, by=lan())
        with pytest.raises(PayeeRefused, match="đã có dòng chi trả riêng"):
            receivers.set_own_line(person=named(BOY), ground="wish", note="", since=DECEMBER, by=lan())
    run(NOVEMBER)
    assert [row[4] for row in paid_lines(NOVEMBER)] == [1_620_000]
    with time_machine.travel("2026-11-02 09:00:00+07:00"), acting(COUNTRY):
        receivers.end_own_line(line=line, until=NEW_YEAR, by=lan())
    run(DECEMBER)
    assert len(paid_lines(DECEMBER)) == 2
    release_all()
    run(NEW_YEAR)
    assert [row[4] for row in paid_lines(NEW_YEAR)] == [1_620_000]


def test_an_account_shared_by_others_strikes_before_a_list_is_approved(people: Cast) -> None:
    pays(people, "bank", "Agribank")
    with_account()
    with_account("Vàng Thị Pà")
    run(NOVEMBER)
    found = [row for row in anomalies(PaymentList.objects.get(channel="bank")).rows if row.kind == "account"]
    assert [(row.who, row.one) for row in found] == [(HEAD, 2)]


def test_what_lies_with_a_family_goes_with_it_and_is_out_of_the_neighbours_sight(people: Cast) -> None:
    with_account()
    with_receiver(people.family)
    with acting(COUNTRY):
        receivers.set_contact(household=people.family, phone="0912000111", wants_texts=True, by=lan())
    with as_scope(people.pho_bang):
        assert not Account.objects.exists()
    with acting(COUNTRY):
        move_household(
            household_id=people.family.pk, commune=people.pho_bang, village=None, residence_kind="rural", since=datetime.date(2026, 11, 1),
            change=people.change, by=COUNTRY,
        )  # fmt: skip
    with as_scope(people.pho_bang):
        assert (Account.objects.count(), Receiver.objects.count(), Contact.objects.count()) == (1, 1, 1)
    with as_scope(people.dong_van):
        assert not Account.objects.exists()
