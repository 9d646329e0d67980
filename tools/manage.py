"""`./run manage …`: manage.py with the embedded servers running and settings pointed at them."""

import subprocess

from tools import servers
from tools.place import ROOT


def main(arguments: list[str]) -> int:
    """Starts the servers for this one command unless they already run; returns manage.py's exit code."""
    running = servers.start(quiet=True)
    try:
        command = [servers.python(), str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=running.environment, check=False).returncode
    finally:
        running.stop()
