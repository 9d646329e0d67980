"""The counter's world, built once for a module; each test in a savepoint of it."""

from __future__ import annotations

import pytest
import time_machine

from tests.access.conftest import _on_one_day, enter, standing_world, world
from tests.access.world import World
from tests.browser import cast
from tests.results.world import Counter, make_counter
from tests.support.database import owner

__all__ = ["_on_one_day", "enter", "standing_world", "world"]


@pytest.fixture(scope="module")
def standing_counter(standing_world: World) -> Counter:
    with time_machine.travel(cast.TODAY, tick=True), owner():
        return make_counter(standing_world)


@pytest.fixture
def counter(standing_counter: Counter, world: World) -> Counter:
    return standing_counter
