"""Users and roles as the administrator and the province officer see them: who holds what, where, from and to which day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from posasoft.core.access import in_force
from posasoft.core.models import Area, AreaPermission, Level, Role, RoleAssignment, User
from posasoft.core.roles import GRANTS, LEVELS
from posasoft.core.scope import Scope

PAGE = 50
# As many places as a person can choose from in a list; above that a province is chosen first.
MOST_PLACES = 600


@dataclass(frozen=True)
class Filters:
    """`words` of name or user name, a role, an area with all below it; `holding` only who holds such a role today."""

    words: str = ""
    role: str = ""
    area: Area | None = None
    holding: bool = True


def manageable(scope: Scope) -> QuerySet[RoleAssignment]:
    """Role assignments that the acting role may see and end: of roles that it grants, inside its range."""
    roles = RoleAssignment.objects.filter(role__in=GRANTS.get(scope.role, frozenset()))
    if scope.role == Role.ADMINISTRATOR:
        return roles
    return roles.filter(area__position__gte=scope.lo, area__position__lt=scope.hi)


def visible(scope: Scope) -> QuerySet[User]:
    """Users of whom the acting role sees something: whoever holds or held such a role; the administrator everybody."""
    if scope.role == Role.ADMINISTRATOR:
        return User.objects.all()
    return User.objects.filter(pk__in=manageable(scope).values("user_id"))


def page_of_users(scope: Scope, filters: Filters, today: datetime.date, after: str) -> list[User]:
    """Up to PAGE + 1 users by name, each with `current`, the roles of today that the acting role sees.

    `after`: the id of the last user of the page before, no name: it stands in an address.
    """
    mine = manageable(scope)
    found = visible(scope)
    for word in filters.words.split()[:5]:
        found = found.filter(Q(full_name__icontains=word) | Q(username__icontains=word))
    if filters.role or filters.area:
        wanted = mine.filter(in_force(today), since__lte=today) if filters.holding else mine
        if filters.role:
            wanted = wanted.filter(role=filters.role)
        if filters.area is not None and filters.area.position is not None:
            wanted = wanted.filter(area__position__gte=filters.area.position, area__position__lt=filters.area.position_end)
        found = found.filter(pk__in=wanted.values("user_id"))
    if after.isdecimal() and len(after) < 10:
        found = found.filter(username__gt=User.objects.filter(pk=int(after)).values("username"))
    current = mine.filter(in_force(today), since__lte=today).select_related("area")
    return list(found.prefetch_related(Prefetch("roles", queryset=current, to_attr="current")).order_by("username")[: PAGE + 1])


def history(scope: Scope, user: User) -> list[RoleAssignment]:
    """All roles of a user that the acting role sees, the latest first."""
    return list(manageable(scope).filter(user=user).select_related("area").order_by("-since", "-pk"))


def granters(rows: list[RoleAssignment]) -> dict[int, str]:
    """Names of those who granted, by user id."""
    ids = {row.granted_by_id for row in rows if row.granted_by_id}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def given(scope: Scope, user: User) -> list[AreaPermission]:
    """Permissions given besides roles, inside the range."""
    rows = AreaPermission.objects.filter(user=user, of_role=False).select_related("permission", "content_object")
    if scope.role != Role.ADMINISTRATOR:
        rows = rows.filter(content_object__position__gte=scope.lo, content_object__position__lt=scope.hi)
    return list(rows.order_by("content_object__position", "permission__codename"))


def places(scope: Scope) -> list[Area]:
    """Areas offered while one types, the widest first; at most MOST_PLACES."""
    levels = {level for role in GRANTS.get(scope.role, ()) for level in LEVELS[role]} - {None, Level.VILLAGE}
    rows = Area.objects.filter(position__gte=scope.lo, position__lt=scope.hi, level__in=levels)
    return list(rows.order_by("-level", "position")[:MOST_PLACES])


def place(scope: Scope, text: str) -> Area | None:
    """The area in force that was typed: a code, alone or in brackets behind a name, or a whole name that only one area in range has."""
    code = text.rsplit("(", 1)[-1].strip(" )")
    inside = Area.objects.filter(position__gte=scope.lo, position__lt=scope.hi)
    found = list(inside.filter(Q(code=code) | Q(name__iexact=text.strip()))[:2])
    return found[0] if len(found) == 1 else None
