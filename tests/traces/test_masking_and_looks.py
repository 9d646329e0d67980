"""Who sees how much of a national id, and who sees who looked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from households.models import Household, Person
from posasoft.core import audit, outbox, sealing
from posasoft.core import heads as heads_of_chain
from posasoft.core.masking import SIGHT, Sight, level_of, masked_id, number_for
from posasoft.core.models import AuditEvent, Role
from posasoft.core.queries import looks
from posasoft.core.scope import Scope, acting
from tests.browser.cast import Places
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db


def page_of(name: str) -> str:
    with owner():
        return f"/persons/{Person.objects.get(full_name=name).public_id}/"


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(SIGHT) == set(Role.values)
    assert level_of("stranger") == Sight.NONE


def test_the_hotline_sees_the_last_digits_only() -> None:
    assert masked_id("571", "hotline") == "••• ••• ••• 571"
    assert number_for("002088014571", "hotline") == "••• ••• ••• 571"
    assert number_for("002088014571", "ministry_analyst") == "••• ••• •••"
    assert number_for("002088014571", "commune_officer") == "002088014571"


@pytest.mark.parametrize("who", ["mai", "tinh", "kiem", "quan"])
def test_no_page_shows_a_whole_number_by_itself(enter: Callable[[str], Client], who: str) -> None:
    body = enter(who).get(page_of("Giàng Mí Páo")).content.decode()

    assert "002088014571" not in body
    assert ("Xem đầy đủ" in body) is (who in ("mai", "tinh"))


def test_the_whole_number_takes_a_reason_is_shown_once_and_leaves_a_trace(enter: Callable[[str], Client]) -> None:
    client, address = enter("mai"), page_of("Giàng Mí Páo") + "id/"
    assert "002088014571" not in client.get(address).content.decode()
    refused = client.post(address, {"reason": "tò mò"})
    assert refused.status_code == 422
    assert "002088014571" not in refused.content.decode()

    shown = client.post(address, {"reason": "papers"})
    assert "002088014571" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert "002088014571" not in client.get(address).content.decode()
    with owner():
        event = AuditEvent.objects.get(verb="show_id")
    assert event.detail == {"papers": 1, "reason": "papers"}


@pytest.mark.parametrize(("who", "answer"), [("kiem", 403), ("quan", 403), ("duong", 403), ("ben", 404)])
def test_who_may_not_see_it_gets_no_page(enter: Callable[[str], Client], who: str, answer: int) -> None:
    assert enter(who).post(page_of("Giàng Mí Páo") + "id/", {"reason": "papers"}).status_code == answer


def test_who_looked_is_told_by_name_newest_first(enter: Callable[[str], Client], scope_of: Callable[[str], Scope], places: Places) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
    for who in ("mai", "tinh"):
        enter(who).get(f"/households/{home.public_id}/")

    with acting(scope_of("chu")):
        found = looks.looks_of("household", home.public_id, scope_of("chu"))
    assert [look.who for look in found] == ["Nguyễn Văn Tỉnh", "Hầu Thị Mai"]


def test_the_neighbours_trail_is_out_of_sight(enter: Callable[[str], Client], scope_of: Callable[[str], Scope]) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
    enter("mai").get(f"/households/{home.public_id}/")

    with as_scope(scope_of("ben")):
        assert not AuditEvent.objects.exists()
        assert looks.looks_of("household", home.public_id, scope_of("ben")) == []
    assert str(home.public_id) not in enter("ben").get("/trail/").content.decode()


def test_the_chair_reads_who_looked_in_the_commune(enter: Callable[[str], Client]) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
    enter("mai").get(f"/households/{home.public_id}/")
    chair = enter("chu")

    body = chair.get("/trail/").content.decode()
    assert "Hầu Thị Mai" in body
    assert "Mở hồ sơ" in body
    assert str(home.public_id) in chair.get(f"/trail/?object={home.public_id}").content.decode()
    assert "Không có dòng nào" in chair.get("/trail/?verb=export").content.decode()
    assert "Ngày đầu sau ngày cuối" in chair.get("/trail/?from=21/11/2026&to=01/11/2026").content.decode()
    assert enter("mai").get("/trail/").status_code == 403


def test_a_list_that_showed_somebody_is_found_by_them(scope_of: Callable[[str], Scope]) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
    mai = scope_of("mai")
    with acting(mai):
        audit.seen(by=mai, kind="household", ids=[home.public_id, "other"], area=(2, 1_100), filters=("class",), page="households")

    today = timezone.localdate()
    kiem = scope_of("kiem")
    with acting(kiem):
        (look,) = looks.page_of_trail(kiem, looks.Filters(today, today, object=str(home.public_id))).rows
    assert (look.who, look.event.verb, look.detail["count"]) == ("Hầu Thị Mai", "list", 2)


def test_pages_of_the_trail_follow_each_other_without_a_gap(scope_of: Callable[[str], Scope]) -> None:
    mai, chu = scope_of("mai"), scope_of("chu")
    with acting(mai):
        for number in range(120):
            audit.record(verb="read", kind="household", object_id=number, by=mai, area=(2, 1_100))
    today, seen, after = timezone.localdate(), [], ""
    with acting(chu):
        for _ in range(3):
            page = looks.page_of_trail(chu, looks.Filters(today, today), after)
            seen += [look.event.pk for look in page.rows]
            after = page.after
    assert len(seen) == len(set(seen)) == 120
    assert after == ""


def test_who_looked_reads_the_index_and_not_the_trail(scope_of: Callable[[str], Scope]) -> None:
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditevent (verb, object_kind, object_id, province_no, area_pos)"
            " SELECT 'read', 'household', n::text, 2, 1100 FROM generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE core_auditevent")
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM core_auditevent WHERE object_id = '77'")
        month = cursor.fetchone()[0]
    chu = scope_of("chu")
    with acting(chu), connection.cursor() as cursor:
        query = AuditEvent.objects.filter(object_kind="household", object_id="77", at__gte=timezone.now() - datetime.timedelta(days=365))
        plan = query.explain()
    assert f" on {month} " in plan
    assert f"Seq Scan on {month} " not in plan


@pytest.mark.django_db(transaction=True)
def test_the_days_heads_go_out_as_page_file_and_letter(
    enter: Callable[[str], Client], scope_of: Callable[[str], Scope], settings: Any
) -> None:
    settings.AUDIT_HEADS_TO = ["luu.tru@tuyenquang.example"]
    enter("mai").get("/households/")
    sealing.seal()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date")
        day = cursor.fetchone()[0]
    client = enter("kiem")
    body = client.get(f"/trail/heads/?day={day:%d/%m/%Y}").content.decode()
    with acting(scope_of("kiem")):
        heads = sealing.heads_of_day(day)

    assert heads
    assert all(head.hash in body for head in heads)
    assert heads[0].hash in client.get(f"/trail/heads/?day={day:%d/%m/%Y}&file=csv").content.decode()
    assert client.get(f"/trail/heads/?day={day:%d/%m/%Y}&file=pdf").content.startswith(b"%PDF")
    assert enter("mai").get("/trail/heads/").status_code == 403
    assert heads_of_chain.hand_out(day) == 1
    outbox.drain()
    (letter,) = mail.outbox
    assert letter.to == ["luu.tru@tuyenquang.example"]
    assert heads[0].hash in letter.attachments[0][1]


def test_a_refusal_is_written_once_with_who_and_where_but_no_address(
    enter: Callable[[str], Client], scope_of: Callable[[str], Scope]
) -> None:
    assert enter("mai").get("/trail/?object=Giàng").status_code == 403

    with owner():
        (event,) = AuditEvent.objects.filter(verb="denied")
    assert (event.actor_id, event.role, event.object_id) == (scope_of("mai").user_id, "commune_officer", "trail/")
