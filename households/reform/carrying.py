"""Carries out one group of a mass change in one transaction: versions, positions, villages, roles, households, every located row."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import connection
from django.utils import timezone

from households.models import AreaReform, AreaReformStep, Change
from households.operations import start_change
from households.reform.plan import Group, Target
from households.reform.tables import LINKS, placed_tables
from posasoft.core import audit, permissions
from posasoft.core.history import because
from posasoft.core.models import Area, AreaClass, AreaSuccession, AssignedItem, ClusterMembership, Level, RoleAssignment, User
from posasoft.core.names import fold
from posasoft.core.scope import Scope

Log = dict[str, Any]
_SHIFTS = "jsonb_to_recordset(%(shifts)s::jsonb) AS m(lo bigint, hi bigint, delta bigint, from_province smallint, to_province smallint)"
# The residence before, kept as a closed spell; a household that came only after the day changes its place without one.
_BEFORE = """
CREATE TEMP TABLE reformed ON COMMIT DROP AS
SELECT h.id, h.residence_since AS since, h.province_no, h.area_pos, n.new_commune, coalesce(v.new_village, h.village_id) AS new_village,
  jsonb_build_object('commune_id', h.commune_id, 'village_id', h.village_id, 'difficulty', h.difficulty, 'kind', h.residence_kind) AS value
FROM households_household h
JOIN jsonb_to_recordset(%(communes)s::jsonb) AS n(old bigint, new_commune bigint) ON n.old = h.commune_id
LEFT JOIN jsonb_to_recordset(%(villages)s::jsonb) AS v(old bigint, new_village bigint) ON v.old = h.village_id
WHERE h.area_pos >= %(lo)s AND h.area_pos < %(hi)s
"""
_RESIDENCE = (
    "ANALYZE reformed",
    "UPDATE households_household h SET commune_id = r.new_commune, village_id = r.new_village,"
    " residence_since = CASE WHEN r.since IS NULL OR r.since < %(day)s THEN %(day)s ELSE r.since END,"
    " fact_changes = coalesce(h.fact_changes, '{}') || jsonb_build_object('residence', %(change)s::bigint) FROM reformed r WHERE r.id = h.id",
    "INSERT INTO households_factspell (subject, subject_id, fact, value, since, until, change_id, province_no, area_pos)"
    " SELECT 'h', r.id, 'residence', r.value, r.since, %(day)s, %(change)s, r.province_no, r.area_pos FROM reformed r"
    " WHERE r.since IS NULL OR r.since < %(day)s",
)
_UNPLACED = """
INSERT INTO households_unplacedhousehold (reform_id, household_id, from_area_id, province_no, area_pos)
SELECT %(reform)s, r.id, (r.value->>'commune_id')::bigint, r.province_no, r.area_pos FROM reformed r
WHERE (r.value->>'commune_id')::bigint = ANY(%(split)s::bigint[])
"""


def carry_out(reform: AreaReform, number: int, group: Group, *, by: Scope) -> AreaReformStep:
    """One step, inside the caller's transaction; its log is what taking it back needs."""
    log: Log = {"areas": [], "villages": [], "shifts": [], "roles": [], "classes": [], "clusters": [], "links": {}, "communes": []}
    step = AreaReformStep.objects.create(reform=reform, number=number)
    made = {code: _make_commune(reform, target, log) for code, target in group.targets.items()}
    change = _change(reform, made, by)
    log["change"] = change.pk
    for code, target in group.targets.items():
        _make_villages(reform, target, made[code], log)
    _succeed(reform, group, made)
    _follow_people(reform, group, made, log)
    AreaReformStep.objects.filter(pk=step.pk).update(log=log)
    with because(change=change.pk, by=by, reason=change.reason, effective_from=reform.effective):
        _residences(reform, group, made, log, change)
        _links(made, group, log)
        shift_rows(log["shifts"], back=False)
    step.log = log
    step.done_at = timezone.now()
    step.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT households_history_follows(%s, false)", [step.pk])
    areas = [area.pk for area in made.values()]
    audit.record(verb="reform_areas", kind="households_areareform", object_id=reform.pk, by=by, step=number, areas=areas)
    return step


