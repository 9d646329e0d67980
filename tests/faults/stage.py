"""Real servers of their own for fault tests: a durable PostgreSQL, Valkey, gunicorn and a Celery worker, and ways to hurt them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connections
from django.test import override_settings

from posasoft.celery import app
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY
from posasoft.env import database
from tests.support import processes
from tools import postgres, servers, valkey
from tools.console import silence
from tools.place import ROOT, Place, data_place, postgres_programs

CLUSTER_MEGABYTES = 640
# Little log is kept, so that the cluster stays small and its disk can be filled in a moment.
_SMALL = (
    "max_wal_size = '96MB'",
    "min_wal_size = '32MB'",
    "shared_buffers = '128MB'",
    "work_mem = '8MB'",
    "log_min_duration_statement = '-1'",
)
_ANSWERS_WITHIN = 60.0


@dataclass
class Stage:
    """The servers, running. ``full_disk`` says why the disk cannot be filled here, empty when it can."""

    place: Place
    full_disk: str
    server: postgres.Postgres
    broker: str
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    # ---- starting and hurting
    def start_web(self) -> None:
        """gunicorn with the real application, loaded once and forked, so that a killed process is replaced in a moment."""
        command = [sys.executable, "-m", "gunicorn", "posasoft.wsgi", "--config", "python:tests.faults.gunicorn_stage",
                   "--bind", f"127.0.0.1:{self.port}", "--workers", "3", "--timeout", "60", "--no-control-socket"]  # fmt: skip
        self._start("web", command)

    def start_worker(self) -> None:
        """A Celery worker with two processes."""
        command = [sys.executable, "-m", "celery", "--app", "posasoft", "worker", "--concurrency", "2", "--loglevel", "WARNING",
                   "--without-gossip", "--without-mingle"]  # fmt: skip
        self._start("worker", command)

    def _start(self, name: str, command: list[str]) -> None:
        with (self.place.logs / f"{name}.log").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=output, stderr=output, start_new_session=True
            )

    def environment(self, role: str = postgres.SERVING) -> dict[str, str]:
        """What the servers' processes and commands are started with."""
        return {
            **os.environ,
            "DATABASE_URL": self.server.url(role), "MIGRATION_DATABASE_URL": self.server.url(postgres.OWNER), "REDIS_URL": self.broker,
            "POSASOFT_DATA": str(self.place.data), "PYTHONPATH": str(ROOT), "SECRET_KEY": settings.SECRET_KEY, "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver", "PYTHONWARNINGS": "ignore",
        }  # fmt: skip

    def kill(self, name: str, *, whole: bool) -> None:
        """kill -9: only the processes that do the work, which the server replaces by itself, or the server with them."""
        process = self.processes[name]
        if whole:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.start_web() if name == "web" else self.start_worker()
            return
        for pid in _children(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster: its backends die with it, whatever they were committing; then the server recovers."""
        with self.lock, contextlib.suppress(FileNotFoundError, ProcessLookupError):
            # Without its file it has died already, of a full disk.
            pid = int((self.place.postgres / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            while Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
                time.sleep(0.02)
        self.recover()

    def recover(self) -> None:
        """PostgreSQL runs again, whatever happened to it; Django's connection of this process is made anew."""
        connections.close_all()
        with self.lock, silence(True):
            postgres.start(self.place)

    def flush_queue(self) -> None:
        """Everything that Valkey holds is gone."""
        redis.Redis.from_url(self.broker).flushall()

    @contextlib.contextmanager
    def disk_full(self, *, left: int, new_log: bool) -> Iterator[None]:
        """The cluster's disk has that many bytes left; with ``new_log`` the log begins a new file at once, which may not fit either."""
        filler = self.place.postgres / "filler"
        with filler.open("wb") as file:
            while (free := shutil.disk_usage(self.place.postgres).free) > left:
                with contextlib.suppress(OSError):
                    os.posix_fallocate(file.fileno(), 0, file.seek(0, os.SEEK_END) + max(4096, free - left))
        try:
            if new_log:
                with contextlib.suppress(psycopg.Error), psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
                    connection.execute("SELECT pg_switch_wal()")
            yield
        finally:
            filler.unlink()
            self.recover()

    # ---- waiting
    def wait_for_web(self) -> None:
        """Until a page answers."""
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while not self._answers():
            if time.monotonic() > deadline:
                log = (self.place.logs / "web.log").read_text(errors="replace")
                raise RuntimeError(f"the web does not answer:\n{log[-2000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10).close()
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False
        return True

    def owner(self) -> psycopg.Connection[Any]:
        """A connection of the tables' owner."""
        return psycopg.connect(self.server.url(postgres.OWNER), autocommit=True)


@contextlib.contextmanager
def stage(kind: str, *, template: str = "", web: bool = True) -> Iterator[Stage]:
    """Servers with a migrated, empty database; this process's Django stands on it too. ``template``: a database to take the tables from."""
    place = data_place(kind)
    full_disk = _mount(place)
    try:
        with silence(True):
            _cluster(place)
            built = Stage(place, full_disk, postgres.start(place), valkey.start(place), _free_port())
        _tables(built, template)
        with _django_on(built):
            try:
                built.start_worker()
                if web:
                    built.start_web()
                    built.wait_for_web()
                yield built
            finally:
                for process in built.processes.values():
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
    finally:
        servers.finally_stop(place)
        if not full_disk:
            subprocess.run(["umount", "-l", str(place.postgres)], check=False, capture_output=True)
        shutil.rmtree(place.data, ignore_errors=True)


def _mount(place: Place) -> str:
    """Put the cluster on a small file system in memory; why that cannot be done here, or ""."""
    servers.finally_stop(place)
    if place.postgres.is_mount():
        subprocess.run(["umount", "-l", str(place.postgres)], check=False, capture_output=True)
    shutil.rmtree(place.postgres, ignore_errors=True)
    place.postgres.mkdir(parents=True)
    if os.geteuid() != 0:
        return "only root may mount a small file system"
    command = ["mount", "-t", "tmpfs", "-o", f"size={CLUSTER_MEGABYTES}m,mode=0700", "posasoft-faults", str(place.postgres)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"no small file system can be mounted here ({done.stderr.strip() or done.returncode})"


def _cluster(place: Place) -> None:
    """Make the cluster and keep it small; the server starts again with the settings."""
    server = postgres.start(place)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for setting in _SMALL:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
    postgres.stop(place)


def _tables(built: Stage, template: str) -> None:
    """The migrated schema: copied from a database that has it, which takes a fifth of the time, or migrated."""
    if not template:
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(command, cwd=ROOT, env=built.environment(postgres.OWNER), check=True, capture_output=True)
        return
    programs = postgres_programs(built.place)
    dumped = subprocess.run(
        [str(programs / "pg_dump"), "--no-owner", "--format=plain", "--dbname", template], check=True, capture_output=True
    ).stdout
    dumped = re.sub(rb"(ALTER DEFAULT PRIVILEGES FOR ROLE )\w+", rb"\1" + postgres.OWNER.encode(), dumped)
    load = [str(programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-1", "--dbname", built.server.url(postgres.OWNER)]
    loaded = subprocess.run(load, input=dumped, check=False, capture_output=True)
    if loaded.returncode:
        raise RuntimeError(loaded.stderr.decode())


@contextlib.contextmanager
def _django_on(built: Stage) -> Iterator[None]:
    """Django and Celery of this process stand on the stage: as the tables' owner acting as the serving role, as in every test."""
    before, broker = dict(connections.settings["default"]), app.conf.broker_url
    scope = f"-c app.scope_lo={WHOLE_COUNTRY[0]} -c app.scope_hi={WHOLE_COUNTRY[1]} -c app.scope_kind={COUNTRY.kind}"
    connections.close_all()
    there = {**database(built.server.url(postgres.OWNER)), "OPTIONS": {"options": scope, "assume_role": postgres.SERVING}}
    connections.settings["default"].update(there)
    processes.point_celery_at(built.broker)
    try:
        with override_settings(MEDIA_ROOT=built.place.data / "files"):
            yield
    finally:
        connections.close_all()
        connections.settings["default"].update(before)
        processes.point_celery_at(broker)


def _children(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
