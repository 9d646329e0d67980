"""Files asked for and reports of errors as pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from posasoft.core.exports import exporter_of, may_approve
from posasoft.core.exports.registry import columns_for
from posasoft.core.exports.rules import SECOND
from posasoft.core.models import ErrorReport, ExportRequest, Job
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope
from posasoft.portal.queries.work_in_background import JobView, view

MOST = 100
OPEN = (ExportRequest.Status.APPROVED, ExportRequest.Status.RUNNING)


@dataclass(frozen=True)
class FileView:
    """A request with its title, its columns and filters in words, and the job that makes the file while it does."""

    asked: ExportRequest
    title: str
    columns: list[str]
    filters: list[tuple[str, str]]
    job: JobView | None

    @property
    def is_open(self) -> bool:
        return self.asked.status in OPEN and (self.job is None or self.job.is_open)

    @property
    def failed(self) -> bool:
        return self.asked.status == ExportRequest.Status.FAILED or (
            self.asked.status in OPEN and self.job is not None and not self.job.is_open
        )


def own_files(scope: Scope) -> QuerySet[ExportRequest]:
    """What the acting user asked for, in whatever role, the newest first."""
    return ExportRequest.objects.filter(requested_by=scope.user_id or 0).select_related("approved_by").order_by("-pk")


def own_file(scope: Scope, public_id: uuid.UUID) -> ExportRequest | None:
    """One of the user's own requests."""
    return own_files(scope).filter(public_id=public_id).first()


def waiting_for(scope: Scope) -> list[ExportRequest]:
    """Requests that the acting role may decide, the oldest first."""
    roles = [role for role, seconds in SECOND.items() if scope.role in seconds]
    waiting = in_scope(ExportRequest.objects.filter(status=ExportRequest.Status.WAITING_SECOND, role__in=roles), scope)
    return [asked for asked in waiting.select_related("requested_by").order_by("pk")[:MOST] if may_approve(asked, scope)]


def to_decide(scope: Scope, public_id: uuid.UUID) -> ExportRequest | None:
    """A request in the acting role's range, open or decided; None for one's own and for those another role decides."""
    found = in_scope(ExportRequest.objects.select_related("requested_by", "approved_by"), scope).filter(public_id=public_id).first()
    return found if found is not None and may_approve(found, scope) else None


def file_view(asked: ExportRequest) -> FileView:
    """A request as pages show it."""
    found = exporter_of(asked.kind, asked.role)
    job = Job.objects.filter(pk=asked.job_id or 0).first()
    known = {column.name: str(column.title) for column in columns_for(found, asked.role)} if found else {}
    return FileView(
        asked,
        str(found.title) if found else asked.kind,
        [known.get(name, name) for name in asked.columns],
        found.describe(asked.params) if found else [],
        view(job, timezone.now()) if job else None,
    )


def error_reports(scope: Scope) -> QuerySet[ErrorReport]:
    """Reports in the acting role's range, those not yet done first."""
    return in_scope(ErrorReport.objects.select_related("reporter", "answered_by"), scope).order_by("-pk")
