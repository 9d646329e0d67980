"""A commune officer's day with the keyboard alone, and the chair's signature at its end: no mouse, no address typed but the first.

What the forms do with each key is promised by test_case_by_keyboard.py, test_report_a_change.py and test_lists_and_palette.py; here one
thing follows the other, and every stop is reached by the keys that a person has: Tab, Enter, space, arrows, `/`, Ctrl-K.
"""

from __future__ import annotations

import datetime

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from beneficiaries.models import Case, Decision, DecisionDocument
from households.models import ChangeRequest
from posasoft.core.models import Role
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner
from tests.support.second_factor import code_for

pytestmark = pytest.mark.browser
FOCUS = "() => { const on = document.activeElement; return on === document.body ? '' : (on.textContent.trim() || on.name || on.id); }"


def tab_to(page: Page, goal: Locator, *, most: int = 60) -> None:
    """Press Tab until `goal` has the focus; it must come within `most` stops, and the focus must never be lost on the way."""
    goal.wait_for()
    for _stop in range(most):
        if goal.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{goal} is not reached by Tab within {most} stops; the focus is on “{page.evaluate(FOCUS)}”")


def back_to(page: Page, goal: Locator, *, most: int = 60) -> None:
    """The same with Shift+Tab."""
    for _stop in range(most):
        if goal.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab")
    pytest.fail(f"{goal} is not reached by Shift+Tab within {most} stops; the focus is on “{page.evaluate(FOCUS)}”")


def press(page: Page, goal: Locator, key: str = "Enter") -> None:
    """Go to a link or a button by Tab and press it; a page follows."""
    tab_to(page, goal)
    with page.expect_navigation():
        page.keyboard.press(key)


def by_keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def palette(page: Page, words: str, option: str, key: str = "Control+k") -> None:
    """Call the box, type without accents, take the first option that bears this name."""
    page.keyboard.press(key)
    page.keyboard.type(words)
    wanted = page.get_by_role("option", name=option).first
    wanted.wait_for()
    for _step in range(10):
        page.keyboard.press("ArrowDown")
        if wanted.get_attribute("aria-selected") == "true":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_field(page: Page, field: str, text: str) -> None:
    """The line of the paper that has the focus; Enter goes on from it."""
    expect(page.locator(f'[name="a-{field}"]')).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.fixture
def mai_at_work(places: Places, page: Page) -> Page:
    """Signed in with the keyboard: the start page is the only address."""
    with owner():
        cast.make_officer("chutich", "Sùng Mí Lử", Role.COMMUNE_CHAIR, places.commune)
    return arrive(page, "mai")


