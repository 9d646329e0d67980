"""What the engine found: counts per commune, a page of rows, one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from beneficiaries.models import Found, FoundKind
from beneficiaries.statuses import FOUND_DISMISSED, FOUND_DONE, FOUND_WAITING
from posasoft.core.models import Area
from posasoft.core.scope import Scope
from posasoft.portal.queries.areas import shared_range
from posasoft.portal.queries.decisions import NEAREST
from posasoft.portal.queries.scoped import in_scope

PAGE = 100
# These benefits tell of HIV: only the commune's officer and chair see them.
TELLING = ("TCXH-5.3", "TCXH-5.8")
STATES = {"waiting": FOUND_WAITING, "dismissed": {FOUND_DISMISSED}, "done": {FOUND_DONE}}


@dataclass(frozen=True)
class Filters:
    kind: str
    state: str
    area: Area | None


@dataclass(frozen=True)
class FoundPage:
    """Rows in the order of the tree, and the key of the next page."""

    rows: list[Found]
    after: str


@dataclass(frozen=True)
class CommuneCount:
    """How much waits in a commune, by kind."""

    commune: Area
    total: int
    kinds: dict[str, int]


def filters_of(query: Mapping[str, str], area: Area | None) -> Filters:
    kind, state = query.get("kind", ""), query.get("state", "waiting")
    return Filters(kind if kind in FoundKind.values else "", state if state in STATES else "waiting", area)


def found(scope: Scope, filters: Filters) -> QuerySet[Found]:
    """Findings in scope and area, of a state; of every kind."""
    rows = in_scope(Found.objects.filter(state__in=STATES[filters.state]), scope)
    if scope.role not in NEAREST:
        rows = rows.exclude(benefit__in=TELLING)
    if filters.area is not None:
        lo, hi = shared_range(scope, filters.area)
        rows = rows.filter(area_pos__gte=lo, area_pos__lt=hi)
    return rows


def counts(scope: Scope, filters: Filters) -> list[tuple[str, str, int]]:
    """(kind, label, how many), every kind."""
    numbers = dict(found(scope, filters).values_list("kind").annotate(n=Count("pk")))
    return [(kind.value, str(kind.label), numbers.get(kind.value, 0)) for kind in FoundKind]


def by_commune(scope: Scope, filters: Filters) -> list[CommuneCount]:
    """For whoever looks over several communes: how much waits in each, the most first."""
    of_kind = Q(kind=filters.kind) if filters.kind else Q()
    rows = found(scope, filters).filter(of_kind).values_list("commune_id", "kind").annotate(n=Count("pk"))
    numbers: dict[int, dict[str, int]] = {}
    for commune_id, kind, number in rows:
        numbers.setdefault(commune_id, {})[kind] = number
    communes = Area.objects.in_bulk(list(numbers))
    made = [CommuneCount(communes[pk], sum(kinds.values()), kinds) for pk, kinds in numbers.items() if pk in communes]
    return sorted(made, key=lambda count: (-count.total, count.commune.name_key))


def page(scope: Scope, filters: Filters, after: str) -> FoundPage:
    """A hundred findings, the latest found first."""
    rows = found(scope, filters).select_related("person", "household", "commune").order_by("-pk")
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    listed = list(rows[: PAGE + 1])
    return FoundPage(listed[:PAGE], str(listed[PAGE - 1].pk) if len(listed) > PAGE else "")


def one(scope: Scope, pk: int) -> Found | None:
    """A finding in scope, whatever its state."""
    rows = in_scope(Found.objects.select_related("person", "household", "commune__parent"), scope)
    return (rows if scope.role in NEAREST else rows.exclude(benefit__in=TELLING)).filter(pk=pk).first()
