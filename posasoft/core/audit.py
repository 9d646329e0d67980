"""The audit row that every operation writes in its own transaction."""

from __future__ import annotations

from typing import Any

from posasoft.core.models import AuditEvent
from posasoft.core.scope import Scope


def record(*, verb: str, kind: str, object_id: object = "", by: Scope, area: tuple[int, int] | None = None, **detail: Any) -> None:
    """Write one audit row; ``area`` is (province_no, area_pos) of the object. ``detail`` must hold no names and no ids of persons' papers."""
    province_no, area_pos = area or (None, None)
    AuditEvent.objects.create(
        actor_id=by.user_id,
        role=by.role,
        verb=verb,
        object_kind=kind,
        object_id=str(object_id),
        province_no=province_no,
        area_pos=area_pos,
        detail=detail,
    )
