"""Which migrations a database has and which this checkout has, without starting Django."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tools.console import Fault, step
from tools.place import ROOT, package_folder
from tools.servers import Servers, python

OWN = {"core": "posasoft/core", "households": "households", "beneficiaries": "beneficiaries", "payments": "payments"}
OTHERS = {
    "auth": "django.contrib.auth",
    "contenttypes": "django.contrib.contenttypes",
    "sessions": "django.contrib.sessions",
    "pghistory": "pghistory",
    "account": "allauth.account",
    "mfa": "allauth.mfa",
    "axes": "axes",
    "guardian": "guardian",
}


@dataclass(frozen=True)
class State:
    """Migrations as `app.name`: those waiting to be applied, and our apps' that only the database knows."""

    waiting: list[str]
    unknown: list[str]


def bring_up_to_date(running: Servers) -> None:
    """Applies waiting migrations. Raises Fault when they fail, or when the database is newer than this checkout."""
    with psycopg.connect(running.environment.get("MIGRATION_DATABASE_URL", running.environment["DATABASE_URL"])) as connection:
        state = compare(connection)
    if state.unknown:
        raise Fault(
            f"The data folder {running.place.data} was used by a newer version of the program ({state.unknown[0]}): update this checkout "
            "with 'git pull', or empty the folder with './run reset', or name another with POSASOFT_DATA."
        )
    if state.waiting:
        with step("Bringing the database up to date"):
            command = [python(), str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
            done = subprocess.run(command, cwd=ROOT, env=running.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Fault(
                f"{done.stderr.strip()}\nThe database could not be brought up to date for the reason above; put it right and start again."
            )


def compare(connection: psycopg.Connection[Any]) -> State:
    """What `manage migrate` would find, in milliseconds instead of seconds."""
    if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return State(waiting=sorted(_in_checkout()), unknown=[])
    applied = {f"{app}.{name}" for app, name in connection.execute("SELECT app, name FROM django_migrations").fetchall()}
    here = _in_checkout()
    ours = {name for name in applied if name.partition(".")[0] in OWN}
    return State(waiting=sorted(here - applied), unknown=sorted(ours - here))


def _in_checkout() -> set[str]:
    folders = {app: ROOT / folder for app, folder in OWN.items()} | {app: package_folder(name) for app, name in OTHERS.items()}
    return {f"{app}.{file.stem}" for app, folder in folders.items() for file in _numbered(folder / "migrations")}


def _numbered(folder: Path) -> list[Path]:
    return list(folder.glob("[0-9]*.py"))
