"""Who may open which page. Deny by default: a view without a declared set of roles opens for nobody."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from posasoft.core.models import Role, RoleAssignment, ScopeKind, User
from posasoft.core.scope import NOWHERE, WHOLE_COUNTRY, Scope

View = TypeVar("View", bound=Callable[..., Any])
ANYONE = frozenset({"*"})
SIGNED_IN = frozenset(Role.values)
SESSION_KEY = "role_assignment"


def allow(*roles: str) -> Callable[[View], View]:
    """Declare the roles that may call a view; ``allow(*SIGNED_IN)`` for all, ``allow(*ANYONE)`` before sign-in."""

    def declare(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]  # views are functions; the guard reads it back
        return view

    return declare


def assignments_of(user: User, day: datetime.date) -> QuerySet[RoleAssignment]:
    """The roles a user holds on a day, the most local first."""
    in_force = Q(until__isnull=True) | Q(until__gt=day)
    return user.roles.filter(in_force, since__lte=day).select_related("area").order_by("-area__level", "id")


def scope_of(assignment: RoleAssignment | None) -> Scope:
    """The range a role sees; kinds other than area see nothing until their own policies admit rows."""
    if assignment is None:
        return NOWHERE
    area = assignment.area
    lo, hi = WHOLE_COUNTRY if area is None else (area.position or 0, area.position_end or 0)
    kind = "area" if assignment.scope_kind == ScopeKind.AREA else assignment.scope_kind
    return Scope(kind, lo, hi, assignment.user_id, assignment.role, assignment.pk)
