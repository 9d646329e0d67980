"""`./run bench NAME …`: the benchmarks in `bench/`, with the embedded servers running."""

import subprocess

from tools import servers
from tools.place import ROOT


def main(arguments: list[str]) -> int:
    """Runs `python -m bench` with these arguments; its exit code."""
    running = servers.start("bench")
    try:
        return subprocess.run([servers.python(), "-m", "bench", *arguments], cwd=ROOT, env=running.environment, check=False).returncode
    finally:
        running.stop()
