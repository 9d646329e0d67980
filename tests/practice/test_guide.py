"""Every page has help in both languages, in the words of the screen; no help speaks of a page that is gone."""

from __future__ import annotations

import re

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve

from posasoft.core.models import PageVisit, Role
from posasoft.portal import guide
from tests.access.conftest import _on_one_day, standing_world, world
from tests.access.world import World
from tests.portal.test_words import pages

__all__ = ["_on_one_day", "standing_world", "world"]
# One world for the tests (tests/access/conftest.py).
STANDING = True
BEFORE_SIGN_IN = ("/sign-in/", "/second-factor/", "/confirm/", "/check/")


def names() -> set[str]:
    found: set[str] = set()

    def walk(patterns: list[object]) -> None:
        for entry in patterns:
            if isinstance(entry, URLPattern):
                found.add(entry.name or "")
            else:
                walk(entry.url_patterns)  # type: ignore[attr-defined]  # a resolver

    walk(get_resolver().url_patterns)
    return found


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_every_page_has_help(client: Client, world: World, role: Role) -> None:
    client.force_login(world.users[role])
    without = set()
    for address in pages():
        answer = client.get(address)
        drawn = answer.status_code == 200 and b'<main id="main"' in answer.content
        if drawn and not address.startswith(BEFORE_SIGN_IN) and guide.guide_of(resolve(address).url_name or "", "vi") is None:
            without.add(resolve(address).url_name)
    assert without == set()


def test_no_help_speaks_of_a_page_that_is_gone() -> None:
    assert [page for page in guide.pages() if page not in names()] == []


def test_help_is_whole_in_both_languages() -> None:
    written = yaml.safe_load(guide._FILE.read_text(encoding="utf-8"))
    wrong = []
    for page, entry in written.items():
        if "see" in entry:
            wrong += [] if entry["see"] in written else [page]
            continue
        texts = [entry["title"], entry["about"], *entry.get("steps", []), *entry.get("tour", [])]
        wrong += [page for text in texts if not text.get("vi") or not text.get("en") or text["vi"] == text["en"]]
    assert wrong == []


def test_a_tour_is_offered_once(client: Client, world: World) -> None:
    user = world.users[Role.COMMUNE_OFFICER]
    client.force_login(user)
    assert b"tour-offer" in client.get("/").content
    client.post("/help/home/seen/")
    client.post("/help/home/seen/")
    assert PageVisit.objects.filter(user=user).count() == 1
    assert b"tour-offer" not in client.get("/").content


def test_a_tours_stops_are_on_their_page(client: Client, world: World) -> None:
    client.force_login(world.users[Role.COMMUNE_OFFICER])
    home = client.get("/").content.decode()
    for stop in client.get("/help/home/tour/").json()["stops"]:
        mark = re.sub(r"^main ", "", stop["at"])
        known = f'id="{mark[1:]}"' if mark.startswith("#") else mark.strip("[]") if mark.startswith("[") else f"<{mark}"
        assert known in home, stop["at"]


def test_help_opens_beside_the_page_and_as_a_page(client: Client, world: World) -> None:
    client.force_login(world.users[Role.COMMUNE_OFFICER])
    beside = client.get("/help/household/", headers={"HX-Request": "true"}).content.decode()
    whole = client.get("/help/household/").content.decode()
    assert "<main" not in beside
    assert "Trang của một hộ" in beside
    assert "<main" in whole
    assert client.get("/help/khong-co/").status_code == 404