def _make_commune(reform: AreaReform, target: Target, log: Log) -> Area:
    """A new version with its range; the old ones end the day before and leave the tree."""
    first = target.near
    for block in target.blocks:
        old = block.old
        log["areas"].append({"id": old.pk, "position": old.position, "position_end": old.position_end, "province_no": old.province_no})
        Area.objects.filter(pk=old.pk).update(valid_to=reform.effective, position=None, position_end=None)
    new = Area.objects.create(
        level=Level.COMMUNE, code=target.code, name=target.name, name_key=fold(target.name), kind=target.kind, parent=first.parent,
        valid_from=reform.effective, province_no=first.province_no, position=target.position, position_end=target.position_end,
        lat=first.lat, lon=first.lon,
    )  # fmt: skip
    log["communes"].append(new.pk)
    for block in target.blocks:
        if block.delta:
            lo = block.old.position or 0
            log["shifts"].append(
                {
                    "lo": lo,
                    "hi": lo + block.used,
                    "delta": block.delta,
                    "from_province": block.old.province_no,
                    "to_province": new.province_no,
                }
            )
    return new


def _change(reform: AreaReform, made: dict[str, Area], by: Scope) -> Change:
    first = next(iter(made.values()))
    return start_change(
        kind="decision", by=by, province_no=first.province_no or 0, area_pos=first.position or 0,
        reason=f"Sắp xếp đơn vị hành chính: {reform.title}"[:300], source=reform.document[:200],
    )  # fmt: skip


def _make_villages(reform: AreaReform, target: Target, new: Area, log: Log) -> None:
    """Villages get versions under the new commune, so that a past day still shows them under the old one."""
    taken: set[str] = set()
    for block in target.blocks:
        for old in Area.objects.filter(level=Level.VILLAGE, parent=block.old, valid_to__isnull=True).order_by("position"):
            name = old.name if old.name_key not in taken else f"{old.name} ({block.old.name} cũ)"[:120]
            taken.add(old.name_key)
            place = (old.position or 0) + block.delta
            born_same_day = old.valid_from is not None and old.valid_from >= reform.effective
            log["villages"].append(_closed_village(old, reform.effective, born_same_day))
            made = _village(new, name, old.kind, place, reform.effective)
            log["villages"][-1]["new"] = made.pk
            AreaSuccession.objects.create(from_area=old, to_area=made, effective=reform.effective, part="whole", is_default=True)
        if block.delta and block.used >= 1 and block is not target.blocks[0]:
            # Rows of the old commune itself (households without a village, its lists) keep a place of their own.
            place = (block.old.position or 0) + block.delta
            log["communes"].append(_village(new, f"Địa bàn {block.old.name} (cũ)"[:120], "Địa bàn", place, reform.effective).pk)


def _closed_village(old: Area, day: datetime.date, born_same_day: bool) -> Log:
    entry = {"old": old.pk, "position": old.position, "position_end": old.position_end, "province_no": old.province_no}
    end = old.valid_from + datetime.timedelta(days=1) if born_same_day and old.valid_from else day
    Area.objects.filter(pk=old.pk).update(valid_to=end, position=None, position_end=None)
    return entry


def _village(commune: Area, name: str, kind: str, place: int, day: datetime.date) -> Area:
    return Area.objects.create(
        level=Level.VILLAGE, code=f"{commune.code}-{place - (commune.position or 0):03d}", name=name, name_key=fold(name), kind=kind,
        parent=commune, valid_from=day, province_no=commune.province_no, position=place, position_end=place + 1,
    )  # fmt: skip


def _succeed(reform: AreaReform, group: Group, made: dict[str, Area]) -> None:
    AreaSuccession.objects.bulk_create(
        AreaSuccession(
            from_area=pair.from_area, to_area=made[pair.code], effective=reform.effective, part=pair.part, is_default=pair.is_default
        )
        for pair in group.pairs
    )


def _follow_people(reform: AreaReform, group: Group, made: dict[str, Area], log: Log) -> None:
    """Roles, clusters and difficulty classes of the old units go on in the new ones."""
    day = reform.effective
    for code, target in group.targets.items():
        if target.cluster is not None:
            ClusterMembership.objects.create(cluster=target.cluster, commune=made[code], since=day)
        for block in target.blocks:
            for membership in ClusterMembership.objects.filter(commune=block.old, until__isnull=True):
                log["clusters"].append(membership.pk)
                ClusterMembership.objects.filter(pk=membership.pk).update(until=max(day, membership.since + datetime.timedelta(days=1)))
        _classes(target, made[code], day, log)
    for pair in group.pairs:
        if pair.is_default:
            _roles(pair.from_area, made[pair.code], day, log)
    permissions.bring_up_to_date()


