"""Every page, in both themes and at both widths: no axe violation, nothing wider than the screen.

The pages are those of the matrix of access (tests/access/matrix.py), so that a new address is looked at without being named here. Pages
that live on a computed month are looked at once more with one, and the areas' own tests look at forms that a POST draws.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, Page, expect

from households.models import Household, Person
from payments.models import PaymentList
from posasoft.core.models import Area, User
from tests.access.matrix import CODES, ROWS, Row
from tests.access.things import THINGS
from tests.access.world import World, make_world
from tests.browser.cast import Places
from tests.browser.conftest import NARROW, WIDE
from tests.support.database import owner
from tests.support.second_factor import confirm

# A file that is sent is closed with its answer; the client's answers beside the browser are dropped half read.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
# Colours are all that the theme changes; names, order and landmarks are looked at in one theme.
COLOURS = ["color-contrast", "link-in-text-block"]
RUN_AXE = """options => axe.run(document, {resultTypes: ["violations"], ...options}).then(result =>
    result.violations.map(v => v.id + " " + v.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(" | ")))"""
# A colour that is still fading in is not the colour that is read. (A style element would be refused by the page's policy.)
STAND_STILL = """() => { const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
    document.adoptedStyleSheets = [sheet]; }"""
# Two frames later the page has followed its new width; colours are computed anew when axe asks for them.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
DRESS = "theme => { document.documentElement.dataset.bsTheme = theme; }"
# The officer opens nearly every page; of the others' only those that he may not open or that are drawn differently for them.
LOOKERS = "chpsoua"
# An agency's clerk opens what only he may: his other pages are the officers'.
ONLY_OWN = "a"
DIFFERENT = frozenset(
    {"home", "households", "household", "household_looks", "person", "case", "cases", "change", "changes", "decision",
     "decisions", "findings", "runs", "run", "lists", "list", "imports", "workbooks", "downloads", "account", "help", "areas",
     "area", "notifications"}
)  # fmt: skip


def addresses(month: datetime.date) -> list[str]:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
        child = Person.objects.get(full_name="Giàng Mí Sính")
        commune = Area.objects.get(code="00721")
        pay_list = PaymentList.objects.get(commune=commune, month=month)
    return [
        "/",
        "/households/?class=none",
        f"/households/{home.public_id}/",
        f"/households/{home.public_id}/money/",
        f"/persons/{child.public_id}/",
        "/households/?sort=name&class=poor",
        "/persons/?sex=female",
        f"/areas/{commune.pk}/?day=sai",
        f"/households/{home.public_id}/why/?person={child.public_id}&benefit=TCXH-5.6",
        f"/households/{home.public_id}/why/",
        "/review/",
        "/review/?list=ended",
        "/runs/",
        f"/runs/{month:%Y-%m}/",
        f"/runs/{month:%Y-%m}/changes/?kind=new",
        "/lists/",
        f"/lists/{pay_list.pk}/",
        "/khong-co-trang-nay/",
    ]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page as it stands, by all rules or some."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(RUN_AXE, {"runOnly": rules} if rules else {}))


def problems(page: Page, address: str, rules: list[str] | None = None) -> list[str]:
    """What axe finds, and a scroll bar at the foot of the screen."""
    found = [f"{address}: {text}" for text in violations(page, rules)]
    width = page.viewport_size["width"] if page.viewport_size else 0
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{address}: wider than {width}")
    return found


def problems_everywhere(page: Page, address: str) -> list[str]:
    """The page in both widths and both themes, loaded once: the theme is an attribute, the width the browser's."""
    page.set_viewport_size(WIDE)
    page.goto(address)
    return problems_as_it_stands(page, address)


def problems_as_it_stands(page: Page, address: str) -> list[str]:
    """The page that is open, in both widths and both themes."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate(STAND_STILL)
    found = []
    for size in (WIDE, NARROW):
        if page.viewport_size != size:
            page.set_viewport_size(size)
            page.evaluate(TWO_FRAMES)
        for theme in ("light", "dark"):
            page.evaluate(DRESS, theme)
            found += problems(page, f"{address} {size['width']} {theme}", COLOURS if theme == "dark" else None)
    return found


@pytest.fixture
def world(transactional_db: None, tmp_path: Path, settings: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    with owner():
        return make_world()


@pytest.fixture
def enter(page: Page, client: Client, live_server: Any) -> Callable[[User], None]:
    """Sign somebody in without the form; freshly confirmed, so that no page asks for that first."""

    def with_cookie(user: User) -> None:
        with owner():
            client.force_login(user)
            confirm(client)
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return with_cookie


def rows_for(letter: str) -> Iterator[Row]:
    """The addresses that this role's test looks at: its own, and those where it sees something else than the roles before it."""
    earlier = set(LOOKERS[: LOOKERS.index(letter)])
    for row in ROWS:
        letters = set(row.letters or "")
        looks_again = row.name in DIFFERENT and letter not in ONLY_OWN
        if row.method == "GET" and letter in letters and (looks_again or not letters & earlier):
            yield row


# The first looker opens most pages: in two halves, so that two workers share them.
@pytest.mark.parametrize(("letter", "half"), [("c", 0), ("c", 1), *((letter, None) for letter in LOOKERS[1:])])
def test_every_page_that_a_get_draws(world: World, page: Page, enter: Callable[[User], None], letter: str, half: int | None) -> None:
    user = world.users[CODES[letter]]
    with owner():
        looked_at = [
            reverse(f"portal:{row.name}", kwargs=row.parts | (THINGS[row.needs](world.own, user) if row.needs else {}))
            for row in rows_for(letter)
        ]
    enter(user)
    found, pages = [], 0
    for address in looked_at[slice(half, None, 2) if half is not None else slice(None)]:
        page.set_viewport_size(WIDE)
        if is_page(page, address):
            found += problems_as_it_stands(page, address)
            pages += 1
    assert not found, "\n".join(found)
    assert pages, "no address drew a page"


def is_page(page: Page, address: str) -> bool:
    """Opens an address; whether a whole page stands there, and not a file, a part of a page or what another address shows."""
    try:
        answer = page.goto(address)
    except Error as no_page:
        # A file goes to the downloads, an empty answer leaves the page before it standing.
        if re.search("Download is starting|net::ERR_ABORTED", no_page.message):
            return False
        raise
    return (
        answer is not None
        and answer.status == 200
        and answer.request.redirected_from is None
        and answer.headers.get("content-type", "").startswith("text/html")
        and page.evaluate("document.doctype !== null")
    )


def test_pages_with_a_computed_month_break_no_rule(computed: datetime.date, sign_in: Callable[[str], Page]) -> None:
    page, found = sign_in("mai"), []
    for address in addresses(computed):
        found += problems_everywhere(page, address)
    assert not found, "\n".join(found)


def test_the_theme_chosen_is_the_theme_drawn(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    home = page.url
    for theme in ("light", "dark"):
        page.context.add_cookies([{"name": "theme", "value": theme, "url": home}])
        page.goto("/households/")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == theme


def test_the_door_is_accessible_before_and_after_a_mistake(places: Places, page: Page) -> None:
    page.goto("/sign-in/")
    assert not problems_everywhere(page, "/sign-in/")
    page.get_by_label("Tên đăng nhập").fill("mai")
    page.get_by_label("Mật khẩu").fill("sai")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "không đúng" in page.get_by_role("alert").inner_text()
    assert not problems(page, "/sign-in/ after a mistake")
