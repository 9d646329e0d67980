"""The promises of jobs with real processes: killed workers, lost queues, doubled messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.db import transaction

from posasoft.celery import app
from posasoft.core import jobs
from posasoft.core.models import Job, WorkItem
from posasoft.core.scope import COUNTRY
from posasoft.core.tasks import sweep
from tests.support.processes import Broker, broker, kill, until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@pytest.fixture
def queue() -> Iterator[Broker]:
    with broker() as started:
        yield started


def started(**params: float) -> Job:
    with transaction.atomic():
        return jobs.enqueue(kind="tests.visits", params=params, by=COUNTRY)


def status(job: Job) -> str:
    return Job.objects.get(pk=job.pk).status


def positions() -> list[int]:
    return sorted(WorkItem.objects.values_list("area_pos", flat=True))


def grow_old() -> None:
    """What thirty seconds of silence do."""
    Job.objects.filter(status="running").update(heartbeat_at="2026-01-01T00:00Z")
    Job.objects.filter(status="queued").update(created_at="2026-01-01T00:00Z")


def test_a_job_is_done_by_a_worker_that_was_woken(queue: Broker, tmp_path: Path) -> None:
    with worker(queue, log=tmp_path / "worker.log"):
        job = started(number=3)
        until(lambda: status(job) == "done")
    assert positions() == [0, 1, 2]


def test_a_worker_killed_in_the_middle_is_succeeded_by_another_and_every_row_is_there_once(queue: Broker, tmp_path: Path) -> None:
    job = started(number=6, pause=0.5)
    with worker(queue, log=tmp_path / "first.log") as first:
        until(lambda: len(positions()) >= 2)
        kill(first)
    assert status(job) == "running"
    grow_old()
    with worker(queue, log=tmp_path / "second.log"):
        assert sweep() == 1
        until(lambda: status(job) == "done")
    assert positions() == [0, 1, 2, 3, 4, 5]
    assert Job.objects.get(pk=job.pk).attempts == 2


def test_every_message_delivered_three_times_changes_nothing(queue: Broker, tmp_path: Path) -> None:
    several = [started(number=2) for _ in range(3)]
    for job in several * 2:
        jobs.wake({"job_id": job.pk})
    with worker(queue, log=tmp_path / "a.log"), worker(queue, log=tmp_path / "b.log"):
        until(lambda: all(status(job) == "done" for job in several))
    assert positions() == [0, 0, 0, 1, 1, 1]
    assert all(job.attempts == 1 for job in Job.objects.all())


def test_a_queue_that_was_flushed_is_rebuilt_from_the_database(queue: Broker, tmp_path: Path) -> None:
    several = [started(number=1) for _ in range(3)]
    redis.Redis.from_url(queue.url).flushall()
    with worker(queue, log=tmp_path / "worker.log"):
        assert sweep() == 0
        grow_old()
        assert sweep() == 3
        until(lambda: all(status(job) == "done" for job in several))


def test_a_message_that_could_carry_code_is_refused_and_the_worker_lives_on(queue: Broker, tmp_path: Path) -> None:
    job = started(number=1)
    log = tmp_path / "worker.log"
    app.send_task(jobs.TASK, kwargs={"job_id": job.pk}, serializer="pickle")
    with worker(queue, log=log):
        until(lambda: "Refusing to deserialize" in log.read_text())
        until(lambda: status(job) == "done")
