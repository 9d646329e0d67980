"""`./run reset`: empty the data folder."""

import shutil

from tools import servers
from tools.console import Fault, say
from tools.locks import only_one
from tools.place import Place, data_place

# What this program writes into a data folder; anything else found there belongs to somebody else and stays.
OURS = (
    "postgres",
    "valkey",
    "files",
    "logs",
    "test",
    "bench",
    "programs",
    "secrets.json",
    "initdb.password",
    "beat-schedule",
    "beat-schedule.db",
)


def main(arguments: list[str]) -> int:
    """Asks (unless `--yes`), stops the servers and removes the data. Raises Fault."""
    place = data_place()
    with only_one(place, "demo"):
        if "--yes" not in arguments and not _agreed(place):
            say("Nothing was removed.")
            return 1
        servers.stop_all(place)
        try:
            for name in OURS:
                _remove(place, name)
        except OSError as error:
            raise Fault(f"{error.filename} cannot be removed ({error.strerror}): remove it as the user it belongs to.") from error
    say(f"The data folder {place.data} is empty.")
    return 0


def _agreed(place: Place) -> bool:
    say(f"This removes everything in {place.data}: the database, the uploaded files and the keys of the national ids.")
    try:
        return input("Type 'yes' to remove it: ").strip().lower() == "yes"
    except EOFError:
        return False


def _remove(place: Place, name: str) -> None:
    path = place.data / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
