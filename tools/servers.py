"""The servers a command needs, embedded or named by the environment, and the environment of the processes that use them."""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tools import postgres, valkey
from tools.console import silence
from tools.locks import waiting
from tools.place import ROOT, Place, data_place


@dataclass
class Servers:
    """The variables that posasoft.settings reads, and a share in the embedded servers."""

    place: Place
    environment: dict[str, str]
    share: TextIO

    def stop(self) -> None:
        """Gives the share back; the last one to do so stops the embedded servers. Those named by the environment are left alone."""
        with self.share, suppress(BlockingIOError):
            fcntl.flock(self.share, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finally_stop(self.place)


def start(kind: str = "", *, durable: bool = True, quiet: bool = False) -> Servers:
    """Starts what DATABASE_URL and REDIS_URL do not replace; `quiet` keeps standard output for the command that follows. Raises Fault."""
    place = data_place(kind)
    environment = dict(os.environ)
    environment.setdefault("SECRET_KEY", place.secret("django"))
    environment.setdefault("NATIONAL_ID_KEY", place.secret("national_ids"))
    environment["POSASOFT_DATA"] = str(place.data)
    environment["PYTHONPATH"] = str(ROOT)
    servers = Servers(place, environment, (place.data / "servers.share").open("w"))
    try:
        with waiting(place, "servers"), silence(quiet):
            fcntl.flock(servers.share, fcntl.LOCK_SH)
            _start(place, environment, durable)
    except BaseException:
        servers.stop()
        raise
    return servers


def _start(place: Place, environment: dict[str, str], durable: bool) -> None:
    if "DATABASE_URL" not in environment:
        server = postgres.start(place, durable=durable)
        environment["DATABASE_URL"] = server.url(postgres.SERVING)
        environment["MIGRATION_DATABASE_URL"] = server.url(postgres.OWNER)
    if "REDIS_URL" not in environment:
        environment["REDIS_URL"] = valkey.start(place)


def finally_stop(place: Place) -> list[str]:
    """Stops the embedded servers of one folder; the names of what ran."""
    stopped = [f"Valkey ({place.data})"] if valkey.stop(place) else []
    return stopped + ([f"PostgreSQL ({place.data})"] if postgres.stop(place) else [])


def stop_all(place: Place) -> list[str]:
    """Stops the embedded servers of a data folder and of the tests and benchmarks inside it; the names of what was stopped."""
    return [name for one in (place, Place(place.data / "test"), Place(place.data / "bench")) for name in finally_stop(one)]


def python() -> str:
    """The interpreter of the project's own environment."""
    return str(Path(ROOT / ".venv" / "bin" / "python"))
