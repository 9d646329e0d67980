"""Pages by key, both ways, for any order. A cursor is the public id of a row: sort keys hold names, and names do not stand in addresses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Model, QuerySet, TextField, Value

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
        # The first field's bound stands alone beside the comparison of rows: a scan of an index begins at the strictest plain bound.
        rows = rows.filter(_beyond(fields, anchor, rising=rising), **{f"{fields[0]}__{'gte' if rising else 'lte'}": anchor[0]})
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
    # No first(): it would ask for an order by id, and a planner that may not sort would walk the whole table by it.
    return next(iter(everything.filter(public_id=public_id).order_by().values_list(*sort.fields, "pk")[:1]), None)


def _beyond(fields: tuple[str, ...], values: tuple[Any, ...], *, rising: bool) -> Func:
    """Rows after (before) a key, as a comparison of rows: the planner understands it as a bound, which it does not with ANDs and ORs."""
    of_row = Func(*(F(field) for field in fields), function="ROW", output_field=TextField())
    of_key = Func(*(Value(value) for value in values), function="ROW", output_field=TextField())
    return Func(of_row, of_key, template="%(expressions)s", arg_joiner=" > " if rising else " < ", output_field=BooleanField())
