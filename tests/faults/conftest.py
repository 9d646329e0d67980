"""Servers of their own, started for each module of fault tests that asks for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.stage import Stage, stage
from tests.support.database import template_url


@pytest.fixture(scope="module")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """PostgreSQL, Valkey, gunicorn and a worker, with the migrated schema; Django stands on them while they are there."""
    with django_db_blocker.unblock(), stage(f"faults-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", template=template_url()) as built:
        yield built
