"""The first of two fences: every query of the portal is cut to the acting role's range before row-level security cuts it again."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from posasoft.core.scope import Scope

Row = TypeVar("Row", bound=Model)


def in_scope(rows: QuerySet[Row], scope: Scope) -> QuerySet[Row]:
    """The rows whose area the role covers; a role whose range is not an area sees none."""
    if scope.kind != "area":
        return rows.none()
    return rows.filter(area_pos__gte=scope.lo, area_pos__lt=scope.hi)
