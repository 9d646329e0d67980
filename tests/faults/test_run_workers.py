"""The monthly run with real workers that are killed, woken twice and cut off from their queue: the same rows as without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from beneficiaries.models import Run, RunShard
from posasoft.core import jobs
from posasoft.core.models import Job
from posasoft.core.tasks import sweep
from tests.faults import country
from tests.support.processes import Broker, broker, kill, until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@pytest.fixture
def queue() -> Iterator[Broker]:
    with broker() as started:
        yield started


@pytest.fixture
def expected() -> list[Any]:
    country.settle()
    return country.undisturbed()


def done() -> int:
    return RunShard.objects.filter(status="done").count()


def finished(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, finished_at__isnull=False).exists()


def grow_old() -> None:
    """What thirty seconds of silence do."""
    Job.objects.filter(status="running").update(heartbeat_at="2026-01-01T00:00Z")
    Job.objects.filter(status="queued").update(created_at="2026-01-01T00:00Z")


def test_a_worker_killed_twice_in_the_middle_leaves_the_rows_of_an_undisturbed_run(
    queue: Broker, expected: list[Any], tmp_path: Path
) -> None:
    run = country.begin()
    for wanted in (1, 3):
        with worker(queue, log=tmp_path / f"{wanted}.log") as process:
            until(lambda wanted=wanted: done() >= wanted)  # type: ignore[misc]  # the loop's value of this turn
            kill(process)
        assert not finished(run)
        grow_old()
        sweep()
    with worker(queue, log=tmp_path / "last.log"):
        until(lambda: finished(run), seconds=60)
    assert country.rows() == expected
    assert done() == len(country.PROVINCES)


def test_every_task_delivered_twice_to_two_workers_leaves_the_same_rows(queue: Broker, expected: list[Any], tmp_path: Path) -> None:
    run = country.begin()
    for job in Job.objects.all():
        jobs.wake({"job_id": job.pk})
    with worker(queue, log=tmp_path / "a.log"), worker(queue, log=tmp_path / "b.log"):
        until(lambda: finished(run), seconds=60)
        for job in Job.objects.all():
            jobs.wake({"job_id": job.pk})
        until(lambda: not Job.objects.exclude(status="done").exists())
    assert country.rows() == expected
    assert set(RunShard.objects.values_list("attempts", flat=True)) == {1}


def test_a_queue_flushed_in_the_middle_is_swept_and_the_run_goes_on(queue: Broker, expected: list[Any], tmp_path: Path) -> None:
    run = country.begin()
    redis.Redis.from_url(queue.url).flushall()
    with worker(queue, log=tmp_path / "worker.log"):
        grow_old()
        assert sweep() > 0
        until(lambda: done() >= 1)
        redis.Redis.from_url(queue.url).flushall()
        until(lambda: finished(run), seconds=60)
    assert country.rows() == expected
