"""The whole main job in the browser: from the commune's workbook to the payment list that is signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from posasoft.core.models import Area
from tests.browser.cast import Places
from tests.browser.conftest import NARROW, WIDE
from tests.support.database import owner

pytestmark = pytest.mark.browser
WORKBOOK = Path(__file__).resolve().parents[2] / "samples" / "danh-sach-ho-ngheo-2025.xlsx"


def check(page: Page) -> None:
    """No axe violation on the page as it stands, at both widths, and nothing wider than the screen."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        found = [f"{v['id']} {v['nodes'][0]['html'][:200]}" for v in Axe().run(page).response["violations"]]
        assert not found, (page.url, size["width"], found)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (page.url, size["width"])


def follow(page: Page, name: str) -> None:
    """Follow a link of the page's content and wait for where it leads."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def upload(page: Page, work: Callable[[], int]) -> None:
    page.goto("/imports/")
    check(page)
    page.get_by_label("Tệp danh sách").set_input_files(WORKBOOK)
    page.get_by_label("Xã, phường").select_option(label="Xã Đồng Văn")
    page.get_by_label("Danh sách lập vào ngày").fill("31/12/2025")
    page.get_by_role("button", name="Gửi và đọc").click()
    page.get_by_text("Tiến độ").or_(page.get_by_role("progressbar")).first.wait_for()
    work()
    page.get_by_role("heading", name="Từng hộ", exact=True).wait_for()


def test_from_the_communes_workbook_to_the_signed_list(places: Places, sign_in: Callable[[str], Page], work: Callable[[], int]) -> None:
    with owner():
        Area.objects.filter(pk=places.commune.pk).update(position_end=1_200)
    page = sign_in("mai")
    upload(page, work)
    expect(page.locator("main")).to_contain_text("180 hộ")
    expect(page.locator("main")).to_contain_text("671 người")
    check(page)
    follow(page, "Nhận xét từng ô")
    expect(page.get_by_role("table").first).to_contain_text("Số CCCD")
    check(page)
    page.go_back()
    follow(page, "Sửa cột")
    check(page)
    page.go_back()
    page.get_by_role("button", name="Nhận tất cả vào sổ").click(timeout=60_000)
    expect(page.get_by_role("status")).to_contain_text("Đã nhận")
    follow(page, "Xác nhận")
    check(page)
    page.get_by_role("button", name="Đúng, đã mất").first.click()
    page.get_by_role("heading", name="Xác nhận người đã mất").wait_for()
    compute_and_download(page, sign_in, work)


def compute_and_download(page: Page, sign_in: Callable[[str], Page], work: Callable[[], int]) -> None:
    page.context.clear_cookies()
    sign_in("tinh")
    page.goto("/runs/")
    page.get_by_role("button", name="Tính", exact=True).click()
    page.get_by_role("heading", name="Tiến độ").wait_for()
    work()
    page.get_by_role("button", name="Tính lại").wait_for()
    follow(page, "Danh sách chi trả")
    follow(page, "Xã Đồng Văn")
    check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Bản in để ký").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_navigation():
        page.get_by_role("row").nth(1).get_by_role("link").click()
    page.locator("#package").get_by_role("link", name="Vì sao?").first.click()
    expect(page.locator("#why")).to_contain_text("đồng")
    check(page)
