"""Long pieces of work. A row in PostgreSQL is the truth; Celery wakes a worker, perhaps twice, perhaps never, and both are harmless.

An app registers in its ``tasks.py``::

    @jobs.handler("households.stage")
    def stage(context: JobContext) -> dict[str, Any]:      # runs outside a transaction
        for number, chunk in enumerate(chunks, start=1):
            with context.unit():                           # one transaction, in the scope of whoever started the job
                write(chunk)
                context.save(chunk=number)                 # committed with the chunk: a killed worker goes on from here
            context.progress(number, len(chunks))          # raises Cancelled when somebody asked to stop
        return {"rows": 671}

and starts it inside its own transaction with ``enqueue(kind=…, params=…, by=scope, title=…)``.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.module_loading import autodiscover_modules

from posasoft.core import audit, outbox
from posasoft.core.access import scope_of
from posasoft.core.models import Job, JobLogLine, RoleAssignment, ScopeKind
from posasoft.core.pulse import Pulse
from posasoft.core.scope import Scope, acting

Status = Job.Status
TOPIC = "job.wake"
TASK = "posasoft.run_job"
# Fifteen beats missed: the worker is gone, or stands still and is fenced off.
SILENT_AFTER = timedelta(seconds=30)
# A job that takes its worker down every time (memory, say) must not do so for ever.
MOST_ATTEMPTS = 5


class Cancelled(Exception):
    """Somebody asked the job to stop."""


class Fenced(Exception):
    """Another worker has taken the job over; nothing of this unit may be committed."""


class JobFailed(Exception):
    """The job cannot be done; the message is shown to the user (Vietnamese, no personal data)."""


@dataclass
class JobContext:
    """What a handler knows of its job and may say about it."""

    job_id: int
    fence: int
    params: dict[str, Any]
    scope: Scope
    pulse: Pulse
    state: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """One transaction in the job's scope; it commits only while the job is still ours. Raises Fenced, Cancelled."""
        self.check_cancelled()
        with acting(self.scope):
            yield
            # The lock shuts out a new claim until this commit. It comes last, so that progress and stops are never kept waiting by the work.
            ours = Job.objects.select_for_update(no_key=True).filter(pk=self.job_id, fence=self.fence, status=Status.RUNNING)
            if ours.values_list("pk").first() is None:
                raise Fenced

    def progress(self, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        """Say how far the job is (in its own units); also the place where a stop takes effect. Raises Fenced, Cancelled."""
        self.pulse.report(done, total, message)
        self.check_cancelled()

    def check_cancelled(self) -> None:
        """Raises Cancelled when somebody asked to stop, Fenced when another worker took over."""
        if self.pulse.lost:
            raise Fenced
        if self.pulse.cancelled:
            raise Cancelled

    def log(self, text: str, level: str = "info") -> None:
        """One line for the job's page; no personal data."""
        JobLogLine.objects.create(job_id=self.job_id, text=text[:1000], level=level)

    def save(self, **changes: Any) -> None:
        """Keep what a successor needs to go on; call inside a unit, so that it is committed with the unit's work."""
        self.state.update(changes)
        Job.objects.filter(pk=self.job_id, fence=self.fence).update(state=self.state)


Handler = Callable[[JobContext], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}
_log = logging.getLogger(__name__)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of a kind; it returns what the job's page shows as its result (JSON), or None."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def enqueue(*, kind: str, params: dict[str, Any], by: Scope, title: str = "") -> Job:
    """Write a job in the caller's transaction; a worker is woken after the commit. ``params`` holds ids and codes, no personal data."""
    job = Job.objects.create(
        kind=kind, title=title, params=params, created_by_id=by.user_id, role_assignment_id=by.assignment_id, scope_lo=by.lo, scope_hi=by.hi
    )
    outbox.publish(topic=TOPIC, payload={"job_id": job.pk})
    return job


def cancel(*, job: Job, by: Scope) -> None:
    """Ask a job to stop; one that has not begun stops at once, a running one at its next step. A finished job is left as it is."""
    with transaction.atomic():
        asked = Job.objects.filter(pk=job.pk, status__in=[Status.QUEUED, Status.RUNNING], cancel_requested=False).update(
            cancel_requested=True
        )
        Job.objects.filter(pk=job.pk, status=Status.QUEUED).update(status=Status.CANCELLED, finished_at=Now())
        if asked:
            audit.record(verb="cancel", kind="job", object_id=job.pk, by=by)


def run(job_id: int, *, beating: bool = True) -> bool:
    """Claim one job and do it; False when there was nothing to claim (done, or in another worker's hands).

    ``beating=False`` writes progress on the caller's connection: for tests, where no other connection sees the job.
    """
    job = _claim(job_id)
    if job is None:
        return False
    with Pulse(job.pk, job.fence, beating=beating) as pulse:
        context = JobContext(job.pk, job.fence, job.params, _scope(job), pulse, dict(job.state))
        outcome = _do(job, context)
        pulse.stop()
    _finish(job, pulse, **outcome)
    return True


def run_all(*, beating: bool = True) -> int:
    """Do every open job in this process, in order, until none is left; how many. For commands that wait and for tests."""
    autodiscover_modules("tasks")
    number = 0
    while waiting := list(_open(silent_only=False).values_list("pk", flat=True)[:1]):
        number += run(waiting[0], beating=beating)
    return number


def waiting_for_a_worker() -> list[int]:
    """Jobs whose wake-up was lost or whose worker fell silent: what the sweeper wakes again."""
    return list(_open(silent_only=True).values_list("pk", flat=True))


def _open(*, silent_only: bool) -> QuerySet[Job]:
    overdue = Q(status=Status.QUEUED, created_at__lt=Now() - SILENT_AFTER) if silent_only else Q(status=Status.QUEUED)
    return Job.objects.filter(overdue | Q(status=Status.RUNNING, heartbeat_at__lt=Now() - SILENT_AFTER)).order_by("pk")


def _claim(job_id: int) -> Job | None:
    with transaction.atomic():
        free = Q(status=Status.QUEUED) | Q(status=Status.RUNNING, heartbeat_at__lt=Now() - SILENT_AFTER)
        job = Job.objects.select_for_update(skip_locked=True).filter(free, pk=job_id).first()
        if job is None:
            return None
        if job.cancel_requested or job.attempts >= MOST_ATTEMPTS:
            _close_unclaimed(job)
            return None
        Job.objects.filter(pk=job_id).update(
            status=Status.RUNNING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            heartbeat_at=Now(),
            started_at=Coalesce("started_at", Now()),
        )
        job.refresh_from_db()
    return job


def _close_unclaimed(job: Job) -> None:
    status, message = (Status.CANCELLED, job.message) if job.cancel_requested else (Status.FAILED, "Công việc đã dừng đột ngột nhiều lần.")
    Job.objects.filter(pk=job.pk).update(status=status, message=message, finished_at=Now())


def _scope(job: Job) -> Scope:
    assignment = RoleAssignment.objects.filter(pk=job.role_assignment_id).select_related("area").first() if job.role_assignment_id else None
    if assignment and assignment.scope_kind != ScopeKind.AREA:
        return scope_of(assignment)
    role = assignment.role if assignment else "system"
    return Scope("area", job.scope_lo or 0, job.scope_hi or 0, job.created_by_id, role, job.role_assignment_id)


def _do(job: Job, context: JobContext) -> dict[str, Any]:
    """The new values of the job's row, empty when it is no longer ours to write."""
    try:
        function = _handlers.get(job.kind)
        if function is None:
            raise JobFailed(f"Không có chương trình cho loại công việc {job.kind}.")
        return {"status": Status.DONE, "result": function(context)}
    except Fenced:
        return {}
    except Cancelled:
        return {"status": Status.CANCELLED}
    except JobFailed as error:
        return {"status": Status.FAILED, "message": str(error)[:500]}
    except (OperationalError, InterfaceError) as error:
        # The database went away or refused for a moment: the job goes back to the queue and another attempt goes on from its state.
        _log.warning("job %s interrupted: %s", job.pk, type(error).__name__)
        connection.close()
        return {"status": Status.QUEUED}
    except Exception as error:  # whatever a handler raises must end on the job's page, with an id to find it in the log
        return {"status": Status.FAILED, **_report(job, error)}


def _report(job: Job, error: Exception) -> dict[str, str]:
    # The text of a database error quotes the row it refused, so only its kind and its place go to the log.
    error_id = str(uuid.uuid4())
    place = "".join(traceback.format_tb(error.__traceback__))
    _log.error("job %s (%s) failed, error %s: %s\n%s", job.pk, job.kind, error_id, type(error).__name__, place)
    return {"error_id": error_id, "message": f"Công việc gặp lỗi. Mã lỗi: {error_id}"}


def _finish(job: Job, pulse: Pulse, **values: Any) -> None:
    if not values:
        return
    ours = Job.objects.filter(pk=job.pk, fence=job.fence, status=Status.RUNNING)
    if values["status"] == Status.QUEUED:
        # Left to the sweeper when the database is still away: the heartbeat grows old by itself.
        with suppress(OperationalError, InterfaceError), transaction.atomic():
            ours.update(**values)
            outbox.publish(topic=TOPIC, payload={"job_id": job.pk})
        return
    done, total, message = pulse.reported
    shown = {"progress_done": done, "progress_total": total, "message": message}
    ours.update(finished_at=Now(), **{**{name: value for name, value in shown.items() if value is not None}, **values})


@outbox.transport(TOPIC)
def wake(payload: dict[str, Any]) -> None:
    """Tell some worker about a job."""
    current_app.send_task(TASK, kwargs=payload)
