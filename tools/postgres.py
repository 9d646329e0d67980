"""The embedded PostgreSQL: its cluster, its settings for this machine, starting after a crash, the two roles.

The wheel's own helper trusts everybody, sets no options and opens parent folders to the world;
so `initdb` and `pg_ctl` are called directly.
"""

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tools.console import Fault, step
from tools.place import Place, Runner, postgres_major, postgres_programs, server_runner

DATABASE = "posasoft"
OWNER = "posasoft_owner"
SERVING = "posasoft_app"
ROLES = {
    OWNER: sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD {}"),
    SERVING: sql.SQL("CREATE ROLE {} LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD {}"),
}
# One for each kind of scope but areas (posasoft/core/rls.py): the serving role may act as one of them and inherits nothing from it.
KINDS = ("posasoft_households", "posasoft_lists", "posasoft_programmes", "posasoft_self")
# A cluster of 100 GB that was killed at full load replays its log for minutes; the server is given up only when its process has gone.
START_LIMIT_SECONDS = 3600
ORPHANS_LEAVE_SECONDS = 60


@dataclass(frozen=True)
class Postgres:
    """A running embedded server on the loopback address."""

    place: Place
    port: int

    def url(self, role: str, database: str = DATABASE) -> str:
        """Connection URL of one role."""
        return f"postgresql://{role}:{self.place.secret(role)}@127.0.0.1:{self.port}/{database}"


def start(place: Place, *, durable: bool = True) -> Postgres:
    """Makes the cluster if there is none, starts it if it is not running, and makes roles and database. Raises Fault.

    `durable=False` (tests only) trades crash safety for speed.
    """
    _refuse_other_major(place)
    runner = server_runner()
    programs = postgres_programs(place)
    if not (place.postgres / "PG_VERSION").exists():
        with step("Making the database cluster"):
            _make_cluster(place, programs, runner)
    port = running_port(place)
    if port is None:
        port = _free_port(_last_port(place))
        _write_settings(place, port, durable)
        with step("Starting PostgreSQL"):
            _clear_stale_lock(place)
            _start_and_wait(place, programs, runner, port)
    server = Postgres(place, port)
    _make_roles_and_database(server)
    if not durable:
        _let_owner_put_triggers_to_sleep(server)
    return server


def stop(place: Place) -> bool:
    """Stops the server in an orderly way; True when there was one to stop."""
    if running_port(place) is None:
        return False
    command = [str(postgres_programs(place) / "pg_ctl"), "stop", "-D", str(place.postgres), "-m", "fast", "-w", "-t", "600"]
    done = _call(command, server_runner())
    if done.returncode and running_port(place) is not None:
        raise Fault(f"PostgreSQL does not stop: {(done.stderr or done.stdout).strip()}")
    return True


def running_port(place: Place) -> int | None:
    """The port of the server that runs on this data folder, or None."""
    try:
        lines = (place.postgres / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, IndexError, ValueError):
        return None
    return port if _is_our_postgres(pid, place) else None


def _is_our_postgres(pid: int, place: Place) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(place.postgres).encode() in command


