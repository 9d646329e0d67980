"""Nobody comes in unasked; themes, languages and roles are kept; errors say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from posasoft.core.models import Role, RoleAssignment, User
from posasoft.portal.queries import work
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db


def patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        found += patterns(entry, route) if isinstance(entry, URLResolver) else [(route, entry)]
    return found


def test_every_address_declares_who_may_open_it() -> None:
    open_to_nobody = [route for route, entry in patterns(get_resolver()) if not getattr(entry.callback, "allowed_roles", None)]
    assert open_to_nobody == []


def test_only_the_door_stands_open() -> None:
    # Programs come with keys instead of sessions (tests/payer/test_interface.py).
    portal = [(route, entry) for route, entry in patterns(get_resolver()) if not route.startswith("api/")]
    unguarded = {route for route, entry in portal if getattr(entry.callback, "allowed_roles", None) == frozenset({"*"})}
    assert unguarded == {
        "sign-in/",
        "sign-in/code/",
        "sign-in/first/<str:link>/",
        "sign-out/",
        "theme/",
        "language/",
        "check/",
        "check/<str:code>/",
        "nhan-tien/",
    }


@pytest.mark.parametrize("address", ["/", "/households/", "/search/", "/runs/", "/lists/", "/areas/", "/jobs/"])
def test_strangers_are_sent_to_the_door_and_back_afterwards(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


def test_a_user_without_a_role_in_force_sees_nothing(enter: Callable[[User], Client], places: Places) -> None:
    with owner():
        user = cast.make_officer("cu", "Người Cũ", Role.COMMUNE_OFFICER, places.commune)
        RoleAssignment.objects.filter(user=user).update(until=cast.day("2026-02-01"))
    assert enter(user).get("/households/").status_code == 403


def test_a_commune_officer_cannot_start_a_run(enter: Callable[[User], Client], officer: User) -> None:
    assert enter(officer).post("/runs/start/", {"month": "2026-11"}).status_code == 403


def test_the_theme_comes_with_the_page_so_that_it_never_flashes(client: Client) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert 'data-bs-theme="dark"' in client.get("/sign-in/").content.decode()


def test_the_way_back_leads_nowhere_else(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "https://example.org/"})
    assert response["Location"] == "/"


def test_english_is_one_press_away(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    body = client.get("/sign-in/").content.decode()
    assert "Sign in" in body
    assert "Đăng nhập" not in body


def test_roles_are_switched_only_to_ones_own(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    with owner():
        stranger = cast.make_officer("la", "Người Lạ", Role.PROVINCE_OFFICER, places.province)
        foreign = RoleAssignment.objects.get(user=stranger)
        second = RoleAssignment.objects.create(user=officer, role=Role.COMMUNE_OFFICER, area=places.neighbour, since=cast.day("2026-01-01"))
    client = enter(officer)
    client.post("/role/", {"assignment": str(foreign.pk)})
    assert "Canary" not in client.get("/households/").content.decode()
    client.post("/role/", {"assignment": str(second.pk)})
    body = client.get("/households/").content.decode()
    assert "Canary" in body
    assert "Giàng Mí Sính" not in body


def test_errors_have_an_id_and_say_what_to_do(enter: Callable[[User], Client], officer: User) -> None:
    response = enter(officer).get("/khong-co/")
    assert response.status_code == 404
    assert "Mã lỗi" in response.content.decode()
    assert "Không tìm thấy trang" in response.content.decode()


def test_pages_forbid_inline_code_and_strangers_frames(client: Client) -> None:
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


def test_an_empty_form_answers_in_vietnamese(client: Client) -> None:
    body = client.post("/sign-in/", {}).content.decode()
    assert "Cần điền ô này." in body
    assert "required" not in body.replace(" required", "")


def test_a_crash_shows_an_id_that_finds_the_log_line_and_writes_nothing(
    enter: Callable[[User], Client], officer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_arguments: object) -> None:
        raise RuntimeError("giang mi pao")

    monkeypatch.setattr(work, "counts", crash)
    client = enter(officer)
    client.raise_request_exception = False
    response = client.get("/?q=bi-mat")
    assert response.status_code == 500
    found = re.search(r"<code>([0-9a-f]{8,12})</code>", response.content.decode())
    assert found
    lines = [record.getMessage() for record in caplog.records if found[1] in record.getMessage()]
    assert lines
    assert "bi-mat" not in lines[0]


@pytest.mark.parametrize("role", Role.values)
def test_every_link_of_the_rail_opens_for_the_role_that_sees_it(enter: Callable[[User], Client], places: Places, role: str) -> None:
    with owner():
        user = cast.make_officer("ai", "Ai Đó", Role(role), places.commune)
    client = enter(user)
    links = re.findall(r'<li><a href="([^"]+)"', client.get("/").content.decode())
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_who_has_no_role_can_still_leave(enter: Callable[[User], Client], places: Places) -> None:
    with owner():
        user = User.objects.create_user("khong", password=cast.PASSWORD, full_name="Không Vai Trò")
    body = enter(user).get("/").content.decode()
    assert "Đăng xuất" in body
