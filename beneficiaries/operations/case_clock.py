"""The legal clocks of a case, and the tasks that remind people of them."""

from __future__ import annotations

import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from beneficiaries import statuses
from beneficiaries.models import Case
from beneficiaries.papers import Procedure, papers, procedure_of
from beneficiaries.queries.calendar import calendar
from posasoft.core.models import Role, WorkItem

SUBJECT = "case"
STEP, DECIDE, NEAR, OVERDUE = "case.step", "case.decide", "case.near", "case.overdue"
# What waits at each status, for whom; then what is to be done, beside the number.
_TASKS = {
    statuses.RECEIVED: (STEP, Role.COMMUNE_OFFICER, "Kiểm tra hồ sơ", "Đối chiếu giấy tờ với sổ"),
    statuses.CHECKED: (STEP, Role.COMMUNE_OFFICER, "Thẩm định hồ sơ", "Kết luận đủ hay không đủ điều kiện"),
    statuses.APPRAISED: (STEP, Role.COMMUNE_OFFICER, "Niêm yết hoặc trình", "Đã thẩm định xong"),
    statuses.POSTED: (STEP, Role.COMMUNE_OFFICER, "Kết thúc niêm yết", "Ghi ý kiến của người dân rồi trình"),
    statuses.READY: (STEP, Role.COMMUNE_OFFICER, "Soạn quyết định", "Hồ sơ đã sẵn sàng để quyết định"),
    statuses.DECIDED: (STEP, Role.COMMUNE_OFFICER, "Thông báo kết quả", "Đã có quyết định"),
    statuses.REFUSED: (STEP, Role.COMMUNE_OFFICER, "Gửi văn bản từ chối", "Nêu rõ lý do cho người đề nghị"),
    statuses.APPEALED: (DECIDE, Role.COMMUNE_CHAIR, "Giải quyết khiếu nại", "Người dân khiếu nại kết quả"),
}


def procedure(case: Case) -> Procedure:
    """The clock of the law in force on the day of receipt (of today for a draft is the caller's business). Raises LookupError."""
    return procedure_of(papers()[case.form].kind, case.received_on or datetime.date.max)


def start(case: Case, day: datetime.date) -> None:
    """The clock begins to run after the day on which complete papers were received."""
    case.received_on = day
    case.due_on = calendar().add(day, procedure(case).days)
    case.clock_stopped_on = case.days_left = None


def stop(case: Case, day: datetime.date) -> None:
    """The applicant completes the papers: what is left of the term is kept, not less than nothing."""
    case.clock_stopped_on = day
    case.days_left = max(calendar().between(day, case.due_on), 0) if case.due_on else None
    case.step_due_on = None


def resume(case: Case, day: datetime.date) -> None:
    """The papers are complete: the rest of the term runs on."""
    case.due_on = calendar().add(day, max(case.days_left or 0, 1))
    case.clock_stopped_on = case.days_left = None


def appeal(case: Case, day: datetime.date) -> None:
    """A complaint has a term of its own (ten working days)."""
    case.due_on = case.step_due_on = calendar().add(day, procedure(case).appeal_days)


def reconsider(case: Case, day: datetime.date) -> None:
    """After a complaint that is upheld against the decision the whole term runs again."""
    case.due_on = calendar().add(day, procedure(case).days)


def step(case: Case) -> None:
    """The last day of the stage that the case has reached; not after the end of the whole term."""
    if case.status not in statuses.CASE_RUNNING or case.status == statuses.APPEALED or case.due_on is None:
        return
    rules = procedure(case)
    case.step_due_on = calendar().add(case.due_on, rules.days_until(case.status) - rules.days)


def remind(case: Case) -> None:
    """One open task per case and step, without a name; the ones before are done. What reached the next level stays until the clock stands."""
    open_tasks = WorkItem.objects.filter(subject_kind=SUBJECT, subject_id=case.pk, done_at__isnull=True)
    (open_tasks.filter(kind__in=(STEP, DECIDE)) if case.is_running else open_tasks).update(done_at=Now())
    task = _TASKS.get(case.status)
    if task is None:
        return
    kind, role, title, todo = task
    WorkItem.objects.create(
        kind=kind, title=_(title), reason=f"{case.number}: {_(todo)}", subject_kind=SUBJECT, subject_id=case.pk,
        link=f"/cases/{case.public_id}/", role=role,
        due_on=case.step_due_on or case.due_on, province_no=case.province_no, area_pos=case.area_pos,
    )  # fmt: skip
