""" "Báo lỗi" brings a user's words and the id that finds the line in the log; the administrator's answer comes back."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from posasoft.core.models import ErrorReport, Notification
from posasoft.core.request_ids import OneLine, WithRequestId
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a server writes, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(WithRequestId())
    how = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(OneLine(how["format"], how["datefmt"], how["style"]))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_every_answer_has_an_id_of_its_own(enter: Callable[[str], Client]) -> None:
    client = enter("mai")
    ids = {client.get("/households/", headers={"X-Request-ID": "gia-mao"})["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{12}", one) for one in ids)


def test_the_id_on_the_error_page_finds_the_line_in_the_log(enter: Callable[[str], Client], log: io.StringIO) -> None:
    response = enter("mai").get("/households/01890000-0000-7000-8000-000000000000/")

    shown = re.search(r"<code>([0-9a-f]+)</code>", response.content.decode())
    assert shown is not None
    assert shown[1] == response["X-Request-ID"]
    (line,) = [line for line in log.getvalue().splitlines() if shown[1] in line]
    assert "status 404 on households/<uuid:public_id>/" in line


def test_a_crash_is_found_by_the_same_id_and_says_nothing_of_what_it_was_about(
    enter: Callable[[str], Client], log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "Giàng Mí Páo 002088014571\n2026-01-01 ERROR giả mạo"

    def crash(*_arguments: object) -> None:
        raise ValueError(row)

    monkeypatch.setattr("posasoft.portal.queries.traces.own_files", crash)
    client = enter("mai")
    client.raise_request_exception = False
    response = client.get("/downloads/")

    assert response.status_code == 500
    lines = [line for line in log.getvalue().splitlines() if response["X-Request-ID"] in line]
    assert any("ValueError" in line and "in crash" in line for line in lines)
    assert "Páo" not in log.getvalue()
    assert "014571" not in log.getvalue()
    assert not [line for line in log.getvalue().splitlines() if line.startswith("2026-01-01")]


@pytest.mark.parametrize("inside", ["\n", "\r\n", "\x1b[2K", "\u2028", "\x85", "\x00"])
def test_what_somebody_types_cannot_forge_a_line(log: io.StringIO, inside: str) -> None:
    logging.getLogger("posasoft.test").warning("user %s", f"mai{inside}2026-11-21 INFO sign_in ok quan")

    (line,) = log.getvalue().splitlines()
    assert "user mai" in line


def test_lines_carry_a_time_zone_and_no_long_number(log: io.StringIO) -> None:
    logging.getLogger("posasoft.test").warning("looked for 002088014571")

    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING posasoft.test \[-\] looked for •••$", log.getvalue().strip())


def test_every_page_offers_to_report(enter: Callable[[str], Client]) -> None:
    client = enter("mai")
    for address in ("/", "/households/", "/jobs/"):
        body = client.get(address).content.decode()
        assert "Báo lỗi" in body
        assert "/report-error/?request_id=" in body
    missing = client.get("/nowhere/").content.decode()
    assert "/report-error/?error_id=" in missing


def test_a_report_brings_words_ids_role_and_screen_but_no_query(enter: Callable[[str], Client]) -> None:
    client = enter("mai")
    form = {
        "text": "Bấm Lưu thì trang trắng", "error_id": "0123456789ab", "request_id": "ab0123456789",
        "route": "households/<uuid:public_id>/", "screen": "1366x768",
    }  # fmt: skip
    page = client.post("/report-error/", form, headers={"User-Agent": "Cốc Cốc 120"}, follow=True).content.decode()

    assert "Cảm ơn bạn" in page
    with owner():
        report = ErrorReport.objects.get()
    assert (report.text, report.error_id, report.role, report.screen) == (form["text"], form["error_id"], "commune_officer", "1366x768")
    assert report.route == form["route"]


@pytest.mark.parametrize("route", ["search/?q=Giàng Mí Páo", "persons/002088014571/", "x y", "a" * 300])
def test_what_is_no_route_is_not_kept(enter: Callable[[str], Client], route: str) -> None:
    enter("mai").post("/report-error/", {"text": "Lỗi", "route": route, "error_id": "<script>"})

    with owner():
        report = ErrorReport.objects.get()
    assert (report.route, report.error_id) == ("", "")


def test_an_empty_report_is_asked_again(enter: Callable[[str], Client]) -> None:
    response = enter("mai").post("/report-error/", {"text": "  ", "error_id": "0123456789ab"})

    assert response.status_code == 422
    assert "Hãy ghi điều đã xảy ra" in response.content.decode()
    assert "0123456789ab" in response.content.decode()


def test_the_administrator_is_told_and_the_answer_comes_back(enter: Callable[[str], Client], places: Places) -> None:
    enter("mai").post("/report-error/", {"text": "Không in được danh sách"})
    with owner():
        report = ErrorReport.objects.get()
        assert list(Notification.objects.values_list("user__username", flat=True)) == ["quan"]
    admin = enter("quan")
    assert "Không in được danh sách" in admin.get("/error-reports/").content.decode()

    admin.post(f"/error-reports/{report.pk}/", {"status": "done", "answer": " "})
    with owner():
        assert ErrorReport.objects.get().status == "new"
    admin.post(f"/error-reports/{report.pk}/", {"status": "done", "answer": "Đã sửa, hãy tải lại trang"})

    mai = enter("mai")
    assert "Đã sửa, hãy tải lại trang" in mai.get("/report-error/").content.decode()
    assert "Báo lỗi của bạn đã được xử lý" in mai.get("/notifications/").content.decode()


def test_reports_are_read_by_administrators_and_by_whoever_wrote_them(enter: Callable[[str], Client]) -> None:
    enter("mai").post("/report-error/", {"text": "Chuyện của Mai"})

    assert enter("chu").get("/error-reports/").status_code == 403
    assert "Chuyện của Mai" not in enter("chu").get("/report-error/").content.decode()
