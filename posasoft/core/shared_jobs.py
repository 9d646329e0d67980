"""A job whose parts several workers share: one row that people watch, and others of the same kind that help with it.

A part is done in one transaction under an advisory lock, which ends with its holder: what a killed worker had in hand is free for the next one at
once. What is done stands in the state of the watched job, committed with the part, so that a successor, a second delivery or one helper more
or less changes nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from posasoft.core import jobs
from posasoft.core.models import Job, JobLogLine
from posasoft.core.scope import Scope

HELPS = "helps_job"
# Parts still in other workers' hands are looked at again after this time: one of those workers may have died.
LOOK_AGAIN_SECONDS = 1.0

_MARK = "UPDATE core_job SET state = state || jsonb_build_object(%s::text, %s::jsonb) WHERE id = %s"


def enqueue(*, kind: str, params: dict[str, Any], by: Scope, title: str, workers: int) -> Job:
    """Write a job and those that help with it in the caller's transaction; the one to watch."""
    watched = jobs.enqueue(kind=kind, params=params, by=by, title=title)
    for _ in range(workers - 1):
        jobs.enqueue(kind=kind, params={**params, HELPS: watched.pk}, by=by, title=title)
    return watched


def watched_by(context: jobs.JobContext) -> int:
    """The job that people watch: the helper's other one, or this one itself."""
    return int(context.params.get(HELPS, context.job_id))


def log(context: jobs.JobContext, text: str) -> None:
    """One line for the page of the watched job, whoever works on it; no personal data."""
    JobLogLine.objects.create(job_id=watched_by(context), text=text[:1000])


def share(context: jobs.JobContext, parts: Sequence[int], work: Callable[[int], Any]) -> dict[int, Any]:
    """Do parts, in this order, until none is free; the watched job stays until all are done.

    Gives part → what ``work`` returned for it (JSON), whoever did it. The same part of two jobs of a kind is never in work at once.
    Raises what the unit of a job raises, Cancelled also when the watched job has stopped.
    """
    watched = watched_by(context)
    while True:
        done = _done(context, watched)
        context.progress(sum(part in done for part in parts), len(parts))
        left = [part for part in parts if part not in done]
        if not left:
            return done
        if any(_take(context, watched, part, work) for part in left):
            continue
        if watched != context.job_id:
            return done
        time.sleep(LOOK_AGAIN_SECONDS)


def _done(context: jobs.JobContext, watched: int) -> dict[int, Any]:
    with context.unit():
        job = Job.objects.get(pk=watched)
    if job.cancel_requested or job.status in (jobs.Status.CANCELLED, jobs.Status.FAILED):
        raise jobs.Cancelled
    return {int(part): outcome for part, outcome in job.state.items()}


def _take(context: jobs.JobContext, watched: int, part: int, work: Callable[[int], Any]) -> bool:
    """Whether the part was free and still to do; then it is done."""
    with context.unit(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(kind), %s) FROM core_job WHERE id = %s", [part, watched])
        if cursor.fetchone() != (True,):
            return False
        # Read under the lock: whoever held it before has committed.
        if str(part) in Job.objects.values_list("state", flat=True).get(pk=watched):
            return False
        outcome = work(part)
        cursor.execute(_MARK, [str(part), json.dumps(outcome), watched])
    return True
