"""The world of the access tests with agencies in it, made once for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.access.conftest import enter, standing_world, world
from tests.access.world import World
from tests.browser import cast as people
from tests.payer.cast import Payers, make_payers
from tests.support.database import owner

__all__ = ["enter", "standing_world", "world"]


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(people.TODAY, tick=True):
        yield


@pytest.fixture
def payers(world: World) -> Payers:
    with owner():
        return make_payers(world)
