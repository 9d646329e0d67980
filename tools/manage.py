"""`./run manage …`: manage.py with the embedded servers running and settings pointed at them."""

import os
import subprocess

from tools import schema, servers
from tools.console import silence
from tools.place import ROOT

# Commands about the schema itself, and those that read no table.
TAKES_THE_SCHEMA_AS_IT_IS = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "help",
    "check",
    "collectstatic",
}


def main(arguments: list[str]) -> int:
    """Starts the servers for this one command unless they already run; returns manage.py's exit code.

    A database of our own is brought up to date first, so that every command works in a fresh checkout; standard output is the command's alone.
    """
    running = servers.start(quiet=True)
    try:
        if "DATABASE_URL" not in os.environ and arguments and arguments[0] not in TAKES_THE_SCHEMA_AS_IT_IS:
            with silence(True):
                schema.bring_up_to_date(running)
        command = [servers.python(), str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=running.environment, check=False).returncode
    finally:
        running.stop()
