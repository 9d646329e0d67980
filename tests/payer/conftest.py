"""The world of the access tests with agencies in it, made once for a module."""

from __future__ import annotations

import pytest

from tests.access.conftest import world
from tests.access.world import World
from tests.payer.cast import Payers, make_payers
from tests.support.database import owner

__all__ = ["world"]


@pytest.fixture
def payers(world: World) -> Payers:
    with owner():
        return make_payers(world)
