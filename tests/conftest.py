"""What every test stands on; tests/support/database.py explains databases, roles and scopes, tests/support/hashing.py passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from tests.support import database
from tests.support.chromium import chromium

__all__ = ["chromium"]


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["tests.support.hashing.CheapArgon2"]


# Half a minute and more each, whole programs that start and end.
LONG = ("tests/run/test_demo.py", "tests/run/test_manage.py", "tests/faults/")
BROWSER = "tests/browser/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, on one worker the programs, on the other the browser: the short ones then fill both to the same end.

    Two workers begin with a half of the list each (`--dist worksteal`), so one begins at its middle.
    """
    long = sorted((item for item in items if item.nodeid.startswith(LONG)), key=lambda item: not item.nodeid.startswith(LONG[:2]))
    browser = [item for item in items if item.nodeid.startswith(BROWSER)]
    apart = {*long, *browser}
    short = [item for item in items if item not in apart]
    middle = max(0, len(items) // 2 - len(long))
    items[:] = [*long, *short[:middle], *browser, *short[middle:]]


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's own: a clone of a migrated template, reached as the serving role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        database.prepare(worker)
    yield
    with django_db_blocker.unblock():
        database.drop(worker)
