"""The law of this program again after every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policy import load_law
from tests.beneficiaries.test_month_run import people

__all__ = ["people"]


@pytest.fixture(autouse=True)
def _law_of_the_program() -> Iterator[None]:
    yield
    load_law.cache_clear()
