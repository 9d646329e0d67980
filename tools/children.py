"""Processes that live as long as `./run demo`: started in groups of their own, stopped in order, none left behind."""

import ctypes
import os
import signal
import subprocess
import time
from types import FrameType, TracebackType
from typing import NoReturn

from tools.console import Fault, step
from tools.place import ROOT, Place

# A worker finishes what it has in hand; a longer job is taken up again at the next start.
PATIENCE_SECONDS = 20
PR_SET_PDEATHSIG = 1


class Children:
    """A context that ends every process started in it, also when this process is asked to terminate."""

    def __init__(self, place: Place, environment: dict[str, str]) -> None:
        self.place = place
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Children":
        # A shell that starts us in the background makes Ctrl-C ignored, and Python leaves it so.
        signal.signal(signal.SIGINT, _interrupt)
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with step("Stopping web, worker and beat"):
            for sign in (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
                if self._end(sign):
                    return

    def start(self, name: str, command: list[str]) -> None:
        """Starts a process whose output goes to `logs/NAME.log`."""
        with (self.place.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=_end_with_parent,
            )  # fmt: skip

    def check(self) -> None:
        """Raises Fault when one of them has ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                log = self.place.logs / f"{name}.log"
                raise Fault(f"The {name} process has ended with code {process.returncode}: read {log} for the reason and start again.")

    def wait(self) -> NoReturn:
        """Returns only by KeyboardInterrupt (Ctrl-C, SIGTERM) or Fault."""
        while True:
            self.check()
            time.sleep(0.5)

    def _end(self, sign: signal.Signals) -> bool:
        """Signals every group that still lives and waits; True when all are gone."""
        for process in self._running.values():
            if process.poll() is None:
                os.killpg(process.pid, sign)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(process.poll() is None for process in self._running.values()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    # When `./run demo` itself is killed, the kernel ends what it started; a next start would find the port taken otherwise.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
