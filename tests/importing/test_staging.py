"""Reading a list is a job: interrupted it goes on, and a file that is no list is refused with a sentence."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from households.importing.findings import ListRefused
from households.importing.limits import Limits
from households.importing.reading import ReadOptions, read_list
from households.models import Household, ImportBatch, ImportProfile, ImportRow
from households.staging import operations, receiving
from households.staging.queries import summary
from posasoft.core import jobs
from posasoft.core.models import Job
from posasoft.core.scope import COUNTRY
from tests.households.cast import Cast, cast
from tests.importing.staged import DAY, some_families, stage_families, stage_file
from tests.importing.test_accept import SAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    return cast()


def test_an_interrupted_reading_goes_on_where_it_stopped(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[int] = []
    real = receiving.store_households

    def interrupted_once(batch: ImportBatch, households: Any, **options: Any) -> None:
        if len(stored) == 2:
            stored.append(0)
            raise OperationalError("the server closed the connection")
        stored.append(len(households))
        real(batch, households, **options)

    monkeypatch.setattr(receiving, "CHUNK", 40)
    monkeypatch.setattr(receiving, "store_households", interrupted_once)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    batch = stage_file(SAMPLE, people.dong_van)

    assert stored == [40, 40, 0, 40, 40, 20]
    assert (batch.status, batch.person_count, batch.household_count) == ("staged", 671, 180)
    assert ImportRow.objects.filter(batch=batch).count() == 671


def test_a_stopped_reading_can_be_started_again(people: Cast) -> None:
    with SAMPLE.open("rb") as file:
        batch = operations.receive_list(file=file, name="a.xlsx", area=people.dong_van, area_date=DAY, by=COUNTRY)
    jobs.cancel(job=Job.objects.get(pk=batch.job_id), by=COUNTRY)
    jobs.run_all(beating=False)
    batch.refresh_from_db()
    assert batch.status == "received"
    operations.read_again(batch=batch, fields={}, by=COUNTRY)
    jobs.run_all(beating=False)
    batch.refresh_from_db()
    assert batch.status == "staged"


def test_a_list_being_read_is_not_read_twice_at_once(people: Cast) -> None:
    with SAMPLE.open("rb") as file:
        batch = operations.receive_list(file=file, name="a.xlsx", area=people.dong_van, area_date=DAY, by=COUNTRY)
    with pytest.raises(operations.WrongMoment, match="đang được đọc"):
        operations.read_again(batch=batch, fields={}, by=COUNTRY)


def test_a_file_that_is_no_list_is_refused_with_a_sentence(people: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b;c\n1;2;3\n", encoding="utf-8")
    batch = stage_file(path, people.dong_van)

    assert batch.status == "refused"
    assert "Không tìm thấy dòng tiêu đề" in batch.refusal
    assert Job.objects.get(pk=batch.job_id).status == "failed"


def test_corrected_columns_are_kept_as_the_provinces_profile(people: Cast, tmp_path: Path) -> None:
    batch = stage_families(some_families(4), people.dong_van, tmp_path)
    titles = {column["title"]: column["field"] for column in batch.columns}
    note = next(title for title, field in titles.items() if field == "note")

    operations.read_again(batch=batch, fields={note: "ignore"}, by=COUNTRY, save_as="Mẫu Đồng Văn")
    jobs.run_all(beating=False)

    profile = ImportProfile.objects.get(province_no=3)
    assert profile.fields == {note: "ignore"}
    assert not ImportRow.objects.filter(batch=batch).exclude(note="").exists()
    with SAMPLE.open("rb") as file:
        later = operations.receive_list(file=file, name="a.xlsx", area=people.dong_van, area_date=DAY, by=COUNTRY, profile=profile)
    assert later.fields == {note: "ignore"}


def test_a_likely_person_waits_for_an_answer(people: Cast, tmp_path: Path) -> None:
    families = some_families(3)
    first = families[0].people[0]
    first.national_id, first.name = None, "Giàng Thị Thương"
    operations.accept(batch=stage_families(families, people.dong_van, tmp_path, seed=1), by=COUNTRY)
    before = Household.objects.count()
    first.name = "Giàng Thị Thươn"
    later = stage_families(families, people.dong_van, tmp_path, seed=2)
    row = ImportRow.objects.filter(batch=later).order_by("id")[0]
    assert (row.match, summary(later).proposals) == ("fuzzy", 1)

    operations.accept(batch=later, by=COUNTRY)
    row.refresh_from_db()
    assert row.decision == "pending"
    operations.answer_proposal(row=row, same=True, by=COUNTRY)
    operations.accept(batch=later, by=COUNTRY)

    row.refresh_from_db()
    assert row.decision == "accepted"
    assert Household.objects.count() == before


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(size=1000), "vượt mức"), (Limits(unpacked=1000), "giải nén"), (Limits(entries=2), "phần bên trong"),
        (Limits(sheets=1), "trang tính"), (Limits(rows=100), "687 dòng"),
    ],
)  # fmt: skip
def test_every_limit_has_its_sentence(limits: Limits, words: str) -> None:
    with pytest.raises(ListRefused, match=words):
        read_list(SAMPLE, ReadOptions(today=DAY, limits=limits))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"x", "không phải bảng tính"),
        ("a.xlsx", b"", "Tệp trống"),
        ("a.xlsx", b"PK\x03\x04broken", "hỏng"),
        ("a.xls", b"not a workbook", "hỏng"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_a_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ListRefused, match=words):
        read_list(path, ReadOptions(today=DAY))


def test_the_command_stages_and_accepts(people: Cast) -> None:
    output = io.StringIO()
    monkey = pytest.MonkeyPatch()
    monkey.setattr("posasoft.core.jobs.run_all", lambda real=jobs.run_all: real(beating=False))
    call_command("import_list", str(SAMPLE), "--area", "00721", "--area-date", "2025-12-31", "--accept", stdout=output)
    monkey.undo()
    assert "180 hộ, 671 người" in output.getvalue()
    assert "Đã nhận 671 người" in output.getvalue()


def test_the_command_refuses_an_unknown_commune(people: Cast) -> None:
    with pytest.raises(CommandError, match="99999"):
        call_command("stage_list", str(SAMPLE), "--area", "99999", "--json")
