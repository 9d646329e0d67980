"""The payment day: the right code and digits show one line, everything else the same nothing; counted, throttled, no person in an address."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import Cashless, LookupTry, Notice
from payments.operations import cashless, lookups, notices, receivers
from payments.operations.lookups import MOST_OF_ONE_CODE, MOST_OF_ONE_CODE_A_DAY, TooOften
from payments.queries import payday
from posasoft.core.models import AuditEvent
from posasoft.core.scope import COUNTRY, NOWHERE, WHOLE_COUNTRY, acting
from tests.beneficiaries.test_month_run import NOVEMBER, named, people, run
from tests.households.cast import Cast
from tests.people.world import BOY, HEAD, lan, line_ids, pays, released, with_account, with_receiver
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


@pytest.fixture
def notice(people: Cast) -> Notice:
    pays(people, "post", "Bưu điện")
    with_receiver(people.family)
    released(NOVEMBER)
    with acting(COUNTRY):
        notices.queue(kind="payday", key="payday:2026-11", month=NOVEMBER, lines=line_ids(NOVEMBER), by=lan())
    return Notice.objects.get()


@pytest.mark.parametrize("tail", ["571", "234"])
def test_payee_and_receiver_find_the_line_by_code_or_qr(notice: Notice, tail: str) -> None:
    spelled = notice.code.lower()
    for code in (notice.code, f"{spelled[:4]} {spelled[4:8]}-{spelled[8:]}", f"https://x/nhan-tien/#{notice.line_public_id}"):
        with as_scope(NOWHERE):
            found = lookups.find(code=code, tail=tail, source="10.0.0.1")
        assert found is not None
        assert (found.month, found.line_id) == (NOVEMBER, notice.line_id)


def test_wrong_digits_and_wrong_codes_are_the_same_nothing(notice: Notice) -> None:
    for code, tail in (
        (notice.code, "000"),
        (notice.code, ""),
        (notice.code, "2088000571"),
        ("000000000000", "571"),
        ("x", "571"),
        ("", "571"),
    ):
        assert lookups.find(code=code, tail=tail, source="10.0.0.1") is None


def test_a_code_is_not_tried_all_day_and_night_until_the_digits_fit(notice: Notice) -> None:
    with acting(COUNTRY):
        key, now = lookups._hash("code", notice.code), timezone.now()
        LookupTry.objects.bulk_create(
            LookupTry(key=key, at=now - datetime.timedelta(hours=2 + number)) for number in range(MOST_OF_ONE_CODE_A_DAY)
        )
        assert lookups.purge() == 0
    with pytest.raises(TooOften):
        lookups.find(code=notice.code, tail="571", source="10.0.0.1")
    with acting(COUNTRY):
        LookupTry.objects.update(at=now - lookups.DAY - datetime.timedelta(minutes=1))
        assert lookups.purge() == MOST_OF_ONE_CODE_A_DAY
    assert lookups.find(code=notice.code, tail="571", source="10.0.0.1") is not None


def test_tries_are_limited_by_code_whatever_address_they_come_from_and_keep_nothing_readable(notice: Notice) -> None:
    for attempt in range(MOST_OF_ONE_CODE):
        assert lookups.find(code=notice.code, tail=f"{attempt:03d}", source=f"10.0.0.{attempt}") is None
    with pytest.raises(TooOften):
        lookups.find(code=notice.code, tail="571", source="10.0.0.99")
    kept = " ".join(LookupTry.objects.values_list("key", flat=True))
    assert notice.code not in kept
    assert "10.0.0" not in kept


def test_tries_are_limited_by_address_whatever_code_they_try(notice: Notice) -> None:
    for attempt in range(lookups.MOST_FROM_ONE):
        lookups.find(code=f"{attempt:012X}", tail="571", source="10.0.0.1")
    with pytest.raises(TooOften):
        lookups.find(code=notice.code, tail="571", source="10.0.0.1")
    assert lookups.find(code=notice.code, tail="571", source="10.0.0.2") is not None


def test_a_citizen_sees_when_where_how_much_and_why_without_a_login(notice: Notice, client: Client) -> None:
    address = reverse("portal:payday_public")
    assert client.get(address).status_code == 200
    answer = client.post(address, {"code": notice.code, "tail": "571"})
    text = answer.content.decode()
    for words in ("1.620.000", "từ 02/11/2026 đến 10/11/2026", "Bưu điện Đồng Văn, Chợ Đồng Văn", "Giàng Mí Páo", "nhận thay: Vừ Thị Mai"):
        assert words in text
    assert "no-store" in answer["Cache-Control"]
    assert "khuyết tật" not in text.lower()
    with acting(COUNTRY):
        assert AuditEvent.objects.filter(verb="read", object_kind="payday").count() == 1


def test_nothing_is_revealed_on_a_wrong_answer_and_too_many_are_refused(notice: Notice, client: Client) -> None:
    address = reverse("portal:payday_public")
    wrong = client.post(address, {"code": notice.code, "tail": "000"}).content.decode()
    unknown = client.post(address, {"code": "AAAAAAAAAAAA", "tail": "000"}).content.decode()
    assert "Không tìm thấy" in wrong
    assert "Páo" not in wrong
    assert wrong.count("note warn") == unknown.count("note warn")
    for _ in range(MOST_OF_ONE_CODE):
        last = client.post(address, {"code": notice.code, "tail": "000"})
    assert last.status_code == 429


def test_a_family_with_own_lines_and_accounts_is_told_each(people: Cast) -> None:
    pays(people, "bank", "Agribank")
    with_account(HEAD)
    with acting(COUNTRY):
        receivers.set_own_line(person=named(BOY), ground="wish", note="", since=NOVEMBER, by=lan())
    released(NOVEMBER)
    days = payday.of_household(people.family.pk, NOVEMBER)
    assert [(day.total, day.provider, day.tail, day.state) for day in days] == [
        (540_000, "Agribank", "456", "waiting"), (1_080_000, "", "", "waiting"),
    ]  # fmt: skip


def test_share_of_cashless_counts_adults_once_and_counting_again_changes_nothing(people: Cast) -> None:
    """The head, 38, is paid into an account: one of one adults, 1.620.000 đ of 1.620.000 đ."""
    pays(people, "bank", "Agribank")
    with_account(HEAD)
    run(NOVEMBER)
    assert count() == 0
    released(NOVEMBER)
    assert (count(), count()) == (1, 0)
    row = Cashless.objects.get()
    assert (row.lines, row.lines_cashless, row.adults, row.adults_cashless, row.amount_cashless) == (1, 1, 1, 1, 1_620_000)


def count() -> int:
    with acting(COUNTRY):
        return cashless.count(month=NOVEMBER, lo=WHOLE_COUNTRY[0], hi=WHOLE_COUNTRY[1])
