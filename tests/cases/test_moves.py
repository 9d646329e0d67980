"""From the counter to the decision: who may do what, in which order, with what words."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction

from beneficiaries import statuses
from beneficiaries.models import Case, CaseCounter, CasePosting, CaseStep
from beneficiaries.operations import cases
from beneficiaries.operations.case_moves import EFFECTS, CaseRefused
from beneficiaries.statuses import CASE_MOVES, CASE_ROLES, case_moves_of
from households.models import Person
from posasoft.core.models import Area, Role, User, WorkItem
from posasoft.core.scope import Scope
from tests.browser import cast
from tests.browser.cast import Places
from tests.cases.conftest import scope_of
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)
FRIDAY = datetime.date(2026, 11, 20)
REASONS = [{"text": "Mức độ khuyết tật nhẹ", "article": "Điều 5 khoản 6"}]


@pytest.fixture
def received(draft: Callable[..., Case], by: Scope) -> Callable[..., Case]:
    def make(**changes: Any) -> Case:
        return cases.receive(case=draft(**changes), received_on=FRIDAY, by=by)

    return make


def to_ready(case: Case, by: Scope, *, outcome: str = "grant", **details: Any) -> Case:
    cases.advance(case=case, move="check", by=by)
    cases.advance(case=case, move="appraise", by=by, outcome=outcome, **details)
    return cases.advance(case=case, move="make_ready", by=by)


def test_a_case_goes_from_the_counter_to_the_decision(received: Callable[..., Case], by: Scope, by_chair: Scope) -> None:
    case = to_ready(received(), by, accepted=["disability_degree", "disability_type", "disability_certified_on"])
    cases.advance(case=case, move="decide", by=by_chair)
    cases.advance(case=case, move="notify", by=by)
    cases.advance(case=case, move="close", by=by)
    assert case.status == "closed"
    steps = CaseStep.objects.filter(case=case).order_by("pk").values_list("move", "role")
    assert list(steps) == [
        ("receive", "commune_officer"), ("check", "commune_officer"), ("appraise", "commune_officer"), ("make_ready", "commune_officer"),
        ("decide", "commune_chair"), ("notify", "commune_officer"), ("close", "commune_officer"),
    ]  # fmt: skip
    assert not WorkItem.objects.filter(subject_kind="case", subject_id=case.pk, done_at__isnull=True).exists()


@pytest.mark.parametrize("status", sorted({status for status, _move in CASE_MOVES}))
def test_a_move_that_is_not_in_the_table_is_refused(draft: Callable[..., Case], by: Scope, by_chair: Scope, status: str) -> None:
    case = draft()
    Case.objects.filter(pk=case.pk).update(status=status, number="HS-1", received_on=FRIDAY, due_on=FRIDAY, refusal_reasons=REASONS)
    for move in sorted(EFFECTS):
        if (status, move) in CASE_MOVES:
            assert {role for role in Role.values if move in case_moves_of(status, role, TODAY)}, "somebody must be able to make every move"
            continue
        for scope in (by, by_chair):
            with pytest.raises(CaseRefused, match="đang ở bước"):
                cases.advance(case=case, move=move, by=scope, note="Lý do", reasons=REASONS, outcome="grant", place="Trụ sở")


def test_every_move_has_an_effect_and_a_role() -> None:
    moves = {move for _status, move in CASE_MOVES} - {"receive"}
    assert moves == set(EFFECTS)
    assert {move for _status, move in CASE_MOVES} == {*CASE_ROLES, "decide", "refuse"}


def test_the_district_decides_until_july_2025_and_the_chair_since() -> None:
    assert statuses.deciders(datetime.date(2025, 6, 30)) == {"cluster_officer"}
    assert statuses.deciders(datetime.date(2025, 7, 1)) == {"commune_chair"}


def test_a_role_without_the_move_is_refused(received: Callable[..., Case], by: Scope, by_chair: Scope, places: Places) -> None:
    case = received()
    with pytest.raises(CaseRefused, match="Vai trò"):
        cases.advance(case=case, move="check", by=by_chair)
    to_ready(case, by)
    with owner():
        province = scope_of(cast.make_officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province))
    for scope in (by, province):
        with pytest.raises(CaseRefused, match="Vai trò"):
            cases.advance(case=case, move="decide", by=scope)


def test_the_neighbours_officer_cannot_move_our_case(received: Callable[..., Case], places: Places) -> None:
    case = received()
    with owner():
        stranger = scope_of(cast.make_officer("ben", "Sùng A Bên", Role.COMMUNE_OFFICER, places.neighbour))
    with pytest.raises(CaseRefused, match="Vai trò"):
        cases.advance(case=case, move="check", by=stranger)
    with as_scope(places.neighbour):
        assert not Case.objects.filter(pk=case.pk).exists()
        assert not CaseStep.objects.filter(case_id=case.pk).exists()


def test_who_appraised_does_not_decide(received: Callable[..., Case], by: Scope, officer: User) -> None:
    case = to_ready(received(), by)
    both = Scope("area", by.lo, by.hi, officer.pk, "commune_chair", by.assignment_id)
    with pytest.raises(CaseRefused, match="Người thẩm định"):
        cases.advance(case=case, move="decide", by=both)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(decided_by=officer)


def test_incomplete_papers_are_not_received_and_nothing_typed_is_lost(draft: Callable[..., Case], by: Scope) -> None:
    case = draft(disability_certified_on="31/02/2026", poverty="")
    with pytest.raises(CaseRefused) as refused:
        cases.receive(case=case, received_on=FRIDAY, by=by)
    assert set(refused.value.problems) == {"disability_certified_on", "poverty"}
    assert "31/02/2026" in refused.value.problems["disability_certified_on"]
    case.refresh_from_db()
    assert (case.status, case.number, case.payload["disability_certified_on"]) == ("draft", "", "31/02/2026")


def test_a_paper_of_the_old_decree_is_for_old_days_only(draft: Callable[..., Case], by: Scope) -> None:
    case = draft(form="20-1dd")
    with pytest.raises(CaseRefused, match="Mẫu số 1đ"):
        cases.receive(case=case, received_on=FRIDAY, by=by)
    cases.receive(case=case, received_on=datetime.date(2026, 9, 30), by=by)
    assert case.number == "HS-00721-2026-000001"


def test_nothing_declared_is_a_fact_before_the_appraisal_accepts_it(received: Callable[..., Case], by: Scope, pao: Person) -> None:
    case = received()
    cases.advance(case=case, move="check", by=by)
    assert Person.objects.get(pk=pao.pk).disability_degree is None
    cases.advance(case=case, move="appraise", by=by, outcome="grant", accepted=["disability_degree", "disability_certified_on"])
    person = Person.objects.get(pk=pao.pk)
    # What was not accepted keeps the registry's value: nobody stated the type.
    assert (person.disability_degree, person.disability_type) == ("severe", None)
    assert person.disability_since == datetime.date(2026, 10, 5)
    assert (case.change.kind, case.change.source, person.fact_changes["disability"]) == ("request", case.number, case.change_id)
    assert person.hiv is False


def test_somebody_not_in_the_registry_is_registered_with_the_case(by: Scope, places: Places) -> None:
    case = cases.open_case(form="335-01", commune=places.commune, by=by, applicant="Vừ A Mới", benefits=("PENSION-SOCIAL",))
    answers = {"full_name": "VỪ A MỚI", "born": "1949", "sex": "1", "address": "Thôn Má Lủng", "poverty": "1", "health_insurance": "2",
               "disabled": "2", "declared_on": "20/11/2026", "pledged": "1", "id_number": "002049000123"}  # fmt: skip
    cases.save_draft(case=case, answers=answers, benefits=("PENSION-SOCIAL",), channel="post", by=by)
    cases.receive(case=case, received_on=FRIDAY, by=by)
    assert not Person.objects.filter(name_key="vu a moi").exists()
    cases.advance(case=case, move="check", by=by)
    cases.advance(case=case, move="appraise", by=by, outcome="grant")
    person = Person.objects.get(name_key="vu a moi")
    assert (person.full_name, person.born_precision, case.person_id) == ("Vừ A Mới", "year", person.pk)
    assert person.national_ids.get().tail == "123"


def test_nobody_is_refused_without_a_reason_and_its_article(received: Callable[..., Case], by: Scope, by_chair: Scope) -> None:
    case = received(disability_degree="3")
    cases.advance(case=case, move="check", by=by)
    for reasons in ([], [{"text": " ", "article": "Điều 5"}], [{"text": "Không đủ", "article": ""}]):
        with pytest.raises(CaseRefused):
            cases.advance(case=case, move="appraise", by=by, outcome="refuse", reasons=reasons)
    cases.advance(case=case, move="appraise", by=by, outcome="refuse", reasons=REASONS)
    cases.advance(case=case, move="make_ready", by=by)
    with pytest.raises(CaseRefused, match="không đủ điều kiện"):
        cases.advance(case=case, move="decide", by=by_chair)
    with pytest.raises(CaseRefused):
        cases.advance(case=case, move="refuse", by=by_chair, reasons=[])
    cases.advance(case=case, move="refuse", by=by_chair)
    assert (case.status, case.refusal_reasons) == ("refused", REASONS)
    with pytest.raises(IntegrityError, match="refused_with_reasons"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(refusal_reasons=[])


def test_a_returned_case_takes_the_marked_fields_only(received: Callable[..., Case], by: Scope) -> None:
    case = received()
    with pytest.raises(CaseRefused, match="bổ sung"):
        cases.advance(case=case, move="return", by=by)
    marked = [{"field": "certificate_number", "guidance": "Ghi đúng số trên giấy"}, {"field": "no_such", "guidance": ""}]
    cases.advance(case=case, move="return", by=by, fields=marked)
    assert [entry["field"] for entry in case.returned_fields] == ["certificate_number"]
    cases.save_draft(
        case=case, answers={**case.payload, "certificate_number": "15/GXN", "address": "Nơi khác"}, benefits=(), channel="post", by=by
    )
    assert (case.payload["certificate_number"], case.payload["address"], case.benefits) == ("15/GXN", "Thôn Má Lủng", ["TCXH-5.6"])
    cases.advance(case=case, move="resume", by=by)
    with pytest.raises(CaseRefused):
        cases.save_draft(case=case, answers={"address": "Nơi khác"}, benefits=(), channel="post", by=by)


def test_an_appeal_is_answered_by_somebody_else_in_ten_working_days(
    received: Callable[..., Case], by: Scope, by_chair: Scope, places: Places
) -> None:
    case = to_ready(received(), by)
    cases.advance(case=case, move="decide", by=by_chair)
    cases.advance(case=case, move="appeal", by=by, note="Mức hưởng không đúng")
    # 24 November is a holiday since 2026.
    assert case.due_on == datetime.date(2026, 12, 7)
    with pytest.raises(CaseRefused, match="người khác"):
        cases.advance(case=case, move="uphold", by=by_chair, note="Giữ nguyên")
    with owner():
        deputy = scope_of(cast.make_officer("photich", "Lý Thị Phó", Role.COMMUNE_CHAIR, places.commune))
    cases.advance(case=case, move="reconsider", by=deputy, note="Xem lại mức độ khuyết tật")
    assert (case.status, case.outcome, case.decided_by_id) == ("checked", "", None)


@pytest.mark.parametrize("move", ["withdraw", "send_back"])
def test_what_ends_or_turns_a_case_back_needs_words(received: Callable[..., Case], by: Scope, by_chair: Scope, move: str) -> None:
    case = to_ready(received(), by)
    with pytest.raises(CaseRefused, match="lý do"):
        cases.advance(case=case, move=move, by=by if move == "withdraw" else by_chair)


def hiv_case(draft: Callable[..., Case], by: Scope) -> Case:
    case = draft(benefits=("TCXH-5.8",), hiv="1", other_income="2")
    cases.receive(case=case, received_on=FRIDAY, by=by)
    cases.advance(case=case, move="check", by=by)
    return cases.advance(case=case, move="appraise", by=by, outcome="grant", accepted=["hiv"])


def test_a_case_that_tells_of_hiv_is_never_posted(draft: Callable[..., Case], by: Scope) -> None:
    case = hiv_case(draft, by)
    assert case.confidential
    with pytest.raises(CaseRefused, match="không bao giờ được niêm yết"):
        cases.advance(case=case, move="post", by=by, place="Trụ sở UBND xã")
    with pytest.raises(IntegrityError, match="never_posted"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(status="posted")
    cases.advance(case=case, move="make_ready", by=by)
    assert "1b" not in str(WorkItem.objects.filter(subject_kind="case").values_list("title", "reason"))


def test_under_decree_20_a_case_is_posted_for_two_working_days_before_it_is_ready(draft: Callable[..., Case], by: Scope) -> None:
    with time_machine.travel(datetime.datetime(2024, 4, 25, 9), tick=False):
        case = draft(form="20-1dd", disability_certified_on="01/04/2024", declared_on="24/04/2024")
        cases.receive(case=case, received_on=datetime.date(2024, 4, 25), by=by)
        cases.advance(case=case, move="check", by=by)
        cases.advance(case=case, move="appraise", by=by, outcome="grant")
        with pytest.raises(CaseRefused, match="niêm yết 2 ngày"):
            cases.advance(case=case, move="make_ready", by=by)
        cases.advance(case=case, move="post", by=by, place="Trụ sở UBND xã Đồng Văn")
        posting = CasePosting.objects.get(case=case)
        # Friday the 26th, then a holiday until 1 May (Monday the 29th was moved to Saturday 4 May).
        assert posting.until == datetime.date(2024, 5, 2)
        with pytest.raises(CaseRefused, match="02/05/2024"):
            cases.advance(case=case, move="make_ready", by=by)
        cases.note_objection(posting=posting, text="Không đúng thôn", outcome="", by=by)
    with time_machine.travel(datetime.datetime(2024, 5, 2, 16), tick=False):
        with pytest.raises(CaseRefused, match="khiếu nại"):
            cases.advance(case=case, move="make_ready", by=by)
        cases.note_objection(posting=posting, text="Không đúng thôn", outcome="Đã xác minh: đúng thôn", by=by)
        cases.advance(case=case, move="make_ready", by=by)
    assert case.status == "ready"


def test_numbers_go_on_by_commune_and_year(received: Callable[..., Case], draft: Callable[..., Case], by: Scope) -> None:
    assert [received().number, received().number] == ["HS-00721-2026-000001", "HS-00721-2026-000002"]
    old = draft(form="20-1dd", disability_certified_on="01/04/2025")
    assert cases.receive(case=old, received_on=datetime.date(2025, 9, 1), by=by).number == "HS-00721-2025-000001"


@pytest.mark.django_db(transaction=True)
def test_two_counters_at_once_leave_no_gap_and_no_double() -> None:
    with owner():
        commune = cast.make_places().commune
    numbers: list[str] = []

    def work() -> None:
        try:
            for turn in range(8):
                try:
                    with transaction.atomic():
                        number = cases.next_number(Area(code=commune.code), 2026)
                        if turn % 4 == 3:
                            raise CaseRefused("Thôi")
                    numbers.append(number)
                except CaseRefused:
                    continue
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"HS-00721-2026-{number:06d}" for number in range(1, 13)]
    assert CaseCounter.objects.get().last == 12


def test_steps_can_be_added_and_never_changed(received: Callable[..., Case]) -> None:
    received()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_casestep SET note = 'khác'")
