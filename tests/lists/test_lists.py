"""Lists are cut, ordered and paged as officers expect, and show nobody of the commune next door."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from households.models import Household
from policy import load_law
from posasoft.core.models import AuditEvent, Role, User
from posasoft.core.scope import Scope
from posasoft.portal.diagnoses import gives_away
from posasoft.portal.listing.filters import HOUSEHOLDS, PERSONS
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import as_scope, owner
from tests.support.second_factor import enrol

pytestmark = pytest.mark.django_db
Village = Callable[[int], list[Household]]
TITLE = re.compile(r'class="go" href="/(?:households|persons)/[^"]+">([^<]*)<')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
BEFORE = re.compile(r'rel="prev" href="([^"]+)"')


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (response.status_code, address)
    return str(response.content.decode()).split("<main")[1]


def titles(text: str) -> list[str]:
    return TITLE.findall(text)


def walk(client: Client, address: str, link: re.Pattern[str] = NEXT) -> tuple[list[list[str]], str]:
    """Every page from an address on, and the last page's address."""
    path = address.split("?")[0]
    pages = []
    while True:
        text = body(client, address)
        pages.append(titles(text))
        found = link.search(text)
        if not found:
            return pages, address
        address = path + found[1].replace("&amp;", "&")


@pytest.mark.parametrize("page", ["households", "persons"])
@pytest.mark.parametrize("sort", ["area", "name", "code", "class", "amount", "born"])
@pytest.mark.parametrize("desc", ["", "1"])
def test_pages_in_any_order_hold_everybody_once_both_ways(client_of: Client, village: Village, page: str, sort: str, desc: str) -> None:
    village(60)
    forward, last = walk(client_of, f"/{page}/?sort={sort}&desc={desc}")
    whole = [name for part in forward for name in part]
    assert len(whole) == (62 if page == "households" else 127)
    backward, _first = walk(client_of, last, BEFORE)
    assert [name for part in reversed(backward) for name in part] == whole


def test_names_are_in_vietnamese_order(client_of: Client, village: Village) -> None:
    village(12)
    heads = [name for name in titles(body(client_of, "/households/?sort=name")) if name.startswith("Vàng Mí")]
    assert [name.split()[-1] for name in heads] == ["An", "Ánh", "Ân", "Bích", "Dung", "Dũng", "Đạt", "Hoa", "Ổn", "Ơn", "Út", "Ưng"]


CUTS = [
    ("households", "class=near_poor", 5, {"Lò Thị Mai"}),
    ("households", "no_id=1", 14, {"Vàng Mí An"}),
    ("households", "decision=active", 2, {"Giàng Mí Páo", "Lò Thị Mai"}),
    ("households", "decision=none", 12, {"Vàng Mí An"}),
    ("persons", "sex=female&age_from=70", 3, {"Giàng Thị Dợ"}),
    ("persons", "age_to=17", 3, {"Giàng Mí Sính", "Giàng Thị Sua", "Lò Văn Nam"}),
    ("persons", "ethnicity=03", 2, {"Lò Thị Mai", "Lò Văn Nam"}),
    ("persons", "degree=extremely_severe&disability=mobility", 1, {"Giàng Mí Sính"}),
    ("persons", "studying=primary", 1, {"Giàng Mí Sính"}),
    ("persons", "first_january=1", 13, {"Giàng Thị Dợ", "Sùng Thị An"}),
    ("persons", "no_id=1&age_to=17", 2, {"Giàng Thị Sua", "Lò Văn Nam"}),
]


@pytest.mark.parametrize(("page", "query", "number", "among"), CUTS)
def test_a_filter_leaves_whom_it_names(client_of: Client, village: Village, page: str, query: str, number: int, among: set[str]) -> None:
    village(12)
    found = titles(body(client_of, f"/{page}/?{query}"))
    assert len(found) == number
    assert among <= set(found)


def test_every_filter_can_be_asked_and_shows_as_a_chip(client_of: Client, village: Village) -> None:
    village(3)
    for page, filters in (("households", HOUSEHOLDS), ("persons", PERSONS)):
        for known in filters:
            value = {"month": "2026-11", "number": "30"}.get(known.kind) or known.choices()[-1][0]
            text = body(client_of, f"/{page}/?{known.key}={value}")
            assert 'class="chips"' in text, (page, known.key)
            assert f"{known.key}={value}" not in re.findall(r'class="drop" href="([^"]+)"', text)[0]


