"""A Vietnamese page is Vietnamese: no word of English is left over in it, be it ours or a library's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from posasoft.core.models import Role
from posasoft.core.syllables import is_syllable
from posasoft.portal.wording import ethnic_groups
from tests.access.conftest import standing_world, world
from tests.access.world import World

__all__ = ["standing_world", "world"]
# One world for the roles (tests/access/conftest.py).
STANDING = True
SPOKEN = ("placeholder", "title", "aria-label", "alt", "data-title", "data-content")
# Names of things, keys and file kinds that are the same in every language, and names of people and places in other tongues.
KEPT_TEXT = """
    posasoft excel xlsx xls ods csv pdf html zip sha json api qr otp totp email ctrl enter esc shift tab alt english hotline libreoffice
    canary cccd cmnd bhyt hiv cod vnpost id iso word android iphone authenticator google microsoft aegis weasyprint tinos utc gmt telex vni
    jpg jpeg png docx log web mb kb gb openapi bic pain agribank
    nguyen lung
"""
# Peoples are called as they call themselves: Gia Rai, Raglay, Xtiêng.
KEPT = {*KEPT_TEXT.split(), *" ".join(ethnic_groups().values()).lower().replace("-", " ").split()}
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# English words that could be Vietnamese syllables, and are English only beside another.
PHRASES = re.compile(
    r"\b(sign in|log in|log out|sign out|no results?|not found|to do|on this|in use|is not|can not|do not|go to)\b", re.IGNORECASE
)


class Texts(HTMLParser):
    """What a reader sees or hears of a page; what is marked as another language is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (
            tag in ("script", "style", "svg", "code", "kbd")
            or (tag != "html" and given.get("lang") not in (None, "vi"))
            or "data-as-typed" in given
        ):
            self._silent.append(tag)
        if not self._silent:
            self.found += [text for name in SPOKEN if (text := given.get(name))]
            if tag == "input" and given.get("type") in ("submit", "button"):
                self.found.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def english_of(html: str) -> Iterator[str]:
    """Words that cannot be Vietnamese, with the text they stand in."""
    texts = Texts()
    texts.feed(html)
    for text in texts.found:
        # The cast's officers bear the names of their roles, and the canary of the next province is a falcon.
        if re.search(r"Người (cua|ben) |\b(cua|ben)\.|Falcon", text):
            continue
        if PHRASES.search(text):
            yield text.strip()
        for word in WORD.findall(re.sub(r"\S*[@/_]\S*", " ", text)):
            plain = word.lower()
            if len(plain) > 2 and plain.isascii() and plain not in KEPT and not any(map(is_syllable, re.split(r"[-'’]", plain))):
                yield f"{word}: {text.strip()[:80]}"


def pages() -> list[str]:
    """Every address without an argument that a GET opens."""

    def walk(patterns: list[object], prefix: str) -> Iterator[str]:
        for entry in patterns:
            route = prefix + str(entry.pattern)  # type: ignore[attr-defined]  # Django's own two kinds of entries
            if isinstance(entry, URLPattern):
                yield route
            else:
                yield from walk(entry.url_patterns, route)  # type: ignore[attr-defined]  # a resolver

    return sorted({f"/{route}" for route in walk(get_resolver().url_patterns, "") if "<" not in route and "(" not in route})


def test_the_net_catches_english() -> None:
    assert list(english_of("<p>Lưu <b>Password</b></p>")) == ["Password: Password"]
    assert list(english_of('<input placeholder="Search here">')) != []
    assert list(english_of("<p>Hộ nghèo ở xã Đồng Văn, thôn Má Lủng</p><p lang='en'>English words</p>")) == []


@pytest.mark.parametrize(
    "role", [Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.HOTLINE, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_no_english_is_left_over(client: Client, world: World, role: Role) -> None:
    client.force_login(world.users[role])
    home, person = world.own.household.public_id, world.own.person.public_id
    some = [f"/households/{home}/", f"/households/{home}/why/", f"/persons/{person}/", f"/areas/{world.own.commune.pk}/"]
    left = []
    for address in [*pages(), *some, "/khong-co-trang-nay/"]:
        answer = client.get(address)
        if answer.get("Content-Type", "").startswith("text/html") and answer.status_code < 500:
            left += [f"{address}: {found}" for found in dict.fromkeys(english_of(answer.content.decode()))]
    assert not left, "\n".join(left)
