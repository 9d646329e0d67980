"""PostgreSQL killed in the middle of a run, and again: after its recovery the run goes on and its rows are those of an undisturbed one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from beneficiaries.models import Run, RunShard
from posasoft.core.models import Job
from posasoft.core.tasks import sweep
from tests.faults import country
from tests.faults.stage import Stage, stage
from tests.support.database import template_url
from tests.support.processes import until
from tools.place import ROOT

pytestmark = pytest.mark.faults

SEED = 20_261_101
COMMAND = [sys.executable, "manage.py", "run_month", "2026-11", "--wait", "--workers", "1"]


@pytest.fixture(scope="module")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """A durable PostgreSQL, Valkey and a worker; tests of this module may use the database while they are there."""
    kind = f"run-faults-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock(), stage(kind, template=template_url(), web=False) as built:
        yield built


def test_a_run_across_crashes_of_the_database_ends_with_the_rows_of_an_undisturbed_one(servers: Stage) -> None:
    """Six provinces of 150 families. The moments are drawn with SEED; each crash meets provinces done (after the first), in work and waiting."""
    country.settle(homes=150)
    expected = country.undisturbed()
    run = country.begin()
    draw = random.Random(SEED)
    for done in (0, 1, 2):
        until(lambda done=done: in_the_middle(done))  # type: ignore[misc]  # the loop's value of this turn
        time.sleep(draw.uniform(0.0, 0.1))
        servers.kill_postgres()
        assert Run.objects.filter(pk=run.pk, finished_at=None).exists()
    connections.close_all()
    subprocess.run(COMMAND, cwd=ROOT, env=servers.environment(), check=True, capture_output=True)
    assert country.rows() == expected
    # The worker may have ended the run before the command asked for it; then the command's own run finds nothing to write.
    assert not Run.objects.filter(finished_at=None).exists()


def in_the_middle(done: int) -> bool:
    """Whether so many provinces are done and another is in work; after a crash the sweeper wakes the workers anew."""
    # What thirty seconds of silence do.
    Job.objects.filter(status="running").update(heartbeat_at="2026-01-01T00:00Z")
    Job.objects.filter(status="queued").update(created_at="2026-01-01T00:00Z")
    sweep()
    return RunShard.objects.filter(status="done").count() >= done and RunShard.objects.filter(status="running").exists()