def arrive(page: Page, username: str) -> Page:
    page.goto("/")
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(cast.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if "code" in page.url:
        expect(page.get_by_label("Mã xác thực")).to_be_focused()
        page.keyboard.type(code_for())
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Việc cần làm")
    return page


def leave(page: Page) -> None:
    """Sign out by the menu."""
    tab_to(page, page.get_by_role("button", name="Tài khoản"))
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Đăng xuất"))


def report_a_lower_class(page: Page) -> None:
    """The household came out of the review as near-poor: a request, seen with its money before it is sent."""
    tab_to(page, page.get_by_role("button", name="Báo thay đổi"))
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Phân loại hộ", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Phân loại hộ")
    tab_to(page, page.get_by_label("Phân loại", exact=True))
    page.keyboard.type("Hộ cận nghèo")
    for label, text in (("Điểm B1", "142"), ("Điểm B2", "25")):
        tab_to(page, page.get_by_label(label))
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    tab_to(page, page.get_by_label("Căn cứ", exact=True))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Phân loại có hiệu lực từ ngày"))
    page.keyboard.press("Control+a")
    page.keyboard.type("01/10/2026")
    tab_to(page, page.get_by_label("Căn cứ, lý do"))
    page.keyboard.type("Biên bản rà soát thôn Má Lủng")
    press(page, page.get_by_role("button", name="Xem trước khi gửi"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước khi gửi")
    expect(page.locator("main")).to_contain_text("Hộ cận nghèo")
    press(page, page.get_by_role("button", name="Gửi để duyệt"))
    expect(page.locator("main")).to_contain_text("Đã gửi.")


def key_form_01(page: Page) -> None:
    """The paper that Giàng Mí Páo brought to the counter, in the order of its lines."""
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("pao giang")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Giàng Mí Páo", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    by_keys(page, *["Enter"] * 6, "Space", *["Enter"] * 6)
    for field, text in (
        ("full_name", "GIÀNG MÍ PÁO"),
        ("born", "12041988"),
        ("sex", "1"),
        ("ethnicity", "08"),
        ("id_number", "002088014571"),
    ):
        type_field(page, field, text)
    for field, text in (("id_issued_on", "05052021"), ("id_issued_at", "Cục CSQLHC")):
        type_field(page, field, text)
    by_keys(page, "Enter", "Enter")
    type_field(page, "poverty", "2")
    by_keys(page, *["Enter"] * 5)
    type_field(page, "health_insurance", "1")
    type_field(page, "schooling", "2")
    by_keys(page, "Enter")
    for field, text in (
        ("disabled", "1"), ("certificate_number", "12/GXN"), ("disability_certified_on", "05102026"), ("certificate_issuer", "UBND xã Đồng Văn"),
        ("disability_type", "1"), ("disability_degree", "2"),
    ):  # fmt: skip
        type_field(page, field, text)
    tab_to(page, page.locator('[name="a-declared_on"]'))
    type_field(page, "declared_on", "20112026")
    type_field(page, "pledged", "1")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("Đã tiếp nhận hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("GIÀNG MÍ PÁO")


def check_and_appraise(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("#why")).to_contain_text("810.000 đ")
    tab_to(page, page.get_by_label("1. Đủ điều kiện"))
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Đã thẩm định").first).to_be_visible()


def draft_the_decision(page: Page) -> None:
    """The case goes to the chair's desk: ready, then a paper whose amounts come from the engine."""
    press(page, page.get_by_role("button", name="Trình quyết định"))
    expect(page.locator("main")).to_contain_text("Trình quyết định.")
    press(page, page.get_by_role("button", name="Soạn quyết định"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Dự thảo quyết định")
    expect(page.locator("main")).to_contain_text("810.000")
    press(page, page.get_by_role("button", name="Trình Chủ tịch ký"))
    expect(page.locator("main .head")).to_contain_text("Chờ ký")


def sign(page: Page) -> None:
    """Read beside the list, tick, sign; the sign-in was a while ago, so password and code are asked for."""
    palette(page, "quyet dinh cho ky", "Quyết định chờ ký")
    row = page.get_by_role("link", name="Giàng Mí Páo", exact=True)
    tab_to(page, row)
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text("Tám trăm mười nghìn đồng")
    back_to(page, page.get_by_label("Chọn Giàng Mí Páo"))
    page.keyboard.press("Space")
    with time_machine.travel(cast.TODAY + datetime.timedelta(minutes=20), tick=True):
        press(page, page.get_by_role("button", name="Ký các quyết định đã chọn"))
        expect(page.get_by_label("Mật khẩu")).to_be_focused()
        page.keyboard.type(cast.PASSWORD)
        page.keyboard.press("Tab")
        page.keyboard.type(code_for())
        with page.expect_navigation():
            page.keyboard.press("Enter")
        again = page.get_by_role("button", name="Tiếp tục")
        expect(again).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Đã ký 1 quyết định: 01/QĐ-UBND.")


def test_a_day_without_a_mouse(mai_at_work: Page) -> None:
    page = mai_at_work
    palette(page, "pao giang", "Giàng Mí Páo", key="/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hộ Giàng Mí Páo")
    report_a_lower_class(page)
    palette(page, "ho so moi", "Hồ sơ mới")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ mới")
    key_form_01(page)
    check_and_appraise(page)
    draft_the_decision(page)
    leave(page)
    sign(arrive(page, "chutich"))
    with owner():
        case, paper = Case.objects.get(), DecisionDocument.objects.get()
        assert (case.status, paper.status, paper.number) == ("decided", "signed", "01/QĐ-UBND")
        assert (paper.prepared_by.username, paper.signed_by.username) == ("mai", "chutich")
        assert Decision.objects.filter(person__full_name="Giàng Mí Páo", benefit="TCXH-5.6").count() == 1
        assert ChangeRequest.objects.get().status == "submitted"
