"""The embedded Valkey: append-only file, loopback, password. It only wakes workers; losing it loses nothing but seconds."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import redis

from tools.console import Fault, step
from tools.place import Place, server_runner, valkey_program

START_LIMIT_SECONDS = 120


def start(place: Place) -> str:
    """Starts the server of this data folder if it is not running; its URL. Raises Fault."""
    running = _running(place)
    if running is None:
        port = _free_port()
        _write_settings(place, port)
        with step("Starting Valkey"):
            _start_and_wait(place, port)
    else:
        port = running[1]
    return _url(place, port)


def stop(place: Place) -> bool:
    """Stops the server after it has written its file; True when there was one to stop."""
    running = _running(place)
    if running is None:
        return False
    os.kill(running[0], signal.SIGTERM)
    deadline = time.monotonic() + 60
    while _running(place) is not None:
        if time.monotonic() > deadline:
            raise Fault(f"Valkey (process {running[0]}) does not stop: end it by hand and start again.")
        time.sleep(0.05)
    return True


def is_running(place: Place) -> bool:
    """Whether the server of this data folder runs."""
    return _running(place) is not None


def _url(place: Place, port: int) -> str:
    return f"redis://:{place.secret('valkey')}@127.0.0.1:{port}/0"


def _running(place: Place) -> tuple[int, int] | None:
    try:
        pid = int((place.valkey / "valkey.pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        port = next(int(line.split()[1]) for line in (place.valkey / "valkey.conf").read_text().splitlines() if line.startswith("port "))
    except (OSError, ValueError, StopIteration):
        return None
    return (pid, port) if b"valkey-server" in command else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_settings(place: Place, port: int) -> None:
    runner = server_runner()
    runner.own(place.valkey)
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {place.secret('valkey')}",
        "daemonize yes",
        f"dir {place.valkey}",
        f"pidfile {place.valkey / 'valkey.pid'}",
        f"logfile {place.valkey / 'valkey.log'}",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        # A queue that evicts would drop wake-up calls in silence.
        "maxmemory-policy noeviction",
    ]
    file = place.valkey / "valkey.conf"
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")
    if runner.uid is not None and runner.gid is not None:
        os.chown(file, runner.uid, runner.gid)


def _start_and_wait(place: Place, port: int) -> None:
    runner = server_runner()
    done = subprocess.run(
        [str(valkey_program(place)), str(place.valkey / "valkey.conf")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False, cwd="/", user=runner.uid, group=runner.gid, extra_groups=runner.groups,
    )  # fmt: skip
    client = redis.Redis.from_url(_url(place, port), socket_timeout=5)
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while done.returncode == 0 and time.monotonic() < deadline:
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.05)
        else:
            client.close()
            return
    raise Fault(f"Valkey does not start: read {place.valkey / 'valkey.log'} for the reason and start again.")
