"""A paper keyed by keyboard alone in a real browser: received, checked, appraised; and the pages pass axe."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from beneficiaries.models import Case
from posasoft.core.models import Role
from tests.browser import cast
from tests.browser.cast import Places
from tests.browser.test_accessible import problems_everywhere
from tests.support.database import owner

pytestmark = pytest.mark.browser


@pytest.fixture
def places(transactional_db: None) -> Places:
    with owner():
        places = cast.make_places()
        cast.make_officer("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, places.commune)
        cast.make_pao_family(places)
    return places


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def type_line(page: Page, name: str, text: str) -> None:
    """The field that has the focus is the next one of the paper; Enter goes on from it."""
    expect(page.locator(f'[name="a-{name}"]')).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_form_01_by_keyboard_from_the_counter_to_the_appraisal(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.goto("/cases/new/")
    page.keyboard.type("pao giang")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Giàng Mí Páo", exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_label(re.compile("Mẫu số 01: Tờ khai đề nghị trợ cấp"))).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    # Benefits: the seventh is disability. Each Enter goes on, space chooses.
    keys(page, *["Enter"] * 6, "Space", *["Enter"] * 6)
    type_line(page, "full_name", "GIÀNG MÍ PÁO")
    type_line(page, "born", "12041988")
    for name, code in (("sex", "1"), ("ethnicity", "08")):
        type_line(page, name, code)
    for name, text in (("id_number", "002088014571"), ("id_issued_on", "05052021"), ("id_issued_at", "Cục CSQLHC")):
        type_line(page, name, text)
    keys(page, "Enter", "Enter")
    type_line(page, "poverty", "2")
    keys(page, *["Enter"] * 5)
    type_line(page, "health_insurance", "1")
    type_line(page, "schooling", "2")
    keys(page, "Enter")
    type_line(page, "disabled", "1")
    type_line(page, "certificate_number", "12/GXN")
    type_line(page, "disability_certified_on", "05102026")
    type_line(page, "certificate_issuer", "UBND xã Đồng Văn")
    type_line(page, "disability_type", "1")
    type_line(page, "disability_degree", "2")
    expect(page.locator("#saved")).to_contain_text("Đã lưu 09:")
    page.locator('[name="a-declared_on"]').focus()
    type_line(page, "declared_on", "20112026")
    type_line(page, "pledged", "1")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("GIÀNG MÍ PÁO")
    expect(page.locator("#why")).to_contain_text("810.000 đ")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("#why")).to_contain_text("810.000 đ")
    page.get_by_label("1. Đủ điều kiện").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Đã thẩm định").first).to_be_visible()
    with owner():
        case = Case.objects.select_related("person").get()
    assert (case.status, case.outcome, case.person.disability_degree) == ("appraised", "grant", "severe")
    assert case.payload["born"] == "12/04/1988"


def test_typing_survives_an_ended_session(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    open_draft(page)
    address = page.locator('[name="a-lives_at"]')
    address.fill("Ở với mẹ")
    expect(page.locator("#saved")).to_contain_text("Đã lưu")
    page.context.clear_cookies(name=re.compile("session"))
    address.fill("Ở với mẹ và em")
    expect(page.locator("#unsaved")).to_be_visible()
    expect(address).to_have_value("Ở với mẹ và em")


def open_draft(page: Page) -> None:
    page.goto("/cases/new/")
    page.keyboard.type("pao giang")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Giàng Mí Páo", exact=True).click()
    page.get_by_role("button", name="Nhập tờ khai").click()
    page.get_by_role("heading", name="Thông tin về đối tượng").wait_for()


def test_the_pages_pass_axe(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    open_draft(page)
    form, found = page.url, []
    for address in ("/cases/", "/cases/new/", form, form.replace("form/", ""), "/cases/postings/"):
        found += problems_everywhere(page, address)
    assert not found, "\n".join(found)
