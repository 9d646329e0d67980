"""A file with personal data: asked for with a reason, agreed to by somebody else when it is about many, kept shut, deleted on its day."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from posasoft.core import exports
from posasoft.core.exports import Column, ExportRefused, exporter, registry, rules
from posasoft.core.exports.writing import harmless
from posasoft.core.masking import FULL_ID_ROLES
from posasoft.core.models import AuditEvent, ExportRequest, Job, Notification, User, WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.browser.cast import Places
from tests.support.database import as_scope, owner
from tests.support.second_factor import confirm

pytestmark = pytest.mark.django_db
WHY = "Báo cáo quý IV theo công văn 12/SYT"
ROWS = [["=1+1", "002088014571"], ["Giàng Mí Páo", "002088014572"], ["@SUM(A1)", None]]


@pytest.fixture(autouse=True)
def invented() -> Iterator[None]:
    """An exporter of three persons, or of as many as the parameter `many` says."""

    @exporter("invented", title="Người bịa")
    class Invented:
        columns = (Column("name", "Họ tên"), Column("id", "Số định danh", roles=FULL_ID_ROLES))

        def count(self, scope: Scope, params: Any) -> int:
            return int(params.get("many", len(ROWS)))

        def rows(self, scope: Scope, params: Any, columns: Any) -> Iterator[list[Any]]:
            for name, number in ROWS:
                cells = {"name": name, "id": number}
                yield [cells[column] for column in columns]

        def describe(self, params: Any) -> list[tuple[str, str]]:
            return [("Số người", str(params.get("many", 3)))]

    yield
    registry._exporters.pop("invented")


def ask(by: Scope, many: int = 3, **more: Any) -> ExportRequest:
    given = {"kind": "invented", "params": {"many": str(many)}, "columns": ["name", "id"], "reason": WHY, "by": by}
    with acting(by):
        return exports.request(**(given | more))


def state(asked: ExportRequest) -> str:
    with owner():
        return ExportRequest.objects.get(pk=asked.pk).status


def test_a_small_file_is_made_at_once_and_taken_by_whoever_asked(
    scope_of: Callable[[str], Scope], enter: Callable[[str], Client], work: Callable[[], int]
) -> None:
    asked = ask(scope_of("mai"))
    work()
    response = enter("mai").post(f"/downloads/{asked.public_id}/file/")
    body = b"".join(response.streaming_content)

    with owner():
        asked.refresh_from_db()
        event = AuditEvent.objects.filter(verb="export").get()
    assert asked.status == "ready"
    assert asked.sha256 == hashlib.sha256(body).hexdigest() == event.detail["sha256"]
    assert (event.detail["count"], event.detail["columns"], event.detail["filters"]) == (3, ["name", "id"], ["many"])
    book = openpyxl.load_workbook(io.BytesIO(body))
    head = {row[0]: row[1] for row in book["Thông tin"].iter_rows(values_only=True)}
    assert head["Lý do"] == WHY
    assert head["Người xuất"] == "Hầu Thị Mai (mai)"
    assert head["Bộ lọc: Số người"] == "3"
    assert list(book["Dữ liệu"].iter_rows(min_row=2, values_only=True)) == [tuple(row) for row in ROWS]


def test_text_that_looks_like_a_formula_is_text(
    scope_of: Callable[[str], Scope], enter: Callable[[str], Client], work: Callable[[], int]
) -> None:
    asked, second = ask(scope_of("mai")), ask(scope_of("mai"), format="csv")
    work()
    client = enter("mai")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.post(f"/downloads/{asked.public_id}/file/").streaming_content)))
    text = b"".join(client.post(f"/downloads/{second.public_id}/file/").streaming_content).decode("utf-8-sig")

    assert book["Dữ liệu"]["A2"].data_type == "s"
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[-3:] == [["'=1+1", "002088014571"], ["Giàng Mí Páo", "002088014572"], ["'@SUM(A1)", ""]]


@pytest.mark.parametrize("text", ["=cmd()", "+1+1", "-1+cmd", "@x", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1+2", "＠x"])
def test_every_beginning_of_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Giàng Mí Páo", "-500000", "-1.500.000", "", "08-00721-000001", "a=b"])
def test_names_and_numbers_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_the_file_on_the_disk_says_nothing(scope_of: Callable[[str], Scope], work: Callable[[], int]) -> None:
    asked = ask(scope_of("mai"), format="csv")
    work()
    with owner():
        asked.refresh_from_db()

    with open(default_storage.path(asked.file), "rb") as file:
        assert "Páo".encode() not in file.read()


def test_above_a_thousand_persons_nothing_is_made_before_a_second_person_agrees(
    scope_of: Callable[[str], Scope], enter: Callable[[str], Client], work: Callable[[], int]
) -> None:
    asked = ask(scope_of("mai"), many=1_001)
    work()
    assert state(asked) == "waiting_second"
    with owner():
        assert not Job.objects.exists()
        item = WorkItem.objects.get(kind="approve_export")
        assert (item.role, item.link) == ("commune_chair", f"/downloads/{asked.public_id}/decide/")
        assert list(Notification.objects.values_list("user__username", flat=True)) == ["chu"]

    chair = enter("chu")
    page = chair.get(f"/downloads/{asked.public_id}/decide/").content.decode()
    for seen in (WHY, "Hầu Thị Mai", "Họ tên, Số định danh", "1.001", "Số người: 1001"):
        assert seen in page
    unconfirmed = chair.post(f"/downloads/{asked.public_id}/decide/", {"approve": "1"})
    assert unconfirmed["Location"].startswith("/confirm/")
    assert state(asked) == "waiting_second"
    confirm(chair)
    chair.post(f"/downloads/{asked.public_id}/decide/", {"approve": "1"})
    work()

    assert state(asked) == "ready"
    with owner():
        assert WorkItem.objects.get(kind="approve_export").done_at is not None
        assert Notification.objects.filter(user__username="mai", kind="export_ready").count() == 1
        assert AuditEvent.objects.filter(verb="approve_export", actor_id=User.objects.get(username="chu").pk).count() == 1


def test_exactly_a_thousand_need_no_second(scope_of: Callable[[str], Scope]) -> None:
    assert ask(scope_of("mai"), many=1_000).status == "approved"


@pytest.mark.parametrize(("who", "answer"), [("mai", 403), ("ben", 404), ("duong", 403), ("kiem", 404)])
def test_oneself_the_neighbour_and_other_roles_are_no_second_person(
    scope_of: Callable[[str], Scope], enter: Callable[[str], Client], who: str, answer: int
) -> None:
    asked = ask(scope_of("mai"), many=5_000)

    client = enter(who)
    confirm(client)
    response = client.post(f"/downloads/{asked.public_id}/decide/", {"approve": "1"})

    assert response.status_code == answer
    assert state(asked) == "waiting_second"


def test_a_second_role_of_the_same_user_is_still_oneself(scope_of: Callable[[str], Scope], people: dict[str, User]) -> None:
    asked = ask(scope_of("mai"), many=5_000)
    as_chair = Scope("area", 1_100, 1_200, people["mai"].pk, "commune_chair")

    with acting(as_chair), pytest.raises(ExportRefused):
        exports.approve(asked=asked, by=as_chair)


def test_the_database_refuses_what_the_program_might_let_through(scope_of: Callable[[str], Scope]) -> None:
    asked = ask(scope_of("mai"), many=5_000)

    with owner(), pytest.raises(IntegrityError, match="core_export_four_eyes"), transaction.atomic():
        ExportRequest.objects.filter(pk=asked.pk).update(approved_by=asked.requested_by_id)


def test_a_refusal_says_why_and_the_asker_reads_it(scope_of: Callable[[str], Scope], enter: Callable[[str], Client]) -> None:
    asked = ask(scope_of("mai"), many=5_000)
    chair = enter("chu")
    chair.post(f"/downloads/{asked.public_id}/decide/", {"why": " "})
    assert state(asked) == "waiting_second"
    chair.post(f"/downloads/{asked.public_id}/decide/", {"why": "Không đúng nhiệm vụ được giao"})

    assert state(asked) == "refused"
    assert "Không đúng nhiệm vụ được giao" in enter("mai").get("/downloads/").content.decode()


def test_a_request_decided_once_is_decided(scope_of: Callable[[str], Scope], enter: Callable[[str], Client]) -> None:
    asked = ask(scope_of("mai"), many=5_000)
    enter("chu").post(f"/downloads/{asked.public_id}/decide/", {"why": "Không cần thiết"})

    province = enter("tinh")
    confirm(province)
    province.post(f"/downloads/{asked.public_id}/decide/", {"approve": "1"})
    assert state(asked) == "refused"


def test_nobody_else_takes_the_file(scope_of: Callable[[str], Scope], enter: Callable[[str], Client], work: Callable[[], int]) -> None:
    asked = ask(scope_of("mai"))
    work()

    for other in ("chu", "tinh", "quan", "ben"):
        assert enter(other).post(f"/downloads/{asked.public_id}/file/").status_code == 404
        assert enter(other).get(f"/downloads/{asked.public_id}/status/").status_code == 404
    assert Client().post(f"/downloads/{asked.public_id}/file/").status_code == 302
    assert enter("mai").get(f"/downloads/{asked.public_id}/file/").status_code == 405


def test_columns_are_minimal_by_role(scope_of: Callable[[str], Scope]) -> None:
    assert ask(scope_of("kiem"), columns=["name", "id"]).columns == ["name"]
    with pytest.raises(ExportRefused, match="cột"):
        ask(scope_of("kiem"), columns=["id"])


def test_a_reason_is_given(scope_of: Callable[[str], Scope]) -> None:
    with pytest.raises(ExportRefused, match="lý do"):
        ask(scope_of("mai"), reason="  vì  ")


def test_limits_by_role(scope_of: Callable[[str], Scope]) -> None:
    with pytest.raises(ExportRefused, match=r"50\.000"):
        ask(scope_of("mai"), many=50_001)
    with pytest.raises(ExportRefused, match="Vai trò"):
        ask(scope_of("duong"))


def test_a_user_does_not_copy_the_registry_in_slices(scope_of: Callable[[str], Scope]) -> None:
    for _ in range(rules.MOST_A_DAY):
        ask(scope_of("mai"))
    with pytest.raises(ExportRefused, match="hôm nay"):
        ask(scope_of("mai"))


@pytest.mark.parametrize("word", ["Giàng Mí Páo", "002088014571", "x" * 61])
def test_words_and_numbers_of_papers_are_no_filters(scope_of: Callable[[str], Scope], word: str) -> None:
    with pytest.raises(ExportRefused, match="từ tìm kiếm"):
        ask(scope_of("mai"), params={"q": word})


def test_the_file_is_deleted_on_its_day(scope_of: Callable[[str], Scope], enter: Callable[[str], Client], work: Callable[[], int]) -> None:
    asked = ask(scope_of("mai"))
    work()
    with owner():
        asked.refresh_from_db()
    name = asked.file
    assert exports.expire() == 0
    with time_machine.travel(timezone.now() + rules.KEPT + datetime.timedelta(minutes=1), tick=True):
        assert exports.expire() == 1

    assert not default_storage.exists(name)
    assert state(asked) == "expired"
    assert enter("mai").post(f"/downloads/{asked.public_id}/file/").status_code == 404


def test_a_file_that_fails_says_so_and_can_be_asked_for_again(
    scope_of: Callable[[str], Scope], enter: Callable[[str], Client], work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(scope_of("mai"))
    monkeypatch.setattr(registry._exporters["invented"].__class__, "rows", lambda *_a: iter([[object()] * 1, 1]))
    work()

    assert state(asked) == "failed"
    page = enter("mai").get("/downloads/").content.decode()
    assert "hãy yêu cầu lại" in page


def test_the_form_shows_count_and_filters_and_keeps_what_was_typed(enter: Callable[[str], Client]) -> None:
    client = enter("mai")
    page = client.get("/downloads/new/invented/?many=2000").content.decode()
    assert "2.000" in page
    assert "Cần người thứ hai duyệt" in page

    response = client.post("/downloads/new/invented/", {"many": "2000", "reason": "ngắn", "columns": ["name"]})
    assert response.status_code == 422
    assert "ngắn" in response.content.decode()
    response = client.post("/downloads/new/invented/", {"many": "2000", "reason": WHY, "columns": ["name"], "format": "csv"}, follow=True)
    assert "cần người thứ hai duyệt" in response.content.decode()


def test_the_auditor_takes_the_trail_of_a_period(
    enter: Callable[[str], Client], scope_of: Callable[[str], Scope], work: Callable[[], int], places: Places
) -> None:
    enter("mai").get("/households/")
    with acting(scope_of("kiem")):
        asked = exports.request(kind="audit", params={}, columns=["at", "who", "verb"], reason=WHY, by=scope_of("kiem"), format="csv")
    work()
    text = b"".join(enter("kiem").post(f"/downloads/{asked.public_id}/file/").streaming_content).decode("utf-8-sig")

    assert "Hầu Thị Mai" in text
    assert "Thời gian" in text


@pytest.mark.django_db(transaction=True)
def test_two_second_persons_at_once_start_one_job(scope_of: Callable[[str], Scope]) -> None:
    asked = ask(scope_of("mai"), many=5_000)
    answers: list[str] = []
    ready = threading.Barrier(2)

    def agree(by: Scope) -> None:
        ready.wait()
        try:
            with acting(by):
                exports.approve(asked=asked, by=by)
            answers.append("approved")
        except ExportRefused:
            answers.append("refused")
        finally:
            connections.close_all()

    scopes = [scope_of("chu"), scope_of("tinh")]
    threads = [threading.Thread(target=agree, args=(scope,)) for scope in scopes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["approved", "refused"]
    with as_scope(COUNTRY):
        assert Job.objects.count() == 1


def test_whoever_lost_the_role_meanwhile_gets_no_file(
    scope_of: Callable[[str], Scope], people: dict[str, User], work: Callable[[], int]
) -> None:
    asked = ask(scope_of("mai"))
    with owner():
        people["mai"].roles.update(until=timezone.localdate())
    work()

    assert state(asked) == "failed"


def test_a_filter_that_came_to_mean_many_more_is_agreed_to_anew(
    scope_of: Callable[[str], Scope], work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(scope_of("mai"), many=900)
    monkeypatch.setattr(registry._exporters["invented"].__class__, "count", lambda *_a: 40_000)
    work()

    assert state(asked) == "failed"


def test_the_last_week_is_settled_when_it_is_asked_for(scope_of: Callable[[str], Scope], enter: Callable[[str], Client]) -> None:
    enter("mai").get("/households/")
    kiem = scope_of("kiem")
    with acting(kiem):
        asked = exports.request(kind="audit", params={}, columns=["who"], reason=WHY, by=kiem)

    assert set(asked.params) == {"from", "to"}


def test_a_filter_that_makes_no_sense_is_said_so_in_words(enter: Callable[[str], Client]) -> None:
    client = enter("kiem")
    for given in ({"from": "sai"}, {"from": "21/11/2026", "to": "01/11/2026"}, {"from": "01/01/2026", "to": "01/11/2026"}):
        assert client.get("/downloads/new/audit/", given).status_code == 200
        assert client.post("/downloads/new/audit/", {**given, "reason": WHY, "columns": ["who"]}).status_code == 422
