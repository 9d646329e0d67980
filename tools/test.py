"""`./run test`: the tests, on servers of their own."""

import subprocess

from tools import servers
from tools.console import say
from tools.locks import only_one
from tools.place import ROOT, data_place


def main(arguments: list[str]) -> int:
    """Runs pytest with these arguments on two workers, on servers without fsync in `test/` of the data folder; its exit code."""
    place = data_place("test")
    with only_one(place, "test"):
        running = servers.start("test", durable=False)
        environment = {**running.environment, "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver"}
        workers = [] if any(argument.startswith("-n") for argument in arguments) else ["-n", "2", "--dist", "worksteal"]
        try:
            done = subprocess.run([servers.python(), "-m", "pytest", *workers, *arguments], cwd=ROOT, env=environment, check=False)
        finally:
            running.stop()
    say("Tests passed." if done.returncode == 0 else f"Tests did not pass (pytest's exit code {done.returncode}).")
    return done.returncode
