"""What Celery calls: ids in, one call."""

from __future__ import annotations

import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from posasoft.core import exports, heads, jobs, notifications, outbox, permissions, quotas, sealing, sessions
from posasoft.core.exports import writing
from posasoft.core.scope import COUNTRY, acting
from posasoft.core.serving import require_bound_role

__all__ = ["run_job", "sweep", "writing"]


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


@shared_task(name="posasoft.sweep_sessions")
def sweep_sessions() -> None:
    """Remove sessions that ended and uses that no limit asks about any more."""
    sessions.SessionStore.clear_expired()
    quotas.purge()


@shared_task(name="posasoft.seal_audit")
def seal_audit() -> int:
    """Chain what the audit trail has taken up since the last minute; how many rows."""
    return sealing.seal()


@shared_task(name="posasoft.expire_exports")
def expire_exports() -> int:
    """Delete the files whose time is over; how many."""
    return exports.expire()


@shared_task(name="posasoft.send_digests")
def send_digests() -> int:
    """Count the unread notices of each user into one e-mail; how many."""
    return notifications.send_digests(timezone.localdate())


@shared_task(name="posasoft.hand_out_heads")
def hand_out_heads() -> int:
    """E-mail yesterday's heads of the audit chain to those who keep them outside; to how many."""
    sealing.seal()
    return heads.hand_out(timezone.localdate() - datetime.timedelta(days=1))


@shared_task(name="posasoft.permissions")
def permissions_of_today() -> int:
    """Give and take what begins and ends today; requests ask the dated role itself and do not wait for this. How many rows changed."""
    with acting(COUNTRY):
        return permissions.bring_up_to_date()
