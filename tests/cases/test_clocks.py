"""Terms in working days: Tết, 30 April, moved days; stopped while papers are completed; the next level is told once."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine

from beneficiaries.models import Case, MovedDay
from beneficiaries.operations import cases
from beneficiaries.operations.escalation import escalate
from beneficiaries.papers import procedure_of
from posasoft.core.models import WorkItem
from posasoft.core.scope import Scope
from posasoft.core.working_days import PLAIN, WorkingCalendar, add_working_days, holiday_name, working_days_between

D = datetime.date


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        (D(2026, 2, 13), 7, D(2026, 3, 3)),  # Tết from Monday the 16th to Friday the 20th
        (D(2026, 4, 24), 3, D(2026, 5, 4)),  # the Kings' day made up on the 27th, then 30 April and 1 May
        (D(2026, 11, 20), 7, D(2026, 12, 2)),  # 24 November is a day of culture
        (D(2026, 8, 20), 2, D(2026, 8, 22)),  # Saturday the 22nd makes up for the 31st
        (D(2026, 2, 17), 1, D(2026, 2, 23)),  # handed in on the first day of Tết
        (D(2026, 11, 20), 0, D(2026, 11, 20)),
        (D(2026, 11, 20), -1, D(2026, 11, 19)),
    ],
)
def test_a_term_ends_on_a_working_day(received: D, days: int, due: D) -> None:
    assert add_working_days(received, days) == due


def test_days_between_are_the_inverse_of_a_term() -> None:
    for days in range(-25, 26):
        start = D(2026, 2, 12)
        assert working_days_between(start, PLAIN.add(start, days)) == days


def test_a_day_that_the_government_moves_counts_the_other_way() -> None:
    moved = WorkingCalendar({D(2026, 11, 23): False, D(2026, 11, 28): True})
    assert moved.add(D(2026, 11, 20), 4) == D(2026, 11, 28)
    assert holiday_name(D(2026, 2, 17)) == "Tết Nguyên Đán"


@pytest.mark.parametrize(
    ("kind", "received", "days", "instrument"),
    [
        ("assistance", D(2025, 6, 30), 20, "20/2021/NĐ-CP"),
        ("assistance", D(2025, 7, 1), 10, "147/2025/NĐ-CP"),
        ("care", D(2026, 10, 4), 10, "147/2025/NĐ-CP"),
        ("assistance", D(2026, 10, 5), 7, "335/2026/NĐ-CP"),
        ("funeral", D(2026, 10, 5), 3, "335/2026/NĐ-CP"),
        ("funeral", D(2025, 6, 30), 5, "20/2021/NĐ-CP"),
    ],
)
def test_the_term_is_that_of_the_day_of_receipt(kind: str, received: D, days: int, instrument: str) -> None:
    rules = procedure_of(kind, received)
    assert (rules.days, rules.instrument) == (days, instrument)


@pytest.mark.django_db
def test_a_moved_day_entered_by_the_ministry_moves_the_due_day(draft: Callable[..., Case], by: Scope) -> None:
    MovedDay.objects.create(day=D(2026, 11, 25), is_working=False, source="Thông báo của Bộ Nội vụ")
    assert cases.receive(case=draft(), received_on=D(2026, 11, 20), by=by).due_on == D(2026, 12, 3)


@pytest.mark.django_db
def test_the_clock_stands_while_papers_are_completed(draft: Callable[..., Case], by: Scope) -> None:
    case = cases.receive(case=draft(), received_on=D(2026, 11, 20), by=by)
    assert (case.due_on, case.step_due_on) == (D(2026, 12, 2), D(2026, 12, 2))
    with time_machine.travel(datetime.datetime(2026, 11, 26, 9), tick=False):
        cases.advance(case=case, move="return", by=by, note="Thiếu giấy xác nhận khuyết tật")
        assert (case.days_left, case.clock_stopped_on, case.is_running) == (4, D(2026, 11, 26), False)
    with time_machine.travel(datetime.datetime(2026, 12, 14, 9), tick=False):
        assert escalate(today=D(2026, 12, 14)) == 0
        cases.advance(case=case, move="resume", by=by)
        assert (case.due_on, case.days_left, case.status) == (D(2026, 12, 18), None, "received")


@pytest.mark.django_db
def test_stages_of_decree_20_have_their_own_days(draft: Callable[..., Case], by: Scope) -> None:
    with time_machine.travel(datetime.datetime(2025, 3, 3, 9), tick=False):
        case = draft(form="20-1dd", disability_certified_on="01/02/2025", declared_on="03/03/2025")
        cases.receive(case=case, received_on=D(2025, 3, 3), by=by)
    assert case.step_due_on == D(2025, 3, 12)
    assert case.due_on == D(2025, 3, 31)


def open_tasks(kind: str) -> int:
    return WorkItem.objects.filter(kind=kind, done_at__isnull=True).count()


@pytest.mark.django_db
def test_the_next_level_is_told_once_and_no_longer_than_needed(draft: Callable[..., Case], by: Scope, by_chair: Scope) -> None:
    case = cases.receive(case=draft(), received_on=D(2026, 11, 20), by=by)
    assert escalate(today=D(2026, 11, 30)) == 0
    assert escalate(today=D(2026, 12, 1)) == 1
    assert escalate(today=D(2026, 12, 2)) == 0
    assert (open_tasks("case.near"), open_tasks("case.overdue")) == (1, 0)
    assert escalate(today=D(2026, 12, 3)) == 2
    assert escalate(today=D(2026, 12, 3)) == 0
    item = WorkItem.objects.get(kind="case.overdue")
    assert (item.role, item.title, item.link) == ("province_officer", "Hồ sơ quá hạn", f"/cases/{case.public_id}/")
    assert item.reason.startswith(f"{case.number}: ")
    with time_machine.travel(datetime.datetime(2026, 12, 3, 9), tick=False):
        cases.advance(case=case, move="check", by=by)
        assert escalate(today=D(2026, 12, 3)) == 0
        cases.advance(case=case, move="appraise", by=by, outcome="grant")
        cases.advance(case=case, move="make_ready", by=by)
        cases.advance(case=case, move="decide", by=by_chair)
    assert (open_tasks("case.near"), open_tasks("case.overdue"), open_tasks("case.overdue.cluster")) == (0, 0, 0)
    assert escalate(today=D(2026, 12, 10)) == 0


@pytest.mark.django_db
def test_a_case_that_tells_of_hiv_is_told_to_the_chair_alone(draft: Callable[..., Case], by: Scope) -> None:
    cases.receive(case=draft(benefits=("TCXH-5.8",), hiv="1"), received_on=D(2026, 11, 20), by=by)
    assert escalate(today=D(2026, 12, 10)) == 1
    assert (open_tasks("case.near"), open_tasks("case.overdue"), open_tasks("case.overdue.cluster")) == (1, 0, 0)
