"""Practice: a user works in an invented commune of their own, in a range of positions above the country's.

Whoever acts for the country, a province or another user has a range that does not reach there, so that row-level security keeps practice out
of every list, figure and run, and real families out of practice.
"""

from __future__ import annotations

from django.http import HttpRequest

from posasoft.core.models import Area, PracticeSpace, Role, RoleAssignment
from posasoft.core.scope import WHOLE_COUNTRY, Scope

SESSION_KEY = "practice_role"
# Both sides of the desk can be tried: the one who keeps the files and the one who signs.
ROLES = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR)
PROVINCE_NO = 99
FIRST = WHOLE_COUNTRY[1]
LAST = FIRST + 1_000_000_000_000
ROOM = 10_000


def range_of(number: int) -> tuple[int, int]:
    """The half-open range of positions of the practice commune with this number, counted from 1."""
    return FIRST + number * ROOM, FIRST + (number + 1) * ROOM


def space_of(user_id: int) -> PracticeSpace | None:
    """The user's practice commune, if one was made and not given up."""
    return PracticeSpace.objects.filter(user_id=user_id, retired_at__isnull=True).first()


def stand_in(request: HttpRequest, assignment: RoleAssignment | None) -> tuple[Scope, PracticeSpace] | None:
    """Where a request that practises acts: the scope of the user's own practice commune, in the role being tried; None outside practice."""
    role = request.session.get(SESSION_KEY)
    if assignment is None or role not in ROLES:
        return None
    space = space_of(assignment.user_id)
    if space is None:
        return None
    return Scope("area", *range_of(space.number), assignment.user_id, role, assignment.pk), space


def assignment_in(space: PracticeSpace, held: RoleAssignment, role: str) -> RoleAssignment:
    """The post that pages show while practising; never saved. Call within the practice scope: elsewhere the commune cannot be seen."""
    commune = Area.objects.get(pk=space.commune_id)
    return RoleAssignment(pk=held.pk, user=held.user, role=role, area=commune, since=held.since)
