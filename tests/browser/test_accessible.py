"""Every page, in both themes and at both widths: no axe violation, nothing wider than the screen."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from households.models import Household, Person
from payments.models import PaymentList
from posasoft.core.models import Area
from tests.browser.cast import Places
from tests.browser.conftest import NARROW, WIDE
from tests.support.database import owner

pytestmark = pytest.mark.browser


def addresses(month: datetime.date) -> list[str]:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
        child = Person.objects.get(full_name="Giàng Mí Sính")
        commune = Area.objects.get(code="00721")
        pay_list = PaymentList.objects.get(commune=commune, month=month)
    return [
        "/",
        "/households/",
        "/households/?class=none",
        f"/households/{home.public_id}/",
        f"/persons/{child.public_id}/",
        "/households/?sort=name&class=poor",
        "/persons/?sex=female",
        "/search/",
        "/bulk/",
        "/areas/",
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
        "/jobs/",
        "/downloads/",
        "/downloads/new/households/",
        "/notifications/",
        "/report-error/",
        f"/persons/{child.public_id}/id/",
        "/khong-co-trang-nay/",
    ]


def problems(page: Page, address: str) -> list[str]:
    """What axe finds on the page as it stands, and a scroll bar at the foot of the screen."""
    found = [f"{address}: {v['id']} {v['nodes'][0]['html'][:200]}" for v in Axe().run(page).response["violations"]]
    width = page.viewport_size["width"] if page.viewport_size else 0
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{address}: wider than {width}")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_axe_or_overflows(computed: datetime.date, sign_in: Callable[[str], Page], theme: str) -> None:
    page = sign_in("mai")
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    found = []
    for address in addresses(computed):
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            page.goto(address)
            assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
            found += problems(page, f"{address} {size['width']} {theme}")
    assert not found, "\n".join(found)


def test_the_door_is_accessible_before_and_after_a_mistake(places: Places, page: Page) -> None:
    page.goto("/sign-in/")
    assert not problems(page, "/sign-in/")
    page.get_by_label("Tên đăng nhập").fill("mai")
    page.get_by_label("Mật khẩu").fill("sai")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "không đúng" in page.get_by_role("alert").inner_text()
    assert not problems(page, "/sign-in/ after a mistake")
