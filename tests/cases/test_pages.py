"""Cases on the screen: keyed, saved while typed, received, appraised; nobody sees what is not theirs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client

from beneficiaries.models import Case, CasePosting, MovedDay
from beneficiaries.operations import cases
from households.models import Person
from posasoft.core.models import AuditEvent, Role, User
from posasoft.core.scope import Scope
from tests.browser import cast
from tests.browser.cast import Places
from tests.cases.conftest import ANSWERS, scope_of
from tests.support.database import owner

pytestmark = pytest.mark.django_db
FRIDAY = datetime.date(2026, 11, 20)
Enter = Callable[[User], Client]
Draft = Callable[..., Case]


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def typed(**changes: str) -> dict[str, Any]:
    answers = {f"a-{name}": value for name, value in {**ANSWERS, **changes}.items()}
    return {**answers, "benefits": ["TCXH-5.6"], "channel": "desk", "received_on": "20112026"}


@pytest.fixture
def people(places: Places) -> Callable[[Role], User]:
    """An officer of another role above our commune."""
    areas = {Role.COMMUNE_CHAIR: places.commune, Role.PROVINCE_OFFICER: places.province, Role.CLUSTER_OFFICER: places.province}

    def make(role: Role) -> User:
        with owner():
            return cast.make_officer(f"nguoi.{role}", "Người Khác", role, areas.get(role))

    return make


def look_for(client: Client, words: str) -> str:
    """The page after words were typed into its box, and nothing of them in the address."""
    answer = client.post("/cases/new/", {"q": words}, follow=True)
    (address, _status), *_more = answer.redirect_chain
    assert not any(word in address for word in words.split())
    return answer.content.decode()


def test_a_case_is_opened_for_somebody_found_and_filled_in(enter: Enter, officer: User, pao: Person) -> None:
    client = enter(officer)
    assert str(pao.public_id) in look_for(client, "pao giang")
    assert str(pao.public_id) not in text(client, "/cases/new/?q=pao+giang")
    link = f"/cases/new/?household={pao.household.public_id}"
    assert link in text(client, f"/households/{pao.household.public_id}/papers/")
    assert str(pao.public_id) in text(client, link)
    assert "Mẫu số 01" in text(client, f"/cases/new/?person={pao.public_id}")
    response = client.post("/cases/new/", {"person": str(pao.public_id), "form": "335-01"})
    body = text(client, response["Location"])
    for value in ("GIÀNG MÍ PÁO", "12/04/1988", "Thôn Má Lủng, Xã Đồng Văn"):
        assert f'value="{value}"' in body
    assert '<option value="poor" selected>2. Hộ nghèo</option>' in body
    # The paper's number is compared by eye, never filled in.
    assert "002088014571" not in body


def test_what_is_typed_is_kept_every_few_seconds_and_errors_lose_nothing(enter: Enter, officer: User, draft: Draft) -> None:
    case, client = draft(), enter(officer)
    response = client.post(f"/cases/{case.public_id}/autosave/", typed(address="Thôn Má Tìa", disability_certified_on="35/13/2026"))
    assert "Đã lưu 09:" in response.content.decode()
    assert "1 chỗ cần xem lại" in response.content.decode()
    with owner():
        case.refresh_from_db()
    assert (case.payload["address"], case.payload["disability_certified_on"]) == ("Thôn Má Tìa", "35/13/2026")
    response = client.post(f"/cases/{case.public_id}/form/", {**typed(disability_certified_on="35/13/2026"), "action": "receive"})
    assert response.status_code == 422
    body = response.content.decode()
    assert 'value="35/13/2026"' in body
    assert "không phải là ngày có thật" in body
    assert 'href="#a-disability_certified_on"' in body


def test_received_it_has_a_number_and_a_due_day_and_a_slip(enter: Enter, officer: User, draft: Draft) -> None:
    case, client = draft(), enter(officer)
    response = client.post(f"/cases/{case.public_id}/form/", {**typed(), "action": "receive"})
    assert response["Location"] == f"/cases/{case.public_id}/"
    body = text(client, response["Location"])
    for wanted in ("HS-00721-2026-000001", "02/12/2026", "7 ngày làm việc", "Còn 7 ngày làm việc", "335/2026/NĐ-CP"):
        assert wanted in body
    slip = client.get(f"/cases/{case.public_id}/receipt/")
    assert slip.content.startswith(b"%PDF")
    assert client.post(f"/cases/{case.public_id}/autosave/", typed(address="Khác")).status_code == 200
    with owner():
        case.refresh_from_db()
    assert case.payload["address"] == "Thôn Má Lủng"


def test_the_next_paper_follows_at_once(enter: Enter, officer: User, draft: Draft) -> None:
    response = enter(officer).post(f"/cases/{draft().public_id}/form/", {**typed(), "action": "next"})
    assert response["Location"] == "/cases/new/"


def received(draft: Draft, by: Scope, **changes: Any) -> Case:
    return cases.receive(case=draft(**changes), received_on=FRIDAY, by=by)


def test_declared_and_registered_stand_side_by_side_and_the_panel_says_why(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    case, client = received(draft, by), enter(officer)
    body = text(client, f"/cases/{case.public_id}/")
    assert "<mark>Nặng</mark>" in body
    panel = client.post(f"/cases/{case.public_id}/why/", headers={"HX-Request": "true"}).content.decode()
    assert "810.000 đ" in panel
    assert "nếu ký hôm nay, hưởng từ tháng 11/2026" in panel
    assert "Theo cơ sở dữ liệu: chưa đủ điều kiện." in panel
    assert "540.000 đồng × 1,5 = 810.000 đồng" in panel


def test_the_engines_reasons_fill_the_refusal_and_may_be_changed(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    case, client = received(draft, by, disability_degree="3"), enter(officer)
    client.post(f"/cases/{case.public_id}/move/check/")
    panel = client.post(f"/cases/{case.public_id}/why/", headers={"HX-Request": "true"}).content.decode()
    reason = re.search(r'name="reason-1">([^<]+)<', panel)
    assert reason is not None
    assert "Nhẹ" in reason[1]
    assert re.search(r'name="article-1" value="[^"]*Điều 5 khoản 6', panel)
    bad = client.post(f"/cases/{case.public_id}/move/appraise/", {"outcome": "refuse", "reason-1": "", "note": "Đã xác minh"})
    assert bad.status_code == 422
    assert "Đã xác minh" in bad.content.decode()
    good = {"outcome": "refuse", "reason-1": "Khuyết tật nhẹ, chưa thuộc diện hưởng", "article-1": "Điều 5 khoản 6"}
    assert client.post(f"/cases/{case.public_id}/move/appraise/", good).status_code == 302
    with owner():
        case.refresh_from_db()
    assert case.refusal_reasons == [{"text": "Khuyết tật nhẹ, chưa thuộc diện hưởng", "article": "Điều 5 khoản 6"}]


def test_a_case_is_returned_with_marked_fields_and_completed(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    case, client = received(draft, by), enter(officer)
    client.post(f"/cases/{case.public_id}/move/return/", {"fields": ["certificate_number"], "guidance-certificate_number": "Ghi lại số"})
    body = text(client, f"/cases/{case.public_id}/form/")
    assert "Ghi lại số" in body
    assert re.search(r'name="a-address"[^>]* readonly', body)
    assert not re.search(r'name="a-certificate_number"[^>]* readonly', body)
    client.post(f"/cases/{case.public_id}/form/", {**typed(certificate_number="99/GXN"), "action": "receive"})
    with owner():
        case.refresh_from_db()
    assert (case.status, case.payload["certificate_number"]) == ("received", "99/GXN")


def test_a_decision_is_not_made_by_a_move_of_this_page(enter: Enter, chair: User, draft: Draft, by: Scope) -> None:
    case = received(draft, by)
    for move in ("check", "appraise", "make_ready"):
        cases.advance(case=case, move=move, by=by, outcome="grant")
    client = enter(chair)
    assert client.post(f"/cases/{case.public_id}/move/decide/").status_code == 404
    assert client.post(f"/cases/{case.public_id}/move/check/").status_code == 422
    assert text(client, "/cases/?tab=ready").count('class="go"') == 1


@pytest.fixture
def neighbours_case(places: Places) -> Case:
    with owner():
        user = cast.make_officer("ben", "Sùng A Bên", Role.COMMUNE_OFFICER, places.neighbour)
        stranger = Person.objects.select_related("household__commune").get(full_name__contains="Canary")
    return cases.open_case(form="335-01", commune=places.neighbour, person=stranger, by=scope_of(user), benefits=("TCXH-5.6",))


def test_the_neighbours_cases_are_nowhere(enter: Enter, officer: User, neighbours_case: Case, draft: Draft, by: Scope) -> None:
    received(draft, by)
    client, public_id = enter(officer), neighbours_case.public_id
    for address in ("/cases/", "/cases/?tab=drafts", "/cases/?mine=1", "/cases/postings/", "/"):
        assert "Páo Canary" not in text(client, address).replace("canary", ""), address
    for address in ("", "form/", "receipt/"):
        text(client, f"/cases/{public_id}/{address}", 404)
    for address in ("autosave/", "why/", "files/", "move/check/", "objection/"):
        assert client.post(f"/cases/{public_id}/{address}").status_code == 404, address
    with owner():
        stranger = Person.objects.select_related("household").get(full_name__contains="Canary")
    assert "Páo Canary" not in look_for(client, "canary")
    assert "Canary" not in text(client, f"/cases/new/?household={stranger.household.public_id}")
    assert "Canary" not in text(client, f"/cases/new/?person={stranger.public_id}").replace(str(stranger.public_id), "")


def test_a_draft_is_the_communes_own(enter: Enter, people: Callable[[Role], User], draft: Draft) -> None:
    case = draft()
    client = enter(people(Role.PROVINCE_OFFICER))
    assert "GIÀNG MÍ PÁO" not in text(client, "/cases/?tab=drafts")
    text(client, f"/cases/{case.public_id}/", 404)


@pytest.mark.parametrize("role", [Role.PROVINCE_OFFICER, Role.CLUSTER_OFFICER, Role.AUDITOR])
def test_a_case_that_tells_of_hiv_exists_for_officer_and_chair_alone(
    enter: Enter, people: Callable[[Role], User], chair: User, draft: Draft, by: Scope, role: Role
) -> None:
    plain, telling = received(draft, by), received(draft, by, benefits=("TCXH-5.8",), hiv="1", other_income="2")
    assert "Bảo mật" in text(enter(chair), f"/cases/{telling.public_id}/")
    client = enter(people(role))
    text(client, f"/cases/{telling.public_id}/", 404)
    body = text(client, "/cases/")
    assert plain.number in body
    assert telling.number not in body
    assert client.get("/cases/").context["counts"]["all"] == 1


def test_the_posted_list_names_no_id_and_no_confidential_case(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    telling = received(draft, by, benefits=("TCXH-5.8",), hiv="1")
    open_case = received(draft, by)
    cases.advance(case=open_case, move="check", by=by)
    cases.advance(case=open_case, move="appraise", by=by, outcome="grant")
    cases.advance(case=open_case, move="post", by=by, place="Trụ sở UBND xã Đồng Văn")
    with owner():
        # Even a row that should not be there is not shown.
        CasePosting.objects.create(
            case=telling, place="Nhầm chỗ", since=FRIDAY, until=datetime.date(2026, 12, 1), province_no=telling.province_no,
            area_pos=telling.area_pos,
        )  # fmt: skip
    client = enter(officer)
    body = text(client, "/cases/postings/")
    assert "Nhầm chỗ" not in body
    assert "Trụ sở UBND xã Đồng Văn" in body
    assert not re.search(r"\d{9,}", re.sub(r"[0-9a-f-]{36}", "", body.split("<main")[1]))
    assert client.get("/cases/postings/?pdf=1").content.startswith(b"%PDF")


def test_ids_in_a_paper_are_masked_for_those_who_only_look(enter: Enter, people: Callable[[Role], User], draft: Draft, by: Scope) -> None:
    case = received(draft, by)
    body = text(enter(people(Role.AUDITOR)), f"/cases/{case.public_id}/")
    assert "002088014571" not in body
    assert "••• ••• ••• 571" in body


def test_a_household_lists_its_cases_and_hides_the_telling_ones(draft: Draft, by: Scope, pao: Person) -> None:
    plain, telling = received(draft, by), received(draft, by, benefits=("TCXH-5.8",), hiv="1")
    for role, seen in (("commune_officer", True), ("province_officer", False)):
        request = SimpleNamespace(scope=replace(by, role=role))
        page = render_to_string("portal/cases/_of_household.html", {"household": pao.household, "request": request})
        assert plain.number in page
        assert (telling.number in page) is seen


def test_lists_do_not_ask_more_questions_with_more_rows(
    enter: Enter, officer: User, draft: Draft, by: Scope, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _turn in range(12):
        received(draft, by)
    client = enter(officer)
    with django_assert_max_num_queries(30):
        assert text(client, "/cases/").count('class="go"') == 12


def test_the_ministry_keeps_the_table_of_moved_days(enter: Enter, places: Places, officer: User) -> None:
    with owner():
        analyst = cast.make_officer("bo", "Trần Thị Bộ", Role.MINISTRY_ANALYST, None)
    client = enter(analyst)
    client.post("/calendar/save/", {"day": "25112026", "kind": "off", "source": "Thông báo số 1/TB-BNV"})
    client.post("/calendar/save/", {"day": "31/02/2027", "kind": "off", "source": "Thông báo"})
    assert "Thứ tư, 25/11/2026" in text(client, "/calendar/")
    assert MovedDay.objects.count() == 1
    client.post("/calendar/save/", {"day": "25/11/2026", "action": "remove"})
    assert not MovedDay.objects.exists()
    assert enter(officer).get("/calendar/").status_code in (302, 403, 404)


def test_an_overdue_case_is_counted_and_filtered(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    case = received(draft, by)
    with time_machine.travel(datetime.datetime(2026, 12, 4, 9), tick=False):
        body = text(enter(officer), "/cases/?overdue=1")
    assert case.number in body
    assert "Quá hạn 2 ngày làm việc" in body


def test_the_officer_drafts_the_decision_and_the_chair_does_not(enter: Enter, officer: User, chair: User, draft: Draft, by: Scope) -> None:
    case = received(draft, by)
    for move in ("check", "appraise", "make_ready"):
        cases.advance(case=case, move=move, by=by, outcome="grant", accepted=["disability_degree", "disability_certified_on"])
    button = f"/decisions/prepare/{case.public_id}/"
    assert button not in text(enter(chair), f"/cases/{case.public_id}/")
    client = enter(officer)
    assert button in text(client, f"/cases/{case.public_id}/")
    paper = client.post(button)["Location"]
    assert paper.startswith("/decisions/")
    body = text(client, f"/cases/{case.public_id}/")
    assert paper in body
    assert button not in body


def test_somebody_new_in_a_household_is_registered_there(enter: Enter, officer: User, pao: Person) -> None:
    client, home = enter(officer), pao.household
    assert f"household={home.public_id}" in look_for(client, "pao giang")
    assert home.code in text(client, f"/cases/new/?newcomer=1&household={home.public_id}")
    opened = client.post("/cases/new/", {"household": str(home.public_id), "name": "Giàng Thị Mới", "form": "335-01"})
    answers = typed(full_name="GIÀNG THỊ MỚI", born="03032024", sex="2", id_number="")
    client.post(opened["Location"], {**answers, "action": "receive"})
    with owner():
        case = Case.objects.get()
    assert (case.status, case.household_id, case.person_id) == ("received", home.pk, None)
    client.post(f"/cases/{case.public_id}/move/check/")
    client.post(f"/cases/{case.public_id}/move/appraise/", {"outcome": "grant", "accepted": ["disability_degree"]})
    with owner():
        child = Person.objects.get(name_key="giang thi moi")
    assert (child.household_id, child.relation, child.disability_degree) == (home.pk, "other", "severe")


def test_a_draft_is_dropped_with_a_word(enter: Enter, officer: User, draft: Draft) -> None:
    case, client = draft(), enter(officer)
    assert client.post(f"/cases/{case.public_id}/move/withdraw/", {"note": ""}).status_code == 422
    client.post(f"/cases/{case.public_id}/move/withdraw/", {"note": "Nhập nhầm người"})
    with owner():
        case.refresh_from_db()
    assert (case.status, case.number) == ("withdrawn", "")


def test_the_trail_does_not_say_which_form_or_paper(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    case = received(draft, by, benefits=("TCXH-5.8",), hiv="1")
    enter(officer).get(f"/cases/{case.public_id}/")
    with owner():
        told = [str(event.detail) for event in AuditEvent.objects.filter(object_kind="case")]
    assert told
    assert not any(word in text for text in told for word in ("hiv", "5.8", "335-01", "Páo", "PÁO"))


def test_a_task_says_what_to_do_and_beside_it_for_which_case(enter: Enter, officer: User, draft: Draft, by: Scope) -> None:
    case = received(draft, by)
    page = text(enter(officer), "/")
    assert '<th scope="row">Kiểm tra hồ sơ<' in page
    assert f'<td class="sub wide">{case.number}: Đối chiếu giấy tờ với sổ</td>' in page
