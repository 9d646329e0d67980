"""The pages: the register, the chair's desk, one paper, the check by anybody; and who never gets through."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from beneficiaries.models import Case, Decision, DecisionDocument, Found
from beneficiaries.operations import decision_documents
from households.models import Person
from posasoft.core.models import AuditEvent, User
from posasoft.core.scope import Scope, acting
from tests.decisions import cast
from tests.decisions.cast import BOY, GRANDMOTHER, Decided, noon
from tests.decisions.test_findings import look
from tests.support.database import owner
from tests.support.second_factor import confirm, enrol

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(noon("2026-11-21"), tick=True):
        yield


@pytest.fixture
def made() -> Decided:
    return cast.make()


@pytest.fixture
def enter() -> Callable[[Scope], Client]:
    """A browser of one person, signed in and just confirmed with the second factor."""

    def sign_in(scope: Scope) -> Client:
        client = Client()
        with owner():
            user = enrol(User.objects.get(pk=scope.user_id))
            client.force_login(user)
            confirm(client)
        return client

    return sign_in


def test_the_chair_signs_what_is_ticked_and_the_register_shows_it(made: Decided, enter: Callable[[Scope], Client]) -> None:
    papers = [cast.prepared(made, "grant", GRANDMOTHER), cast.prepared(made, "grant", BOY)]
    chair = enter(made.chair)
    desk = chair.get("/decisions/waiting/").content.decode()
    assert all(paper.person.full_name in desk for paper in papers)
    response = chair.post("/decisions/sign/", {"id": [str(paper.public_id) for paper in papers]}, follow=True)
    assert "Đã ký 2 quyết định: 01/QĐ-UBND, 02/QĐ-UBND." in response.content.decode()
    register = chair.get("/decisions/?q=2").content.decode()
    assert "02/QĐ-UBND" in register
    assert "01/QĐ-UBND" not in register
    page = chair.get(f"/decisions/{papers[0].public_id}/").content.decode()
    assert "Bắt đầu hưởng" in page


def test_who_prepared_cannot_sign_even_as_a_chair_by_a_direct_post(made: Decided, enter: Callable[[Scope], Client]) -> None:
    """Mai prepares as officer and holds the chair's role too: her POST is answered, nothing is signed."""
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    with owner():
        DecisionDocument.objects.filter(pk=paper.pk).update(prepared_by_id=made.chair.user_id)
    response = enter(made.chair).post("/decisions/sign/", {"id": [str(paper.public_id)]}, follow=True)
    assert "Người soạn không được ký quyết định do mình soạn." in response.content.decode()
    assert DecisionDocument.objects.get().status == "prepared"
    assert not Decision.objects.exists()


def test_an_officer_never_reaches_the_pen(made: Decided, enter: Callable[[Scope], Client]) -> None:
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    assert enter(made.officer).post("/decisions/sign/", {"id": [str(paper.public_id)]}).status_code == 403
    assert DecisionDocument.objects.get().status == "prepared"


def test_signing_asks_for_the_second_factor_first(made: Decided, enter: Callable[[Scope], Client]) -> None:
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    client = enter(made.chair)
    with owner():
        confirm(client, minutes_ago=30)
    response = client.post("/decisions/sign/", {"id": [str(paper.public_id)]})
    assert response.status_code == 302
    assert "confirm" in response["Location"]
    assert DecisionDocument.objects.get().status == "prepared"


def test_the_neighbours_chair_sees_and_signs_nothing_of_ours(made: Decided, enter: Callable[[Scope], Client]) -> None:
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    client = enter(made.other_chair)
    for path in ("", "panel/", "paper.pdf", "notice.pdf"):
        assert client.get(f"/decisions/{paper.public_id}/{path}").status_code == 404
    for path in ("/decisions/", "/decisions/waiting/", "/decisions/?q=01"):
        assert GRANDMOTHER not in client.get(path).content.decode()
    assert client.get(f"/decisions/print/?id={paper.public_id}").status_code == 404
    client.post("/decisions/sign/", {"id": [str(paper.public_id)]})
    assert client.post(f"/decisions/{paper.public_id}/return/", {"reason": "x"}).status_code == 404
    assert DecisionDocument.objects.get().status == "prepared"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(client.get("/decisions/register.pdf").content)).pages)
    assert GRANDMOTHER not in text