def _clear_stale_lock(place: Place) -> None:
    """After a kill or a power cut, the number in postmaster.pid may meanwhile belong to some other process, and the server would not start.

    The file goes only when no process works in the cluster's folder; children of a killed server need a moment to notice. Raises Fault.
    """
    deadline = time.monotonic() + ORPHANS_LEAVE_SECONDS
    while (busy := _working_in(place.postgres)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if busy:
        raise Fault(f"Processes of an older PostgreSQL still work in {place.postgres}: end the processes {busy} and start again.")
    (place.postgres / "postmaster.pid").unlink(missing_ok=True)


def _working_in(folder: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            inside = (process / "cwd").readlink() == folder
        except OSError:
            # Gone meanwhile, or another user's: the servers' user is ours to look at.
            continue
        found += [int(process.name)] if inside else []
    return found


def _refuse_other_major(place: Place) -> None:
    mark = place.postgres / "PG_VERSION"
    if mark.exists() and mark.read_text().strip() != postgres_major():
        raise Fault(
            f"The data folder {place.data} was made by PostgreSQL {mark.read_text().strip()} and this version brings {postgres_major()}: "
            "go back to the older checkout to export it, or empty it with './run reset', or name a new folder with POSASOFT_DATA."
        )


def _make_cluster(place: Place, programs: Path, runner: Runner) -> None:
    runner.own(place.postgres)
    password = place.data / "initdb.password"
    password.touch(mode=0o600)
    password.write_text(place.secret("postgres"))
    if runner.uid is not None and runner.gid is not None:
        os.chown(password, runner.uid, runner.gid)
    options = ["--auth=scram-sha-256", f"--pwfile={password}", "--username=postgres", "--encoding=UTF8", "--locale=C",
               "--locale-provider=builtin",                "--builtin-locale=C.UTF-8",
               "--data-checksums", "--set=log_timezone=UTC"]  # fmt: skip
    try:
        done = _call([str(programs / "initdb"), "-D", str(place.postgres), *options], runner)
    finally:
        password.unlink()
    if done.returncode:
        raise Fault(explain(done.stderr + done.stdout, place))
    with (place.postgres / "postgresql.conf").open("a") as file:
        file.write("\ninclude 'posasoft.conf'\n")


def _write_settings(place: Place, port: int, durable: bool) -> None:
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_048_576
    processors = os.cpu_count() or 1
    shared = min(4096, megabytes // 4) if durable else 256
    switch = "on" if durable else "off"
    settings = {
        "listen_addresses": "'127.0.0.1'",
        "port": port,
        "unix_socket_directories": "''",
        "max_connections": 100,
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{megabytes // 2}MB",
        "work_mem": f"{max(8, min(64, megabytes // 256))}MB",
        "maintenance_work_mem": f"{max(64, min(1024, megabytes // 16))}MB",
        "max_parallel_workers_per_gather": max(1, min(4, processors // 2)),
        "jit": "off",
        # A statement whose program was killed ends within seconds and frees its locks.
        "client_connection_check_interval": "5s",
        "fsync": switch,
        "full_page_writes": switch,
        "synchronous_commit": switch,
        "wal_level": "replica" if durable else "minimal",
        "max_wal_senders": 4 if durable else 0,
        "max_wal_size": "8GB" if durable else "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "timezone": "'UTC'",
        "log_min_duration_statement": "5s" if durable else "-1",
        "log_line_prefix": "'%m [%p] %q%u '",
        # A statement with its values would carry personal data into the log.
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
    }
    lines = [f"{name} = {value}" for name, value in settings.items()]
    (place.postgres / "posasoft.conf").write_text("# Written at every start by tools/postgres.py\n" + "\n".join(lines) + "\n")
    (place.postgres / "posasoft.conf").chmod(0o644)


def _last_port(place: Place) -> int | None:
    try:
        lines = (place.postgres / "posasoft.conf").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split("=")[1]) for line in lines if line.startswith("port =")), None)


def _free_port(preferred: int | None) -> int:
    for port in ([preferred] if preferred else []) + [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Fault("No port is free on this computer: close some programs and start again.")


def _start_and_wait(place: Place, programs: Path, runner: Runner, port: int) -> None:
    log = place.postgres / "server.log"
    before = log.stat().st_size if log.exists() else 0
    _call([str(programs / "pg_ctl"), "start", "-W", "-D", str(place.postgres), "-l", str(log)], runner)
    deadline = time.monotonic() + START_LIMIT_SECONDS
    seen = False
    while time.monotonic() < deadline:
        alive = running_port(place) is not None
        if alive and _answers(place, port):
            return
        if seen and not alive:
            break
        seen = seen or alive
        if not seen and time.monotonic() > deadline - START_LIMIT_SECONDS + 30:
            break
        time.sleep(0.1)
    with log.open(errors="replace") as file:
        file.seek(before)
        raise Fault(explain(file.read(), place))


def _answers(place: Place, port: int) -> bool:
    try:
        psycopg.connect(Postgres(place, port).url("postgres", "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def explain(log: str, place: Place) -> str:
    """One sentence for what the server or initdb wrote before it gave up."""
    if "No space left" in log:
        return f"The disk of {place.data} is full: free some space and start again; nothing that was saved is lost."
    lines = [line for line in log.splitlines() if line.strip()]
    reasons = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line] or lines[-1:]
    return f"PostgreSQL does not start: {reasons[-1].strip() if reasons else 'it gave no reason'} (see {place.postgres / 'server.log'})."


def _call(command: list[str], runner: Runner) -> "subprocess.CompletedProcess[str]":
    # The server that "pg_ctl start" leaves behind would hold a pipe open, and this call would wait for ever.
    output = subprocess.DEVNULL if "start" in command else subprocess.PIPE
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True, check=False, env=environment,
        cwd="/", user=runner.uid, group=runner.gid, extra_groups=runner.groups,
    )  # fmt: skip


def _make_roles_and_database(server: Postgres) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for role, form in ROLES.items():
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                connection.execute(form.format(sql.Identifier(role), server.place.secret(role)))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SERVING), sql.Identifier(OWNER)))
        for kind in KINDS:
            _make_kind(connection, kind)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _let_owner_put_triggers_to_sleep(server: Postgres) -> None:
    # Tests empty their tables between two of them (tests/support/database.py); append-only tables would refuse.
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(OWNER)))


def _make_kind(connection: psycopg.Connection[Any], kind: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [kind]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(kind)))
    if connection.execute("SELECT pg_has_role(%s, %s, 'SET')", [SERVING, kind]).fetchone() == (False,):
        connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(kind), sql.Identifier(SERVING)))
