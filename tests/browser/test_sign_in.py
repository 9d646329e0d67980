"""A chair enrols a phone, and a session that ends takes nothing of what was typed with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from posasoft.core.models import Role, RoleAssignment, User, UserSession
from tests.browser import cast
from tests.browser.cast import Places
from tests.support import second_factor as support
from tests.support.database import owner
from tests.support.second_factor import code_for

pytestmark = pytest.mark.browser


def test_a_chair_enrols_a_phone_and_is_in(page: Page, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    with owner():
        user = User.objects.create_user("lenh", password=cast.PASSWORD, full_name="Sùng Mí Lềnh")
        RoleAssignment.objects.create(user=user, role=Role.COMMUNE_CHAIR, area=places.commune, since=cast.day("2026-01-01"))
    page.goto("/sign-in/")
    page.get_by_label("Tên đăng nhập").fill("lenh")
    page.get_by_label("Mật khẩu").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Bật xác thực hai lớp").wait_for()
    assert not Axe().run(page).violations_count
    page.locator("details summary").click()
    monkeypatch.setattr(support, "SECRET", page.locator("details code").inner_text().replace(" ", ""))
    page.get_by_label("Mã sáu chữ số").fill(code_for())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mã dự phòng").wait_for()
    assert not Axe().run(page).violations_count
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải về").click()
    assert download.value.suggested_filename == "ma-du-phong-posasoft.txt"
    page.get_by_role("button", name="Tôi đã cất mã").click()
    page.get_by_role("heading", name="Việc cần làm").wait_for()
    page.goto("/account/")
    assert not Axe().run(page).violations_count


def test_a_session_that_ends_leaves_what_was_typed(page: Page, places: Places, sign_in: Callable[[str], Page], settings: Any) -> None:
    sign_in("mai")
    page.goto("/account/email/")
    page.get_by_label("Thư điện tử").fill("mai@xa.example.vn")
    with owner():
        UserSession.objects.filter(user__username="mai").update(
            last_seen_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=29)
        )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Bạn còn làm việc không?")
    assert not Axe().run(page).violations_count
    dialog.get_by_role("button", name="Tôi còn làm việc").click()
    expect(dialog).to_be_hidden()
    with owner():
        UserSession.objects.filter(user__username="mai").delete()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(dialog).to_contain_text("Đừng đóng trang này")
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Đăng nhập ở thẻ mới").click()
    other = opened.value
    other.get_by_label("Tên đăng nhập").fill("mai")
    other.get_by_label("Mật khẩu").fill(cast.PASSWORD)
    other.get_by_role("button", name="Đăng nhập").click()
    other.get_by_role("heading", name="Việc cần làm").wait_for()
    dialog.get_by_role("button", name="Tôi đã đăng nhập lại").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Thư điện tử")).to_have_value("mai@xa.example.vn")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu địa chỉ thư điện tử.").wait_for()
