"""The pages of settling: many lists at once, the month that stays open says why, the scorecard, and people who do not come."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from payments.models import Agency, PaymentList, Uncollected, WriteOff
from payments.operations import reconciling
from payments.queries.scorecard import scores
from payments.queries.waiting import waiting_lines
from posasoft.core.models import Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY
from tests.access.world import CANARY, MONTH, World
from tests.payer.cast import Payers
from tests.settling.settled import answered, sent
from tests.support.database import as_scope, owner

STANDING = True
Enter = Callable[[User], Client]


@pytest.fixture
def both(world: World, payers: Payers) -> World:
    """Both communes' lists have their results: 1,000,000 paid here, 1,000,000 not paid next door."""
    with owner():
        for side, unpaid in ((world.own, ""), (world.sibling, "absent")):
            sent(side.pay_list)
            answered(side.pay_list, unpaid=unpaid)
    return world


def status(pay_list: PaymentList) -> str:
    with owner():
        return PaymentList.objects.get(pk=pay_list.pk).status


def test_many_lists_are_reconciled_with_one_press_and_the_month_says_what_is_open(both: World, enter: Enter) -> None:
    page = enter(both.users[Role.PROVINCE_OFFICER])
    assert "Danh sách chờ đối soát" in page.get(reverse("portal:home")).content.decode()
    text = page.get(reverse("portal:settling"), {"month": "2026-11"}).content.decode()
    for words in ("Chờ đối soát", "Còn phải làm trước khi đóng tháng", "Đối soát danh sách đã chọn", "hạn 19/11/2026"):
        assert words in text
    ids = [both.own.pay_list.pk, both.sibling.pay_list.pk]
    after = page.post(reverse("portal:settling_step"), {"name": "reconcile", "list": ids}, follow=True).content.decode()
    assert "Đã xử lý 2 danh sách." in after
    assert [status(side.pay_list) for side in (both.own, both.sibling)] == ["reconciled", "reconciled"]
    refused = page.post(reverse("portal:settling_step"), {"name": "close", "list": ids}, follow=True).content.decode()
    assert "cần một người khác đóng" in refused
    open_still = page.post(reverse("portal:settling_close_month"), {"month": "2026-11"}, follow=True).content.decode()
    assert "Tháng chưa đóng được: còn 4 việc chưa xong." in open_still
    assert "Bảng quyết toán chờ hai bên ký" in open_still


def test_an_officer_sees_and_moves_the_own_list_only(both: World, enter: Enter) -> None:
    page = enter(both.users[Role.COMMUNE_OFFICER])
    assert CANARY not in page.get(reverse("portal:settling"), {"month": "2026-11"}).content.decode()
    text = page.post(
        reverse("portal:settling_step"), {"name": "reconcile", "list": [both.sibling.pay_list.pk]}, follow=True
    ).content.decode()
    assert "Chọn ít nhất một danh sách trong địa bàn của bạn." in text
    assert status(both.sibling.pay_list) == "results_in"


def test_the_scorecard_counts_what_was_paid_on_time_and_why_not(both: World, payers: Payers, enter: Enter) -> None:
    """Here one of one paid on the 5th, in time; next door none of one: absent. The contract wants 98 % paid, 95 % on time."""
    with as_scope(COUNTRY):
        own, neighbour = sorted(scores(MONTH, *WHOLE_COUNTRY), key=lambda card: card.name != "Bưu điện Việt Nam")
    assert (own.lines, own.paid, own.on_time, own.success_percent, own.on_time_percent) == (1, 1, 1, 100.0, 100.0)
    assert (own.keeps_success, own.keeps_on_time, own.cost) == (True, True, 0)
    assert (neighbour.success_percent, neighbour.on_time_percent, neighbour.keeps_success, neighbour.keeps_on_time) == (
        0.0,
        None,
        False,
        None,
    )
    assert dict(neighbour.reasons) == {"absent": 1}
    text = enter(both.users[Role.PROVINCE_OFFICER]).get(reverse("portal:scorecard"), {"month": "2026-11"}).content.decode()
    for words in ("Bưu điện Việt Nam", "100 %", "Vắng mặt 1", "Khiếu nại chưa được ghi"):
        assert words in text


