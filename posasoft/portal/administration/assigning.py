"""What a role of another kind than area is given to see: households of a collaborator, benefits of a line ministry, lists of a payment agency.

Here and not in core, whose layer knows neither households nor lists. Whoever may grant a role may say what it sees; keyword-only, one
transaction each, with its audit row. Raises RoleRefused when ``by`` may not, or what was typed names nothing.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from policy.loader import load_law
from posasoft.core import audit, roles
from posasoft.core.models import Area, AssignedItem, RoleAssignment, ScopeKind
from posasoft.core.roles import RoleRefused
from posasoft.core.scope import Scope

_OF_VILLAGE = "h.village_id = (SELECT id FROM core_area WHERE level = 'village' AND code = %(text)s)"
_OF_CODE = "h.code = %(text)s"
_INSIDE = """households_household h JOIN core_roleassignment r ON r.id = %(role)s
JOIN core_area a ON a.id = r.area_id AND h.area_pos >= a.position AND h.area_pos < a.position_end"""
_GIVE = f"""
INSERT INTO core_assigneditem (assignment_id, kind, object_id, code, since)
SELECT r.id, 'households', h.id, '', greatest(r.since, %(since)s)
FROM {_INSIDE}
WHERE ({_OF_VILLAGE} OR {_OF_CODE}) AND h.ended_on IS NULL AND h.canonical_id IS NULL
ON CONFLICT DO NOTHING
"""
_OPEN_ITEMS = f"""assignment_id = %(role)s AND kind = 'households' AND until IS NULL
AND object_id IN (SELECT h.id FROM households_household h WHERE {_OF_VILLAGE} OR {_OF_CODE})"""
# One given and taken away on the same day never was: its row goes, the trail keeps both acts.
_NEVER = f"DELETE FROM core_assigneditem WHERE since >= %(on)s AND {_OPEN_ITEMS}"
_END = f"UPDATE core_assigneditem SET until = %(on)s WHERE since < %(on)s AND {_OPEN_ITEMS}"


@transaction.atomic
def assign_households(*, assignment: RoleAssignment, text: str, since: datetime.date, by: Scope) -> int:
    """Give the households of a village, or one household, by code, from a day; the number newly given. Those outside the role's area are left out."""
    _check(assignment, ScopeKind.HOUSEHOLDS, by)
    if assignment.until is not None and since >= assignment.until:
        raise RoleRefused(_("Ngày bắt đầu phải trước ngày kết thúc của vai trò."), "since")
    values: dict[str, Any] = {"role": assignment.pk, "text": text.strip(), "since": since}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {_INSIDE} WHERE {_OF_VILLAGE} OR {_OF_CODE})", values)
        if not cursor.fetchone()[0]:
            raise RoleRefused(_("Không có thôn hoặc hộ mang mã “%(text)s” trong địa bàn của vai trò.") % {"text": text.strip()}, "text")
        cursor.execute(_GIVE, values)
        given: int = cursor.rowcount
    _write_down("assign_items", assignment, by, households=given, since=since.isoformat())
    return given


@transaction.atomic
def end_households(*, assignment: RoleAssignment, text: str, on: datetime.date, by: Scope) -> int:
    """Take the households of a village, or one household, away from a day on; the number taken."""
    _check(assignment, ScopeKind.HOUSEHOLDS, by)
    values: dict[str, Any] = {"role": assignment.pk, "text": text.strip(), "on": on}
    ended = 0
    with connection.cursor() as cursor:
        for statement in (_NEVER, _END):
            cursor.execute(statement, values)
            ended += cursor.rowcount
    if not ended:
        raise RoleRefused(_("Vai trò này không được giao hộ nào mang mã “%(text)s”.") % {"text": text.strip()}, "text")
    _write_down("end_items", assignment, by, households=ended, on=on.isoformat())
    return ended


@transaction.atomic
def set_benefits(*, assignment: RoleAssignment, benefits: list[str], on: datetime.date, by: Scope) -> None:
    """Let a line ministry see exactly these benefits of the law from a day on."""
    _check(assignment, ScopeKind.PROGRAMMES, by)
    if not set(benefits) <= set(benefits_of_law()):
        raise RoleRefused(_("Có chế độ không có trong luật."), "benefits")
    open_items = AssignedItem.objects.filter(assignment=assignment, kind=ScopeKind.PROGRAMMES, until__isnull=True)
    gone = open_items.exclude(code__in=benefits)
    gone.filter(since__gte=on).delete()
    gone.update(until=on)
    since = max(on, assignment.since)
    AssignedItem.objects.bulk_create(
        [AssignedItem(assignment=assignment, kind=ScopeKind.PROGRAMMES, code=code, since=since) for code in sorted(set(benefits))],
        ignore_conflicts=True,
    )
    _write_down("assign_items", assignment, by, benefits=sorted(set(benefits)), on=on.isoformat())


def benefits_of_law() -> dict[str, str]:
    """Code -> Vietnamese name of every benefit of the law."""
    return dict(sorted({rule.benefit: rule.vi for rule in load_law().rules}.items()))


def _check(assignment: RoleAssignment, kind: str, by: Scope) -> None:
    roles.check_may_assign(assignment, by)
    if assignment.scope_kind != kind:
        raise RoleRefused(_("Vai trò này không được giao theo cách đó."))


def _write_down(verb: str, assignment: RoleAssignment, by: Scope, **detail: Any) -> None:
    area: Area | None = assignment.area
    place = (area.province_no or 0, area.position) if area and area.position is not None else None
    audit.record(verb=verb, kind="core_user", object_id=assignment.user_id, by=by, area=place, assignment_id=assignment.pk, **detail)
