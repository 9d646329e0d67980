"""The box that answers while one types, and lists by keys alone, with a Vietnamese input method."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import Places
from tests.browser.conftest import NARROW
from tests.browser.test_accessible import problems_as_it_stands, problems_everywhere

pytestmark = pytest.mark.browser
SignIn = Callable[[str], Page]


def asked(page: Page) -> list[str]:
    """The addresses that the page asks from now on."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if request.url.endswith("/find/") else None)
    return seen


def test_a_household_opens_from_the_box_by_keys_alone(places: Places, sign_in: SignIn) -> None:
    page = sign_in("mai")
    page.keyboard.press("/")
    page.keyboard.type("pao giang")
    option = page.get_by_role("option", name="Giàng Mí Páo")
    expect(option).to_be_visible()
    expect(option.locator("mark").first).to_have_text("Giàng")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hộ Giàng Mí Páo")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Vừa mở")).to_contain_text("Giàng Mí Páo")


def test_enter_alone_opens_the_page_of_results_without_the_words_in_its_address(places: Places, sign_in: SignIn) -> None:
    page = sign_in("mai")
    page.keyboard.press("Control+k")
    page.keyboard.type("giang sinh")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tìm kiếm")).to_be_visible()
    assert "giang" not in page.url
    page.reload()
    expect(page.get_by_role("table")).to_contain_text("Giàng Mí Sính")


def test_nothing_is_asked_while_an_input_method_composes(places: Places, sign_in: SignIn) -> None:
    page = sign_in("mai")
    page.locator("#find").focus()
    page.wait_for_timeout(400)
    seen = asked(page)
    page.evaluate("""() => {
        const box = document.getElementById("find");
        box.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
        for (const text of ["g", "gi", "gia", "giaf"]) {
            box.value = text;
            box.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
        }
        box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, keyCode: 229 }));
    }""")
    page.wait_for_timeout(600)
    assert seen == []
    page.evaluate("""() => {
        const box = document.getElementById("find");
        box.value = "già";
        box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    }""")
    expect(page.get_by_role("option", name="Giàng Mí Páo")).to_be_visible()
    assert len(seen) == 1


def test_keys_of_one_letter_rest_while_composing_and_when_switched_off(places: Places, sign_in: SignIn) -> None:
    page = sign_in("mai")
    page.goto("/households/?view=all")
    page.evaluate("""() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", isComposing: true, bubbles: true }))""")
    expect(page.locator("tr.on")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_have_count(1)
    page.get_by_role("button", name="Tài khoản").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Tắt phím tắt một phím").click()
    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()


def test_rows_are_walked_marked_and_changed_by_keys(places: Places, sign_in: SignIn) -> None:
    page = sign_in("mai")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Người")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(2)
    with page.expect_navigation():
        page.get_by_role("button", name="Sửa các dòng đã chọn (2)").press("Enter")
    page.get_by_label("Học bán trú").check()
    page.get_by_label("Có hiệu lực từ ngày").fill("05/09/2026")
    page.get_by_label("Lý do, căn cứ").fill("Danh sách của trường")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Học bán trú")
    expect(page.locator("main dl")).to_contain_text("Sẽ đổi")
    with page.expect_navigation():
        page.get_by_role("button", name="Ghi vào sổ").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi")
    with page.expect_navigation():
        page.get_by_role("button", name="Hoàn tác tất cả").click()
    expect(page.get_by_role("status")).to_contain_text("Đã hoàn tác 2 dòng")


def test_lists_and_box_are_accessible(places: Places, sign_in: SignIn) -> None:
    page = sign_in("mai")
    for address in ("/households/?sort=name&class=poor", "/persons/?sex=female&age_from=10", "/search/", "/bulk/"):
        assert problems_everywhere(page, address) == []
    page.set_viewport_size(NARROW)
    page.locator("#find").focus()
    page.keyboard.type("giang dong van")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    frame = page.locator("#found").bounding_box()
    assert frame is not None
    assert frame["width"] >= NARROW["width"] - 1
    assert problems_as_it_stands(page, "the open box") == []
