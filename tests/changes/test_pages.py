"""The pages on which changes are reported and decided, as officers of two communes open them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from households.models import ChangeRequest, Transfer
from households.operations import requests
from posasoft.core.models import User, WorkItem
from posasoft.core.scope import COUNTRY, Scope
from tests.changes.cast import Town, report
from tests.changes.test_money_before_sending import decide
from tests.support.database import as_scope, owner
from tests.support.second_factor import confirm, enrol_if_required

DO, SINH, PAO = "Giàng Thị Dợ", "Giàng Mí Sính", "Giàng Mí Páo"
Enter = Callable[[Scope], Client]


@pytest.fixture
def enter() -> Enter:
    def sign_in(scope: Scope) -> Client:
        client = Client()
        with owner():
            client.force_login(enrol_if_required(User.objects.get(pk=scope.user_id)))
            confirm(client)
        return client

    return sign_in


def begin(client: Client, kind: str, town: Town, *, person: str = "") -> ChangeRequest:
    subject = {"person": town.people[person].public_id} if person else {"household": town.base.family.public_id}
    response = client.post(f"/changes/new/{kind}/", subject)
    assert response.status_code == 302
    with owner():
        return ChangeRequest.objects.latest("pk")


DEATH = {"effective_on": "10/09/2026", "document_kind": "death", "document_number": "17", "document_issued_on": "12/9/2026",
         "document_issuer": "UBND xã", "reason": "Trưởng thôn báo"}  # fmt: skip


def test_a_report_is_typed_previewed_sent_approved_and_told(town: Town, enter: Enter) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    mai = enter(town.mai)
    row = begin(mai, "death", town, person=DO)
    page = mai.get(f"/changes/{row.public_id}/edit/")
    assert "Ngày mất" in page.content.decode()
    sent = mai.post(f"/changes/{row.public_id}/edit/", DEATH)
    assert sent.status_code == 302, sent.context["form"].errors
    check = mai.get(f"/changes/{row.public_id}/check/").content.decode()
    assert "10/09/2026" in check
    assert "10.800.000" in check.replace("\u00a0", " ")
    assert mai.post(f"/changes/{row.public_id}/submit/").status_code == 302
    chair = enter(town.chair)
    assert DO in chair.get("/changes/").content.decode()
    shown = chair.get(f"/changes/{row.public_id}/").content.decode()
    assert "Duyệt" in shown
    assert "Khai báo và sổ" in shown
    chair.post(f"/changes/{row.public_id}/approve/")
    with owner():
        row.refresh_from_db()
        assert row.status == "applied"
        assert town.person(DO).died_on is not None
        assert not WorkItem.objects.filter(done_at=None, kind="approve_change").exists()


def test_what_is_typed_is_kept_even_when_it_is_wrong(town: Town, enter: Enter) -> None:
    mai = enter(town.mai)
    row = begin(mai, "death", town, person=DO)
    saved = mai.post(f"/changes/{row.public_id}/draft/", {"effective_on": "10/9", "reason": "Trưởng thôn"})
    assert "Đã lưu nháp" in saved.content.decode()
    again = mai.get(f"/changes/{row.public_id}/edit/").content.decode()
    assert 'value="10/9"' in again
    assert "Trưởng thôn" in again
    wrong = mai.post(f"/changes/{row.public_id}/edit/", DEATH | {"effective_on": "31/02/2026"})
    assert wrong.status_code == 200
    assert "31/02/2026" in wrong.content.decode()
    assert "không phải là ngày có thật" in wrong.content.decode()
    future = mai.post(f"/changes/{row.public_id}/edit/", DEATH | {"effective_on": "01/01/2027"}).content.decode()
    assert "Ngày này chưa tới" in future


def test_a_draft_is_begun_once(town: Town, enter: Enter) -> None:
    mai = enter(town.mai)
    assert begin(mai, "death", town, person=DO).pk == begin(mai, "death", town, person=DO).pk


@pytest.mark.parametrize("kind", ["birth", "divorce", "split", "move_in", "poverty", "transfer", "merge_records", "head", "move_within"])
def test_every_form_of_a_household_opens(town: Town, enter: Enter, kind: str) -> None:
    mai = enter(town.mai)
    row = begin(mai, kind, town)
    assert mai.get(f"/changes/{row.public_id}/edit/").status_code == 200


@pytest.mark.parametrize(
    "kind", ["raising", "disability", "orphan", "pension", "correct_birth", "correct_id", "ethnicity", "merge_persons"]
)
def test_every_form_of_a_person_opens(town: Town, enter: Enter, kind: str) -> None:
    mai = enter(town.mai)
    row = begin(mai, kind, town, person=SINH)
    assert mai.get(f"/changes/{row.public_id}/edit/").status_code == 200


def test_a_new_household_is_keyed_in_rows(town: Town, enter: Enter) -> None:
    mai = enter(town.mai)
    assert mai.post("/changes/new/new_household/", {"area": town.base.dong_van.pk}).status_code == 302
    with owner():
        row = ChangeRequest.objects.latest("pk")
    typed = {
        "effective_on": "01/10/2026", "village": town.village.pk, "residence_kind": "rural", "poverty": "poor", "reason": "Mới về",
        "people-0-full_name": "THÀO A SỬ", "people-0-sex": "male", "people-0-born": "1980", "people-1-full_name": "Thào Thị Dua",
        "people-1-born": "06/05/2024", "people-1-relation": "child", "people-1-ethnicity": "08",
    }  # fmt: skip
    bad = mai.post(f"/changes/{row.public_id}/edit/", typed | {"people-1-born": "31/13/2024"}).content.decode()
    assert "Dòng 2" in bad
    assert "THÀO A SỬ" in bad
    assert mai.post(f"/changes/{row.public_id}/edit/", typed).status_code == 302
    page = mai.get(f"/changes/{row.public_id}/check/").content.decode()
    assert "Thào A Sử (1980); Thào Thị Dua (06/05/2024)" in page


def test_the_neighbours_see_nothing_of_a_request(town: Town, enter: Enter) -> None:
    row = report(town, "death", town.mai, person=DO)
    pa = enter(town.pa)
    for path in ("", "edit/", "check/"):
        assert pa.get(f"/changes/{row.public_id}/{path}").status_code == 404
    for path in ("approve/", "refuse/", "withdraw/", "undo/", "submit/", "draft/"):
        assert pa.post(f"/changes/{row.public_id}/{path}").status_code == 404
    for tab in ("approve", "mine", "returned", "in", "out", "done"):
        assert DO not in pa.get(f"/changes/?tab={tab}").content.decode()
    assert pa.post("/changes/new/death/", {"person": town.people[DO].public_id}).status_code == 404


def test_a_diagnosis_is_not_listed_for_the_province(town: Town, enter: Enter) -> None:
    row = report(town, "hiv", town.mai, person=PAO, payload={"hiv": True})
    assert enter(town.province).get(f"/changes/{row.public_id}/").status_code == 404
    assert enter(town.chair).get(f"/changes/{row.public_id}/").status_code == 200
    with owner():
        titles = " ".join(WorkItem.objects.values_list("title", flat=True))
    assert "HIV" not in titles
    assert PAO not in titles


def test_a_request_is_given_back_with_its_fields_marked_and_sent_again(town: Town, enter: Enter) -> None:
    row = report(town, "poverty", town.mai, household=town.family, payload={"class": "none", "ground": "within_year"})
    chair = enter(town.chair)
    chair.post(f"/changes/{row.public_id}/return/", {"reason": ""})
    with owner():
        row.refresh_from_db()
    assert row.status == "submitted"
    chair.post(f"/changes/{row.public_id}/return/", {"reason": "Sai điểm B1", "marked": ["b1", "no_such"]})
    mai = enter(town.mai)
    page = mai.get(f"/changes/{row.public_id}/edit/").content.decode()
    assert "Sai điểm B1" in page
    assert page.count("Người duyệt đánh dấu ô này.") == 1


def test_several_are_approved_at_once_and_what_conflicts_is_left(town: Town, enter: Enter) -> None:
    first = report(town, "death", town.mai, person=DO)
    second = report(town, "poverty", town.mai, household=town.second, payload={"class": "poor", "ground": "within_year"})
    stale = report(town, "disability", town.mai, person=SINH, payload={"degree": "severe", "type": "sight"})
    with owner():
        type(town.people[SINH]).objects.filter(pk=town.people[SINH].pk).update(disability_degree="mild")
    response = enter(town.chair).post(
        "/changes/approve/", {"requests": [str(r.public_id) for r in (first, second, stale)]}, follow=True
    ).content.decode()  # fmt: skip
    assert "Đã duyệt 2 yêu cầu" in response
    assert "1 yêu cầu phải xem từng cái" in response
    with owner():
        assert list(ChangeRequest.objects.order_by("pk").values_list("status", flat=True)) == ["applied", "applied", "submitted"]
    page = enter(town.chair).get(f"/changes/{stale.public_id}/").content.decode()
    assert "Sổ đã có thay đổi mới hơn" in page
    assert "Nhẹ" in page


def test_the_receiver_sees_the_sheet_only_and_takes_the_household_in(town: Town, enter: Enter) -> None:
    row = report(town, "transfer", town.mai, household=town.family, payload={"to_area": town.base.pho_bang.pk})
    with as_scope(COUNTRY):
        requests.approve(request=row, by=town.chair)
    with owner():
        transfer = Transfer.objects.get()
    pa = enter(town.pa)
    sheet = pa.get(f"/changes/transfers/{transfer.public_id}/").content.decode()
    assert PAO in sheet
    assert pa.get(f"/households/{town.base.family.public_id}/").status_code == 404
    assert enter(town.mai).get(f"/changes/transfers/{transfer.public_id}/").status_code == 404
    taken = pa.post(f"/changes/transfers/{transfer.public_id}/accept/", {"residence_kind": "rural"})
    assert taken["Location"] == f"/households/{town.base.family.public_id}/"
    assert pa.get(f"/households/{town.base.family.public_id}/").status_code == 200
    mai = enter(town.mai)
    assert mai.get(f"/households/{town.base.family.public_id}/").status_code == 404
    assert "Đã ghi vào sổ" in mai.get(f"/changes/{row.public_id}/").content.decode()


def test_the_table_of_who_may_is_a_page(town: Town, enter: Enter) -> None:
    page = enter(town.mai).get("/changes/who-may/").content.decode()
    assert page.count("Ghi ngay") == 2 * 3
    assert "Đính chính họ tên" in page
