"""Areas as pages walk them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from households.queries import places
from posasoft.core.areas import areas_on, in_force
from posasoft.core.models import Area, AreaClass, AreaSuccession, Level
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope

MOST = 400
NEXT_LEVEL: dict[str, str] = {Level.PROVINCE: Level.COMMUNE, Level.CLUSTER: Level.COMMUNE, Level.COMMUNE: Level.VILLAGE}


@dataclass(frozen=True)
class AreaPage:
    """An area on a day: what it lies in, what lies in it, its class, what became of it or it came from, and every unit that bore its code."""

    area: Area
    path: list[Area]
    children: list[Area]
    classes: dict[int, AreaClass]
    came_from: list[AreaSuccession]
    became: list[AreaSuccession]
    versions: list[Area]


def by_id(text: str) -> Area | None:
    """The area of an address's number; None when there is none."""
    number = whole(text)
    return Area.objects.filter(pk=number).first() if number is not None else None


def _inside(scope: Scope) -> QuerySet[Area]:
    """Areas in force that the scope covers."""
    return Area.objects.filter(position__gte=scope.lo, position__lt=scope.hi)


def choices(scope: Scope, chosen: Area | None) -> list[Area]:
    """What a list can be narrowed to next: one level below the chosen area, else the widest level that the scope holds."""
    inside = _inside(scope)
    if chosen is not None and chosen.position is not None:
        below = inside.filter(position__gte=chosen.position, position__lt=chosen.position_end)
        found = below.filter(level=NEXT_LEVEL.get(chosen.level, ""))
    else:
        levels = [inside.filter(level=level) for level in (Level.PROVINCE, Level.COMMUNE, Level.VILLAGE)]
        found = next((rows for rows in levels if rows.exists()), inside)
    return list(found.order_by("name_key", "pk")[:MOST])


def roots(day: datetime.date) -> list[Area]:
    """The provinces of a day by name."""
    return list(areas_on(day, Level.PROVINCE).order_by("name_key", "pk"))


def children(area: Area, day: datetime.date) -> list[Area]:
    """What lies directly in an area on a day, by name; a renamed area keeps what lay under its old name, a cluster has its members."""
    if area.level == Level.CLUSTER:
        members = area.cluster_members.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)
        inside = Area.objects.filter(in_force(day), pk__in=members.values("commune"))
    else:
        inside = Area.objects.filter(in_force(day), parent__level=area.level, parent__code=area.code)
    return list(inside.order_by("level", "name_key", "pk"))


def classes(found: list[Area], day: datetime.date) -> dict[int, AreaClass]:
    """The difficulty class of each area on a day, by area id."""
    held = AreaClass.objects.filter(Q(until__isnull=True) | Q(until__gt=day), area__in=found, since__lte=day)
    return {c.area_id: c for c in held}


def page(area: Area, day: datetime.date) -> AreaPage:
    """Everything about an area on a day."""
    path, above = [area], area.parent
    while above is not None and len(path) < 6:
        path.insert(0, above)
        above = above.parent
    below = children(area, day)
    pairs = AreaSuccession.objects.select_related("from_area__parent", "to_area__parent").order_by("effective", "-is_default", "pk")
    came_from, became = list(pairs.filter(to_area=area)[:MOST]), list(pairs.filter(from_area=area)[:MOST])
    versions = list(Area.objects.filter(level=area.level, code=area.code).order_by(F("valid_from").asc(nulls_first=True)))
    return AreaPage(area, path, below, classes([area, *below], day), came_from, became, versions)


def called(key: str, day: datetime.date) -> list[Area]:
    """Areas whose folded name, with or without what such areas are called, begins with `key`; those of the day first. Ranges of an index."""
    if not key:
        return []
    begins = Q()
    for spelling in places.spellings(key):
        begins |= Q(name_key__gte=spelling, name_key__lt=spelling + "\U0010ffff")
    current = Exists(Area.objects.filter(in_force(day), pk=OuterRef("pk")))
    found = Area.objects.filter(begins).select_related("parent").annotate(current=current)
    return list(found.order_by("-current", "name_key", "pk")[:50])


def shared_range(scope: Scope, area: Area | None) -> tuple[int, int]:
    """The positions that both the role and the area cover; an empty range when they share none."""
    if area is None or area.position is None or area.position_end is None:
        return 0, 0
    lo, hi = max(scope.lo, area.position), min(scope.hi, area.position_end)
    return (lo, hi) if lo < hi else (0, 0)
