"""One world per test, on the day of the browser's cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from posasoft.core.models import User
from tests.access.world import World, make_world
from tests.browser import cast
from tests.support.database import owner


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(cast.TODAY, tick=True):
        yield


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    with owner():
        return make_world()


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        with owner():
            client.force_login(user)
        return client

    return sign_in
