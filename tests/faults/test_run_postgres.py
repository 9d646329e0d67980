"""PostgreSQL killed in the middle of a run, and again: after its recovery the run goes on and its rows are those of an undisturbed one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tools import postgres, servers
from tools.place import ROOT, Place, data_place

pytestmark = pytest.mark.faults

SEED = 20_261_101
ROUNDS = 3
DIGEST = """
SELECT md5(string_agg(x::text, '|' ORDER BY x::text)), count(*) FROM (
  SELECT household_id, person_id, benefit, amount, from_month, until_month, NULL::bigint AS total, NULL::text AS parts FROM beneficiaries_entitlement
  UNION ALL SELECT household_id, payee_id, 'package', amount, from_month, until_month, lines, NULL FROM beneficiaries_package
  UNION ALL SELECT household_id, payee_id, 'line', amount, month, NULL, total, components::text FROM payments_paymentline
) x
"""
CLEAR = (
    "TRUNCATE payments_ordered, payments_listdrift, payments_paymentline, payments_paymentlist, payments_correction,"
    " beneficiaries_entitlement, beneficiaries_package,"
    " beneficiaries_reopened, beneficiaries_runshard, beneficiaries_run CASCADE"
)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    kept = data_place(f"run-faults-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    yield kept
    servers.finally_stop(kept)
    shutil.rmtree(kept.data)


@pytest.fixture(scope="module")
def server(place: Place) -> postgres.Postgres:
    """A durable cluster of its own with a small registry."""
    started = postgres.start(place)
    for command in (
        ["migrate", "-v0"],
        ["load_areas"],
        ["generate_registry", "--households", "1500", "--as-of", "2026-11-01", "--workers", "1"],
    ):
        manage(started, *command, role=postgres.OWNER)
    return started


def environment(server: postgres.Postgres, role: str) -> dict[str, str]:
    address = server.url(role)
    return {
        **os.environ,
        "DATABASE_URL": address,
        "MIGRATION_DATABASE_URL": server.url(postgres.OWNER),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PYTHONPATH": str(ROOT),
    }


def manage(server: postgres.Postgres, *arguments: str, role: str = postgres.SERVING) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(server, role), check=True, capture_output=True)


def digest(server: postgres.Postgres) -> Any:
    with psycopg.connect(server.url(postgres.OWNER)) as connection:
        return connection.execute(DIGEST).fetchone()


def crash(place: Place) -> None:
    """kill -9 of the postmaster: its backends die with it, whatever they were committing."""
    pid = int((place.postgres / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        time.sleep(0.02)


def test_a_run_across_crashes_of_the_database_ends_with_the_rows_of_an_undisturbed_one(place: Place, server: postgres.Postgres) -> None:
    """The moments are drawn with SEED; each crash meets provinces done, in work and waiting."""
    manage(server, "run_month", "2026-11", "--wait", "--workers", "1")
    expected = digest(server)
    assert expected[1] > 100
    with psycopg.connect(server.url(postgres.OWNER)) as connection:
        connection.execute(CLEAR)
    draw = random.Random(SEED)
    for _ in range(ROUNDS):
        command = [sys.executable, "manage.py", "run_month", "2026-11", "--wait", "--workers", "1"]
        run = subprocess.Popen(
            command, cwd=ROOT, env=environment(server, postgres.SERVING), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for_work(server, draw.uniform(0.2, 2.5))
        crash(place)
        run.wait(timeout=60)
        postgres.start(place)
    manage(server, "run_month", "2026-11", "--wait", "--workers", "1")
    assert digest(server) == expected
    with psycopg.connect(server.url(postgres.OWNER)) as connection:
        assert connection.execute("SELECT count(*) FROM beneficiaries_run").fetchone() == (1,)


def wait_for_work(server: postgres.Postgres, seconds: float) -> None:
    """Until a province is in work, and then a little longer."""
    deadline = time.monotonic() + 60
    with psycopg.connect(server.url(postgres.OWNER), autocommit=True) as connection:
        while connection.execute("SELECT count(*) FROM beneficiaries_runshard WHERE status = 'running'").fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    time.sleep(seconds)
