"""What a measurement stands on: settings of the server, memory of processes, workers timed together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SHOWN = (
    "server_version", "shared_buffers", "work_mem", "maintenance_work_mem", "effective_cache_size", "max_wal_size", "checkpoint_timeout",
    "wal_compression", "fsync", "full_page_writes", "synchronous_commit", "data_checksums", "autovacuum", "max_parallel_workers_per_gather",
)  # fmt: skip


def owner(**options: Any) -> psycopg.Connection[Any]:
    """A connection of the tables' owner: loads, truncates and is not bound by row-level security."""
    return psycopg.connect(os.environ.get("MIGRATION_DATABASE_URL") or os.environ["DATABASE_URL"], **options)


def settings() -> list[tuple[str, str]]:
    """The settings of the server that a figure depends on."""
    with owner(autocommit=True) as server:
        return [(name, str(server.execute(f"SHOW {name}").fetchone()[0])) for name in SHOWN]  # type: ignore[index]  # SHOW gives a row


@dataclass
class Memory:
    """Watches the memory that belongs to processes alone, in MB; shared buffers are not counted.

    ``peak`` is the most of all together, ``programs`` of this process and those it started, ``sessions`` of the database's own.
    """

    peak: float = 0.0
    programs: float = 0.0
    sessions: float = 0.0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._server = _postmaster()

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            parents = _parents()
            programs = sum(map(_anonymous, [os.getpid(), *_below(os.getpid(), parents)]))
            sessions = sum(map(_anonymous, _below(self._server, parents))) if self._server else 0.0
            self.programs, self.sessions = max(self.programs, programs), max(self.sessions, sessions)
            self.peak = max(self.peak, programs + sessions)


def _postmaster() -> int | None:
    """The process above the sessions of the server that is measured, when it runs on this machine."""
    with owner(autocommit=True) as server:
        parent = _parents().get(server.info.backend_pid)
        return parent if parent and _command(parent).find(b"postgres") >= 0 else None


def _parents() -> dict[int, int]:
    """Each process and its parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name in brackets may hold anything; the parent is the second field after it.
            found[int(folder.name)] = int((folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def _below(process: int, parents: dict[int, int]) -> list[int]:
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _anonymous(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


@dataclass(frozen=True)
class Timed:
    """Seconds of a wall clock and peak memory in MB."""

    seconds: float
    memory: float


def together(commands: Sequence[Sequence[str]]) -> Timed:
    """Run commands at the same time and wait for all; raises CalledProcessError when one fails."""
    with Memory() as memory:
        began = time.monotonic()
        running = [subprocess.Popen(command) for command in commands]
        codes = [process.wait() for process in running]
        seconds = time.monotonic() - began
    for command, code in zip(commands, codes, strict=True):
        if code:
            raise subprocess.CalledProcessError(code, list(command))
    return Timed(seconds, memory.peak)


def in_threads(tasks: Sequence[Callable[[], None]]) -> float:
    """Run tasks that wait for the server at the same time; seconds. Raises the first error."""
    errors: list[Exception] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:  # carried to the caller's thread
            errors.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=guarded, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return time.monotonic() - began
