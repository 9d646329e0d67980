"""Reports of errors: what happened in a user's words, with the id that finds the line in the log."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from posasoft.core import audit, notifications
from posasoft.core.models import ErrorReport, Role
from posasoft.core.scope import Scope

Status = ErrorReport.Status
LONGEST = 4_000
MOVES: dict[str, frozenset[str]] = {
    "new": frozenset({"looking", "done"}),
    "looking": frozenset({"looking", "done"}),
    "done": frozenset({"looking"}),
}


class ReportRefused(ValueError):
    """The report or the answer cannot be taken; the message is for the user."""


@transaction.atomic
def report(*, text: str, by: Scope, **found: str) -> ErrorReport:
    """Keep a report; ``found`` are error_id, request_id, route, browser, screen as far as known. Raises ReportRefused."""
    if by.user_id is None or not text.strip():
        raise ReportRefused(_("Hãy ghi điều đã xảy ra, bằng lời của bạn."))
    limits = {"error_id": 40, "request_id": 40, "route": 200, "browser": 300, "screen": 20}
    kept = {name: " ".join(found.get(name, "").split())[:most] for name, most in limits.items()}
    made = ErrorReport.objects.create(
        reporter_id=by.user_id, role=by.role, text=text.strip()[:LONGEST], province_no=min(by.lo // 10**10, 99), area_pos=by.lo, **kept
    )
    audit.record(verb="report_error", kind="core_errorreport", object_id=made.pk, by=by, error=kept["error_id"])
    notifications.notify(
        kind="error_report", title=_("Có báo lỗi mới"), link=reverse("portal:error_report_answer", args=[made.pk]), role=Role.ADMINISTRATOR,
        area=by.lo, excluding=by.user_id,
    )  # fmt: skip
    return made


@transaction.atomic
def answer(*, report: ErrorReport, status: str, text: str, by: Scope) -> None:
    """Say how far it is, and answer; the reporter is told. Raises ReportRefused."""
    report = ErrorReport.objects.select_for_update().get(pk=report.pk)
    if status not in MOVES[report.status]:
        raise ReportRefused(_("Không chuyển được sang tình trạng này."))
    if status == Status.DONE and not text.strip():
        raise ReportRefused(_("Hãy trả lời người báo trước khi kết thúc."))
    ErrorReport.objects.filter(pk=report.pk).update(status=status, answer=text.strip()[:LONGEST], answered_by=by.user_id, answered_at=Now())
    audit.record(verb="answer_error", kind="core_errorreport", object_id=report.pk, by=by, status=status)
    title = _("Báo lỗi của bạn đã được xử lý") if status == Status.DONE else _("Báo lỗi của bạn đang được xem")
    notifications.notify(kind="error_answer", title=title, link=reverse("portal:error_report"), users=[report.reporter_id])
