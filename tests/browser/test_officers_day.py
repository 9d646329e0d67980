"""What an officer does in the browser: find, read, ask why, look at another month, compute, download."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import Places
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.browser


def compute(page: Page, month: str, work: Callable[[], int]) -> None:
    """Start a month on its page and see it finish while watching."""
    page.goto("/runs/")
    page.get_by_label("Tháng", exact=True).select_option(month)
    page.get_by_role("button", name="Tính", exact=True).click()
    page.get_by_role("heading", name="Tiến độ").wait_for()
    assert work() >= 1
    page.get_by_role("button", name="Tính lại").wait_for()


def test_a_household_is_found_by_keyboard_alone(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.keyboard.press("/")
    page.keyboard.type("pao giang")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Tìm kiếm").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hộ Giàng Mí Páo")


def test_single_keys_rest_while_somebody_types(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.keyboard.press("Control+k")
    page.keyboard.type("j/k?")
    expect(page.get_by_label("Tìm hộ, người, số định danh")).to_have_value("j/k?")


def test_the_month_is_computed_while_one_watches_and_every_line_says_why(
    places: Places, sign_in: Callable[[str], Page], work: Callable[[], int]
) -> None:
    page = sign_in("tinh")
    compute(page, page_month(page, back=1), work)
    compute(page, page_month(page, back=0), work)
    page.get_by_label("Tìm hộ, người, số định danh").fill("pao giang dong van")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Tìm kiếm").wait_for()
    with page.expect_navigation():
        page.get_by_role("link", name="Giàng Mí Páo", exact=True).click()
    package = page.locator("#package")
    expect(package).to_contain_text("3.300.000 đ")
    expect(package).to_contain_text("Ba triệu ba trăm nghìn đồng")
    package.get_by_role("link", name=re.compile("Vì sao.*Giàng Mí Sính, Người khuyết tật")).click()
    panel = page.locator("#why")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Vì sao Giàng Mí Sính được 1.350.000 đ?")
    expect(panel).to_contain_text("540.000 đồng × 2,5 = 1.350.000 đồng")
    expect(panel).to_contain_text("Đặc biệt nặng")
    panel.get_by_text("Không đủ điều kiện").click()
    expect(panel).to_contain_text("Từ đủ 60 tuổi")


def page_month(page: Page, *, back: int) -> str:
    """A month that the page offers: 0 the current one, 1 the one before."""
    page.goto("/runs/")
    offered = page.locator("#month option").evaluate_all("options => options.map(o => o.value)")
    return str(offered[1 + back])


def test_months_turn_in_place_and_the_address_keeps_them(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.goto("/households/")
    with page.expect_navigation():
        page.get_by_role("link", name="Giàng Mí Páo", exact=True).click()
    title = page.locator("#package-title")
    before = title.inner_text()
    page.keyboard.press("[")
    expect(title).not_to_have_text(before)
    assert "month=" in page.url
    page.reload()
    expect(title).not_to_have_text(before)


def test_lists_are_downloaded_as_workbook_and_as_print(places: Places, sign_in: Callable[[str], Page], work: Callable[[], int]) -> None:
    page = sign_in("tinh")
    compute(page, page_month(page, back=0), work)
    page.get_by_role("link", name="Danh sách chi trả").last.click()
    page.get_by_role("link", name="Xã Đồng Văn", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("Giàng Mí Páo")
    files = {}
    for button in ("Bảng tính", "Bản in để ký"):
        with page.expect_download() as download:
            page.get_by_role("link", name=button).click()
        files[button] = download.value.path().read_bytes()
    assert zipfile.ZipFile(io.BytesIO(files["Bảng tính"])).testzip() is None
    assert files["Bản in để ký"].startswith(b"%PDF")


def test_the_rail_opens_on_a_phone_and_closes_with_escape(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.set_viewport_size(NARROW)
    rail = page.get_by_role("link", name="Hộ gia đình")
    expect(rail).to_be_hidden()
    page.get_by_role("button", name="Mở mục chính").click()
    page.locator("#rail.show:not(.showing):focus").wait_for()
    expect(rail).to_be_visible()
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()


def test_theme_and_language_are_chosen_in_the_menu(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.get_by_role("button", name="Tài khoản").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nền tối").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.get_by_role("button", name="Tài khoản").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("To do")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(places: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    page.goto("/households/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Bỏ qua, tới nội dung")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
