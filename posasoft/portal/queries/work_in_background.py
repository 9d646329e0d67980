"""Jobs as pages show them: how far, how fast, how long still."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from posasoft.core.models import Job
from posasoft.core.scope import Scope

OPEN = (Job.Status.QUEUED, Job.Status.RUNNING)


@dataclass(frozen=True)
class JobView:
    """A job with its speed in units a second and seconds left; both None until there is something to divide."""

    job: Job
    speed: float | None
    seconds_left: int | None

    @property
    def is_open(self) -> bool:
        return self.job.status in OPEN


def jobs(scope: Scope) -> QuerySet[Job]:
    """Jobs that the user started, or that worked inside the role's range; the newest first."""
    inside = Q(scope_lo__gte=scope.lo, scope_hi__lte=scope.hi) if scope.kind == "area" else Q(pk__in=[])
    return Job.objects.filter(inside | Q(created_by_id=scope.user_id)).select_related("created_by").order_by("-pk")


def view(job: Job, now: datetime.datetime) -> JobView:
    """Speed since the start and the time left at that speed."""
    if job.status != Job.Status.RUNNING or not job.started_at or not job.progress_total or not job.progress_done:
        return JobView(job, None, None)
    elapsed = max((now - job.started_at).total_seconds(), 0.1)
    speed = job.progress_done / elapsed
    left = max(job.progress_total - job.progress_done, 0)
    return JobView(job, speed, round(left / speed))
