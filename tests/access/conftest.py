"""The world of two communes, on the day of the browser's cast.

A module of many tests says `STANDING = True`: its world is built once and stands in a transaction of the module, each test in a savepoint of
it. Such a module has no mark django_db: pytest-django would close the connection after each test, and with it the world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client, override_settings

from posasoft.core.models import User
from tests.access.world import World, make_world
from tests.browser import cast
from tests.support.database import owner


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(cast.TODAY, tick=True):
        yield


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ask for `world` instead: it undoes what a test did."""
    files = tmp_path_factory.mktemp("files")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=files, LOOKUPS_PER_MINUTE=10**6, LOOKUPS_PER_HOUR=10**6),
        transaction.atomic(),
    ):
        with time_machine.travel(cast.TODAY, tick=True), owner():
            made = make_world()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The module's world where the module says `STANDING = True` (and marks nothing with django_db), else one of the test's own."""
    if getattr(request.module, "STANDING", False):
        standing = request.getfixturevalue("standing_world")
        with transaction.atomic():
            yield standing
            transaction.set_rollback(True)
        return
    request.getfixturevalue("db")
    with override_settings(MEDIA_ROOT=request.getfixturevalue("tmp_path")):
        with owner():
            made = make_world()
        yield made


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        with owner():
            client.force_login(user)
        return client

    return sign_in
