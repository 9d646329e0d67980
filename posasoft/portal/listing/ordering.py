"""Pages by key, both ways, for any order. A cursor is the public id of a row: sort keys hold names, and names do not stand in addresses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE = 50


@dataclass(frozen=True)
class Sort:
    """An order of a list: fields without null (of the model, or made by ``annotate``); the id always comes last.

    ``wide``: an index gives this order over a whole province or the country too; the others are offered inside one commune.
    """

    key: str
    label: Any
    fields: tuple[str, ...]
    annotate: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    wide: bool = False

    def prepared(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return self.annotate(rows) if self.annotate else rows


@dataclass(frozen=True)
class Slice:
    """The rows of a page in the list's order, and the cursors of its neighbours (empty at the ends)."""

    rows: list[Any]
    before: str
    after: str


def cut(
    found: QuerySet[Any], everything: QuerySet[Any], sort: Sort, *, descending: bool, before: str, after: str, size: int = PAGE
) -> Slice:
    """One page of ``found``; the cursor's row is looked up in ``everything``, for a filter may have left it out meanwhile."""
    backward = bool(before)
    anchor = _anchor(sort.prepared(everything), sort, before or after)
    rising = descending == backward
    rows = sort.prepared(found)
    fields = (*sort.fields, "pk")
    if anchor is not None:
        rows = rows.filter(_beyond(fields, anchor, rising=rising))
    taken = list(rows.order_by(*(field if rising else f"-{field}" for field in fields))[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if backward and anchor is not None:
        taken.reverse()
    has_before, has_after = (more, True) if backward and anchor is not None else (anchor is not None, more)
    if not taken:
        return Slice([], "", "")
    return Slice(taken, str(taken[0].public_id) if has_before else "", str(taken[-1].public_id) if has_after else "")


def _anchor(everything: QuerySet[Any], sort: Sort, cursor: str) -> tuple[Any, ...] | None:
    try:
        public_id = uuid.UUID(cursor)
    except ValueError:
        return None
    return everything.filter(public_id=public_id).values_list(*sort.fields, "pk").first()


def _beyond(fields: tuple[str, ...], values: tuple[Any, ...], *, rising: bool) -> Q:
    """Rows after (before) a key. The first field's bound stands alone, so that an index can begin there."""
    step = "gt" if rising else "lt"
    bound = Q(**{f"{fields[0]}__{step}e": values[0]})
    chain = Q()
    for number, (field, value) in enumerate(zip(fields, values, strict=True)):
        same = Q(**dict(zip(fields[:number], values[:number], strict=True)))
        chain |= same & Q(**{f"{field}__{step}": value})
    return bound & chain
