"""A death reported by keyboard, seen with its money, approved by the chair."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from households.models import ChangeRequest, Household, Person
from posasoft.core.models import Role
from tests.browser import cast
from tests.browser.cast import Places
from tests.browser.conftest import NARROW
from tests.browser.test_accessible import problems_everywhere
from tests.support.database import owner

pytestmark = pytest.mark.browser


def test_an_officer_reports_a_death_by_keyboard_and_the_chair_approves(places: Places, sign_in: Callable[[str], Page]) -> None:
    with owner():
        cast.make_officer("chutich", "Vàng Mí Chủ", Role.COMMUNE_CHAIR, places.commune)
        mother = Person.objects.get(full_name="Giàng Thị Dợ")
    page = sign_in("mai")
    page.goto(f"/persons/{mother.public_id}/")
    menu = page.get_by_role("button", name="Báo thay đổi")
    menu.focus()
    page.keyboard.press("Enter")
    item = page.get_by_role("button", name="Người mất")
    expect(item).to_be_visible()
    item.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("Ngày mất").focus()
    page.keyboard.type("10/09/2026")
    for text in (None, "17", "12/09/2026", "UBND xã Đồng Văn", "Trưởng thôn báo"):
        page.keyboard.press("Tab")
        if text:
            page.keyboard.type(text)
    expect(page.locator("#saved")).to_contain_text("Đã lưu nháp lúc")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước khi gửi")
    expect(page.locator("main")).to_contain_text("10.800.000 đ")
    page.get_by_role("button", name="Gửi để duyệt").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Đã gửi.")
    page.context.clear_cookies()
    page = sign_in("chutich")
    page.goto("/changes/")
    with page.expect_navigation():
        page.get_by_role("link", name="Giàng Thị Dợ", exact=True).click()
    expect(page.locator("main")).to_contain_text("10/09/2026")
    with page.expect_navigation():
        page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.locator("main")).to_contain_text("Đã duyệt và ghi vào sổ.")
    with owner():
        assert ChangeRequest.objects.get().status == "applied"
        mother.refresh_from_db()
        assert str(mother.died_on) == "2026-09-10"


def test_the_form_of_a_new_household_fits_a_phone(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.set_viewport_size(NARROW)
    page.goto("/changes/")
    with page.expect_navigation():
        page.get_by_role("button", name="Hộ mới, chưa có trong sổ").click()
    expect(page.get_by_label("Họ và tên, dòng 1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_pages_of_changes_break_no_rule_of_axe(places: Places, sign_in: Callable[[str], Page]) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
        child = Person.objects.get(full_name="Giàng Mí Sính")
    page = sign_in("mai")
    drafts = [begin(page, "split", "household", home.public_id), begin(page, "disability", "person", child.public_id)]
    page.get_by_label("Mức độ", exact=True).select_option("severe")
    page.get_by_label("Mức độ này có từ ngày").fill("01/10/2026")
    page.get_by_label("Căn cứ, lý do").fill("Giấy xác nhận mới")
    with page.expect_navigation():
        page.get_by_role("button", name="Xem trước khi gửi").click()
    found = []
    for address in ("/changes/", "/changes/?tab=in", "/changes/who-may/", *drafts, drafts[1].replace("edit", "check")):
        found += problems_everywhere(page, address)
    assert not found, "\n".join(found)


def begin(page: Page, kind: str, subject: str, public_id: object) -> str:
    """Begin a report through the menu; the address of its form."""
    page.goto(f"/{subject}s/{public_id}/")
    page.get_by_role("button", name="Báo thay đổi").click()
    with page.expect_navigation():
        page.locator(f"form[action='/changes/new/{kind}/'] button").click()
    return page.url
