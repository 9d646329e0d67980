"""Lists are sent, looked at, accepted in part, confirmed and undone in the browser, by those who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from households.models import Household, ImportBatch, ImportedDeath, ImportRow, Person
from posasoft.core import jobs
from posasoft.core.models import Role, User
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "danh-sach-ho-ngheo-2025.xlsx"


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(Celery, "send_task", lambda *_arguments, **_options: None)


@pytest.fixture
def staged(enter: Callable[[User], Client], officer: User, places: Places) -> tuple[Client, str]:
    """The sample list, sent and read: the client and the list's address."""
    client = enter(officer)
    file = SimpleUploadedFile("danh-sach.xlsx", SAMPLE.read_bytes())
    response = client.post("/imports/", {"file": file, "area": str(places.commune.pk), "area_date": "31/12/2025"})
    assert response.status_code == 302, response.content.decode()
    jobs.run_all()
    return client, response["Location"]


def test_a_list_waits_until_somebody_accepts_it(staged: tuple[Client, str]) -> None:
    client, address = staged
    body = client.get(address).content.decode()
    assert "180 hộ" in body
    assert "671 người" in body
    with owner():
        assert Household.objects.filter(change__source__startswith="danh sách số").count() == 0


def test_only_the_ticked_households_are_accepted_and_only_the_ticked_rejected(staged: tuple[Client, str]) -> None:
    client, address = staged
    client.post(f"{address}reject/", {"blocks": ["3"]})
    client.post(f"{address}accept/", {"blocks": ["1", "2"], "chosen": "1", "from_day": "01/01/2025"})
    with owner():
        decided = dict(ImportRow.objects.filter(block__lte=4).values_list("block", "decision"))
    assert decided == {1: "accepted", 2: "accepted", 3: "rejected", 4: "pending"}
    assert "Không nhận" in client.get(f"{address}?show=rejected").content.decode()


def test_everything_accepted_can_be_taken_back(staged: tuple[Client, str]) -> None:
    client, address = staged
    assert re.search(r"Đã nhận 1[78]\d hộ", client.post(f"{address}accept/", follow=True).content.decode())
    with owner():
        before = Household.objects.filter(ended_on__isnull=True).count()
    assert "Đã hoàn tác" in client.post(f"{address}undo/", follow=True).content.decode()
    with owner():
        assert Household.objects.filter(ended_on__isnull=True).count() < before - 170


def test_a_noted_death_is_confirmed_or_denied_by_name(staged: tuple[Client, str]) -> None:
    client, address = staged
    client.post(f"{address}accept/")
    with owner():
        first, second = ImportedDeath.objects.order_by("pk")[:2]
    body = client.get(f"{address}deaths/").content.decode()
    with owner():
        assert Person.objects.get(pk=first.person_id).full_name in body
    client.post(f"{address}deaths/", {"death": str(first.pk), "died_on": "31/10/2025"})
    client.post(f"{address}deaths/", {"death": str(second.pk), "refute": "1"})
    with owner():
        assert Person.objects.get(pk=first.person_id).died_on == cast.day("2025-10-31")
        assert Person.objects.get(pk=second.person_id).died_on is None
    assert "chưa hợp lệ" not in client.post(f"{address}deaths/", {"death": str(first.pk), "died_on": "x"}).content.decode()


def test_findings_and_rows_passed_over_are_shown_without_full_ids(staged: tuple[Client, str]) -> None:
    client, address = staged
    body = client.get(f"{address}findings/?severity=warning").content.decode()
    assert "Thiếu số 0 ở đầu" in body
    assert "Dòng bỏ qua" in body
    with owner():
        assert not any(len(word) == 12 and word.isdigit() for word in body.replace("<", " ").split())


def test_corrected_columns_are_read_again_and_kept_for_the_province(staged: tuple[Client, str]) -> None:
    client, address = staged
    with owner():
        batch = ImportBatch.objects.get()
    fields = {f"field-{n}": column["field"] for n, column in enumerate(batch.columns)}
    note = next(n for n, column in enumerate(batch.columns) if column["field"] == "note")
    response = client.post(f"{address}columns/", fields | {f"field-{note}": "ignore", "save_as": "Mẫu Đồng Văn"})
    assert response.status_code == 302
    jobs.run_all()
    with owner():
        assert not ImportRow.objects.filter(noted_dead=True).exists()
    assert "Mẫu Đồng Văn" in client.get("/imports/").content.decode()


def test_rejected_rows_come_back_as_a_workbook(staged: tuple[Client, str]) -> None:
    client, address = staged
    client.post(f"{address}reject/", {"blocks": ["3"]})
    response = client.get(f"{address}rejected/")
    assert response.content.startswith(b"PK")
    assert "khong-nhan-danh-sach" in response["Content-Disposition"]


def test_the_neighbours_do_not_see_our_list(staged: tuple[Client, str], enter: Callable[[User], Client], places: Places) -> None:
    _client, address = staged
    with owner():
        neighbour = cast.make_officer("ben", "Lù Thị Bên", Role.COMMUNE_OFFICER, places.neighbour)
    client = enter(neighbour)
    assert "danh-sach.xlsx" not in client.get("/imports/").content.decode()
    for part in ("", "findings/", "columns/", "deaths/", "rejected/"):
        assert client.get(f"{address}{part}").status_code == 404
    for part in ("accept/", "reject/", "undo/", "deaths/", "columns/", "rows/1/"):
        assert client.post(f"{address}{part}").status_code == 404


def test_a_list_goes_only_to_a_commune_in_scope(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    file = SimpleUploadedFile("danh-sach.xlsx", SAMPLE.read_bytes())
    response = enter(officer).post("/imports/", {"file": file, "area": str(places.neighbour.pk), "area_date": "31/12/2025"})
    assert response.status_code == 200
    with owner():
        assert not ImportBatch.objects.exists()


def test_a_file_that_is_no_list_says_what_to_do(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    client = enter(officer)
    file = SimpleUploadedFile("anh.xlsx", b"khong phai excel")
    response = client.post("/imports/", {"file": file, "area": str(places.commune.pk), "area_date": "5/11/2026"}, follow=True)
    jobs.run_all()
    body = client.get(response.redirect_chain[-1][0]).content.decode()
    with owner():
        assert ImportBatch.objects.get().area_date == cast.day("2026-11-05")
    assert "Không đọc được" in body


def test_a_household_that_the_list_leaves_out_is_shown_and_kept(staged: tuple[Client, str]) -> None:
    client, address = staged
    body = client.get(address).content.decode()
    left_out = body.split("không có trong danh sách")[1]
    assert "Giàng Mí Páo" in left_out
    assert "Canary" not in body
    with owner():
        assert Person.objects.get(full_name="Giàng Mí Páo").household.ended_on is None
