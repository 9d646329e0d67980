"""The world of the access tests with agencies in it."""

from __future__ import annotations

from tests.access.conftest import _on_one_day, enter, standing_world, world
from tests.payer.conftest import payers

__all__ = ["_on_one_day", "enter", "payers", "standing_world", "world"]
