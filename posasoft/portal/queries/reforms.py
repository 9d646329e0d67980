"""Mass changes of areas as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from households.models import AreaReform, AreaReformPair, Household, Person, UnplacedHousehold
from households.reform.operations import Line
from households.reform.placing import choices
from posasoft.core.models import Area, Level
from posasoft.core.numbers import whole, wholes
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

PAGE = 100


@dataclass(frozen=True)
class VillageOfSplit:
    """A village of a split commune whose households wait, and the units it may belong to."""

    area: Area
    households: int
    choices: list[Area]


@dataclass(frozen=True)
class Waiting:
    """A household that waits to be placed."""

    row: UnplacedHousehold
    head: str
    village: str
    choices: list[Area]


@dataclass(frozen=True)
class Unplaced:
    villages: list[VillageOfSplit]
    rows: list[Waiting]
    left: int
    after: str


def reforms() -> QuerySet[AreaReform]:
    """The newest first."""
    return AreaReform.objects.annotate(lines=Count("pairs")).order_by("-pk")


def lines_of(reform: AreaReform) -> list[Line]:
    """The table as it was typed."""
    pairs = reform.pairs.select_related("from_area").order_by("pk")
    return [Line(p.from_area.code, p.code, p.name, p.part == "whole", p.is_default) for p in pairs]


def unplaced(reform: AreaReform, scope: Scope, after: str) -> Unplaced:
    """What waits in the role's range: whole villages first, then household by household."""
    waiting = in_scope(UnplacedHousehold.objects.filter(reform=reform, placed_at__isnull=True), scope)
    by_place = dict(waiting.values_list("area_pos").annotate(n=Count("pk")))
    olds = {
        pair.from_area_id: pair.from_area
        for pair in AreaReformPair.objects.filter(reform=reform, part="partial").select_related("from_area")
    }
    offered = {pk: choices(reform, old) for pk, old in olds.items()}
    origin = dict(waiting.values_list("area_pos", "from_area"))
    villages = Area.objects.filter(level=Level.VILLAGE, position__in=by_place).exclude(kind="Địa bàn").order_by("position")
    found = [
        VillageOfSplit(area, by_place[area.position], offered.get(origin[area.position], []))
        for area in villages.select_related("parent")
        if area.position is not None
    ]
    keyed = waiting.filter(pk__gt=whole(after) or 0)
    rows = list(keyed.select_related("household__village").order_by("pk")[: PAGE + 1])
    heads = dict(
        Person.objects.filter(household__in=[row.household_id for row in rows], relation="head").values_list("household", "full_name")
    )
    shown = [
        Waiting(
            row,
            heads.get(row.household_id, ""),
            row.household.village.name if row.household.village else "",
            offered.get(row.from_area_id, []),
        )
        for row in rows[:PAGE]
    ]
    return Unplaced(found, shown, sum(by_place.values()), str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def household_ids(texts: list[str]) -> list[int]:
    """Household numbers of a form."""
    return list(Household.objects.filter(pk__in=wholes(texts)).values_list("pk", flat=True))
