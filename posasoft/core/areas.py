"""Areas as of a day: lookups, trees, successions. Reads only."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from posasoft.core.models import Area, AreaSuccession, Level


class NoSuchAreaError(LookupError):
    """No area of that level and code is in force on that day."""


def in_force(day: datetime.date) -> Q:
    """Areas whose period holds the day."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def areas_on(day: datetime.date, level: str) -> QuerySet[Area]:
    """Every area of a level in force on a day."""
    return Area.objects.filter(in_force(day), level=level)


def area_on(level: str, code: str, day: datetime.date) -> Area:
    """The version of a unit in force on a day; raises NoSuchAreaError. A code without a day names nothing."""
    area = areas_on(day, level).filter(code=code).first()
    if area is None:
        raise NoSuchAreaError(f"không có {Level(level).label.lower()} mang mã {code} vào ngày {day:%d/%m/%Y}")
    return area


def version_on(area: Area, day: datetime.date) -> Area | None:
    """The version of the same code and level that is in force on a day, if any: how a renamed parent is found."""
    return areas_on(day, area.level).filter(code=area.code).first()


def parent_on(area: Area, day: datetime.date) -> Area | None:
    """The parent as it was called on that day; a commune's is its district before 2025-07-01 and its province after."""
    return None if area.parent is None else version_on(area.parent, day) or area.parent


_DESCENDANTS = """
WITH RECURSIVE tree AS (
  SELECT id, level, code FROM core_area WHERE id = %(root)s
  UNION
  SELECT a.id, a.level, a.code
  FROM tree t
  JOIN core_area up ON up.level = t.level AND up.code = t.code
  JOIN core_area a ON a.parent_id = up.id
  WHERE (a.valid_from IS NULL OR a.valid_from <= %(day)s) AND (a.valid_to IS NULL OR a.valid_to > %(day)s)
)
SELECT id FROM tree WHERE id <> %(root)s
"""


def descendants(area: Area, day: datetime.date, level: str | None = None) -> QuerySet[Area]:
    """Everything below an area on a day, by the tree of that day; a parent counts under any of its names."""
    if area.level == Level.CLUSTER:
        members = area.cluster_members.filter(Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day)))
        found = Area.objects.filter(pk__in=members.values("commune_id"))
    else:
        with connection.cursor() as cursor:
            cursor.execute(_DESCENDANTS, {"root": area.pk, "day": day})
            found = Area.objects.filter(pk__in=[row[0] for row in cursor.fetchall()])
    return found.filter(level=level) if level else found


@dataclass(frozen=True)
class Counterpart:
    """What an area is called in the geography of another day; ``part`` is whole or partial, the default one is proposed first."""

    area: Area
    part: str
    is_default: bool


def successors(area: Area) -> list[Counterpart]:
    """What an area became, the default first."""
    rows = area.successions.select_related("to_area").order_by("-is_default", "to_area__code")
    return [Counterpart(row.to_area, row.part, row.is_default) for row in rows]


def predecessors(area: Area) -> list[Counterpart]:
    """What an area was made of, whole parts first."""
    rows = area.predecessions.select_related("from_area").order_by("-part", "-is_default", "from_area__code")
    return [Counterpart(row.from_area, row.part, row.is_default) for row in rows]


@dataclass(frozen=True)
class _Version:
    id: int
    code: str
    since: datetime.date
    until: datetime.date

    def holds(self, day: datetime.date) -> bool:
        return self.since <= day < self.until


def in_geography_of(day: datetime.date, level: str = Level.COMMUNE) -> dict[int, tuple[int, bool]]:
    """Every area version of a level → (its counterpart on the day, whether that is exact): a statistic in the geography of a day.

    Forward along default successions; backward to the namesake code, else the first default predecessor. Exact only where nothing was split
    or merged on the way: a statistic shows the others as estimates. Areas without a counterpart on the day are left out.
    """
    rows = Area.objects.filter(level=level).values_list("id", "code", "valid_from", "valid_to")
    versions = {row[0]: _Version(row[0], row[1], row[2] or datetime.date.min, row[3] or datetime.date.max) for row in rows}
    ahead: dict[int, tuple[int, bool]] = {}
    behind: dict[int, list[int]] = {}
    for old, new, part in AreaSuccession.objects.filter(is_default=True).values_list("from_area_id", "to_area_id", "part"):
        if old in versions and new in versions:
            ahead[old] = (new, part == AreaSuccession.Part.WHOLE)
            behind.setdefault(new, []).append(old)
    found = {}
    for origin in versions.values():
        target = _walk(origin, day, versions, ahead, behind)
        if target:
            found[origin.id] = target
    return found


def _walk(
    origin: _Version, day: datetime.date, versions: dict[int, _Version], ahead: dict[int, tuple[int, bool]], behind: dict[int, list[int]]
) -> tuple[int, bool] | None:
    here, exact = origin, True
    while not here.holds(day):
        if here.until <= day:
            step = ahead.get(here.id)
        else:
            before = sorted(behind.get(here.id, []), key=lambda i: (versions[i].code != here.code, versions[i].code))
            step = (before[0], len(before) == 1) if before else None
        if step is None:
            return None
        here, exact = versions[step[0]], exact and step[1]
    return here.id, exact
