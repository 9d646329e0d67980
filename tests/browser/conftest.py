"""A real Chromium against the live server, as a commune officer sees it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import pytest
import time_machine
from celery import Celery
from django.utils import timezone
from playwright.sync_api import Browser, Error, Page, expect

from beneficiaries import operations
from posasoft.core import jobs, second_factor
from posasoft.core.models import Role, User
from posasoft.core.months import add_months, first_of_month
from posasoft.core.scope import COUNTRY, acting
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner
from tests.support.second_factor import code_for


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(cast.TODAY, tick=True):
        yield


@pytest.fixture
def places(transactional_db: None) -> Places:
    """The commune, its neighbour, their families and one officer per level."""
    with owner():
        places = cast.make_places()
        cast.make_officer("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, places.commune)
        cast.make_officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province)
        cast.make_pao_family(places)
        cast.make_single_mother(places)
        cast.make_canary(places)
    return places


@contextmanager
def browsing(chromium: Browser, address: str) -> Iterator[Page]:
    """A page in a browser of its own, whose every error in script or policy fails the test."""
    context = chromium.new_context(base_url=address, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(20_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    # A request still under way would meet the emptying of the tables and both would wait for each other.
    with suppress(Error):
        page.wait_for_load_state("networkidle", timeout=3_000)
    context.close()
    assert not [text for text in problems if "status of 40" not in text and "status of 422" not in text], problems


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    with browsing(chromium, live_server.url) as page:
        yield page


# Generous, for a machine that computes a month at the same time.
expect.set_options(timeout=20_000)
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 360, "height": 740}


def give_code(page: Page, username: str) -> None:
    """The second step, of whoever has a second factor."""
    with owner():
        if not second_factor.has(User.objects.get(username=username)):
            return
    page.get_by_label("Mã xác thực").fill(code_for())
    page.get_by_role("button", name="Tiếp tục").click()


def enter(page: Page, username: str) -> Page:
    """Sign in through the form, as a person does."""
    page.goto("/sign-in/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(cast.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    give_code(page, username)
    page.get_by_role("heading", name="Việc cần làm").wait_for()
    page.wait_for_load_state("load")
    return page


@pytest.fixture
def sign_in(page: Page) -> Callable[[str], Page]:
    return partial(enter, page)


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Iterator[Callable[[str], Page]]:
    """Officers at desks of their own: each call signs somebody in, in another browser."""
    with ExitStack() as open_desks:
        yield lambda username: enter(open_desks.enter_context(browsing(chromium, live_server.url)), username)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Does what is queued, as a worker would; nobody is woken by the broker meanwhile."""
    monkeypatch.setattr(Celery, "send_task", lambda *_arguments, **_options: None)
    return jobs.run_all


@pytest.fixture
def computed(places: Places, work: Callable[[], int]) -> datetime.date:
    """This month and the one before have been computed; a decision began between them. The month."""
    month = first_of_month(timezone.localdate())
    for step in (-1, 0):
        with acting(COUNTRY):
            operations.start_run(month=add_months(month, step), by=COUNTRY)
        work()
        with owner():
            cast.make_new_recipient(places, month)
    return month
