"""Changes of the ground: roles, villages. Keyword-only, one transaction each, with its audit row."""

from __future__ import annotations

import datetime

from django.db import transaction

from posasoft.core import audit
from posasoft.core.models import Area, Level, Role, RoleAssignment, ScopeKind, User
from posasoft.core.names import fold, nfc_name
from posasoft.core.scope import Scope

# What a role counts its range in, where it is not an area (design: own households, own lists, own programmes).
_KINDS = {
    Role.COLLABORATOR: ScopeKind.HOUSEHOLDS,
    Role.AGENCY_CLERK: ScopeKind.LISTS,
    Role.LINE_MINISTRY: ScopeKind.PROGRAMMES,
}


class VillageError(ValueError):
    """The village cannot be added or ended as asked; the message is for the officer."""


@transaction.atomic
def grant_role(*, user: User, role: str, area: Area | None, since: datetime.date, by: Scope) -> RoleAssignment:
    """Give a user a role on an area (None: the whole country) from a day on; the same grant twice is one grant."""
    assignment, _ = RoleAssignment.objects.get_or_create(
        user=user, role=role, area=area, since=since, defaults={"scope_kind": _KINDS.get(Role(role), ScopeKind.AREA)}
    )
    audit.record(verb="grant_role", kind="core_user", object_id=user.pk, by=by, role=role, area_id=area.pk if area else None)
    return assignment


@transaction.atomic
def end_role(*, assignment: RoleAssignment, on: datetime.date, by: Scope) -> None:
    """Take a role away from a day on: the next request of the user no longer acts in it."""
    RoleAssignment.objects.filter(pk=assignment.pk, until__isnull=True).update(until=on)
    audit.record(verb="end_role", kind="core_user", object_id=assignment.user_id, by=by, role=assignment.role)


@transaction.atomic
def add_village(*, commune: Area, name: str, since: datetime.date, by: Scope) -> Area:
    """Add a thôn, bản or tổ dân phố to a commune in force, with a place in its tree range; the name found there already is returned.

    Raises VillageError for an empty name, a commune of the past, or a commune without room.
    """
    name = nfc_name(name)
    if not name:
        raise VillageError("Tên thôn không được để trống.")
    if commune.position is None or commune.position_end is None:
        raise VillageError(f"{commune.name} không còn là đơn vị hành chính hiện hành.")
    # Two officers adding at once would take the same place.
    Area.objects.select_for_update().get(pk=commune.pk)
    villages = Area.objects.filter(level=Level.VILLAGE, parent=commune)
    same = villages.filter(name_key=fold(name), valid_to__isnull=True).first()
    if same:
        return same
    place = max([commune.position, *(v for v in villages.values_list("position", flat=True) if v is not None)]) + 1
    if place >= commune.position_end:
        raise VillageError(f"{commune.name} không còn chỗ cho thôn mới.")
    village = Area.objects.create(
        level=Level.VILLAGE,
        code=f"{commune.code}-{place - commune.position:03d}",
        name=name,
        name_key=fold(name),
        kind=name.split(" ", 1)[0],
        parent=commune,
        valid_from=since,
        province_no=commune.province_no,
        position=place,
        position_end=place + 1,
    )
    audit.record(verb="add_village", kind="core_area", object_id=village.pk, by=by, area=(village.province_no or 0, place))
    return village
