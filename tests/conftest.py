"""What every test stands on; tests/support/database.py explains databases, roles and scopes, tests/support/hashing.py passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from tests.support import database


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["tests.support.hashing.CheapArgon2"]


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's own: a clone of a migrated template, reached as the serving role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        database.prepare(worker)
    yield
    with django_db_blocker.unblock():
        database.drop(worker)