def test_nonsense_in_the_address_is_left_out(client_of: Client) -> None:
    text = body(client_of, "/persons/?age_from=x&class=';DROP&sort=pg_sleep(5)&after=1&benefit=nothing&changed=13/2026&area=99999999999999")
    assert "Giàng Mí Páo" in text
    assert 'class="chips"' not in text


def test_words_of_a_name_travel_by_post_and_stand_in_no_address(client_of: Client, officer: User, village: Village) -> None:
    village(12)
    response = client_of.post("/views/persons/filter/", {"name": "vang an", "sort": "name"})
    assert response.status_code == 302
    assert "vang" not in response["Location"]
    text = body(client_of, response["Location"])
    assert set(titles(text)) == {"Vàng Mí An", "Vàng Mí Ánh", "Vàng Mí Ân"}
    assert "vang an" in text
    # The same address in another session speaks of no words.
    other = Client()
    with owner():
        other.force_login(officer)
    assert len(titles(body(other, response["Location"]))) > 3


def test_cursors_and_links_hold_no_name(client_of: Client, village: Village) -> None:
    village(60)
    text = body(client_of, "/persons/?sort=name")
    for address in re.findall(r'href="([^"]*)"', text):
        assert not re.search(r"[Vv]ang|S[uù]ng|PAO", address)
    assert re.search(r"after=[0-9a-f-]{36}", text)


@pytest.mark.parametrize("page", ["households", "persons"])
def test_the_number_of_queries_does_not_grow_with_rows(client_of: Client, village: Village, page: str) -> None:
    village(5)
    with CaptureQueriesContext(connection) as few:
        client_of.get(f"/{page}/?sort=amount&view=all")
    with owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE households_household SET code = 'X' || code WHERE code LIKE '08-00721-5%'")
    village(50)
    with CaptureQueriesContext(connection) as many:
        client_of.get(f"/{page}/?sort=amount&view=all")
    # A list longer than a page is counted: one question more, however long it is.
    assert len(many) <= len(few) + 1


def test_the_neighbouring_commune_is_on_no_page(client_of: Client, places: Places) -> None:
    for page in ("households", "persons"):
        for query in ("", "sort=name", f"area={places.province.pk}", f"area={places.neighbour.pk}", "desc=1"):
            assert "Canary" not in body(client_of, f"/{page}/?{query}")


def test_a_province_officer_is_offered_only_what_an_index_serves(enter: Callable[[User], Client], places: Places) -> None:
    with owner():
        user = cast.make_officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province)
        enrol(user)
    client = enter(user)
    text = body(client, "/persons/?no_id=1&sort=name")
    assert "Chưa áp dụng: Thiếu số định danh" in text
    assert "Canary" in text
    assert '<option value="born"' not in text
    narrowed = body(client, f"/persons/?no_id=1&sort=name&area={places.commune.pk}")
    assert "Chưa áp dụng" not in narrowed
    assert "Giàng Thị Dợ" in titles(narrowed)
    assert '<option value="born"' in narrowed


def test_a_benefit_that_tells_a_diagnosis_narrows_no_list_of_those_who_may_not_read_it(
    enter: Callable[[User], Client], client_of: Client, places: Places
) -> None:
    with owner():
        auditor = cast.make_officer("kiem.toan", "Kiểm Toán", Role.AUDITOR, places.commune)
    telling = next(rule.benefit for rule in load_law().rules if gives_away(rule.benefit, cast.TODAY.date().replace(day=1)))
    assert 'class="chips"' in body(client_of, f"/persons/?benefit={telling}")
    client = enter(auditor)
    assert 'class="chips"' not in body(client, f"/persons/?benefit={telling}")
    assert 'class="chips"' in body(client, "/persons/?benefit=any")


