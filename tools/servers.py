"""The servers a command needs, embedded or named by the environment, and the environment of the processes that use them."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from tools import postgres, valkey
from tools.place import ROOT, Place, data_place


@dataclass
class Servers:
    """What was started here, and the variables that posasoft.settings reads."""

    place: Place
    environment: dict[str, str]
    started: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """Stops what this object started; servers named by DATABASE_URL and REDIS_URL are left alone."""
        if "valkey" in self.started:
            valkey.stop(self.place)
        if "postgres" in self.started:
            postgres.stop(self.place)


def start(kind: str = "", *, durable: bool = True) -> Servers:
    """Starts what DATABASE_URL and REDIS_URL do not replace. Raises Fault."""
    place = data_place(kind)
    servers = Servers(place, dict(os.environ))
    environment = servers.environment
    environment.setdefault("SECRET_KEY", place.secret("django"))
    environment.setdefault("NATIONAL_ID_KEY", place.secret("national_ids"))
    environment["POSASOFT_DATA"] = str(place.data)
    environment["PYTHONPATH"] = str(ROOT)
    if "DATABASE_URL" not in environment:
        was_running = postgres.running_port(place) is not None
        server = postgres.start(place, durable=durable)
        environment["DATABASE_URL"] = server.url(postgres.SERVING)
        environment["MIGRATION_DATABASE_URL"] = server.url(postgres.OWNER)
        servers.started += [] if was_running else ["postgres"]
    if "REDIS_URL" not in environment:
        was_running = valkey.is_running(place)
        environment["REDIS_URL"] = valkey.start(place)
        servers.started += [] if was_running else ["valkey"]
    return servers


def stop_all(place: Place) -> list[str]:
    """Stops the embedded servers of a data folder and of the tests inside it; the names of what was stopped."""
    places = [place, Place(place.data / "test")]
    stopped = []
    for one in places:
        if valkey.stop(one):
            stopped.append(f"Valkey ({one.data})")
        if postgres.stop(one):
            stopped.append(f"PostgreSQL ({one.data})")
    return stopped


def python() -> str:
    """The interpreter of the project's own environment."""
    return str(Path(ROOT / ".venv" / "bin" / "python"))