def test_a_paper_goes_back_with_a_reason_and_comes_again(made: Decided, enter: Callable[[Scope], Client]) -> None:
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    enter(made.chair).post(f"/decisions/{paper.public_id}/return/", {"reason": "Thiếu tờ khai"})
    officer = enter(made.officer)
    page = officer.get(f"/decisions/{paper.public_id}/").content.decode()
    assert "Chủ tịch trả lại: Thiếu tờ khai" in page
    officer.post(f"/decisions/{paper.public_id}/edit/", {"notes": "Đã bổ sung tờ khai.", "submit": "1"})
    again = DecisionDocument.objects.get()
    assert (again.status, again.ours["notes"], again.returned_reason) == ("prepared", ["Đã bổ sung tờ khai."], "")


def test_an_officer_drafts_from_a_persons_page_and_a_refusal_of_the_engine_keeps_what_was_typed(
    made: Decided, enter: Callable[[Scope], Client]
) -> None:
    officer = enter(made.officer)
    person = cast.named(GRANDMOTHER)
    response = officer.post("/decisions/new/", {"person": person.public_id, "kind": "stop", "reasons": "chữ đã gõ"})
    assert response.status_code == 400
    assert "chữ đã gõ" in response.content.decode()
    response = officer.post("/decisions/new/", {"person": person.public_id, "kind": "grant"})
    assert response["Location"] == f"/decisions/{DecisionDocument.objects.get().public_id}/"
    assert "Năm trăm bốn mươi nghìn đồng" in officer.get(response["Location"]).content.decode()


def test_anybody_may_check_a_paper_and_learns_nothing_about_the_person(made: Decided) -> None:
    (done,) = cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER))
    page = Client().get(f"/check/{done.check_code}/").content.decode()
    assert all(text in page for text in ("01/QĐ-UBND", "21/11/2026", done.sha256))
    assert "Giàng" not in page
    assert Client().get("/check/KHONGCO/").status_code == 404


def test_every_print_and_look_leaves_a_trace(made: Decided, enter: Callable[[Scope], Client]) -> None:
    (done,) = cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER))
    officer = enter(made.officer)
    officer.get(f"/decisions/{done.public_id}/")
    officer.get(f"/decisions/print/?id={done.public_id}")
    verbs = set(AuditEvent.objects.filter(object_id=str(done.public_id)).values_list("verb", flat=True))
    assert {"prepare", "submit", "sign", "read", "print"} <= verbs


def test_findings_lead_to_their_case_their_paper_and_their_letter(made: Decided, enter: Callable[[Scope], Client]) -> None:
    cast.decided(made, "Giàng Mí Páo", "PENSION-SOCIAL", datetime.date(2026, 1, 1))
    look()
    officer = enter(made.officer)
    page = officer.get("/findings/").content.decode()
    assert GRANDMOTHER in page
    missing = Found.objects.get(kind="missing", person__full_name=GRANDMOTHER)
    started = officer.post(f"/findings/{missing.pk}/start/")
    assert started["Location"].startswith(f"/cases/new/?person={missing.person.public_id}")
    ended = Found.objects.get(kind="ended")
    started = officer.post(f"/findings/{ended.pk}/start/")
    assert "kind=stop" in started["Location"]
    assert "Giàng Mí Páo" in officer.get(started["Location"]).content.decode()
    letter = PdfReader(io.BytesIO(officer.get(f"/findings/{ended.pk}/notice.pdf").content)).pages[0].extract_text()
    assert "chưa bị dừng" in " ".join(letter.split())


def test_a_finding_is_set_aside_with_a_reason_only(made: Decided, enter: Callable[[Scope], Client]) -> None:
    look()
    row = Found.objects.get(kind="missing", person__full_name=GRANDMOTHER)
    officer = enter(made.officer)
    officer.post(f"/findings/{row.pk}/dismiss/", {"reason": " "})
    row.refresh_from_db()
    assert row.state == "new"
    officer.post(f"/findings/{row.pk}/dismiss/", {"reason": "Bà không nhận"})
    assert "Bà không nhận" in officer.get("/findings/?state=dismissed").content.decode()


