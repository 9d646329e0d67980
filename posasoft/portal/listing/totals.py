"""How many rows a list has, without counting millions of them; and reads that end in time."""

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
# Above this, rows are read in the order of an index; below, they are collected and sorted.
MANY = 20_000
SECONDS = 4


class TooWide(Exception):
    """The list takes too long over so wide an area; the page asks for a commune."""


@dataclass(frozen=True)
class Total:
    """``exact`` up to ten thousand; above, the planner's estimate, or only that there are more (``number`` is then the limit)."""

    number: int
    exact: bool = True
    estimated: bool = False


def estimate(subject: str, lo: int, hi: int, conditions: dict[str, str]) -> int:
    """The planner's own guess from its statistics, within the reader's range (households/migrations/0007_lists.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT households_estimate(%s, %s, %s, %s)", [subject, lo, hi, json.dumps(conditions)])
        return int(cursor.fetchone()[0])


def total(found: QuerySet[Any], guess: int | None) -> Total:
    """The guess where it says many; else a count as far as the limit."""
    if guess is not None and guess > MANY:
        return Total(_round(guess), exact=False, estimated=True)
    counted = found.order_by()[: EXACT_UP_TO + 1].count()
    if counted <= EXACT_UP_TO:
        return Total(counted)
    if guess is None:
        return Total(EXACT_UP_TO, exact=False)
    return Total(max(_round(guess), EXACT_UP_TO), exact=False, estimated=True)


def _round(number: int) -> int:
    """Three figures: an estimate says no more."""
    step: int = 10 ** max(len(str(number)) - 3, 0)
    return number // step * step


@contextmanager
def within(*, in_order: bool = False) -> Iterator[None]:
    """Reads of a list end in time. Raises TooWide; the request's transaction lives on.

    ``in_order`` forbids collecting and sorting: under row-level security the planner takes any range for one two-hundredth of its table, and
    would sort millions to show fifty.
    """
    wanted = {"statement_timeout": f"{SECONDS}s"}
    if in_order:
        wanted |= {"enable_sort": "off", "enable_bitmapscan": "off", "enable_seqscan": "off", "enable_hashjoin": "off"}
    try:
        with transaction.atomic():
            before = _set(wanted)
            yield
            _set(before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooWide from error
        raise


def _set(values: dict[str, str]) -> dict[str, str]:
    """Settings until the end of the transaction; what they were. A savepoint that is released does not take them back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join("current_setting(%s)" for _ in values), list(values))
        before = dict(zip(values, cursor.fetchone(), strict=True))
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in values), [text for pair in values.items() for text in pair]
        )
    return before
