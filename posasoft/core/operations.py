"""Changes of the ground: villages here, users and roles in posasoft.core.roles. Keyword-only, one transaction each, with its audit row."""

from __future__ import annotations

import datetime

from django.db import transaction

from posasoft.core import audit
from posasoft.core.models import Area, Level
from posasoft.core.names import fold, nfc_name
from posasoft.core.roles import KINDS, end_role, grant_role
from posasoft.core.scope import Scope

__all__ = ["KINDS", "VillageError", "add_village", "end_role", "grant_role"]


class VillageError(ValueError):
    """The village cannot be added or ended as asked; the message is for the officer."""


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