def test_the_neighbours_findings_stay_with_the_neighbours(made: Decided, enter: Callable[[Scope], Client]) -> None:
    with owner():
        Person.objects.filter(full_name="Vàng Thị Pà").update(born=datetime.date(1940, 1, 1))
    look()
    row = Found.objects.get(person__full_name="Vàng Thị Pà", kind="missing")
    officer = enter(made.officer)
    assert "Vàng Thị Pà" not in officer.get("/findings/").content.decode()
    for path in ("start/", "dismiss/"):
        assert officer.post(f"/findings/{row.pk}/{path}", {"reason": "x"}).status_code == 404
    assert officer.get(f"/findings/{row.pk}/notice.pdf").status_code == 404


def test_a_district_paper_of_before_july_2025_is_noted_with_its_own_number(made: Decided, enter: Callable[[Scope], Client]) -> None:
    """Certificate of 03/02/2025, signed by the district on 20/06/2025: paid from February by Article 8 of 20/2021. Later days are refused."""
    officer = enter(made.officer)
    person = cast.named(BOY)
    typed = {
        "person": str(person.public_id), "benefit": "TCXH-5.6", "number": "1234/QĐ-UBND", "signer": "Nguyễn Văn Huyện", "signed_on": "02/07/2025",
    }  # fmt: skip
    refused = officer.post("/decisions/received/", typed)
    assert refused.status_code == 400
    assert "Nguyễn Văn Huyện" in refused.content.decode()
    page = officer.post("/decisions/received/", typed | {"signed_on": "20/06/2025"}, follow=True).content.decode()
    assert "1234/QĐ-UBND" in page
    opened = Decision.objects.get(person=person)
    assert (opened.number, opened.from_month) == ("1234/QĐ-UBND", datetime.date(2025, 2, 1))
    paper = DecisionDocument.objects.get()
    assert paper.sequence is None
    assert officer.get(f"/decisions/{paper.public_id}/paper.pdf").status_code == 404


def test_a_case_is_decided_by_the_signature_and_refused_by_a_refusal(made: Decided, enter: Callable[[Scope], Client]) -> None:
    officer = enter(made.officer)
    cases = {}
    for name, outcome, reasons in (
        (GRANDMOTHER, "grant", []),
        ("Giàng Mí Páo", "refuse", [{"text": "Chưa đủ 75 tuổi", "article": "Điều 21 Luật 41/2024/QH15"}]),
    ):
        person = cast.named(name)
        with owner():
            cases[name] = Case.objects.create(
                form="335-01", number=f"HS-{person.pk}", status="ready", outcome=outcome, benefits=["PENSION-SOCIAL"], person=person,
                household=person.household, commune=made.people.dong_van, received_on=datetime.date(2026, 11, 10), refusal_reasons=reasons,
                appraised_by_id=made.officer.user_id, province_no=person.province_no, area_pos=person.area_pos,
            )  # fmt: skip
            cases[name].refresh_from_db()
        officer.post(f"/decisions/prepare/{cases[name].public_id}/")
    for paper in DecisionDocument.objects.all():
        officer.post(f"/decisions/{paper.public_id}/edit/", {"reasons": paper.reasons, "submit": "1"})
    papers = list(DecisionDocument.objects.order_by("pk"))
    assert [paper.kind for paper in papers] == ["grant", "refuse"]
    assert "Chưa đủ 75 tuổi" in papers[1].reasons
    cast.signed(made, *papers)
    assert [Case.objects.get(pk=case.pk).status for case in cases.values()] == ["decided", "refused"]


def test_a_case_that_is_elsewhere_meanwhile_holds_its_paper_back(made: Decided, enter: Callable[[Scope], Client]) -> None:
    person = cast.named(GRANDMOTHER)
    with owner():
        case = Case.objects.create(
            form="335-01", number="HS-1", status="ready", outcome="grant", benefits=["PENSION-SOCIAL"], person=person, household=person.household,
            commune=made.people.dong_van, received_on=datetime.date(2026, 11, 10), appraised_by_id=made.officer.user_id,
            province_no=person.province_no, area_pos=person.area_pos,
        )  # fmt: skip
        case.refresh_from_db()
    enter(made.officer).post(f"/decisions/prepare/{case.public_id}/")
    paper = DecisionDocument.objects.get()
    with acting(made.officer):
        decision_documents.submit(document=paper, by=made.officer)
    with owner():
        Case.objects.update(status="checked")
    with acting(made.chair):
        done = decision_documents.sign(documents=[paper], by=made.chair)
    assert [why for _paper, why in done.held] == ["Hồ sơ HS-1 không còn ở bước chờ quyết định."]
