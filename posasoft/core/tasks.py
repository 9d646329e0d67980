"""What Celery calls: ids in, one call."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from posasoft.core import jobs, outbox
from posasoft.core.serving import require_bound_role


@shared_task(name=jobs.TASK)
def run_job(job_id: int, **_later: Any) -> bool:
    """Do one job; a second delivery finds nothing to claim. Keywords of a newer version are ignored."""
    require_bound_role()
    return jobs.run(job_id)


@shared_task(name="posasoft.sweep")
def sweep() -> int:
    """Send what was not sent and wake what nobody works on; how many. The queue can be rebuilt from nothing by this alone."""
    sent = outbox.drain()
    for job_id in jobs.waiting_for_a_worker():
        jobs.wake({"job_id": job_id})
        sent += 1
    outbox.purge()
    return sent
