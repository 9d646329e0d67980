"""Words on the terminal: faults of one sentence, and a line with the elapsed time for every long step. Standard library only."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout


class Fault(Exception):
    """Something outside the program is in the way; the message is one sentence that says what to do."""


def say(text: str = "") -> None:
    """One line to standard output, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def silence(wanted: bool) -> Iterator[None]:
    """Sends steps to standard error for the time of the block, when wanted."""
    with redirect_stdout(sys.stderr) if wanted else nullcontext():
        yield


def warn(text: str) -> None:
    """One line to standard error, at once."""
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def elapsed(seconds: float) -> str:
    """`7.3 s`, `2 min 05 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announces a step, shows the seconds passing while it works, and closes with how long it took."""
    started = time.monotonic()
    done = threading.Event()
    live = sys.stdout.isatty()

    def tick() -> None:
        while not done.wait(1 if live else 30):
            passed = elapsed(time.monotonic() - started)
            sys.stdout.write(f"\r  {title} … {passed}" if live else f"  {title} … {passed}\n")
            sys.stdout.flush()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    except BaseException:
        done.set()
        ticker.join()
        say(f"{chr(13) if live else ''}  {title}: stopped after {elapsed(time.monotonic() - started)}")
        raise
    done.set()
    ticker.join()
    say(f"{chr(13) if live else ''}  {title}: {elapsed(time.monotonic() - started)}")
