"""Who may open which page and do what. Deny by default: a view without a declared set of roles opens for nobody."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from posasoft.core.models import AreaPermission, Role, RoleAssignment, ScopeKind, User
from posasoft.core.scope import NOWHERE, WHOLE_COUNTRY, Scope
from posasoft.core.verbs import Verb, verbs_of

View = TypeVar("View", bound=Callable[..., Any])
ANYONE = frozenset({"*"})
SIGNED_IN = frozenset(Role.values)
SESSION_KEY = "role_assignment"
SYSTEM = "system"

__all__ = [
    "ANYONE", "SESSION_KEY", "SIGNED_IN", "SYSTEM", "Verb", "allow", "assignments_of", "held_verbs", "may", "scope_of",
]  # fmt: skip


def allow(*roles: str) -> Callable[[View], View]:
    """Declare the roles that may call a view; ``allow(*SIGNED_IN)`` for all, ``allow(*ANYONE)`` before sign-in."""

    def declare(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]  # views are functions; the guard reads it back
        return view

    return declare


def in_force(day: datetime.date) -> Q:
    """Role assignments, assigned things and permissions given that hold on a day."""
    return Q(until__isnull=True) | Q(until__gt=day)


def assignments_of(user: User, day: datetime.date) -> QuerySet[RoleAssignment]:
    """The roles a user holds on a day, the most local first; none when the account is closed."""
    if not user.is_active:
        return user.roles.none()
    return user.roles.filter(in_force(day), since__lte=day).select_related("area").order_by("-area__level", "id")


def scope_of(assignment: RoleAssignment | None) -> Scope:
    """The range a role sees; of another kind than area it sees what is assigned to it (inside the area for a line ministry's programmes)."""
    if assignment is None:
        return NOWHERE
    area = assignment.area
    lo, hi = WHOLE_COUNTRY if area is None else (area.position or 0, area.position_end or 0)
    kind = "area" if assignment.scope_kind == ScopeKind.AREA else assignment.scope_kind
    return Scope(kind, lo, hi, assignment.user_id, assignment.role, assignment.pk)


def held_verbs(scope: Scope, area_pos: int | None = None) -> frozenset[Verb]:
    """What the acting role may do at a position of the tree (None: somewhere in its range): its verbs, and what was given to the user besides.

    A verb given on an area (django-guardian) holds for everything below it, but never outside the acting role's range: nothing is seen there.
    """
    if scope.role == SYSTEM and scope.user_id is None:
        return frozenset(Verb)
    if scope.kind == "none" or scope.user_id is None or (area_pos is not None and not scope.lo <= area_pos < scope.hi):
        return frozenset()
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(pk=scope.assignment_id) if scope.assignment_id else RoleAssignment.objects.none()
    assignment = held.filter(in_force(today), user_id=scope.user_id, since__lte=today).first()
    if assignment is None:
        return frozenset()
    narrowed = verbs_of(scope.role) if assignment.verbs is None else verbs_of(scope.role) & {Verb(verb) for verb in assignment.verbs}
    return narrowed | _given(scope, area_pos, today)


def may(scope: Scope, verb: Verb, area_pos: int | None = None) -> bool:
    """Whether the acting role may do something at a position of the tree (None: somewhere in its range)."""
    return verb in held_verbs(scope, area_pos)


def _given(scope: Scope, area_pos: int | None, today: datetime.date) -> frozenset[Verb]:
    given = AreaPermission.objects.filter(in_force(today), user_id=scope.user_id, of_role=False)
    if area_pos is None:
        given = given.filter(content_object__position__lt=scope.hi, content_object__position_end__gt=scope.lo)
    else:
        given = given.filter(content_object__position__lte=area_pos, content_object__position_end__gt=area_pos)
    names = given.values_list("permission__codename", flat=True)
    return frozenset(Verb(name.removeprefix("may_")) for name in names if name.startswith("may_"))
