"""Real worker processes and a Valkey of their own, for tests that kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from posasoft.celery import app
from tools import valkey
from tools.place import ROOT, data_place


@dataclass
class Broker:
    """A Valkey for one pytest worker."""

    url: str


@contextmanager
def broker() -> Iterator[Broker]:
    """Starts it, points this process at it, and stops it afterwards."""
    place = data_place(f"broker-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    before = app.conf.broker_url
    url = valkey.start(place)
    point_celery_at(url)
    try:
        yield Broker(url)
    finally:
        point_celery_at(before)
        valkey.stop(place)


def point_celery_at(url: str) -> None:
    """This process sends its wake-up calls to that Valkey."""
    app.conf.broker_url = url  # type: ignore[misc]  # settings are open at run time
    # Celery keeps its connections for the life of a process; forgetting them is what it does itself after a fork.
    app._after_fork()  # type: ignore[attr-defined]  # not in the stubs


def database_url() -> str:
    """Where the present test's rows are, reached as the tests reach them."""
    parts = connection.settings_dict
    options = "".join(f"&{name}={quote(str(value), safe='')}" for name, value in parts["OPTIONS"].items())
    account = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else quote(parts["USER"])
    return f"postgresql://{account}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}?connect_timeout=10{options}"


@contextmanager
def worker(where: Broker, *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker in a process group of its own; killed at the end whatever happened."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": where.url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "celery", "--app", "tests.support.worker", "worker", "--concurrency", "1", "--loglevel", "INFO",
               "--without-gossip", "--without-mingle"]  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the worker and of the children it has forked."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Waits until the condition holds; fails the test when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not come within {seconds} s"
        time.sleep(0.1)