def _roles(old: Area, new: Area, day: datetime.date, log: Log) -> None:
    """Roles on an old unit go on in the one that takes it over, with what was assigned to them."""
    for role in RoleAssignment.objects.filter(area=old).exclude(until__lte=day):
        since = max(day, role.since)
        made, is_new = RoleAssignment.objects.get_or_create(
            user_id=role.user_id, role=role.role, area=new, since=since,
            defaults={"scope_kind": role.scope_kind, "until": role.until, "verbs": role.verbs, "granted_by_id": role.granted_by_id},
        )  # fmt: skip
        items = list(AssignedItem.objects.filter(assignment=role, until__isnull=True).values_list("pk", flat=True))
        AssignedItem.objects.filter(pk__in=items).update(assignment=made)
        until = role.until.isoformat() if role.until else None
        log["roles"].append({"old": role.pk, "until": until, "new": made.pk, "made": is_new, "items": items})
        RoleAssignment.objects.filter(pk=role.pk).update(until=max(day, role.since + datetime.timedelta(days=1)))


def _classes(target: Target, new: Area, day: datetime.date, log: Log) -> None:
    """A class stays with the ground it was given to: the new commune has one only where all its parts had the same."""
    olds = [block.old for block in target.blocks]
    held = {c.area_id: c for c in AreaClass.objects.filter(area__in=olds, until__isnull=True)}
    values = {held[old.pk].difficulty if old.pk in held else None for old in olds}
    one = values.pop() if len(values) == 1 else None
    if one:
        AreaClass.objects.create(area=new, difficulty=one, since=day, source=held[olds[0].pk].source)
    villages = {entry["old"]: entry["new"] for entry in log["villages"]}
    parents = dict(Area.objects.filter(pk__in=villages).values_list("pk", "parent"))
    own = {c.area_id: c for c in AreaClass.objects.filter(area__in=villages, until__isnull=True)}
    for old_id, new_id in villages.items():
        given = own.get(old_id) or held.get(parents.get(old_id) or 0)
        if given and (given.area_id == old_id or given.difficulty != one) and parents.get(old_id) in {old.pk for old in olds}:
            AreaClass.objects.create(area_id=new_id, difficulty=given.difficulty, since=day, source=given.source)
    for given in (*held.values(), *own.values()):
        log["classes"].append(given.pk)
        AreaClass.objects.filter(pk=given.pk).update(until=max(day, given.since + datetime.timedelta(days=1)))


def _residences(reform: AreaReform, group: Group, made: dict[str, Area], log: Log, change: Change) -> None:
    communes = [{"old": block.old.pk, "new_commune": made[code].pk} for code, target in group.targets.items() for block in target.blocks]
    villages = [{"old": entry["old"], "new_village": entry["new"]} for entry in log["villages"]]
    olds = list(log["areas"])
    params = {
        "communes": json.dumps(communes), "villages": json.dumps(villages), "day": reform.effective, "change": change.pk, "reform": reform.pk,
        "lo": min(entry["position"] for entry in olds), "hi": max(entry["position_end"] for entry in olds),
        "split": sorted({pair.from_area_id for pair in group.pairs if pair.part == "partial"}),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (_BEFORE, *_RESIDENCE, _UNPLACED, "DROP TABLE reformed"):
            cursor.execute(statement, params)


def _links(made: dict[str, Area], group: Group, log: Log) -> None:
    """References of the present name the new units; which rows is kept, for two units may have become one."""
    pairs = [(block.old.pk, made[code].pk) for code, target in group.targets.items() for block in target.blocks]
    pairs += [(entry["old"], entry["new"]) for entry in log["villages"]]
    with connection.cursor() as cursor:
        for (table, column), where in LINKS.items():
            for old, new in pairs:
                cursor.execute(f"UPDATE {table} t SET {column} = %s WHERE t.{column} = %s AND ({where}) RETURNING t.id", [new, old])
                moved = [row[0] for row in cursor.fetchall()]
                if moved:
                    log["links"].setdefault(f"{table}.{column}", []).append({"old": old, "ids": moved})


def shift_rows(shifts: list[dict[str, Any]], *, back: bool) -> int:
    """Move whole ranges of positions in every table that lies somewhere; how many rows."""
    if not shifts:
        return 0
    turned = [
        {"lo": s["lo"] + s["delta"], "hi": s["hi"] + s["delta"], "delta": -s["delta"], "to_province": s["from_province"]} if back else s
        for s in shifts
    ]
    moved = 0
    with connection.cursor() as cursor:
        for placed in placed_tables():
            province = ", province_no = m.to_province" if placed.has_province else ""
            cursor.execute(
                f"UPDATE {placed.table} t SET area_pos = t.area_pos + m.delta{province} FROM {_SHIFTS}"
                " WHERE t.area_pos >= m.lo AND t.area_pos < m.hi",
                {"shifts": json.dumps(turned)},
            )
            moved += int(cursor.rowcount)
    return moved


def users_of(areas: list[int]) -> int:
    """How many users hold a role on these units now."""
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(area__in=areas, since__lte=today).exclude(until__lte=today)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).count()
