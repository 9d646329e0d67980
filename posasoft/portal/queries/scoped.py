"""The first of two fences: every query of the portal is cut to the acting role's range before row-level security cuts it again."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from posasoft.core.numbers import whole
from posasoft.core.rls import KIND_ROLES
from posasoft.core.scope import Scope

Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], after: str, size: int) -> tuple[list[Row], str]:
    """A page of rows of a short list in an order of their own, by how many came before ("" is the first), and where the next begins."""
    skip = whole(after) or 0
    found = list(rows[skip : skip + size + 1])
    return found[:size], str(skip + size) if len(found) > size else ""


def in_scope(rows: QuerySet[Row], scope: Scope) -> QuerySet[Row]:
    """The rows whose area the role covers; nothing without a role.

    Own households, lists and data are named one by one in the database: there its policies are the only list, and no range cuts before them.
    """
    if scope.kind in ("area", "programmes"):
        return rows.filter(area_pos__gte=scope.lo, area_pos__lt=scope.hi)
    return rows if scope.kind in KIND_ROLES else rows.none()
