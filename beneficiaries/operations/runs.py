"""Starting, stopping and repeating the computation of a month. The rows here are the truth; jobs only bring workers."""

from __future__ import annotations

import datetime
import os

from django.db import connection, transaction
from django.db.models.functions import Now

from beneficiaries.models import Run, RunShard
from beneficiaries.operations.inherited import pull_inherited
from beneficiaries.statuses import CANCELLED, FAILED, OPEN, QUEUED, SHARD_MOVES
from policy import load_law
from posasoft.core import audit, jobs
from posasoft.core.models import Job
from posasoft.core.months import format_month
from posasoft.core.scope import Scope

JOB = "payments.run_month"
# One worker per core: the work is the processor's, and a third one would only take memory from the two.
WORKERS = min(2, os.cpu_count() or 1)


class RunRefused(Exception):
    """The month cannot be computed so; the message is for the screen (Vietnamese)."""


_PROVINCES = """
INSERT INTO beneficiaries_runshard (run_id, province_no, status, fence, attempts, households, persons, lines, amount, opened, closed,
  seconds, error_id, feed_read)
SELECT %(run)s, h.province_no, 'queued', 0, 0, h.number, 0, 0, 0, 0, 0, 0, '', ''
FROM (SELECT province_no, count(*) AS number FROM households_household WHERE ended_on IS NULL GROUP BY province_no) h
JOIN core_area a ON a.level = 'province' AND a.province_no = h.province_no AND a.position >= %(lo)s AND a.position_end <= %(hi)s
ON CONFLICT (run_id, province_no) DO NOTHING
"""


def start_run(*, month: datetime.date, by: Scope) -> Run:
    """Begin the computation of a month for every province in the caller's range, or find the one already going: two clicks make one run.

    Benefits of accepted lists that nobody has taken over yet become inherited decisions first.
    Raises RunRefused for a month before the latest one (past months are corrected by ``recalculate``) and for a range without a whole province.
    """
    if month.day != 1:
        raise ValueError("a month is its first day")
    with transaction.atomic():
        _take_turns(month)
        latest = Run.objects.filter(kind=Run.Kind.MONTH).order_by("-month").first()
        if latest is not None and month < latest.month:
            raise RunRefused(f"Đã tính đến tháng {format_month(latest.month)}; tháng trước đó chỉ được tính lại cho hộ có thay đổi.")
        pull_inherited(by=by)
        run = Run.objects.filter(kind=Run.Kind.MONTH, month=month, finished_at__isnull=True).first()
        started = run is None
        if run is None:
            run = Run.objects.create(month=month, law_version=load_law().version(month), started_by_id=by.user_id)
        with connection.cursor() as cursor:
            cursor.execute(_PROVINCES, {"run": run.pk, "lo": by.lo, "hi": by.hi})
            added = cursor.rowcount
        if not run.shards.exists():
            raise RunRefused("Không có hộ nào trong phạm vi để tính.")
        if added:
            _send_workers(run, by)
            audit.record(
                verb="start" if started else "extend", kind="run", object_id=run.pk, by=by, month=month.isoformat(), provinces=added
            )
    return run


def cancel_run(*, run: Run, by: Scope) -> None:
    """Stop a run: provinces not begun are dropped, one in work finishes its transaction; what is done stays done."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk, finished_at__isnull=True).update(cancel_requested=True)
        run.shards.filter(status=QUEUED).update(status=SHARD_MOVES[QUEUED, "cancel"], finished_at=Now())
        close_if_ended(run.pk)
        audit.record(verb="cancel", kind="run", object_id=run.pk, by=by)


def requeue_run(*, run: Run, by: Scope) -> int:
    """Put the failed and cancelled provinces of a run to work again; how many. Raises RunRefused when a later run of the month exists."""
    with transaction.atomic():
        _take_turns(run.month)
        if Run.objects.filter(kind=Run.Kind.MONTH, month__gte=run.month, pk__gt=run.pk).exists():
            raise RunRefused("Đã có lần tính sau; không chạy lại lần này.")
        Run.objects.filter(pk=run.pk).update(cancel_requested=False, finished_at=None)
        number = run.shards.filter(status__in=[FAILED, CANCELLED]).update(status=QUEUED, attempts=0, error_id="", finished_at=None)
        if number:
            _send_workers(run, by)
        else:
            close_if_ended(run.pk)
        audit.record(verb="requeue", kind="run", object_id=run.pk, by=by, provinces=number)
    return number


def close_if_ended(run_id: int) -> bool:
    """Mark a run finished once none of its provinces is waiting or in work."""
    with transaction.atomic():
        Run.objects.select_for_update().filter(pk=run_id).first()
        if RunShard.objects.filter(run_id=run_id, status__in=OPEN).exists():
            return False
        return bool(Run.objects.filter(pk=run_id, finished_at__isnull=True).update(finished_at=Now()))


def _take_turns(month: datetime.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('run'), %s)", [month.year * 12 + month.month])


def _send_workers(run: Run, by: Scope) -> None:
    """Enough jobs to use the machine; each takes provinces until none is left, so that one more or one less changes nothing."""
    made: list[Job] = [
        jobs.enqueue(kind=JOB, params={"run_id": run.pk}, by=by, title=f"Tính trợ cấp tháng {format_month(run.month)}")
        for _ in range(min(WORKERS, run.shards.filter(status=QUEUED).count()))
    ]
    if made:
        Run.objects.filter(pk=run.pk).update(job_id=made[0].pk)
