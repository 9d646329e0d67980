"""A month's money from the draft list to the family, each at a desk of one's own: nobody does two steps, the clerk works on a phone."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from payments.models import Delivery, PaymentList, Statement
from posasoft.core.models import Role
from tests.browser import cast
from tests.browser.cast import Places
from tests.browser.conftest import NARROW
from tests.browser.test_accessible import problems, problems_as_it_stands
from tests.support.database import owner

pytestmark = pytest.mark.browser
Desk = Callable[[str], Page]


def press(page: Page, name: str) -> None:
    """Press a button of the page's content and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name).first.click()


def test_a_months_money_from_the_draft_to_the_familys_hands(places: Places, computed: datetime.date, desk: Desk) -> None:
    with owner():
        cast.make_payer(places)
        cast.make_officer("say", "Lò Văn Sáy", Role.COMMUNE_OFFICER, places.commune)
        cast.make_officer("chutich", "Sùng Mí Lử", Role.COMMUNE_CHAIR, places.commune)
        cast.make_officer("tongdai", "Bế Thị Hồng", Role.HOTLINE, None)
        pay_list = PaymentList.objects.get(commune=places.commune, month=computed)
    chair, province = order(desk, pay_list)
    with owner():
        # The database keeps its own clock, later than the day on which the browser lives.
        Delivery.objects.update(sent_at=cast.TODAY)
    pay_at_the_counter(desk)
    settle(desk, chair, province, computed)
    with owner():
        pay_list.refresh_from_db()
        assert pay_list.status == "closed"
    ask_the_hotline(desk)


def order(desk: Desk, pay_list: PaymentList) -> tuple[Page, Page]:
    """Prepared, checked, approved with a code, released and sent: four people."""
    address = f"/lists/{pay_list.pk}/"
    for username, button in (("mai", "Lập và trình kiểm tra"), ("say", "Kiểm tra")):
        page = desk(username)
        page.goto(address)
        press(page, button)
        expect(page.get_by_role("status")).to_contain_text("Đã xử lý 1 danh sách")
    chair = desk("chutich")
    chair.goto(address)
    chair.get_by_role("link", name="Xem điểm bất thường trước khi duyệt").click()
    press(chair, "Tôi đã xem")
    press(chair, "Duyệt")
    expect(chair.get_by_role("status")).to_contain_text("Đã xử lý 1 danh sách")
    province = desk("tinh")
    province.goto(address)
    press(province, "Phát hành")
    press(province, "Gửi danh sách")
    expect(province.locator("main")).to_contain_text("Đơn vị chưa xác nhận nhận.")
    assert problems_as_it_stands(province, address) == []
    return chair, province


def pay_at_the_counter(desk: Desk) -> None:
    """One family comes, the others do not; the day is closed and the rest is absent."""
    page = desk("buu")
    page.set_viewport_size(NARROW)
    page.goto("/counter/")
    page.get_by_label("Mã QR, mã hộ, tên hoặc ba số cuối giấy tờ").fill("giang mi pao")
    press(page, "Tìm")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Giàng Mí Páo")
    assert problems(page, "the payment's card") == []
    press(page, "Đã trả")
    page.goto("/counter/")
    expect(page.locator("main")).to_contain_text("1 lượt trả ngày 21/11/2026")
    press(page, "Đóng ngày 21/11/2026")
    page.get_by_text("Kết thúc chi trả danh sách này").click()
    press(page, "Ghi vắng mặt những người còn lại")
    assert problems(page, "/counter/") == []


def settle(desk: Desk, chair: Page, province: Page, month: datetime.date) -> None:
    """Reconciled by the officer, closed by the chair; the statement signed by both sides; the month closed by the province."""
    address = f"/settling/month/?month={month:%Y-%m}"
    officer = desk("mai")
    for page, button in ((officer, "Đối soát danh sách đã chọn"), (chair, "Đóng danh sách đã chọn")):
        page.goto(address)
        page.get_by_label("Chọn Xã Đồng Văn").check()
        press(page, button)
    with owner():
        statement = Statement.objects.get(month=month, province_no=cast.PROVINCE_NO)
    for page in (desk("truso"), province):
        page.goto(f"/settling/statements/{statement.public_id}/")
        press(page, "Ký bảng quyết toán")
    assert problems_as_it_stands(province, "the statement") == []
    province.goto(address)
    expect(province.locator("main")).to_contain_text("Mọi danh sách đã đóng, mọi bảng quyết toán đã ký.")
    press(province, "Đóng tháng chi trả")
    expect(province.locator("main")).to_contain_text("Đã đóng tháng")


def ask_the_hotline(desk: Desk) -> None:
    page = desk("tongdai")
    page.goto("/payday/")
    page.get_by_role("main").get_by_role("searchbox").or_(page.get_by_role("main").get_by_role("textbox")).first.fill("giang mi pao")
    press(page, "Tìm")
    page.get_by_role("main").get_by_role("link", name="Giàng Mí Páo", exact=True).click()
    expect(page.locator("main")).to_contain_text("3.300.000")
    expect(page.locator("main")).to_contain_text("Đã nhận")
    assert problems_as_it_stands(page, "the payment day") == []
