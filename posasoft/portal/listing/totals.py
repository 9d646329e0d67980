"""How many rows a list has, without counting millions of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

EXACT_UP_TO = 10_000
SECONDS = 4


class TooWide(Exception):
    """The list takes too long over so wide an area; the page asks for a commune."""


@dataclass(frozen=True)
class Total:
    """``exact`` up to ten thousand; above, the planner's estimate, or only that there are more (``number`` is then the limit)."""

    number: int
    exact: bool = True
    estimated: bool = False


def total(found: QuerySet[Any], subject: str, lo: int, hi: int, conditions: dict[str, str] | None) -> Total:
    """Count up to the limit; beyond it ask the planner when it knows all conditions (None: some it does not)."""
    counted = found.order_by()[: EXACT_UP_TO + 1].count()
    if counted <= EXACT_UP_TO:
        return Total(counted)
    if conditions is None:
        return Total(EXACT_UP_TO, exact=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT households_estimate(%s, %s, %s, %s)", [subject, lo, hi, json.dumps(conditions)])
        return Total(max(_round(cursor.fetchone()[0]), EXACT_UP_TO), exact=False, estimated=True)


def _round(number: int) -> int:
    """Three figures: an estimate says no more."""
    step = 10 ** max(len(str(number)) - 3, 0)
    return number // step * step


@contextmanager
def within(seconds: int = SECONDS) -> Iterator[None]:
    """Reads of a list end in time. Raises TooWide; the request's transaction lives on."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
            yield
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooWide from error
        raise
