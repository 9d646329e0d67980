"""`./run manage` in a fresh checkout: the schema is there, and standard output belongs to the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tools import reset
from tools.place import ROOT, Place, data_place

pytestmark = pytest.mark.faults


@pytest.fixture
def place() -> Iterator[Place]:
    fresh = data_place(f"manage-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSASOFT_DATA", str(fresh.data))
        yield fresh
        reset.main(["--yes"])


def test_a_command_finds_tables_and_prints_nothing_but_its_own_words(place: Place) -> None:
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")}
    question = "from households.models import Person; print(Person.objects.count())"
    command = [sys.executable, "-m", "tools", "manage", "shell", "--verbosity", "0", "--command", question]
    done = subprocess.run(command, cwd=ROOT, env={**given, "POSASOFT_DATA": str(place.data)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr
    assert "Bringing the database up to date" in done.stderr
