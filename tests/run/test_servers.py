"""The embedded servers: safe settings, recovery after kill -9, the two roles, shares."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tools import place as places
from tools import postgres, reset, servers, valkey
from tools.place import Place, data_place

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    kept = data_place(f"servers-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    yield kept
    servers.finally_stop(kept)
    shutil.rmtree(kept.data)


@pytest.fixture(scope="module")
def server(place: Place) -> postgres.Postgres:
    return postgres.start(place)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on"), ("data_checksums", "on"), ("password_encryption", "scram-sha-256"),
        ("listen_addresses", "127.0.0.1"), ("unix_socket_directories", ""), ("log_parameter_max_length", "0"), ("server_encoding", "UTF8"),
        ("jit", "off"),
    ],
)  # fmt: skip
def test_nothing_that_was_acknowledged_can_be_lost_and_nobody_outside_can_knock(
    server: postgres.Postgres, setting: str, value: str
) -> None:
    assert ask(server.url("postgres"), f"SHOW {setting}") == value


def test_a_password_is_asked_for(server: postgres.Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://posasoft_app@127.0.0.1:{server.port}/posasoft")
    assert "trust" not in [
        word for line in (server.place.postgres / "pg_hba.conf").read_text().splitlines() if line[:1] != "#" for word in line.split()
    ]


def test_the_serving_role_is_neither_owner_nor_superuser(server: postgres.Postgres) -> None:
    rights = "SELECT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole)::text FROM pg_roles WHERE rolname = current_user"
    assert ask(server.url("posasoft_app"), rights) == "false"
    assert ask(server.url("posasoft_owner"), "SELECT pg_has_role('posasoft_owner', 'posasoft_app', 'MEMBER')") is True
    assert ask(server.url("posasoft_app"), "SELECT pg_has_role('posasoft_app', 'posasoft_owner', 'MEMBER')") is False


def test_vietnamese_letters_are_letters(server: postgres.Postgres) -> None:
    assert ask(server.url("posasoft_app"), "SELECT lower('ĐỖ THỊ ƯNG')") == "đỗ thị ưng"


def test_secrets_are_readable_by_their_owner_only(server: postgres.Postgres) -> None:
    for name in ("secrets.json", "postgres"):
        assert stat.S_IMODE((server.place.data / name).stat().st_mode) & 0o077 == 0
    assert not (server.place.data / "initdb.password").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the servers a user of their own")
def test_as_root_only_the_cluster_belongs_to_the_servers_user(server: postgres.Postgres) -> None:
    assert server.place.postgres.stat().st_uid != 0
    assert server.place.data.stat().st_uid == 0


def test_a_second_start_finds_the_running_server(server: postgres.Postgres) -> None:
    assert postgres.start(server.place) == server


def test_after_kill_9_the_next_start_recovers_every_acknowledged_row(server: postgres.Postgres) -> None:
    with psycopg.connect(server.url("posasoft_owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE paid (id int)")
        for number in range(200):
            connection.execute("INSERT INTO paid VALUES (%s)", [number])
        kill(int((server.place.postgres / "postmaster.pid").read_text().splitlines()[0]))
    again = postgres.start(server.place)
    assert again.port == server.port
    assert ask(again.url("posasoft_owner"), "SELECT count(*) FROM paid") == 200


def test_the_queue_survives_kill_9(place: Place) -> None:
    client = redis.Redis.from_url(valkey.start(place))
    client.rpush("celery", *[f"job {number}" for number in range(100)])
    time.sleep(1.2)
    kill(int((place.valkey / "valkey.pid").read_text()))
    assert redis.Redis.from_url(valkey.start(place)).llen("celery") == 100


def test_servers_stop_with_the_last_command_that_uses_them(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSASOFT_DATA", str(place.data.parent))
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    first, second = servers.start(place.data.name), servers.start(place.data.name)
    first.stop()
    assert postgres.running_port(place) is not None
    second.stop()
    assert postgres.running_port(place) is None
    assert not valkey.is_running(place)


def test_addresses_of_other_servers_are_used_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSASOFT_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/posasoft")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    started = servers.start()
    try:
        assert started.environment["DATABASE_URL"] == "postgresql://elsewhere/posasoft"
        assert postgres.running_port(started.place) is None
    finally:
        started.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the servers a user of their own")
def test_programs_in_a_private_folder_are_copied_to_where_the_servers_user_can_read_them(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "reachable_by_others", lambda _path: False)
    assert places.postgres_programs(place).is_relative_to(place.programs)
    assert places.valkey_program(place).is_relative_to(place.programs)
    runner = places.server_runner()
    for program in (places.postgres_programs(place) / "postgres", places.valkey_program(place)):
        done = subprocess.run(
            [program, "--version"], user=runner.uid, group=runner.gid, extra_groups=runner.groups, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_a_reset_removes_what_is_ours_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSASOFT_DATA", str(tmp_path))
    place = data_place()
    place.secret("django")
    (tmp_path / "notes-of-an-officer.txt").touch()
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    assert reset.main([]) == 1
    assert (tmp_path / "files").exists()
    assert reset.main(["--yes"]) == 0
    assert {path.name for path in tmp_path.iterdir()} - {"demo.lock"} == {"notes-of-an-officer.txt"}


def test_uploads_and_logs_are_closed_to_other_users_of_the_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSASOFT_DATA", str(tmp_path))
    data_place()
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700 for name in ("files", "logs"))
