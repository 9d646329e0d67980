"""Takes a mass change back: positions, units, roles and residences as they were, or nothing at all."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import ProtectedError, Q
from django.utils import timezone

from households.models import AreaReform, AreaReformStep, UnplacedHousehold
from households.reform.carrying import shift_rows
from households.reform.placing import put_at
from households.reform.plan import ReformRefused
from posasoft.core import audit, permissions
from posasoft.core.history import because
from posasoft.core.models import Area, AreaClass, AreaSuccession, AssignedItem, ClusterMembership, Hold, RoleAssignment
from posasoft.core.scope import Scope

Log = dict[str, Any]
_MOVED_SINCE = """
SELECT count(*) FROM households_household h WHERE h.commune_id = ANY(%(communes)s) AND h.residence_since > %(day)s
  AND (h.fact_changes->>'residence')::bigint IS DISTINCT FROM %(change)s
  AND EXISTS (SELECT 1 FROM households_factspell s WHERE s.subject = 'h' AND s.subject_id = h.id AND s.fact = 'residence' AND s.until = %(day)s)
"""
_SPELLS = (
    "CREATE TEMP TABLE spells_back ON COMMIT DROP AS SELECT s.subject_id AS id, s.value, s.since FROM households_factspell s"
    " JOIN households_household h ON h.id = s.subject_id AND (h.fact_changes->>'residence')::bigint = %(change)s"
    " WHERE s.subject = 'h' AND s.fact = 'residence' AND s.change_id = %(change)s AND s.until = %(day)s",
    "DELETE FROM households_factspell s USING spells_back b WHERE s.subject = 'h' AND s.subject_id = b.id AND s.fact = 'residence'"
    " AND s.change_id = %(change)s AND s.until = %(day)s",
    "UPDATE households_household h SET residence_since = b.since, difficulty = b.value->>'difficulty', residence_kind = b.value->>'kind',"
    " commune_id = (b.value->>'commune_id')::bigint, village_id = (b.value->>'village_id')::bigint,"
    " fact_changes = nullif(h.fact_changes - 'residence', '{}'::jsonb) FROM spells_back b WHERE b.id = h.id",
    "DROP TABLE spells_back",
)
# Whoever came after the change goes with the ground: after the rows are back, a position tells the old unit.
_BY_PLACE = """
UPDATE households_household h SET commune_id = a.id, village_id = coalesce(v.id, h.village_id)
FROM jsonb_to_recordset(%(areas)s::jsonb) AS a(id bigint, position bigint, position_end bigint), households_household g
LEFT JOIN jsonb_to_recordset(%(villages)s::jsonb) AS w(old bigint, new bigint) ON w.new = g.village_id
LEFT JOIN core_area v ON v.id = w.old
WHERE g.id = h.id AND h.commune_id = ANY(%(communes)s) AND h.area_pos >= a.position AND h.area_pos < a.position_end
"""


def refusals(reform: AreaReform) -> list[str]:
    """Why a mass change can no longer be taken back, in sentences; empty when it can."""
    steps = list(reform.steps.filter(undone_at__isnull=True))
    ranges = Q(pk__in=[])
    communes: list[int] = []
    for step in steps:
        communes += step.log["communes"]
    for area in Area.objects.filter(pk__in=communes, position__isnull=False):
        ranges |= Q(area_pos__gte=area.position, area_pos__lt=area.position_end)
    found = []
    if Hold.objects.filter(ranges, effect=Hold.Effect.NO_UNDO, lifted_at__isnull=True, created_at__gte=reform.done_at).exists():
        found.append("Đã có danh sách chi trả được chốt sau khi sắp xếp; không hoàn tác được nữa.")
    known = {entry["new"] for step in steps for entry in step.log["villages"]} | set(communes)
    added = Area.objects.filter(parent__in=communes).exclude(pk__in=known).count()
    if added:
        found.append(f"Đã có {added} thôn mới được lập ở các đơn vị mới.")
    moved = sum(_moved_since(reform, step) for step in steps)
    if moved:
        found.append(f"{moved} hộ đã đổi nơi ở sau khi sắp xếp.")
    return found


def _moved_since(reform: AreaReform, step: AreaReformStep) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_MOVED_SINCE, {"communes": step.log["communes"], "day": reform.effective, "change": step.log["change"]})
        return int(cursor.fetchone()[0])


def take_back(step: AreaReformStep, *, by: Scope) -> None:
    """One step, inside the caller's transaction. Raises ReformRefused when something new stands on the new units."""
    reform, log = step.reform, step.log
    # The old units lie in the tree again first, so that a position means them.
    with because(change=log["change"], by=by, reason="Hoàn tác sắp xếp đơn vị hành chính", effective_from=reform.effective):
        _unplace(reform, log)
        for later in reversed(log.get("later", [])):
            _village_back(later)
        _residences(reform, log)
        _links(log)
        shift_rows(log["shifts"], back=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT households_history_follows(%s, true)", [step.pk])
        _by_place(log)
    _people(log)
    _areas(log)
    step.undone_at = timezone.now()
    step.save(update_fields=["undone_at"])
    audit.record(verb="undo_reform_areas", kind="households_areareform", object_id=reform.pk, by=by, step=step.number)


def _unplace(reform: AreaReform, log: Log) -> None:
    olds = [entry["id"] for entry in log["areas"]]
    rows = UnplacedHousehold.objects.filter(reform=reform, from_area__in=olds)
    moved = rows.filter(was_pos__isnull=False).order_by("was_pos")
    provinces = {entry["province_no"] for entry in log["areas"]}
    for position, group in groupby(moved, key=lambda row: row.was_pos):
        put_at([row.household_id for row in group], position or 0, next(iter(provinces)))
    rows.delete()


def _village_back(later: Log) -> None:
    shift_rows([later["shift"]], back=True)
    Area.objects.filter(pk=later["village"]).update(
        parent=later["parent"], code=later["code"], position=later["position"], position_end=later["position"] + 1,
        province_no=later["province_no"],
    )  # fmt: skip


def _residences(reform: AreaReform, log: Log) -> None:
    with connection.cursor() as cursor:
        for statement in _SPELLS:
            cursor.execute(statement, {"change": log["change"], "day": reform.effective})


def _links(log: Log) -> None:
    with connection.cursor() as cursor:
        for name, entries in log["links"].items():
            table, column = name.split(".")
            for entry in entries:
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = ANY(%s)", [entry["old"], entry["ids"]])


def _by_place(log: Log) -> None:
    params = {"areas": json.dumps(log["areas"]), "villages": json.dumps(log["villages"]), "communes": log["communes"]}
    with connection.cursor() as cursor:
        cursor.execute(_BY_PLACE, params)


def _people(log: Log) -> None:
    for entry in log["roles"]:
        AssignedItem.objects.filter(pk__in=entry["items"]).update(assignment_id=entry["old"])
        until = datetime.date.fromisoformat(entry["until"]) if entry["until"] else None
        RoleAssignment.objects.filter(pk=entry["old"]).update(until=until)
    _delete(RoleAssignment.objects.filter(pk__in=[entry["new"] for entry in log["roles"] if entry["made"]]))


def _areas(log: Log) -> None:
    new = [*log["communes"], *(entry["new"] for entry in log["villages"])]
    AreaSuccession.objects.filter(to_area__in=new).delete()
    ClusterMembership.objects.filter(commune__in=new).delete()
    AreaClass.objects.filter(area__in=new).delete()
    permissions.bring_up_to_date()
    _delete(Area.objects.filter(pk__in=new, level="village"))
    _delete(Area.objects.filter(pk__in=new))
    ClusterMembership.objects.filter(pk__in=log["clusters"]).update(until=None)
    AreaClass.objects.filter(pk__in=log["classes"]).update(until=None)
    for entry in log["areas"]:
        _area_back(entry["id"], entry)
    for entry in log["villages"]:
        _area_back(entry["old"], entry)
    permissions.bring_up_to_date()


def _area_back(pk: int, entry: Log) -> None:
    Area.objects.filter(pk=pk).update(
        valid_to=None, position=entry["position"], position_end=entry["position_end"], province_no=entry["province_no"]
    )


def _delete(rows: Any) -> None:
    try:
        rows.delete()
    except ProtectedError as error:
        names = sorted({str(row._meta.verbose_name) for row in error.protected_objects})
        raise ReformRefused(f"Đã có bản ghi mới ở các đơn vị mới ({', '.join(names)}); không hoàn tác được nữa.") from error


def open_steps(reform: AreaReform) -> Sequence[AreaReformStep]:
    """Steps to take back, the last first."""
    return list(reform.steps.select_related("reform").filter(undone_at__isnull=True).order_by("-number"))
