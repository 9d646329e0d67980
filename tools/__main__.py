"""`./run COMMAND`: hands each command to its module."""

import os
import signal
import sys

from tools import bench, check, demo, lock, manage, reset, stop, test
from tools.console import Fault, say, warn

COMMANDS = {
    "demo": demo.main,
    "test": test.main,
    "check": check.main,
    "bench": bench.main,
    "manage": manage.main,
    "stop": stop.main,
    "reset": reset.main,
    "lock": lock.main,
}

HELP = """./run demo [--households N] [--port P]   install what is missing, load a demonstration and start it
./run test [pytest's arguments]          the same set-up for tests, and all of them
./run check                              lint, types, import contracts, budgets, migrations, documents
./run bench [name]                       measure
./run manage COMMAND …                   manage.py in the right environment
./run stop                               stop the embedded servers
./run reset [--yes]                      empty the data folder
./run lock                               make requirements.lock again from pyproject.toml"""


def main(arguments: list[str]) -> int:
    """The exit code of the command; a Fault is one sentence on standard error and exit code 1."""
    if not arguments or arguments[0] not in COMMANDS:
        say(HELP)
        return 0 if not arguments or arguments[0] in ("help", "--help", "-h") else 2
    os.umask(0o022)
    # A shell that starts us in the background makes Ctrl-C ignored, and Python leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Fault as fault:
        warn(str(fault))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
