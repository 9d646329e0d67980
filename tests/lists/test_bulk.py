"""Many are changed as one is: history, feed and undo are right, and nothing happens before it was looked at."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from households.models import BulkChange, BulkRow, ChangeFeed, FactSpell, Household, Person
from households.queries import household_on
from posasoft.core import jobs
from posasoft.core.models import Area, Hold, Role, User, WorkItem
from posasoft.core.names import fold
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db
Village = Callable[[int], list[Household]]
Enter = Callable[[User], Client]
DAY = datetime.date(2026, 11, 1)
POOR = {"change": "poverty", "class": "poor", "b1": "110", "b2": "40", "since": "01/11/2026", "reason": "Quyết định 12/QĐ-UBND"}
SCHOOL = {"change": "boards_at_school", "boards_at_school": "1", "since": "05/09/2026", "reason": "Danh sách của trường"}


def prepare(client: Client, page: str, given: dict[str, Any], query: str = "", **chosen: Any) -> BulkChange:
    response = client.post(f"/bulk/{page}/new/", {"query": query, "what": "all", **given, **chosen})
    assert response.status_code == 302, response.content.decode().split("<main")[1][:1500]
    with owner():
        return BulkChange.objects.latest("pk")


def act(client: Client, bulk: BulkChange, what: str, **given: Any) -> str:
    address = f"/bulk/{bulk.public_id}/"
    assert client.post(f"{address}{what}/", given).status_code == 302
    return client.get(address).content.decode()


@pytest.fixture
def chair(places: Places) -> User:
    with owner():
        return cast.make_officer("chu.tich", "Chủ Tịch Xã", Role.COMMUNE_CHAIR, places.commune)


def outcomes(bulk: BulkChange) -> dict[str, int]:
    with owner():
        rows = BulkRow.objects.filter(bulk=bulk).values_list("outcome", "why")
        found: dict[str, int] = {}
        for outcome, why in rows:
            found[f"{outcome} {why}".strip()] = found.get(f"{outcome} {why}".strip(), 0) + 1
        return found


def test_a_preview_says_what_would_change_and_changes_nothing(client_of: Client, village: Village) -> None:
    village(9)
    bulk = prepare(client_of, "households", POOR)
    text = client_of.get(f"/bulk/{bulk.public_id}/").content.decode()
    assert "Gửi duyệt" in text
    assert "Hộ cận nghèo · B1 119 · B2 60" in text
    assert outcomes(bulk) == {"waiting": 11}
    with owner():
        assert Household.objects.filter(b1=110).count() == 0


def test_what_needs_two_people_waits_for_the_second(client_of: Client, officer: User, chair: User, enter: Enter, village: Village) -> None:
    homes = village(9)
    bulk = prepare(client_of, "households", POOR)
    act(client_of, bulk, "apply")
    with owner():
        item = WorkItem.objects.get(kind="approve_bulk", subject_id=bulk.pk, done_at=None)
        assert item.role == Role.COMMUNE_CHAIR
    assert "không tự duyệt" in act(client_of, bulk, "apply", answer="yes")
    with owner():
        assert Household.objects.filter(b1=110).count() == 0
    act(enter(chair), bulk, "apply", answer="yes")
    assert outcomes(bulk) == {"done": 11}
    with owner():
        assert not WorkItem.objects.filter(kind="approve_bulk", done_at=None).exists()
        before = household_on(homes[1].pk, datetime.date(2026, 10, 31))
        after = household_on(homes[1].pk, DAY)
    assert before is not None
    assert after is not None
    assert before.facts["poverty"] == {"class": "near_poor", "b1": 119, "b2": 60}
    assert after.facts["poverty"] == {"class": "poor", "b1": 110, "b2": 40}


def test_the_feed_names_the_day_and_history_the_cause(client_of: Client, village: Village) -> None:
    village(4)
    with owner():
        ChangeFeed.objects.all().delete()
    bulk = prepare(client_of, "persons", SCHOOL, query="age_to=17")
    act(client_of, bulk, "apply")
    with owner():
        feed = list(ChangeFeed.objects.exclude(effective_from=None).values_list("effective_from", flat=True))
        child = Person.objects.get(full_name="Giàng Mí Sính")
        bulk.refresh_from_db()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pgh_context->>'change', pgh_context->>'reason' FROM households_personevent WHERE id = %s", [child.pk])
            cause = cursor.fetchone()
    assert set(feed) == {datetime.date(2026, 9, 5)}
    assert child.boards_at_school
    assert (child.fact_changes or {})["boards_at_school"] == bulk.change_id
    assert cause == (str(bulk.change_id), "Danh sách của trường")


def test_some_are_left_out_and_told_why(client_of: Client, village: Village) -> None:
    village(3)
    with owner():
        people = list(Person.objects.filter(full_name__startswith="Sùng Thị").order_by("pk"))
        Person.objects.filter(pk=people[0].pk).update(boards_at_school=True, boards_at_school_since=datetime.date(2025, 9, 5))
        Person.objects.filter(pk=people[1].pk).update(boards_at_school=False, boards_at_school_since=datetime.date(2026, 10, 1))
        keys = [str(p.public_id) for p in people]
    bulk = prepare(client_of, "persons", SCHOOL, what="chosen", id=keys)
    assert outcomes(bulk) == {"left_out same": 1, "left_out later": 1, "waiting": 1}
    text = act(client_of, bulk, "apply")
    assert "đã có thay đổi sau ngày này" in text
    assert outcomes(bulk) == {"left_out same": 1, "left_out later": 1, "done": 1}


def test_whoever_was_changed_since_the_preview_is_not_overwritten(client_of: Client, village: Village) -> None:
    village(2)
    bulk = prepare(client_of, "persons", SCHOOL, query="sex=female")
    with owner():
        Person.objects.filter(full_name="Lò Thị Mai").update(boards_at_school_since=datetime.date(2026, 1, 1))
    act(client_of, bulk, "apply")
    assert outcomes(bulk)["failed meanwhile"] == 1
    with owner():
        assert not Person.objects.get(full_name="Lò Thị Mai").boards_at_school


def test_undo_gives_back_what_was_and_leaves_what_was_changed_after(
    client_of: Client, chair: User, enter: Enter, officer: User, village: Village
) -> None:
    homes = village(6)
    with owner():
        before = {h.pk: (h.poverty, h.b1, h.poverty_since, h.fact_changes) for h in Household.objects.all()}
        spells = FactSpell.objects.count()
    bulk = prepare(client_of, "households", POOR)
    act(client_of, bulk, "apply")
    act(enter(chair), bulk, "apply", answer="yes")
    client = enter(officer)
    with owner():
        Household.objects.filter(pk=homes[0].pk).update(
            poverty="none", poverty_since=datetime.date(2026, 11, 10), fact_changes={"poverty": 1}
        )
    assert "Đã hoàn tác 7 dòng" in act(client, bulk, "undo")
    with owner():
        after = {h.pk: (h.poverty, h.b1, h.poverty_since, h.fact_changes) for h in Household.objects.all()}
        assert after[homes[0].pk][0] == "none"
        assert {pk: v for pk, v in after.items() if pk != homes[0].pk} == {pk: v for pk, v in before.items() if pk != homes[0].pk}
        # The one that was kept keeps the spell that the bulk change closed.
        assert FactSpell.objects.count() == spells + 1
    assert outcomes(bulk) == {"undone": 7, "kept later": 1}


def test_money_released_on_it_forbids_the_undo(client_of: Client, places: Places, village: Village) -> None:
    village(2)
    bulk = prepare(client_of, "persons", SCHOOL, query="sex=female")
    act(client_of, bulk, "apply")
    with owner():
        Hold.objects.create(
            effect="no_undo", subject_kind="beneficiaries.month", subject_id=202611, reason="Đã phát hành", placed_by_kind="payments.paymentlist",
            placed_by_id=1, province_no=cast.PROVINCE_NO, area_pos=places.commune.position,
        )  # fmt: skip
    assert "không thể hoàn tác" in act(client_of, bulk, "undo")
    assert "undone" not in outcomes(bulk)


def test_a_village_is_changed_with_everything_that_lies_there(
    client_of: Client, chair: User, enter: Enter, places: Places, village: Village
) -> None:
    homes = village(3)
    with owner():
        new = Area.objects.create(
            level="village", code="00721-02", name="Thôn Lũng Mới", name_key=fold("Thôn Lũng Mới"), kind="Thôn", parent=places.commune,
            valid_from=datetime.date(2025, 7, 1), province_no=cast.PROVINCE_NO, position=1_102, position_end=1_103,
        )  # fmt: skip
        keys = [str(h.public_id) for h in homes]
    given = {"change": "village", "village": str(new.pk), "since": "01/11/2026", "reason": "Sáp nhập thôn"}
    bulk = prepare(client_of, "households", given, what="chosen", id=keys)
    act(client_of, bulk, "apply")
    act(enter(chair), bulk, "apply", answer="yes")
    assert outcomes(bulk) == {"done": 3}
    places_of = (
        "SELECT 'h', area_pos FROM households_household WHERE id = ANY(%(ids)s) UNION SELECT 'p', area_pos FROM households_person"
        " WHERE household_id = ANY(%(ids)s) UNION SELECT 't', t.area_pos FROM households_searchtoken t JOIN households_person p ON p.id = t.person_id"
        " WHERE p.household_id = ANY(%(ids)s) UNION SELECT 'a', area_pos FROM households_addresstoken WHERE household_id = ANY(%(ids)s)"
    )
    with owner(), connection.cursor() as cursor:
        cursor.execute(places_of, {"ids": [h.pk for h in homes]})
        assert set(cursor.fetchall()) == {("h", 1_102), ("p", 1_102), ("t", 1_102), ("a", 1_102)}
        was = household_on(homes[0].pk, datetime.date(2026, 10, 1))
        assert was is not None
        assert was.facts["residence"]["village_id"] == places.village.pk
    act(enter(chair), bulk, "undo")
    with owner(), connection.cursor() as cursor:
        cursor.execute(places_of, {"ids": [h.pk for h in homes]})
        assert {position for _table, position in cursor.fetchall()} == {1_101}


def test_above_two_hundred_a_job_does_it_in_few_statements(client_of: Client, village: Village) -> None:
    village(110)
    bulk = prepare(client_of, "persons", {**SCHOOL, "since": "01/10/2026"})
    assert "Đang ghi trong nền" in act(client_of, bulk, "apply")
    with owner():
        bulk.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            jobs.run_all(beating=False)
        bulk.refresh_from_db()
    assert bulk.status == "done"
    assert outcomes(bulk) == {"done": 227}
    assert len(queries) < 80


def test_a_row_that_the_database_refuses_fails_alone(client_of: Client, village: Village) -> None:
    village(4)
    with owner():
        victim = Person.objects.get(full_name="Lò Thị Mai")
    bulk = prepare(client_of, "persons", SCHOOL, query="sex=female")
    with owner(), connection.cursor() as cursor:
        # A check that only this row breaks stands for whatever the database may refuse.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE households_person ADD CONSTRAINT only_here CHECK (id <> {victim.pk} OR NOT boards_at_school)")
    act(client_of, bulk, "apply")
    found = outcomes(bulk)
    assert found["failed refused"] == 1
    assert found["done"] == 7


def test_wrong_input_names_the_field_and_keeps_what_was_typed(client_of: Client, village: Village) -> None:
    village(2)
    response = client_of.post("/bulk/households/new/", {"query": "", "what": "all", **POOR, "b1": "nhiều", "reason": "Căn cứ của tôi"})
    text = response.content.decode()
    assert "Điểm B1 phải là số từ 0 đến 1000" in text
    assert "Căn cứ của tôi" in text
    for given, said in (({"since": "31/02/2026"}, "31/02/2026"), ({"reason": " "}, "lý do"), ({"since": "01/01/2030"}, "sau hôm nay")):
        text = client_of.post("/bulk/households/new/", {"query": "", "what": "all", **POOR, **given}).content.decode()
        assert said in text


def test_the_neighbours_are_changed_by_nobody(client_of: Client, places: Places) -> None:
    with owner():
        stranger = Household.objects.get(code="08-00724-000001")
    response = client_of.post("/bulk/households/new/", {"query": f"area={places.neighbour.pk}", **POOR, "what": "all"})
    assert response.status_code == 302
    assert response["Location"].startswith("/households/")
    response = client_of.post("/bulk/households/new/", {"query": "", **POOR, "what": "chosen", "id": [str(stranger.public_id)]})
    assert response["Location"].startswith("/households/")
    with owner():
        assert BulkChange.objects.count() == 0


def test_nobody_approves_what_he_asked_for_whatever_the_program_says(places: Places) -> None:
    with owner(), pytest.raises(IntegrityError), transaction.atomic():
        BulkChange.objects.create(
            subject="h", fact="poverty", since=DAY, reason="x", made_by_id=5, decided_by_id=5, province_no=2, area_pos=1_101
        )
