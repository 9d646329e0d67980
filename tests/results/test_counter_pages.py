"""The counter's pages: a payment is found by code, household, name or paper, paid once however often it is pressed, and nobody else's is seen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import AgencyPost, LineResult, PaymentLine, ResultMark
from posasoft.core.models import AuditEvent, Role
from posasoft.core.months import format_month
from tests.access.world import CANARY, MONTH
from tests.payments.money import standing
from tests.results.world import Counter
from tests.support.database import owner
from tests.support.second_factor import enrol_if_required

STANDING = True
SITE = "https://posasoft.example/nhan-tien"


@pytest.fixture
def desk(counter: Counter, enter: Callable[..., Client]) -> Client:
    return enter(counter.own.clerk)


def at(name: str, *args: Any) -> str:
    return reverse(f"portal:{name}", args=args)


def press(client: Client, line: PaymentLine, key: str = "", **said: str) -> Any:
    fields = {"outcome": "paid", "who": "payee"} | said | {"client_key": key or str(uuid.uuid4())}
    return client.post(at("counter_mark", line.public_id), fields)


def test_the_counter_shows_what_is_left_village_by_village(counter: Counter, desk: Client) -> None:
    text = desk.get(at("counter")).content.decode()
    assert "Điểm Bưu điện Việt Nam" in text
    assert "5.800.000" in text
    assert CANARY not in text
    answer = desk.get(at("counter"))
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "camera=()" in desk.get(at("results")).headers["Permissions-Policy"]


@pytest.mark.parametrize("typed", ["", "/nhan-tien#", "một chữ 019a0000-0000-7000-8000-000000000001 rồi "])
def test_a_scanned_code_opens_its_payment_by_the_last_uuid_in_it(counter: Counter, desk: Client, typed: str) -> None:
    line = counter.lines[2]
    answer = desk.post(at("counter"), {"q": f"{typed}{line.public_id}"})
    assert (answer.status_code, answer["Location"]) == (302, at("counter_line", line.public_id))


@pytest.mark.parametrize("typed", ["ly thi quay 3", "LÝ THỊ QUẦY 3", "quay 3"])
def test_a_name_is_found_without_its_accents(counter: Counter, desk: Client, typed: str) -> None:
    answer = desk.post(at("counter"), {"q": typed})
    assert (answer.status_code, answer["Location"]) == (302, at("counter_line", counter.lines[3].public_id))


def test_a_village_shows_who_waits_and_who_was_paid(counter: Counter, desk: Client) -> None:
    press(desk, counter.lines[1])
    with owner():
        village = counter.world.own.household.village_id or counter.world.own.commune.pk
    waiting = desk.get(at("counter_village", village)).content.decode()
    assert str(counter.lines[2].public_id) in waiting
    assert str(counter.lines[1].public_id) not in waiting
    assert str(counter.lines[1].public_id) in desk.get(at("counter_village", village), {"state": "paid"}).content.decode()
    assert desk.get(at("counter_village", counter.world.sibling.commune.pk)).status_code == 404


def test_several_of_a_name_are_offered_to_choose_from(counter: Counter, desk: Client) -> None:
    text = desk.post(at("counter"), {"q": "ly thi"}).content.decode()
    assert all(str(line.public_id) in text for line in counter.lines[1:])
    assert str(counter.lines[0].public_id) not in text


def test_a_household_and_the_end_of_a_paper_are_found(counter: Counter, desk: Client) -> None:
    home = counter.world.own.household.code
    assert desk.post(at("counter"), {"q": f"{home}-Q2"})["Location"] == at("counter_line", counter.lines[2].public_id)
    assert desk.post(at("counter"), {"q": "784"})["Location"] == at("counter_line", counter.lines[4].public_id)
    assert desk.post(at("counter"), {"q": "002190056784"})["Location"] == at("counter_line", counter.lines[4].public_id)
    assert desk.post(at("counter"), {"q": "999190056784"}).status_code == 200
    with owner():
        # What was typed is not kept, only that somebody searched and what came.
        searches = AuditEvent.objects.filter(verb="search", object_kind="payment_line")
        assert [row.detail["hits"] for row in searches.order_by("pk")] == [1, 1, 1, 0]
        assert "002190056784" not in str(list(searches.values_list("detail", flat=True)))


def test_the_card_says_who_how_much_in_words_for_what_and_which_paper(counter: Counter, desk: Client) -> None:
    line = counter.lines[3]
    text = desk.get(at("counter_line", line.public_id)).content.decode()
    for said in (
        "Lý Thị Quầy 3",
        "1.250.000",
        "Một triệu hai trăm năm mươi nghìn đồng",
        "••• ••• ••• 783",
        "Khoản 6 Điều 5",
        format_month(MONTH),
    ):
        assert said in text
    assert "002190056783" not in text


def test_a_double_press_and_a_resent_form_pay_once(counter: Counter, desk: Client) -> None:
    line, key = counter.lines[1], str(uuid.uuid4())
    for _again in range(3):
        answer = press(desk, line, key)
        assert (answer.status_code, answer["Location"]) == (302, at("counter"))
    with owner():
        result = LineResult.objects.get(month=MONTH, line_id=line.id)
        assert (result.outcome, result.amount, result.by_id) == ("paid", 500_000, counter.own.clerk.pk)
        assert ResultMark.objects.filter(line_id=line.id).count() == 1


def test_a_second_clerk_with_the_page_still_open_is_told_that_it_was_paid(counter: Counter, desk: Client) -> None:
    line = counter.lines[1]
    press(desk, line)
    answer = desk.post(
        at("counter_mark", line.public_id), {"outcome": "paid", "who": "payee", "client_key": str(uuid.uuid4())}, follow=True
    )
    assert "Dòng này đã trả lúc" in answer.content.decode()
    with owner():
        assert LineResult.objects.filter(line_id=line.id).count() == 1


def test_whoever_collects_for_somebody_is_written_down_in_full(counter: Counter, desk: Client) -> None:
    line = counter.lines[2]
    answer = press(desk, line, who="other", proxy_name="Sùng Mí Vừ", proxy_tail="12")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Ghi đúng ba chữ số cuối." in text
    assert "Cần ghi khi người khác nhận thay." in text
    assert 'value="Sùng Mí Vừ"' in text
    assert press(desk, line, who="other", proxy_name="Sùng Mí Vừ", proxy_tail="123", proxy_relation="con").status_code == 302
    with owner():
        result = LineResult.objects.get(month=MONTH, line_id=line.id)
        assert (result.proxy_name, result.proxy_tail, result.proxy_relation) == ("Sùng Mí Vừ", "123", "con")


def test_not_paid_has_a_reason_and_the_family_may_still_come(counter: Counter, desk: Client) -> None:
    line = counter.lines[4]
    assert "field-error" in press(desk, line, outcome="unpaid", reason="").content.decode()
    assert "Lý do khác thì ghi rõ" in press(desk, line, outcome="unpaid", reason="other").content.decode()
    press(desk, line, outcome="unpaid", reason="absent")
    text = desk.get(at("counter_line", line.public_id)).content.decode()
    assert "Vắng mặt" in text
    press(desk, line)
    with owner():
        assert LineResult.objects.get(month=MONTH, line_id=line.id).outcome == "paid"


def test_a_mark_is_taken_back_with_a_reason_until_the_day_is_closed(counter: Counter, desk: Client) -> None:
    line = counter.lines[1]
    press(desk, line)
    undo = {"client_key": str(uuid.uuid4()), "reason": ""}
    assert desk.post(at("counter_undo", line.public_id), undo).status_code == 200
    assert desk.post(at("counter_undo", line.public_id), undo | {"reason": "Bấm nhầm người"}).status_code == 302
    with owner():
        assert not LineResult.objects.filter(line_id=line.id).exists()
    press(desk, line)
    answer = desk.post(at("counter_close"), {"day": "2026-11-21"}, follow=True)
    assert "Đã đóng ngày 21/11/2026: 1 lượt trả, 500.000" in answer.content.decode()
    text = desk.get(at("counter_line", line.public_id)).content.decode()
    assert "Đã ghi sổ cái" in text
    assert str(counter.own.clerk) in text
    assert at("counter_undo", line.public_id) not in text
    desk.post(at("counter_undo", line.public_id), {"client_key": str(uuid.uuid4()), "reason": "muộn"})
    with owner():
        assert LineResult.objects.get(line_id=line.id).booked


def test_closing_twice_books_once_and_ending_the_list_leaves_nobody_waiting(counter: Counter, desk: Client) -> None:
    press(desk, counter.lines[0])
    press(desk, counter.lines[1])
    for _again in range(2):
        desk.post(at("counter_close"), {"day": "2026-11-21"})
    answer = desk.post(at("counter_rest", counter.delivery.pay_list_id), follow=True)
    assert "Đã ghi vắng mặt 4 người" in answer.content.decode()
    with owner():
        assert counter.pay_list.status == "results_in"
        assert sum(standing(counter.pay_list).values()) == 5_800_000
        assert LineResult.objects.filter(list_id=counter.delivery.pay_list_id, booked=True).count() == 6


@pytest.mark.parametrize("name", ["counter_line", "counter_mark", "counter_undo"])
def test_the_next_communes_counter_and_the_foreign_agency_get_404(counter: Counter, enter: Callable[..., Client], name: str) -> None:
    line = counter.lines[0]
    stranger = enter(counter.payers.neighbour.clerk)
    fields = {"outcome": "paid", "who": "payee", "client_key": str(uuid.uuid4()), "reason": "x"}
    address = at(name, line.public_id)
    answer = stranger.get(address) if name == "counter_line" else stranger.post(address, fields)
    assert answer.status_code == 404
    assert stranger.post(at("counter_rest", counter.delivery.pay_list_id)).status_code == 404
    found = stranger.post(at("counter"), {"q": str(line.public_id)})
    assert found.status_code == 200
    assert str(counter.lines[1].public_id) not in found.content.decode()
    with owner():
        assert not LineResult.objects.exists()


def test_the_headquarters_has_no_counter_and_sees_nobody(counter: Counter, enter: Callable[..., Client]) -> None:
    with owner():
        boss = enter(enrol_if_required(counter.own.boss))
    text = boss.get(at("counter")).content.decode()
    assert "chưa được phân công về điểm chi trả" in text
    assert boss.get(at("counter_line", counter.lines[0].public_id)).status_code == 404
    assert boss.post(at("counter_close"), {"day": "2026-11-21"}).status_code == 404
    assert boss.get(at("cash_sheet")).status_code == 404


def test_a_clerk_moved_to_another_counter_sees_the_old_lines_no_more(counter: Counter, enter: Callable[..., Client]) -> None:
    with owner():
        AgencyPost.objects.filter(assignment__user=counter.own.clerk).update(service_point=None)
    client = enter(counter.own.clerk)
    assert client.get(at("counter_line", counter.lines[0].public_id)).status_code == 404


def test_the_officers_see_results_and_the_chair_reopens_with_a_reason(counter: Counter, desk: Client, enter: Callable[..., Client]) -> None:
    press(desk, counter.lines[1])
    press(desk, counter.lines[2], outcome="unpaid", reason="moved")
    desk.post(at("counter_rest", counter.delivery.pay_list_id))
    chair = enter(counter.world.users[Role.COMMUNE_CHAIR])
    text = chair.get(at("list", counter.delivery.pay_list_id)).content.decode()
    for said in ("Kết quả chi trả", "Đã chuyển đi", "Vắng mặt", "Mở lại danh sách"):
        assert said in text
    rows = chair.get(at("list_results", counter.delivery.pay_list_id), {"show": "moved"}).content.decode()
    assert "Lý Thị Quầy 2" in rows
    assert "Lý Thị Quầy 1" not in rows
    chair.post(at("list_reopen", counter.delivery.pay_list_id), {"reason": " "})
    with owner():
        assert counter.pay_list.status == "results_in"
    chair.post(at("list_reopen", counter.delivery.pay_list_id), {"reason": "Ghi nhầm một hộ", "after": "1"})
    with owner():
        assert counter.pay_list.status == "sent"
    officer = enter(counter.world.users[Role.COMMUNE_OFFICER])
    assert "Mở lại danh sách" not in officer.get(at("list", counter.delivery.pay_list_id)).content.decode()
    assert officer.post(at("list_reopen", counter.delivery.pay_list_id), {"reason": "x"}).status_code == 403
    foreign = enter(counter.world.sibling_users[Role.COMMUNE_OFFICER])
    assert foreign.get(at("list_results", counter.delivery.pay_list_id)).status_code == 404
