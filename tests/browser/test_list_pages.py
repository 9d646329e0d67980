"""The pages of lists, calendar and budgets in a real browser: what is read before money is ordered, at 360 and 1366 px, light and dark."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from payments.models import PaymentList
from payments.operations import release
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting
from tests.browser.test_accessible import problems_as_it_stands
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.browser


def shoot(page: Page, name: str) -> None:
    """Pictures of both widths, for whoever looks at them."""
    if folder := os.environ.get("KEEP_PICTURES"):
        for width, height in ((1366, 768), (360, 740)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1366, "height": 768})


def test_an_officer_reads_a_list_against_last_month_and_what_strikes(computed: datetime.date, sign_in: Callable[[str], Page]) -> None:
    with acting(COUNTRY):
        release(lists=approved(PaymentList.objects.filter(month=add_months(computed, -1))), by=COUNTRY)
    with owner():
        pay_list = PaymentList.objects.get(month=computed, commune__code="00721")
    page = sign_in("mai")
    page.goto(f"/lists/?month={computed:%Y-%m}")
    expect(page.get_by_role("button", name="Tất toán", exact=True)).to_be_visible()
    assert problems_as_it_stands(page, page.url) == []
    shoot(page, "lists")
    page.goto(f"/lists/{pay_list.pk}/")
    expect(page.get_by_role("navigation", name="So với tháng trước")).to_contain_text("Tất cả")
    expect(page.get_by_text("Quyết định mới, điều chỉnh hoặc hết hiệu lực").first).to_be_visible()
    assert problems_as_it_stands(page, page.url) == []
    shoot(page, "list")
    page.get_by_role("button", name="Lập và trình kiểm tra").click()
    expect(page.get_by_text("Đã xử lý 1 danh sách.")).to_be_visible()
    page.goto(f"/paying/lists/{pay_list.pk}/striking/")
    assert problems_as_it_stands(page, page.url) == []
    shoot(page, "striking")


def test_a_province_previews_a_rule_proposes_it_and_enters_a_budget(computed: datetime.date, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("tinh")
    page.goto("/paying/calendar/")
    page.get_by_label("Ngày chốt thay đổi (tháng trước)").fill("12")
    page.get_by_label("Lý do, căn cứ").fill("Công văn 45 của Sở Y tế, chốt sớm")
    page.get_by_role("button", name="Xem trước các ngày").click()
    expect(page.get_by_role("heading", name="Xem trước mười hai tháng")).to_be_visible()
    assert problems_as_it_stands(page, page.url) == []
    shoot(page, "calendar")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Cần một người khác xác nhận.")).to_be_visible()
    page.goto("/paying/budgets/")
    page.get_by_text("Nhập dự toán").first.click()
    page.get_by_label("Dự toán năm (đồng)").first.fill("5.000.000.000")
    page.get_by_label("Nguồn kinh phí, số quyết định giao").first.fill("QĐ 45/QĐ-UBND")
    page.get_by_role("button", name="Lưu").first.click()
    expect(page.get_by_text("Đã lưu dự toán.")).to_be_visible()
    expect(page.get_by_text("5.000.000.000 đ").first).to_be_visible()
    assert problems_as_it_stands(page, page.url) == []
    shoot(page, "budgets")
