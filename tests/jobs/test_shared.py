"""A job whose parts several workers share."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connection

from posasoft.core import jobs, shared_jobs
from posasoft.core.models import Job, WorkItem
from posasoft.core.scope import COUNTRY, acting
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 4
ALL = {"visits": [f"hộ {position}" for position in range(NUMBER)]}


def two_jobs(**params: object) -> tuple[Job, Job]:
    """The job to watch and the one that helps."""
    with acting(COUNTRY):
        watched = shared_jobs.enqueue(kind="tests.shared_visits", params={"number": NUMBER, **params}, by=COUNTRY, title="Thử", workers=2)
    (helper,) = Job.objects.filter(params__has_key=shared_jobs.HELPS)
    return watched, helper


def visits() -> Counter[int]:
    with owner():
        return Counter(WorkItem.objects.filter(kind="visit").values_list("area_pos", flat=True))


def test_two_workers_do_each_part_once_and_what_is_watched_ends_with_all() -> None:
    watched, helper = two_jobs(pause=0.1)
    start = threading.Barrier(2)

    def work(job: Job) -> None:
        try:
            start.wait(10)
            jobs.run(job.pk, beating=False)
        finally:
            connection.close()

    hands = [threading.Thread(target=work, args=(job,)) for job in (watched, helper)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert visits() == Counter(range(NUMBER))
    with owner():
        assert WorkItem.objects.filter(kind="visit").values("reason").distinct().count() == 2
    watched.refresh_from_db()
    helper.refresh_from_db()
    assert (watched.status, watched.result, watched.progress_done, watched.progress_total) == ("done", ALL, NUMBER, NUMBER)
    assert helper.status == "done"


def test_a_killed_workers_part_is_done_by_the_next_and_nothing_a_second_time() -> None:
    """The watched job's worker dies in the third part: the helper does that part and the last. The successor finds all done and says so."""
    watched, helper = two_jobs(dies_at=2)
    with pytest.raises(SystemExit):
        jobs.run(watched.pk, beating=False)
    assert visits() == Counter(range(2))
    Job.objects.filter(pk=helper.pk).update(params={"number": NUMBER, shared_jobs.HELPS: watched.pk})
    assert jobs.run(helper.pk, beating=False)
    assert visits() == Counter(range(NUMBER))
    Job.objects.filter(pk=watched.pk).update(heartbeat_at="2026-01-01T00:00Z")
    assert jobs.run(watched.pk, beating=False)
    assert not jobs.run(watched.pk, beating=False)
    assert visits() == Counter(range(NUMBER))
    watched.refresh_from_db()
    assert (watched.status, watched.result) == ("done", ALL)


def test_a_stop_of_what_is_watched_stops_those_who_help() -> None:
    watched, helper = two_jobs()
    jobs.cancel(job=watched, by=COUNTRY)
    assert jobs.run(helper.pk, beating=False)
    helper.refresh_from_db()
    assert helper.status == "cancelled"
    assert visits() == Counter()
