"""One box finds people, files, places and pages; what is typed stays out of addresses, and what is read is bounded."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from households.models import AddressToken, Household
from households.queries import find_people, token_search
from households.queries.token_search import NAMES, Word
from posasoft.core.models import AuditEvent, User
from posasoft.core.names import fold
from posasoft.portal.commands import commands
from posasoft.portal.templatetags.search import marked_words
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db
Village = Callable[[int], list[Household]]


def palette(client: Client, words: str) -> str:
    response = client.post("/find/", {"q": words})
    assert response.status_code == 200
    return str(response.content.decode())


def plain(text: str) -> str:
    return text.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pao giang", "Giàng Mí Páo"),
        ("giang mi pa", "Giàng Mí Páo"),
        ("sinh ma lung", "Giàng Mí Sính"),
        ("giang sua dong van", "Giàng Thị Sua"),
        ("002 088 014 571", "Giàng Mí Páo"),
        ("08-00721-91001942", "Giàng Mí Páo"),
        ("08-00721-9", "Lò Thị Mai"),
        ("so nha 7 ma lung", "Vàng Mí"),
        ("xa dong van", "Xã Đồng Văn"),
        ("dong van", "Xã Đồng Văn"),
        ("ma lung", "Thôn Má Lủng"),
        ("tuyen quang", "Tuyên Quang"),
        ("nhap danh sach", "Nhập danh sách"),
        ("ho so moi", "Hồ sơ mới"),
        ("mat khau", "Tài khoản của tôi"),
    ],
)
def test_the_box_finds(client_of: Client, village: Village, words: str, found: str) -> None:
    village(9)
    assert found in plain(palette(client_of, words))


def test_what_matched_is_marked(client_of: Client) -> None:
    assert "<mark>Giàng</mark> Mí <mark>Pá</mark>o" in palette(client_of, "pa giang")
    assert marked_words("<b>H'Mông", "b") == "&lt;b&gt;H&#x27;Mông"
    assert marked_words("Nguyễn Thị Mỹ", "mi ng") == "<mark>Ng</mark>uyễn Thị <mark>Mỹ</mark>"


@pytest.mark.parametrize("words", ["canary", "giang mi pao canary", "002080000999", "08-00724-000001", "08-00724"])
def test_the_box_does_not_know_the_neighbours(client_of: Client, words: str) -> None:
    assert "Canary" not in palette(client_of, words)
    assert "08-00724-0" not in palette(client_of, words)


def test_nothing_typed_offers_what_was_opened_last(client_of: Client) -> None:
    assert "Vừa mở" not in palette(client_of, "")
    with owner():
        homes = list(Household.objects.filter(code__startswith="08-00721").order_by("code"))
        neighbour = Household.objects.get(code="08-00724-000001")
    for home in [*homes, neighbour]:
        client_of.get(f"/households/{home.public_id}/")
    offered = re.findall(r'data-go="/households/([^/]+)/"', palette(client_of, " "))
    assert offered == [str(home.public_id) for home in reversed(homes)]


def test_words_stand_in_no_address_and_not_in_the_trace(client_of: Client) -> None:
    response = client_of.post("/search/", {"q": "giang mi pao 002088014571"})
    assert not re.search(r"giang|pao|\d{9}", response["Location"])
    page = client_of.get(response["Location"]).content.decode()
    assert not [link for link in re.findall(r'(?:href|action|data-go)="([^"]*)"', page) if re.search(r"giang|pao|\d{9}", link)]
    palette(client_of, "giang mi pao")
    with owner():
        events = list(AuditEvent.objects.filter(verb="search"))
    assert len(events) == 2
    assert "giang" not in str([event.detail for event in events])


def test_the_box_asks_a_bounded_number_of_questions(client_of: Client, village: Village) -> None:
    village(5)
    with CaptureQueriesContext(connection) as few:
        palette(client_of, "vang mi")
    with owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE households_household SET code = 'X' || code WHERE code LIKE '08-00721-5%'")
    village(50)
    with CaptureQueriesContext(connection) as many:
        palette(client_of, "vang mi")
    assert len(many) == len(few)


def test_a_search_ends_with_its_budget_and_says_so(village: Village) -> None:
    village(40)
    together = [Word("sung"), Word("vang")]
    hits = token_search.find(NAMES, together, [], limit=10, budget=20)
    assert hits.subjects == []
    assert not hits.ended
    assert token_search.find(NAMES, together, [], limit=10, budget=1_000).ended
    assert len(token_search.find(NAMES, [Word("vang")], [], limit=10, budget=1_000).subjects) == 10


def test_a_name_twice_in_a_word_is_one_person(village: Village) -> None:
    with owner():
        village(1)
        home = Household.objects.get(code="08-00721-500000")
        cast.make_person(home, "Thị Thi Thìn", "child", "2015-05-05")
    assert [found.full_name for found in find_people("thi", limit=50).found].count("Thị Thi Thìn") == 1


def test_more_is_said_when_there_are_more(village: Village) -> None:
    village(12)
    people = find_people("vang", limit=5)
    assert len(people.found) == 5
    assert people.more
    assert not find_people("vang", limit=12).more


@pytest.mark.parametrize(
    "text",
    [
        "Số nhà 12, Ấp Mỹ Đình",
        "ĐƯỜNG Nguyễn Trãi",
        "H'Mông – bản Phìn Ngan",
        "Quỳnh Lưu; khu 3/2",
        "Ðồng Văn",
        "  Tổ   5 ",
        "Thuý hòa hoà",
        "Ƣ%_\\'",
    ],
)
def test_the_database_folds_as_the_program_does(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT households_fold(%s)", [text])
        assert cursor.fetchone()[0] == fold(text)


def test_words_of_an_address_follow_it(places: Places, village: Village) -> None:
    home = village(1)[0]
    with owner():
        assert set(AddressToken.objects.filter(household_id=home.pk).values_list("token", flat=True)) == {"0"}
        Household.objects.filter(pk=home.pk).update(address="Ngõ 5 Phìn Ngan")
        Household.objects.filter(pk=home.pk).update(area_pos=places.commune.position)
        found = set(AddressToken.objects.filter(household_id=home.pk).values_list("token", "area_pos"))
    assert found == {(word, places.commune.position) for word in ("ngo", "5", "phin", "ngan")}
    with as_scope(places.neighbour):
        assert find_people("phin ngan").found == []
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM households_searchtoken t USING households_person p WHERE p.id = t.person_id AND p.household_id = %s", [home.pk]
        )
        cursor.execute("DELETE FROM households_person WHERE household_id = %s", [home.pk])
        cursor.execute("DELETE FROM households_household WHERE id = %s", [home.pk])
    assert not AddressToken.objects.filter(household_id=home.pk).exists()


def test_every_command_leads_somewhere(client_of: Client, officer: User) -> None:
    assert len(commands()) > 15
    for command in commands():
        assert client_of.get(command.address).status_code in (200, 302, 403), command.view


def test_pages_that_a_role_may_not_open_are_not_offered(client_of: Client) -> None:
    assert "Nhật ký xem dữ liệu" not in palette(client_of, "nhat ky ai da xem") or client_of.get("/trail/").status_code == 200


def test_single_keys_can_be_switched_off(client_of: Client) -> None:
    assert 'data-keys="on"' in client_of.get("/").content.decode()
    response = client_of.post("/keys/", {"keys": "off", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"
    assert 'data-keys="off"' in client_of.get("/").content.decode()
    assert datetime.timedelta(days=300).total_seconds() < int(response.cookies["keys"]["max-age"])
