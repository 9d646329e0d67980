"""The counter and the uploads at both widths and in both themes, and a payment made on a phone."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from payments.models import LineResult
from tests.access.world import make_world
from tests.browser import cast
from tests.browser.conftest import NARROW, browsing, give_code
from tests.browser.test_accessible import problems_as_it_stands, problems_everywhere
from tests.results.world import Counter, make_counter
from tests.support.chromium import ARGUMENTS
from tests.support.database import owner

pytestmark = pytest.mark.browser


@pytest.fixture
def counter(transactional_db: None, settings: Any, tmp_path: Path) -> Counter:
    settings.MEDIA_ROOT = tmp_path
    with owner():
        counter = make_counter(make_world())
        counter.own.clerk.set_password(cast.PASSWORD)
        counter.own.clerk.save()
    return counter


def enter(page: Page, counter: Counter) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Tên đăng nhập").fill(counter.own.clerk.username)
    page.get_by_label("Mật khẩu").fill(cast.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    give_code(page, counter.own.clerk.username)
    page.get_by_role("heading", name="Việc cần làm").wait_for()


def test_a_clerk_pays_on_a_phone_and_every_page_of_the_counter_is_accessible(page: Page, counter: Counter) -> None:
    enter(page, counter)
    page.set_viewport_size(NARROW)
    page.goto("/counter/")
    page.get_by_label("Mã QR").fill(f"https://posasoft.example/nhan-tien/#{counter.lines[3].public_id}")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page.get_by_label("Họ tên người nhận thay")).to_be_hidden()
    page.get_by_label("Người khác nhận thay").check()
    expect(page.get_by_label("Họ tên người nhận thay")).to_be_visible()
    page.get_by_label("Lý Thị Quầy 3").check()
    found = problems_as_it_stands(page, "card")
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Đã trả").dblclick()
    expect(page.get_by_text("Đã trả 1.250.000 đ cho Lý Thị Quầy 3.")).to_be_visible()
    with owner():
        assert LineResult.objects.get().amount == 1_250_000
    page.goto("/counter/")
    village = page.locator("a[href^='/counter/villages/']").first.get_attribute("href") or ""
    for address in (village, f"{village}?state=paid", "/counter/", f"/counter/{counter.lines[3].public_id}/", "/results/"):
        found += problems_everywhere(page, address)
    assert not found, "\n".join(found)


def picture_of(text: str, to: Path) -> Path:
    """A letter before the camera: one frame of Motion JPEG with the code on it, smaller and greyer than it was printed."""
    code, frame = io.BytesIO(), Image.new("RGB", (640, 480), (214, 210, 200))
    segno.make(text, error="m").save(code, kind="png", scale=6, border=4, dark="#333")
    drawn = Image.open(code).convert("RGB").resize((300, 300)).rotate(4, fillcolor=(255, 255, 255))
    frame.paste(drawn, (150, 90))
    out = to / "letter.mjpeg"
    frame.save(out, "JPEG", quality=85)
    return out


def test_a_letter_held_before_the_camera_opens_the_familys_card(
    counter: Counter, chromium: Browser, live_server: Any, tmp_path: Path
) -> None:
    """Debian's Chromium reads no codes itself, as browsers of desks do not: the program's own reader does."""
    seen = picture_of(f"https://posasoft.example/nhan-tien/#{counter.lines[3].public_id}", tmp_path)
    fakes = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={seen}"]
    eyes = chromium.browser_type.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=[*ARGUMENTS, *fakes])
    with browsing(eyes, live_server.url) as page:
        enter(page, counter)
        page.goto("/counter/")
        page.get_by_role("button", name="Quét mã bằng máy ảnh").click()
        expect(page.get_by_role("button", name="Đã trả")).to_be_visible()
        expect(page.get_by_role("heading", name="Lý Thị Quầy 3")).to_be_visible()
    eyes.close()