def test_a_payment_after_the_last_day_is_late(both: World, payers: Payers) -> None:
    with owner():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE payments_lineresult SET paid_on = '2026-11-30' WHERE outcome = 'paid'")
        Agency.objects.filter(pk=payers.own.agency.pk).update(fee_per_payment=7_000, fee_basis_points=25)
    with as_scope(both.own.commune):
        (own,) = scores(MONTH, both.own.commune.position or 0, both.own.commune.position_end or 0)
    assert (own.paid, own.on_time, own.on_time_percent, own.keeps_on_time, own.cost) == (1, 0, 0.0, False, 9_500)


@pytest.fixture
def waiting(both: World) -> World:
    """The neighbour's 1,000,000 waits; here a family has not come for three months."""
    with as_scope(COUNTRY):
        reconciling.reconcile(lists=[both.sibling.pay_list], by=COUNTRY)
    with owner():
        home = both.own.household
        Uncollected.objects.create(
            household=home, since=datetime.date(2026, 9, 1), last_month=MONTH, months=3, amount=3_000_000, province_no=home.province_no,
            area_pos=home.area_pos,
        )  # fmt: skip
    return both


def test_the_collaborator_asks_and_writes_it_down(waiting: World, enter: Enter) -> None:
    page = enter(waiting.users[Role.COLLABORATOR])
    with owner():
        case = Uncollected.objects.get()
    listed = page.get(reverse("portal:uncollected")).content.decode()
    assert waiting.own.household.code in listed
    assert waiting.own.person.full_name in listed
    address = reverse("portal:uncollected_answer", args=[case.public_id])
    refused = page.post(address, {"answer": "away", "note": ""})
    assert refused.status_code == 400
    assert "Ghi gia đình đang ở đâu" in refused.content.decode()
    page.post(address, {"answer": "away", "note": "Đi làm ở Bắc Giang, Tết về"})
    with owner():
        case.refresh_from_db()
    assert (case.answer, case.note, case.answered_by_id) == ("away", "Đi làm ở Bắc Giang, Tết về", waiting.users[Role.COLLABORATOR].pk)
    assert page.get(reverse("portal:uncollected_case", args=[case.public_id])).status_code == 200


def test_money_is_written_off_on_the_pages_by_two_people(waiting: World, enter: Enter) -> None:
    home = waiting.sibling.household
    page = enter(waiting.sibling_users[Role.COMMUNE_OFFICER])
    address = reverse("portal:waiting_money", args=[home.public_id])
    assert "Vắng mặt" in page.get(address).content.decode()
    with owner():
        (line,) = waiting_lines(home.pk)
    chosen = f"{line.month} {line.line_id}"
    ask = reverse("portal:write_off_ask", args=[home.public_id])
    assert page.post(ask, {"line": chosen, "ground": "no_heir", "reason": ""}).status_code == 400
    page.post(ask, {"line": chosen, "ground": "no_heir", "reason": "Biên bản số 5"})
    with owner():
        asked = WriteOff.objects.get()
    chair = enter(waiting.sibling_users[Role.COMMUNE_CHAIR])
    asked_for = chair.get(reverse("portal:write_offs")).content.decode()
    assert "Biên bản số 5" in asked_for
    assert waiting.sibling.person.full_name in asked_for
    chair.post(reverse("portal:write_off_decide", args=[asked.public_id]), {"name": "agree"})
    with owner():
        asked.refresh_from_db()
        assert asked.state == "done"


def test_both_spellings_of_the_command_are_the_command() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    for name in ("check-ledger", "check_ledger"):
        done = subprocess.run(
            [sys.executable, "manage.py", name, "--help"], cwd=root, env=os.environ, capture_output=True, text=True, check=True, timeout=60
        )
        assert "Chứng minh sổ cái" in done.stdout
