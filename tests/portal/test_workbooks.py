"""Workbooks leave and come back in the browser: reason, second person, three-way review, questions, errors back; never the neighbour's."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from celery import Celery
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from households.models import ImportBatch, ImportRow, Person, Workbook
from households.operations import set_fact, start_change
from households.workbooks.making import ALONE
from posasoft.core import jobs
from posasoft.core.models import AuditEvent, Role, User, WorkItem
from posasoft.core.scope import COUNTRY
from tests.browser import cast
from tests.browser.cast import Places
from tests.roundtrip.edited import Paper
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
SINH, DO, PAO = "Giàng Mí Sính", "Giàng Thị Dợ", "Giàng Mí Páo"


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(Celery, "send_task", lambda *_arguments, **_options: None)


@pytest.fixture
def client_of_officer(enter: Callable[[User], Client], officer: User) -> Client:
    return enter(officer)


def made(client: Client, places: Places) -> Workbook:
    response = client.post("/workbooks/", {"area": str(places.commune.pk), "reason": "rà soát cuối năm"})
    assert response.status_code == 302, response.content.decode()[-800:]
    with owner():
        return Workbook.objects.get()


def paper(client: Client, workbook: Workbook) -> Paper:
    response = client.get(f"/workbooks/{workbook.public_id}/file/")
    assert response.status_code == 200
    return Paper(response.content)


def sent(client: Client, places: Places, edited: Paper) -> str:
    file = SimpleUploadedFile("ve.xlsx", edited.bytes())
    response = client.post("/imports/", {"file": file, "area": str(places.commune.pk), "area_date": "21/11/2026"})
    assert response.status_code == 302, response.content.decode()[-800:]
    jobs.run_all()
    return str(response["Location"])


def row(name: str) -> ImportRow:
    with owner():
        return ImportRow.objects.get(full_name=name)


def test_a_reason_is_asked_and_what_was_typed_is_shown_again(client_of_officer: Client, places: Places) -> None:
    body = client_of_officer.post("/workbooks/", {"area": str(places.commune.pk), "reason": " "}).content.decode()
    assert "Ghi lý do tải" in body
    assert f'value="{places.commune.pk}" selected' in body


def test_the_file_holds_our_people_and_leaves_a_trace(client_of_officer: Client, officer: User, places: Places) -> None:
    workbook = made(client_of_officer, places)
    response = client_of_officer.get(f"/workbooks/{workbook.public_id}/file/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    text = str([[cell.value for cell in line] for sheet in book for line in sheet.iter_rows()])
    assert SINH in text
    assert "Canary" not in text
    assert "002088014571" not in text
    with owner():
        assert AuditEvent.objects.filter(verb="export", object_kind="households_workbook", actor_id=officer.pk).count() == 1


def test_the_neighbour_is_offered_nothing_of_ours(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    workbook = made(enter(officer), places)
    with owner():
        stranger = cast.make_officer("ben", "Người Bên", Role.COMMUNE_OFFICER, places.neighbour)
    client = enter(stranger)
    assert client.get(f"/workbooks/{workbook.public_id}/file/").status_code == 404
    assert places.commune.name not in client.get("/workbooks/").content.decode().split("<main")[1]
    assert client.post("/workbooks/", {"area": str(places.commune.pk), "reason": "x"}).status_code == 200


def test_a_large_file_waits_for_a_second_person(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    client = enter(officer)
    workbook = made(client, places)
    with owner():
        Workbook.objects.filter(pk=workbook.pk).update(needs_second=True, persons=ALONE + 1)
        chair = cast.make_officer("chutich", "Vàng A Chính", Role.COMMUNE_CHAIR, places.commune)
    assert client.get(f"/workbooks/{workbook.public_id}/file/").status_code == 404
    assert client.post(f"/workbooks/{workbook.public_id}/agree/").status_code in (403, 404)
    second = enter(chair)
    assert "Đồng ý cho tải" in second.get("/workbooks/").content.decode()
    second.post(f"/workbooks/{workbook.public_id}/agree/")
    assert enter(officer).get(f"/workbooks/{workbook.public_id}/file/").status_code == 200


def test_the_review_shows_all_three_sides_and_takes_kinds_with_their_days(client_of_officer: Client, places: Places) -> None:
    edited = paper(client_of_officer, made(client_of_officer, places))
    edited.set(SINH, "studying", "Trung học cơ sở")
    edited.set(DO, "relation", "Khác")
    edited.set(PAO, "ethnicity", "Tày")
    edited.set("Vừ Thị Mỷ", "sex", "Chưa rõ")
    edited.clear("Giàng Thị Sua")
    with owner():
        person = Person.objects.get(full_name=PAO)
        change = start_change(kind="request", by=COUNTRY, province_no=2, area_pos=person.area_pos)
        set_fact(subject="p", subject_id=person.pk, fact="ethnicity", value="09", since=None, change=change, by=COUNTRY)
    address = sent(client_of_officer, places, edited)
    body = client_of_officer.get(address).content.decode()
    for wanted in (
        "Hai nơi cùng sửa",
        "Theo tệp: Tày",
        "Theo sổ: Dao",
        "Dòng này không còn trong tệp",
        "Trung học cơ sở",
        "Quan hệ với chủ hộ",
        "Có ô lỗi",
    ):
        assert wanted in body, wanted
    client_of_officer.post(f"{address}accept/", {"by_kind": "1", "kinds": ["studying"], "day_studying": "05/09/2026"})
    with owner():
        child = Person.objects.get(full_name=SINH)
        assert (child.studying, child.studying_since) == ("lower_secondary", cast.day("2026-09-05"))
        assert Person.objects.get(full_name=DO).relation == "parent"
    client_of_officer.post(f"{address}rows/{row(PAO).pk}/settle/", {"keep": "ethnicity:file"})
    client_of_officer.post(f"{address}accept/", {"by_row": "1", "rows": [str(row(PAO).pk)]})
    with owner():
        assert Person.objects.get(full_name=PAO).ethnicity == "02"
    gone = row("Giàng Thị Sua")
    client_of_officer.post(f"{address}rows/{gone.pk}/gone/", {"what": "moved"})
    with owner():
        assert WorkItem.objects.filter(kind="declare_move", done_at=None).count() == 1
        assert Person.objects.get(full_name="Giàng Thị Sua").died_on is None
    back = client_of_officer.get(f"{address}returned/")
    assert back["Content-Type"].endswith("sheet")
    client_of_officer.post(f"{address}undo/")
    with owner():
        assert Person.objects.get(full_name=SINH).studying == "primary"
        assert ImportBatch.objects.get().status == "undone"


def test_a_row_of_somebody_elses_list_is_not_answered(enter: Callable[[User], Client], officer: User, places: Places) -> None:
    client = enter(officer)
    edited = paper(client, made(client, places))
    edited.clear(DO)
    address = sent(client, places, edited)
    with owner():
        stranger = cast.make_officer("ben", "Người Bên", Role.COMMUNE_OFFICER, places.neighbour)
    other = enter(stranger)
    for path in (f"rows/{row(DO).pk}/gone/", f"rows/{row(DO).pk}/settle/"):
        assert other.post(f"{address}{path}", {"what": "mistake"}).status_code == 404
    assert other.get(f"{address}returned/").status_code == 404
