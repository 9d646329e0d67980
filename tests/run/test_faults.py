"""What stands in the way is told in one sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections import namedtuple
from pathlib import Path

import psycopg
import pytest

from tools import bootstrap, demo, postgres, schema, test
from tools.console import Fault
from tools.locks import only_one
from tools.place import Place, data_place

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("POSASOFT_DATA", str(tmp_path))
    return data_place()


def test_a_used_port_names_the_way_to_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Fault, match=r"Port \d+ is used .* --port 8080"):
            demo.refuse_used_port(taken.getsockname()[1])


def test_a_full_disk_says_how_much_is_needed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12, 5_000_000))
    with pytest.raises(Fault, match="is full .5 MB free, 1,000 MB needed.: free some space"):
        data_place()


def test_a_full_disk_at_the_start_of_the_server_is_recognised(place: Place) -> None:
    log = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert "free some space" in postgres.explain(log, place)


def test_a_folder_that_cannot_be_written_names_the_way_to_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("POSASOFT_DATA", str(tmp_path / "file"))
    with pytest.raises(Fault, match="cannot be written .*POSASOFT_DATA"):
        data_place()


def test_a_data_folder_of_another_postgresql_names_both(place: Place) -> None:
    place.postgres.mkdir()
    (place.postgres / "PG_VERSION").write_text("15\n")
    with pytest.raises(Fault, match="made by PostgreSQL 15 and this version brings 18.*reset"):
        postgres.start(place)


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_refused(place: Place) -> None:
    url = os.environ.get("MIGRATION_DATABASE_URL") or os.environ["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMP TABLE django_migrations (app text, name text)")
        connection.execute("INSERT INTO django_migrations VALUES ('core', '0001_foundations'), ('core', '0999_from_the_future')")
        state = schema.compare(connection)
    assert state.unknown == ["core.0999_from_the_future"]
    assert "households.0001_registry" in state.waiting


def test_a_second_demonstration_on_the_same_data_is_refused(place: Place) -> None:
    with only_one(place, "demo"), pytest.raises(Fault, match="Another './run demo' already uses"), only_one(place, "demo"):
        pass


def test_no_network_is_told_for_packages_of_debian_and_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "E: Failed to fetch http://mirror.example/x.deb  Temporary failure resolving 'mirror.example'"
    assert "connect this computer to the network" in bootstrap.explain_apt(said, "advice")
    command = ["sh", "-c", "echo 'error: dns error: failed to lookup address' >&2; exit 1"]
    with pytest.raises(Fault, match="connect this computer to the network"):
        bootstrap.run(command)


def test_without_root_the_missing_packages_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(Fault, match="sudo apt-get install .*python3-venv libpango-1.0-0.*start again"):
        bootstrap.install_system_packages(["python3-venv", "libpango-1.0-0"])


def test_an_old_python_is_told_before_anything_else(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    run = Path(bootstrap.ROOT) / "run"
    done = subprocess.run(
        ["/bin/sh", str(run), "demo"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr


def test_an_unknown_command_shows_the_commands() -> None:
    done = subprocess.run(
        ["python", "-m", "tools", "dance"], capture_output=True, text=True, check=False, cwd=bootstrap.ROOT, env=_own_python()
    )
    assert done.returncode == 2
    assert "./run demo" in done.stdout


def _own_python() -> dict[str, str]:
    return {"PATH": f"{bootstrap.VENV / 'bin'}:/usr/bin:/bin"}


def test_the_tests_of_the_tests_do_not_run_twice_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with only_one(data_place("test"), "test"), pytest.raises(Fault, match="Another './run test'"):
        test.main([])
