"""The audit trail as a file, for the auditor: who looked at what, and who did what."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posasoft.core.dates import format_date, parse_date
from posasoft.core.exports import Column, exporter
from posasoft.core.models import Area, Role, User
from posasoft.core.queries.looks import Filters, Look, stream, trail
from posasoft.core.scope import Scope

TRAIL_ROLES = frozenset({Role.AUDITOR.value, Role.ADMINISTRATOR.value, Role.COMMUNE_CHAIR.value, Role.PROVINCE_OFFICER.value})
LONGEST = datetime.timedelta(days=92)


def filters_of(params: Mapping[str, Any]) -> Filters:
    """The filters of an address or of a request. Raises ValueError with a Vietnamese sentence."""
    today = timezone.localdate()
    first = parse_date(str(params["from"])) if params.get("from") else today - datetime.timedelta(days=6)
    last = parse_date(str(params["to"])) if params.get("to") else today
    if first > last:
        raise ValueError(_("Ngày đầu sau ngày cuối."))
    if last - first > LONGEST:
        raise ValueError(_("Khoảng thời gian dài quá ba tháng; hãy chia nhỏ."))
    actor, area = str(params.get("actor", "")), str(params.get("area", ""))
    return Filters(
        first, last,
        actor=int(actor) if actor.isdigit() else None,
        verb=str(params.get("verb", ""))[:60],
        kind=str(params.get("kind", ""))[:40],
        object=str(params.get("object", ""))[:60],
        area=Area.objects.filter(pk=int(area)).first() if area.isdigit() else None,
    )  # fmt: skip


@exporter("audit", title=gettext_lazy("Nhật ký sử dụng dữ liệu"), roles=TRAIL_ROLES)
class AuditTrail:
    """One row per event; ``count`` is of events, each of which may be about a person."""

    kind = ""
    title: Any = ""
    columns: Sequence[Column] = (
        Column("at", gettext_lazy("Lúc")),
        Column("who", gettext_lazy("Người dùng")),
        Column("role", gettext_lazy("Vai trò")),
        Column("verb", gettext_lazy("Việc đã làm")),
        Column("kind", gettext_lazy("Loại hồ sơ")),
        Column("object", gettext_lazy("Mã hồ sơ")),
        Column("count", gettext_lazy("Số dòng"), kind="number"),
        Column("province", gettext_lazy("Tỉnh số"), kind="number"),
        Column("area", gettext_lazy("Vị trí địa bàn"), kind="number", usual=False),
        Column("id", gettext_lazy("Số dòng nhật ký"), kind="number", usual=False),
    )

    def count(self, scope: Scope, params: Mapping[str, Any]) -> int:
        return trail(scope, filters_of(params)).order_by().count()

    def rows(self, scope: Scope, params: Mapping[str, Any], columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        for look in stream(scope, filters_of(params)):
            cells = self._cells(look)
            yield [cells[name] for name in columns]

    def settled(self, params: Mapping[str, Any]) -> dict[str, Any]:
        filters = filters_of(params)
        return {**params, "from": format_date(filters.first), "to": format_date(filters.last)}

    def _cells(self, look: Look) -> dict[str, Any]:
        event = look.event
        return {
            "at": event.at,
            "who": look.who,
            "role": dict(Role.choices).get(event.role, event.role),
            "verb": event.verb,
            "kind": event.object_kind,
            "object": event.object_id,
            "count": event.detail.get("count"),
            "province": event.province_no,
            "area": event.area_pos,
            "id": event.pk,
        }

    def describe(self, params: Mapping[str, Any]) -> list[tuple[str, str]]:
        filters = filters_of(params)
        actor = User.objects.filter(pk=filters.actor).first() if filters.actor is not None else None
        lines = [(_("Thời gian"), f"{filters.first:%d/%m/%Y} – {filters.last:%d/%m/%Y}")]
        lines += [(_("Người dùng"), actor.username)] if actor else []
        lines += [(_("Địa bàn"), filters.area.name)] if filters.area else []
        given = ((_("Việc đã làm"), filters.verb), (_("Loại hồ sơ"), filters.kind), (_("Mã hồ sơ"), filters.object))
        return lines + [(name, value) for name, value in given if value]
