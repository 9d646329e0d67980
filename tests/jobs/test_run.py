from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import transaction

from posasoft.core import jobs
from posasoft.core.models import AuditEvent, Job, OutboxMessage, WorkItem
from posasoft.core.scope import COUNTRY
from tests.support.database import owner
from tests.support.job_handlers import VILLAGE

pytestmark = pytest.mark.django_db


def queued(kind: str, **params: Any) -> Job:
    return jobs.enqueue(kind=kind, params=params, by=COUNTRY, title="Thử")


def run(job: Job) -> Job:
    assert jobs.run(job.pk, beating=False)
    job.refresh_from_db()
    return job


def grow_silent(job: Job) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(heartbeat_at="2026-01-01T00:00Z", created_at="2026-01-01T00:00Z")


def test_a_job_is_done_and_shows_progress_and_result() -> None:
    job = run(queued("tests.visits", number=3))
    assert (job.status, job.result, job.progress_done, job.progress_total, job.message) == ("done", {"visits": 3}, 3, 3, "Đang ghi")
    assert job.finished_at is not None
    assert WorkItem.objects.count() == 3


def test_a_second_delivery_finds_nothing_to_do() -> None:
    job = run(queued("tests.visits", number=2))
    assert not jobs.run(job.pk, beating=False)
    assert WorkItem.objects.count() == 2


def test_a_job_that_a_living_worker_has_in_hand_is_not_claimed() -> None:
    job = queued("tests.visits", number=2)
    Job.objects.filter(pk=job.pk).update(status="running", heartbeat_at=jobs.Now(), fence=1)
    assert not jobs.run(job.pk, beating=False)


def test_a_successor_goes_on_where_a_silent_worker_stopped() -> None:
    job = queued("tests.visits", number=3)
    Job.objects.filter(pk=job.pk).update(status="running", heartbeat_at="2026-01-01T00:00Z", fence=1, state={"next": 2})
    assert run(job).status == "done"
    assert [item.area_pos for item in WorkItem.objects.all()] == [2]


def test_nothing_is_committed_by_a_worker_that_was_overtaken() -> None:
    job = queued("tests.overtaken")
    assert jobs.run(job.pk, beating=False)
    job.refresh_from_db()
    assert not WorkItem.objects.exists()
    assert job.status == "running"


def test_a_stop_takes_effect_at_the_next_step_and_keeps_what_was_done() -> None:
    assert run(queued("tests.asked_to_stop")).status == "cancelled"
    assert WorkItem.objects.count() == 1
    assert AuditEvent.objects.get(verb="cancel").object_kind == "job"


def test_a_job_that_has_not_begun_stops_at_once_and_never_runs() -> None:
    job = queued("tests.visits", number=1)
    jobs.cancel(job=job, by=COUNTRY)
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert not jobs.run(job.pk, beating=False)


def test_the_stop_of_a_finished_job_changes_nothing() -> None:
    job = run(queued("tests.visits", number=1))
    jobs.cancel(job=job, by=COUNTRY)
    job.refresh_from_db()
    assert (job.status, job.cancel_requested) == ("done", False)


def test_a_job_works_in_the_scope_of_who_started_it() -> None:
    WorkItem.objects.create(kind="visit", title="Trong xã", province_no=1, area_pos=1500)
    WorkItem.objects.create(kind="visit", title="Xã bên", province_no=1, area_pos=2500)
    job = run(jobs.enqueue(kind="tests.out_of_scope", params={}, by=VILLAGE))
    assert job.result == {"seen": 1, "scope": [1000, 2000], "by": None}


def test_an_expected_fault_is_told_in_words() -> None:
    job = run(queued("tests.refused"))
    assert (job.status, job.message, job.error_id) == ("failed", "Danh sách đã được duyệt.", "")


def test_an_unexpected_fault_gets_an_id_and_no_personal_data_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        job = run(queued("tests.broken", people="Thào Thị Mai 002187001234"))
    assert job.status == "failed"
    assert job.error_id in job.message
    assert job.error_id in caplog.text
    assert "ValueError" in caplog.text
    assert "Thào" not in caplog.text + job.message
    assert "002187001234" not in caplog.text + job.message


def test_an_unknown_kind_is_told_in_words() -> None:
    assert "tests.nobody" in run(queued("tests.nobody")).message


def test_a_job_that_takes_its_worker_down_every_time_is_given_up() -> None:
    job = queued("tests.visits", number=1)
    Job.objects.filter(pk=job.pk).update(status="running", heartbeat_at="2026-01-01T00:00Z", attempts=jobs.MOST_ATTEMPTS)
    assert not jobs.run(job.pk, beating=False)
    job.refresh_from_db()
    assert job.status == "failed"


def test_the_sweeper_sees_what_nobody_works_on_and_only_that() -> None:
    lost, fresh, silent, alive = (queued("tests.visits", number=1) for _ in range(4))
    Job.objects.filter(pk__in=[silent.pk, alive.pk]).update(status="running", heartbeat_at=jobs.Now())
    grow_silent(lost)
    grow_silent(silent)
    assert jobs.waiting_for_a_worker() == [lost.pk, silent.pk]
    assert fresh.status == "queued"


def test_a_job_is_forgotten_with_the_transaction_that_wanted_it() -> None:
    with transaction.atomic():
        queued("tests.visits", number=1)
        transaction.set_rollback(True)
    with owner():
        assert not Job.objects.exists()
        assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_when_the_database_goes_away_the_job_is_tried_again() -> None:
    job = queued("tests.database_away")
    assert jobs.run_all(beating=False) == 3
    job.refresh_from_db()
    assert (job.status, job.result) == ("done", {"attempt": 3})


@pytest.mark.django_db(transaction=True)
def test_progress_inside_an_open_transaction_is_seen_from_outside() -> None:
    job = queued("tests.visits", number=2, pause=2.5)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.progress_done) == ("done", 2)
    assert job.heartbeat_at > job.started_at