def test_a_list_longer_than_is_counted_is_estimated_within_ones_range(client_of: Client, village: Village, monkeypatch: Any) -> None:
    village(60)
    with owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE households_household")
    with as_scope(Scope("area", 1_100, 1_200)), connection.cursor() as cursor:
        cursor.execute("SELECT households_estimate('h', 0, 9000000000000000, '{}'), households_estimate('h', 1200, 1300, '{}')")
        own, neighbours = cursor.fetchone()
        cursor.execute("SELECT households_estimate('h', 0, 9000000000000000, %s)", ['{"poverty": "poor\' OR 1=1 --", "id": "1"}'])
        nonsense = cursor.fetchone()[0]
    assert 40 <= own <= 90
    assert neighbours == 0
    assert nonsense <= 1
    monkeypatch.setattr("posasoft.portal.listing.totals.EXACT_UP_TO", 5)
    assert "hơn 5 dòng" in body(client_of, "/households/?view=all").replace("\n", "")


def test_a_list_that_takes_too_long_says_so_and_the_page_lives(client_of: Client, monkeypatch: Any) -> None:
    def slow(_state: object) -> Any:
        return Household.objects.extra(where=["pg_sleep(3) IS NOT NULL"])

    monkeypatch.setattr("posasoft.portal.listing.totals.SECONDS", 1)
    monkeypatch.setattr("posasoft.portal.listing.state.ListState.rows", slow)
    assert "Địa bàn quá rộng" in body(client_of, "/households/?view=all")


def test_a_look_at_a_list_leaves_a_trace_without_names(client_of: Client) -> None:
    client_of.get("/persons/?sex=female")
    with owner():
        event = AuditEvent.objects.filter(verb="list").latest("at")
    assert event.detail["filters"] == ["sex"]
    assert event.detail["count"] == 4
    assert "Giàng" not in str(event.detail)


def columns_of(text: str) -> list[str]:
    head = text.split("<thead>")[1].split("</thead>")[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th[^>]*>(.*?)</th>", head, re.DOTALL)]


def test_columns_are_chosen_and_filters_stay(client_of: Client, village: Village) -> None:
    village(3)
    response = client_of.post("/views/persons/columns/", {"query": "sex=female&sort=name", "column": ["ethnicity", "household"]})
    assert response["Location"] == "/persons/?sex=female&sort=name"
    assert columns_of(body(client_of, "/persons/?sex=female"))[1:] == ["Họ tên", "Dân tộc", "Mã hộ"]
    client_of.post("/views/persons/columns/", {"query": "", "usual": ""})
    assert "Tuổi" in columns_of(body(client_of, "/persons/?sex=female"))


def save_view(client: Client, **given: Any) -> str:
    response = client.post("/views/households/save/", {"title": "Cận nghèo", "query": "class=near_poor", "column": ["class"], **given})
    assert response.status_code == 302
    return str(response["Location"])


def test_a_view_is_kept_and_shared_with_the_same_role_on_the_same_area(
    client_of: Client, enter: Callable[[User], Client], places: Places
) -> None:
    own, shared = save_view(client_of, title="Của tôi"), save_view(client_of, title="Chung", share="1")
    assert "class=near_poor" in client_of.get(own)["Location"]
    body(client_of, "/households/?view=all")
    with owner():
        colleague = cast.make_officer("ban", "Đồng Nghiệp", Role.COMMUNE_OFFICER, places.commune)
        neighbour = cast.make_officer("benh", "Xã Bên", Role.COMMUNE_OFFICER, places.neighbour)
    client = enter(colleague)
    text = body(client, "/households/?view=all")
    assert "Chung" in text
    assert "Của tôi" not in text
    assert client.get(shared).status_code == 302
    assert client.get(own).status_code == 404
    assert client.post(f"{shared}delete/").status_code == 302
    client = enter(neighbour)
    assert client.get(shared).status_code == 404


def test_a_default_view_opens_the_list_until_it_is_taken_back(client_of: Client) -> None:
    view = save_view(client_of)
    client_of.post(f"{view}default/")
    assert client_of.get("/households/")["Location"] == view
    assert "Lò Thị Mai" in body(client_of, client_of.get(view)["Location"])
    client_of.post(f"{view}default/")
    assert client_of.get("/households/").status_code == 200


def test_a_view_with_words_opens_without_them_in_the_address(client_of: Client, village: Village) -> None:
    village(12)
    address = client_of.post("/views/households/filter/", {"name": "vang dat"})["Location"]
    query = address.split("?")[1]
    view = save_view(client_of, title="Tên Đạt", query=query)
    opened = client_of.get(view)["Location"]
    assert "vang" not in opened
    assert titles(body(client_of, opened)) == ["Vàng Mí Đạt"]
