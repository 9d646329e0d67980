"""Officers find and read the households of their area, and nothing of their neighbours'."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from households.models import Household, Person
from posasoft.core.models import AuditEvent, Role, User
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db
CANARY = "Canary"


def page_of(code: str) -> str:
    with owner():
        return f"/households/{Household.objects.get(code=code).public_id}/"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def searched(client: Client, words: str) -> str:
    """The page of results, as somebody gets it who types the words into the box."""
    response = client.post("/search/", {"q": words})
    assert response.status_code == 302
    return text(client, response["Location"])


@pytest.mark.parametrize("words", ["giang", "canary", "mi pao canary", "08-00724-000001", "002080000999"])
def test_no_search_finds_the_neighbours(enter: Callable[[User], Client], officer: User, words: str) -> None:
    found = searched(enter(officer), words).split("<main")[1].replace(f"“{words}”", "")
    assert "08-00724" not in found
    assert CANARY not in found


@pytest.mark.parametrize("address", ["/households/", "/households/?class=poor", "/search/", "/persons/", "/", "/jobs/", "/lists/"])
def test_the_neighbouring_commune_is_in_no_list(enter: Callable[[User], Client], officer: User, address: str) -> None:
    body = text(enter(officer), address)
    assert CANARY not in body
    assert "08-00724" not in body


def test_a_neighbours_household_does_not_exist_for_us(enter: Callable[[User], Client], officer: User) -> None:
    client = enter(officer)
    assert client.get(page_of("08-00724-000001")).status_code == 404
    with owner():
        stranger = Person.objects.get(full_name__contains=CANARY)
    assert client.get(f"/persons/{stranger.public_id}/").status_code == 404


def test_an_area_asked_for_by_hand_does_not_widen_the_scope(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    assert CANARY not in text(enter(officer), f"/households/?area={places.province.pk}")
    assert "Páo" not in text(enter(officer), f"/households/?area={places.neighbour.pk}").split("<main")[1].replace(
        places.neighbour.name, ""
    )


def test_a_province_officer_sees_both_communes(enter: Callable[[User], Client], places: Places) -> None:
    with owner():
        user = cast.make_officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province)
    body = text(enter(user), "/households/")
    assert CANARY in body
    assert "Giàng Mí Páo" in body


def test_the_page_tells_members_ages_ids_and_what_held_when(enter: Callable[[User], Client], officer: User) -> None:
    body = text(enter(officer), page_of("08-00721-91001942"))
    for wanted in ("Giàng Thị Dợ", "••• ••• ••• 571", "Thiếu số định danh", "Đặc biệt nặng", "Hộ cận nghèo"):
        assert wanted in body
    assert "002088014571" not in body
    assert "Giấy xác nhận khuyết tật" in text(enter(officer), f"{page_of('08-00721-91001942')}papers/")


def test_names_are_found_without_accents_in_any_order(enter: Callable[[User], Client], officer: User) -> None:
    client = enter(officer)
    for query in ("pao giang mi", "Páo", "giang mi pa"):
        assert "Giàng Mí Páo" in searched(client, query).replace("<mark>", "").replace("</mark>", "")


def test_a_full_id_opens_the_household(enter: Callable[[User], Client], officer: User) -> None:
    client = enter(officer)
    response = client.get(client.post("/search/", {"q": "002 088 014 571"})["Location"])
    assert response.status_code == 302
    assert response["Location"] == page_of("08-00721-91001942")


def test_a_code_opens_the_household_however_a_province_writes_codes(enter: Callable[[User], Client], officer: User) -> None:
    with owner():
        Household.objects.filter(code="08-00721-900117").update(code="H000000051")
    client = enter(officer)
    for code, query in (("H000000051", "h000000051"), ("08-00721-91001942", "08-00721-91001942")):
        assert client.get(client.post("/search/", {"q": query})["Location"])["Location"] == page_of(code)
    assert "08-00724-000001" in searched(client, "08-00724-000001")


def test_one_letter_finds_nobody(enter: Callable[[User], Client], officer: User) -> None:
    assert "Giàng" not in searched(enter(officer), "g")


def test_reading_and_searching_leave_a_trace_without_names(enter: Callable[[User], Client], officer: User) -> None:
    client = enter(officer)
    client.get(page_of("08-00721-91001942"))
    searched(client, "giang pao")
    with owner():
        events = list(AuditEvent.objects.order_by("pk"))
    assert [(e.verb, e.object_kind, e.actor_id) for e in events] == [("read", "household", officer.pk), ("search", "person", officer.pk)]
    assert "giang" not in str([e.detail for e in events])


def test_a_diagnosis_is_not_shown_to_those_who_only_count(enter: Callable[[User], Client], places: Places) -> None:
    with owner():
        Person.objects.filter(full_name="Lò Văn Nam").update(hiv=True, hiv_since=cast.day("2025-01-01"))
        child = Person.objects.get(full_name="Lò Văn Nam")
        analyst = cast.make_officer("bo", "Trần Thị Bộ", Role.MINISTRY_ANALYST, None)
        chair = cast.make_officer("chutich", "Vàng A Chính", Role.COMMUNE_CHAIR, places.commune)
    assert "HIV" not in text(enter(analyst), f"/persons/{child.public_id}/")
    assert "HIV" in text(enter(chair), f"/persons/{child.public_id}/")
