"""A split commune: its households lie in the default successor until they are placed, village by village or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from households.models import AreaReform, AreaReformStep, Change, Household, UnplacedHousehold
from households.operations import move_household
from households.operations.places import widened
from households.reform.carrying import shift_rows
from households.reform.plan import ReformRefused
from households.reform.tables import placed_tables
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.models import Area, Level
from posasoft.core.scope import Scope

# How a row says whose it is: column → condition on the households and persons placed.
_WHOSE = {
    "household_id": "household_id = ANY(%(households)s)",
    "person_id": "person_id = ANY(%(persons)s)",
    "adult_id": "adult_id = ANY(%(persons)s)",
    "case_id": "case_id IN (SELECT id FROM beneficiaries_case WHERE household_id = ANY(%(households)s))",
}


def choices(reform: AreaReform, old: Area) -> list[Area]:
    """The units that a split commune became, the default first."""
    codes = {pair.code: pair.is_default for pair in reform.pairs.filter(from_area=old)}
    found = Area.objects.filter(level=Level.COMMUNE, code__in=codes, valid_from=reform.effective, position__isnull=False)
    return sorted(found, key=lambda area: (not codes[area.code], area.code))


@transaction.atomic
def place_village(*, reform: AreaReform, village: Area, to: Area, by: Scope) -> int:
    """A whole village belongs to another successor: it moves there with everybody in it; how many households. Raises ReformRefused."""
    with widened(by):
        reform = _locked(reform)
        village = Area.objects.select_for_update().get(pk=village.pk)
        rows = UnplacedHousehold.objects.filter(reform=reform, area_pos=village.position or 0, placed_at__isnull=True)
        origin = rows.select_related("from_area").first()
        if origin is None or to not in choices(reform, origin.from_area):
            raise ReformRefused("Thôn này không có hộ chờ xếp, hoặc đơn vị đã chọn không nhận phần nào của xã cũ.")
        keys = list(rows.values_list("pk", flat=True))
        if to.pk != village.parent_id:
            _move_village(reform, village, to, by)
        UnplacedHousehold.objects.filter(pk__in=keys).update(placed_in=to, placed_at=timezone.now(), placed_by_id=by.user_id)
        audit.record(
            verb="place_village", kind="core_area", object_id=village.pk, by=by, area=(to.province_no or 0, to.position or 0),
            households=len(keys),
        )  # fmt: skip
    return len(keys)


def _locked(reform: AreaReform) -> AreaReform:
    reform = AreaReform.objects.select_for_update().get(pk=reform.pk)
    if reform.status != AreaReform.Status.DONE:
        raise ReformRefused("Việc sắp xếp này chưa xong hoặc đã hoàn tác.")
    return reform


def _move_village(reform: AreaReform, village: Area, to: Area, by: Scope) -> None:
    step = _step_of(reform, to)
    last = Area.objects.filter(level=Level.VILLAGE, parent=to).aggregate(last=Max("position_end"))["last"] or (to.position or 0) + 1
    if last >= (to.position_end or 0):
        raise ReformRefused(f"{to.name} không còn chỗ cho thôn mới.")
    old = village.position or 0
    shift = {"lo": old, "hi": old + 1, "delta": last - old, "from_province": village.province_no, "to_province": to.province_no}
    entry = {
        "village": village.pk, "parent": village.parent_id, "code": village.code, "position": old, "province_no": village.province_no,
        "shift": shift,
    }  # fmt: skip
    step.log.setdefault("later", []).append(entry)
    step.save(update_fields=["log"])
    Area.objects.filter(pk=village.pk).update(
        parent=to, position=last, position_end=last + 1, province_no=to.province_no, code=f"{to.code}-{last - (to.position or 0):03d}"
    )
    with because(change=step.log["change"], by=by, reason="Xếp thôn của xã chia tách", effective_from=reform.effective):
        Household.objects.filter(village=village).update(commune=to)
        shift_rows([shift], back=False)


def _step_of(reform: AreaReform, area: Area) -> AreaReformStep:
    return next(step for step in reform.steps.select_for_update().order_by("number") if area.pk in step.log["communes"])


@transaction.atomic
def place_households(*, reform: AreaReform, households: Sequence[int], to: Area, village: Area | None, by: Scope) -> int:
    """These households belong to one successor (perhaps in one of its villages), everything of theirs with them. Raises ReformRefused."""
    with widened(by):
        reform = _locked(reform)
        waiting = UnplacedHousehold.objects.select_related("from_area", "household").filter(
            reform=reform, household__in=households, placed_at__isnull=True
        )
        rows = list(waiting)
        for row in rows:
            if to not in choices(reform, row.from_area):
                raise ReformRefused(f"{to.name} không nhận phần nào của {row.from_area.name} cũ.")
        if village is not None and village.parent_id != to.pk:
            raise ReformRefused("Thôn đã chọn không thuộc đơn vị ấy.")
        moved = [row for row in rows if row.household.commune_id != to.pk or village is not None]
        _move(reform, moved, to, village, by)
        now = timezone.now()
        UnplacedHousehold.objects.filter(pk__in=[row.pk for row in rows]).update(placed_in=to, placed_at=now, placed_by_id=by.user_id)
    return len(rows)


def _move(reform: AreaReform, rows: Sequence[UnplacedHousehold], to: Area, village: Area | None, by: Scope) -> None:
    if not rows:
        return
    change = Change.objects.get(pk=_step_of(reform, to).log["change"])
    for row in rows:
        UnplacedHousehold.objects.filter(pk=row.pk).update(was_pos=row.household.area_pos)
        move_household(
            household_id=row.household_id, commune=to, village=village or None, residence_kind=row.household.residence_kind,
            since=reform.effective, change=change, by=by,
        )  # fmt: skip
    put_at([row.household_id for row in rows], (village or to).position or 0, to.province_no or 0)


def put_at(households: Sequence[int], position: int, province: int) -> None:
    """Bring every row of these households and their people to a place. Tables that only grow stay where they were written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM households_person WHERE household_id = ANY(%s)", [list(households)])
        params: dict[str, Any] = {
            "households": list(households), "persons": [row[0] for row in cursor.fetchall()], "position": position, "province": province,
        }  # fmt: skip
        for placed in placed_tables():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'", [placed.table]
            )
            columns = {row[0] for row in cursor.fetchall()}
            whose = [condition for column, condition in _WHOSE.items() if column in columns]
            if {"subject", "subject_id"} <= columns:
                whose.append("(subject = 'h' AND subject_id = ANY(%(households)s)) OR (subject = 'p' AND subject_id = ANY(%(persons)s))")
            if placed.table in ("households_household", "households_person"):
                whose = ["id = ANY(%(households)s)"] if placed.table == "households_household" else ["household_id = ANY(%(households)s)"]
            if whose:
                province_too = ", province_no = %(province)s" if placed.has_province else ""
                cursor.execute(
                    f"UPDATE {placed.table} SET area_pos = %(position)s{province_too} WHERE ({' OR '.join(f'({w})' for w in whose)})"
                    " AND area_pos <> %(position)s",
                    params,
                )
