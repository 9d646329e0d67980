"""PostgreSQL killed in the middle of a run, and again: after its recovery the run goes on and its rows are those of an undisturbed one."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Any

import pytest

from beneficiaries.models import Run
from tests.faults import country
from tests.faults.stage import Stage
from tools.place import ROOT

pytestmark = pytest.mark.faults

SEED = 20_261_101
ROUNDS = 3
COMMAND = [sys.executable, "manage.py", "run_month", "2026-11", "--wait", "--workers", "1"]


@pytest.fixture(scope="module")
def expected(servers: Stage, django_db_blocker: Any) -> list[Any]:
    """Six provinces of two hundred families, and what a run of theirs writes."""
    with django_db_blocker.unblock():
        country.settle(homes=200)
        return country.undisturbed()


def test_a_run_across_crashes_of_the_database_ends_with_the_rows_of_an_undisturbed_one(
    servers: Stage, expected: list[Any], django_db_blocker: Any
) -> None:
    """The moments are drawn with SEED; each crash meets provinces done, in work and waiting."""
    draw, cut = random.Random(SEED), 0
    for _ in range(ROUNDS):
        run = subprocess.Popen(COMMAND, cwd=ROOT, env=servers.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_work(servers, draw.uniform(0.0, 0.15))
        servers.kill_postgres()
        cut += run.wait(timeout=60) != 0
    assert cut == ROUNDS
    subprocess.run(COMMAND, cwd=ROOT, env=servers.environment(), check=True, capture_output=True)
    with django_db_blocker.unblock():
        assert country.rows() == expected
        assert Run.objects.count() == 1


def wait_for_work(servers: Stage, seconds: float) -> None:
    """Until a province is in work, and then a little longer."""
    deadline = time.monotonic() + 60
    with servers.owner() as connection:
        while connection.execute("SELECT count(*) FROM beneficiaries_runshard WHERE status = 'running'").fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    time.sleep(seconds)
