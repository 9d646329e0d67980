"""A clerk marks lines at the counter: once, whatever is pressed how often and by whom; the day is booked, the list ended."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from households.crypto import seal
from payments.accounts import Account
from payments.models import AgencyPost, CounterDay, LedgerEntry, LineResult, PaymentLine, Receiver, ResultMark
from payments.operations.results import ResultRefused, close_day, close_open_days, mark, mark_rest, undo
from payments.queries.ledger import balances_of_list
from posasoft.core.models import AssignedItem, AuditEvent, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope
from tests.browser.cast import TODAY
from tests.payer.cast import SINCE, scope_for
from tests.results.world import Counter, applied, findings, paid, results, unpaid
from tests.support.database import as_scope, owner

STANDING = True
DAY = TODAY.date()


def press(
    counter: Counter, line: PaymentLine, outcome: str = "paid", *, by: Scope | None = None, key: uuid.UUID | None = None, **more: Any
) -> LineResult:
    by = by or counter.clerk
    with as_scope(by):
        return mark(line=line, outcome=outcome, client_key=key or uuid.uuid4(), by=by, **more)


def closed(counter: Counter, day: datetime.date = DAY) -> CounterDay:
    with as_scope(counter.clerk):
        return close_day(service_point=counter.own.point, day=day, by=counter.clerk)


def colleague(counter: Counter) -> Scope:
    """A second clerk at the same counter."""
    with owner():
        user = User.objects.create(username="buu.hai", full_name="Bưu tá Hai", password="!")
        held = RoleAssignment.objects.create(
            user=user, role="agency_clerk", area=counter.world.own.commune, scope_kind="lists", since=SINCE
        )
        AgencyPost.objects.create(assignment=held, agency=counter.own.agency, service_point=counter.own.point)
        AssignedItem.objects.create(assignment=held, kind="lists", object_id=counter.delivery.pay_list_id, since=SINCE)
    return scope_for(user)


def money(counter: Counter) -> tuple[int, int, int]:
    """Đồng with the agency, paid, returned."""
    found = balances_of_list(counter.delivery.pay_list_id)
    return found.get(Account.AGENCY, 0), found.get(Account.PAID, 0), found.get(Account.RETURNED, 0)


def test_paid_lines_are_booked_when_the_day_is_closed_and_once(counter: Counter) -> None:
    """1.000.000 and 500.000 of 5.800.000."""
    press(counter, counter.lines[0])
    press(counter, counter.lines[1])
    assert money(counter) == (5_800_000, 0, 0)
    day = closed(counter)
    assert (day.lines, day.amount) == (2, 1_500_000)
    assert money(counter) == (4_300_000, 1_500_000, 0)
    assert closed(counter).lines == 2
    press(counter, counter.lines[2])
    assert closed(counter).lines == 3
    assert counter.pay_list.status == "sent"


def test_the_same_press_twice_pays_once(counter: Counter) -> None:
    key = uuid.uuid4()
    first = press(counter, counter.lines[0], key=key)
    assert press(counter, counter.lines[0], key=key).at == first.at
    assert ResultMark.objects.count() == 1
    with pytest.raises(ResultRefused):
        press(counter, counter.lines[1], key=key)
    assert results(counter) == ["paid", *[""] * 5]


def test_a_second_clerk_is_told_when_it_was_paid(counter: Counter) -> None:
    other = colleague(counter)
    press(counter, counter.lines[0])
    with pytest.raises(ResultRefused, match="đã trả lúc"):
        press(counter, counter.lines[0], by=other)
    with pytest.raises(ResultRefused, match="đã trả lúc"):
        press(counter, counter.lines[0], "unpaid", reason="absent", by=other)
    assert ResultMark.objects.count() == 1


def test_the_table_itself_refuses_a_second_result(counter: Counter) -> None:
    press(counter, counter.lines[0])
    with owner(), pytest.raises(IntegrityError, match="payments_lineresult"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO payments_lineresult SELECT * FROM payments_lineresult")


def test_what_is_booked_is_neither_deleted_nor_unbooked(counter: Counter) -> None:
    press(counter, counter.lines[0])
    closed(counter)
    held = LineResult.objects.filter(line_id=counter.lines[0].id)
    for change in (held.delete, lambda: held.update(booked=False), lambda: held.update(amount=1)):
        with pytest.raises(IntegrityError, match="its result is booked"), transaction.atomic():
            change()


def test_absent_in_the_morning_and_paid_in_the_afternoon(counter: Counter) -> None:
    press(counter, counter.lines[0], "unpaid", reason="absent")
    closed(counter)
    assert money(counter) == (5_800_000, 0, 0)
    press(counter, counter.lines[0])
    closed(counter)
    assert results(counter)[0] == "paid"
    assert money(counter) == (4_800_000, 1_000_000, 0)


def test_a_mark_is_taken_back_by_its_clerk_on_its_day_only(counter: Counter) -> None:
    key = uuid.uuid4()
    press(counter, counter.lines[0])
    other = colleague(counter)
    for who, reason, why in ((other, "nhầm", "Chỉ người đã ghi"), (counter.clerk, " ", "Nêu lý do")):
        with as_scope(who), pytest.raises(ResultRefused, match=why):
            undo(line=counter.lines[0], reason=reason, client_key=uuid.uuid4(), by=who)
    for _twice in range(2):
        with as_scope(counter.clerk):
            undo(line=counter.lines[0], reason="Bấm nhầm người", client_key=key, by=counter.clerk)
    assert results(counter)[0] == ""
    assert list(ResultMark.objects.order_by("id").values_list("act", flat=True)) == ["paid", "undo"]
    press(counter, counter.lines[0])
    with time_machine.travel(TODAY + datetime.timedelta(days=1)), as_scope(counter.clerk), pytest.raises(ResultRefused, match="trong ngày"):
        undo(line=counter.lines[0], reason="nhầm", client_key=uuid.uuid4(), by=counter.clerk)
    closed(counter)
    with as_scope(counter.clerk), pytest.raises(ResultRefused, match="đã vào sổ"):
        undo(line=counter.lines[0], reason="nhầm", client_key=uuid.uuid4(), by=counter.clerk)


def test_a_press_that_was_taken_back_does_not_pay_when_it_arrives_again(counter: Counter) -> None:
    key = uuid.uuid4()
    press(counter, counter.lines[0], key=key)
    with as_scope(counter.clerk):
        undo(line=counter.lines[0], reason="Bấm nhầm", client_key=uuid.uuid4(), by=counter.clerk)
    with pytest.raises(ResultRefused, match="lấy lại"):
        press(counter, counter.lines[0], key=key)
    assert results(counter)[0] == ""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"outcome": "unpaid"}, "Chọn một lý do"),
        ({"outcome": "unpaid", "reason": "lười"}, "Chọn một lý do"),
        ({"outcome": "unpaid", "reason": "other"}, "ghi rõ"),
        ({"outcome": "half"}, "Chọn một lý do"),
        ({"proxy_name": "Lý Thị Con"}, "ghi đủ"),
        ({"proxy_name": "Lý Thị Con", "proxy_tail": "12a", "proxy_relation": "con"}, "12a"),
        ({"paid_on": DAY + datetime.timedelta(days=1)}, "phải từ ngày gửi"),
        ({"paid_on": DAY - datetime.timedelta(days=1)}, "phải từ ngày gửi"),
    ],
)
def test_what_is_missing_is_said_and_nothing_written(counter: Counter, given: dict[str, Any], why: str) -> None:
    with pytest.raises(ResultRefused, match=why):
        press(counter, counter.lines[0], **{"outcome": "paid", **given})
    assert results(counter) == [""] * 6


def test_the_authorised_receiver_is_known_again_by_name_and_digits(counter: Counter) -> None:
    line = counter.lines[0]
    with owner():
        sealed = seal("002190001234")
        receiver = Receiver.objects.create(
            household_id=line.household_id, full_name="Vừ Thị Mai", number_enc=sealed.number_enc, number_index=sealed.number_index,
            tail=sealed.tail, relation="Con dâu", paper="authorised", paper_no="5/UQ", paper_on=SINCE, since=SINCE,
            until=datetime.date(2027, 1, 1), province_no=line.province_no, area_pos=line.area_pos,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE payments_paymentline DISABLE TRIGGER USER")
            cursor.execute(
                "UPDATE payments_paymentline SET receiver_id = %s WHERE month = %s AND id = %s", [receiver.pk, line.month, line.id]
            )
            cursor.execute("ALTER TABLE payments_paymentline ENABLE TRIGGER USER")
    line = PaymentLine.objects.get(month=line.month, id=line.id)
    known = press(counter, line, proxy_name="vu thi mai", proxy_tail="1234", proxy_relation="con dâu")
    assert known.receiver_id == receiver.pk
    stranger = press(counter, counter.lines[1], proxy_name="Vừ Thị Mai", proxy_tail="234", proxy_relation="hàng xóm")
    assert (stranger.receiver_id, stranger.proxy_tail) == (None, "234")


def test_nobody_elses_lines(counter: Counter) -> None:
    neighbour, held = scope_for(counter.payers.neighbour.clerk), counter.pay_list
    for who, line in ((counter.clerk, counter.foreign), (neighbour, counter.lines[0]), (counter.boss, counter.lines[0])):
        with pytest.raises(ResultRefused, match="không thuộc danh sách"):
            press(counter, line, by=who)
        with as_scope(who), pytest.raises(ResultRefused):
            undo(line=line, reason="x", client_key=uuid.uuid4(), by=who)
    for who in (neighbour, counter.boss):
        with as_scope(who), pytest.raises(ResultRefused):
            close_day(service_point=counter.own.point, day=DAY, by=who)
        with as_scope(who), pytest.raises(ResultRefused):
            mark_rest(pay_list=held, by=who)


def test_a_day_to_come_is_not_closed(counter: Counter) -> None:
    with pytest.raises(ResultRefused, match="Chưa đến ngày"):
        closed(counter, DAY + datetime.timedelta(days=1))


def test_all_paid_completes_the_list_with_the_day(counter: Counter) -> None:
    for line in counter.lines:
        press(counter, line)
    closed(counter)
    assert counter.pay_list.status == "results_in"
    assert money(counter) == (0, 5_800_000, 0)
    with pytest.raises(ResultRefused):
        press(counter, counter.lines[0])


def test_ending_a_list_returns_what_nobody_collected(counter: Counter) -> None:
    """Paid 1.000.000, moved 500.000, the rest of 4.300.000 was not collected; all of it booked, the day not closed before."""
    press(counter, counter.lines[0])
    press(counter, counter.lines[1], "unpaid", reason="moved")
    with as_scope(counter.clerk):
        assert mark_rest(pay_list=counter.pay_list, by=counter.clerk) == 4
        assert mark_rest(pay_list=counter.pay_list, by=counter.clerk) == 0
    assert results(counter) == ["paid", "moved", *["absent"] * 4]
    assert money(counter) == (0, 1_000_000, 4_800_000)
    assert counter.pay_list.status == "results_in"
    assert not LineResult.objects.filter(booked=False).exists()
    assert closed(counter).lines == 0
    assert LedgerEntry.objects.filter(credit=Account.PAID).count() == 1


def test_a_file_and_the_counter_agree_or_the_file_has_a_finding(counter: Counter) -> None:
    """The counter marked three; the file says the same of one, differs on two and answers the rest: the list is complete with the counter's word."""
    press(counter, counter.lines[0])
    press(counter, counter.lines[1])
    press(counter, counter.lines[2], "unpaid", reason="absent")
    batch = applied(counter, [paid(counter.lines[0]), unpaid(counter.lines[1]), paid(counter.lines[2]), *map(paid, counter.lines[3:])])
    assert findings(batch) == {2: ["contradicts"], 3: ["contradicts"]}
    assert batch.counts == {"same": 1, "finding": 2, "applied": 3}
    assert results(counter) == ["paid", "paid", "absent", "paid", "paid", "paid"]
    assert counter.pay_list.status == "results_in"
    assert money(counter) == (0, 5_800_000 - 750_000, 750_000)


def test_days_that_a_counter_forgot_are_booked_at_night(counter: Counter) -> None:
    press(counter, counter.lines[0])
    with as_scope(COUNTRY):
        assert close_open_days(by=COUNTRY) == 0
        with time_machine.travel(TODAY + datetime.timedelta(days=1)):
            assert close_open_days(by=COUNTRY) == 1
            assert close_open_days(by=COUNTRY) == 0
    assert money(counter) == (4_800_000, 1_000_000, 0)


def test_every_press_leaves_a_trace_without_names(counter: Counter) -> None:
    press(counter, counter.lines[0], proxy_name="Lý Thị Con", proxy_tail="123", proxy_relation="con")
    with as_scope(COUNTRY):
        event = AuditEvent.objects.get(verb="mark_paid")
    assert event.object_id == str(counter.lines[0].public_id)
    assert "Con" not in str(event.detail)
