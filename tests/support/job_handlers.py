"""Kinds of jobs that only tests know."""

from __future__ import annotations

import time
from typing import Any

from django.db import OperationalError

from posasoft.core import jobs, shared_jobs
from posasoft.core.models import WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting


@jobs.handler("tests.visits")
def visits(context: jobs.JobContext) -> dict[str, Any]:
    """Writes `number` work items at positions 0, 1, 2 …, one a unit, with a pause after each."""
    number = context.params["number"]
    for position in range(context.state.get("next", 0), number):
        with context.unit():
            WorkItem.objects.create(kind="visit", title=f"Thăm hộ {position}", province_no=1, area_pos=position)
            context.save(next=position + 1)
        context.progress(position + 1, number, "Đang ghi")
        time.sleep(context.params.get("pause", 0))
    return {"visits": number}


@jobs.handler("tests.shared_visits")
def shared_visits(context: jobs.JobContext) -> dict[str, Any]:
    """Writes `number` work items at positions 0, 1, 2 …, shared among workers; `dies_at`: the position where the one who takes it breaks off."""

    def visit(position: int) -> str:
        WorkItem.objects.create(kind="visit", title=f"Thăm hộ {position}", province_no=1, area_pos=position, reason=str(context.job_id))
        time.sleep(context.params.get("pause", 0))
        if context.params.get("dies_at") == position and context.fence == 1:
            raise SystemExit
        return f"hộ {position}"

    done = shared_jobs.share(context, range(context.params["number"]), visit)
    return {"visits": sorted(done.values())}


@jobs.handler("tests.asked_to_stop")
def asked_to_stop(context: jobs.JobContext) -> None:
    with context.unit():
        WorkItem.objects.create(kind="visit", title="Trước khi dừng", province_no=1, area_pos=1)
    with acting(COUNTRY):
        jobs.cancel(job=jobs.Job.objects.get(pk=context.job_id), by=COUNTRY)
    context.progress(1, 2)
    raise AssertionError("the stop must take effect before this line")


@jobs.handler("tests.overtaken")
def overtaken(context: jobs.JobContext) -> None:
    """While it works, another worker claims its job, as happens to a process that stood still for a minute."""
    with context.unit():
        WorkItem.objects.create(kind="visit", title="Của người đến muộn", province_no=1, area_pos=1)
        jobs.Job.objects.filter(pk=context.job_id).update(fence=context.fence + 1)


@jobs.handler("tests.out_of_scope")
def out_of_scope(context: jobs.JobContext) -> dict[str, Any]:
    with context.unit():
        return {"seen": WorkItem.objects.count(), "scope": [context.scope.lo, context.scope.hi], "by": context.scope.user_id}


@jobs.handler("tests.refused")
def refused(context: jobs.JobContext) -> None:
    raise jobs.JobFailed("Danh sách đã được duyệt.")


@jobs.handler("tests.broken")
def broken(context: jobs.JobContext) -> None:
    raise ValueError(context.params["people"])


@jobs.handler("tests.database_away")
def database_away(context: jobs.JobContext) -> dict[str, int]:
    if context.fence < 3:
        raise OperationalError("the database system is starting up")
    return {"attempt": context.fence}


VILLAGE = Scope("area", 1000, 2000, role="commune_officer")
