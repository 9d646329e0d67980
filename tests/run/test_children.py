"""Processes of the demonstration: none is left behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tools.place import ROOT

PARENT = """
    import os, sys
    from pathlib import Path
    from tools.children import Children
    from tools.console import Fault
    from tools.place import Place
    place = Place(Path(sys.argv[1]))
    place.logs.mkdir()
    try:
        with Children(place, dict(os.environ)) as children:
            children.start("first", ["sleep", "600"])
            children.start("second", [sys.executable, "-c", sys.argv[2]])
            (place.data / "pids").write_text(" ".join(str(p.pid) for p in children._running.values()))
            children.wait()
    except KeyboardInterrupt:
        sys.exit(130)
    except Fault as fault:
        sys.exit(str(fault))
"""
PATIENT = "import time; time.sleep(600)"


def started(tmp_path: Path, second: str = PATIENT) -> tuple[subprocess.Popen[str], list[int]]:
    command = [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path), second]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "pids").exists() or not (tmp_path / "pids").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, [int(pid) for pid in (tmp_path / "pids").read_text().split()]


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_process_ends_with_the_demonstration(tmp_path: Path, sign: signal.Signals) -> None:
    process, pids = started(tmp_path)
    process.send_signal(sign)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert gone(pids)


def test_every_process_ends_when_the_demonstration_is_killed(tmp_path: Path) -> None:
    process, pids = started(tmp_path)
    process.kill()
    process.communicate(timeout=30)
    assert gone(pids)


def test_when_one_process_fails_the_others_end_and_its_log_is_named(tmp_path: Path) -> None:
    process, pids = started(tmp_path, second="import sys; sys.exit('no database')")
    _out, error = process.communicate(timeout=30)
    assert f"The second process has ended with code 1: read {tmp_path}/logs/second.log" in error
    assert (tmp_path / "logs" / "second.log").read_text() == "no database\n"
    assert gone(pids)
