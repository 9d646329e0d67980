"""One at a time: a lock of the operating system that goes away with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from tools.console import Fault
from tools.place import Place


@contextmanager
def only_one(place: Place, name: str) -> Iterator[None]:
    """Holds the lock of a data folder for the time of the block; raises Fault when another process holds it."""
    with (place.data / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Fault(
                f"Another './run {name}' already uses the data folder {place.data}: stop that one with Ctrl-C first, "
                "or give this one a folder of its own with POSASOFT_DATA=/some/folder."
            ) from error
        yield


@contextmanager
def waiting(place: Place, name: str) -> Iterator[None]:
    """Holds the lock for the time of the block, waiting for whoever holds it now."""
    with (place.data / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
