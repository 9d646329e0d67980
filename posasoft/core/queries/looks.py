"""Who looked at what: reads of the audit trail, within the reader's scope by row-level security and by area."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from posasoft.core.models import Area, AuditEvent, User
from posasoft.core.scope import WHOLE_COUNTRY, Scope

PAGE = 50
# What counts as looking; everything else in the trail is doing.
LOOKING = ("read", "list", "search", "export", "show_id")

# Kinds that the trail knows by more than one name: the one that is chosen by → the others.
SAME_KIND: dict[str, tuple[str, ...]] = {
    "household": ("households_household",),
    "person": ("households_person",),
    "change_request": ("households_changerequest", "changerequest", "change"),
    "decision_document": ("decision",),
    "transfer": ("households_transfer",),
    "bulkchange": ("households_bulkchange",),
    "import": ("households_importbatch", "importbatch"),
    "importrow": ("households_importrow",),
    "workbook": ("households_workbook",),
    "areareform": ("households_areareform",),
    "core_area": ("area",),
    "core_user": ("user",),
}


@dataclass(frozen=True)
class Look:
    """One line of the trail with the name of who acted."""

    event: AuditEvent
    who: str

    @property
    def detail(self) -> dict[str, Any]:
        return dict(self.event.detail)


@dataclass(frozen=True)
class Filters:
    """What the report is narrowed to. ``object`` is a public id: pages of it and lists that showed it."""

    first: datetime.date
    last: datetime.date
    actor: int | None = None
    verb: str = ""
    kind: str = ""
    object: str = ""
    area: Area | None = None


@dataclass(frozen=True)
class Page:
    rows: list[Look]
    after: str = ""


@dataclass
class _Names:
    known: dict[int, str] = field(default_factory=dict)

    def of(self, events: Sequence[AuditEvent]) -> list[Look]:
        missing = {event.actor_id for event in events if event.actor_id} - set(self.known)
        if missing:
            self.known |= {user.pk: str(user) for user in User.objects.filter(pk__in=missing)}
        return [Look(event, self.known.get(event.actor_id or 0, "")) for event in events]


def looks_of(kind: str, object_id: object, scope: Scope, *, limit: int = 50) -> list[Look]:
    """Who opened the page of an object, showed its id or took it away, the newest first, in the last twelve months."""
    since = timezone.now() - datetime.timedelta(days=365)
    wanted = AuditEvent.objects.filter(object_kind=kind, object_id=str(object_id), at__gte=since, verb__in=LOOKING)
    return _Names().of(list(_in_sight(wanted, scope).order_by("-at", "-id")[:limit]))


def trail(scope: Scope, filters: Filters) -> QuerySet[AuditEvent]:
    """The events of a period in the reader's range, the newest first."""
    zone = timezone.get_current_timezone()
    start = datetime.datetime.combine(filters.first, datetime.time(), zone)
    end = datetime.datetime.combine(filters.last + datetime.timedelta(days=1), datetime.time(), zone)
    found = _in_sight(AuditEvent.objects.filter(at__gte=start, at__lt=end), scope)
    if filters.actor is not None:
        found = found.filter(actor_id=filters.actor)
    if filters.verb:
        found = found.filter(verb__in=LOOKING) if filters.verb == "looking" else found.filter(verb=filters.verb)
    if filters.kind:
        found = found.filter(object_kind__in=(filters.kind, *SAME_KIND.get(filters.kind, ())))
    if filters.object:
        found = found.filter(Q(object_id=filters.object) | Q(detail__ids__contains=[filters.object]))
    if filters.area is not None and filters.area.position is not None:
        found = found.filter(area_pos__gte=filters.area.position, area_pos__lt=filters.area.position_end)
    return found.order_by("-at", "-id")


def page_of_trail(scope: Scope, filters: Filters, after: str = "") -> Page:
    """Fifty lines by key (`after`: time and id of the last line of the page before)."""
    found = trail(scope, filters)
    if key := _key(after):
        at, pk = key
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=pk))
    events = list(found[: PAGE + 1])
    last = events[PAGE - 1] if len(events) > PAGE else None
    return Page(_Names().of(events[:PAGE]), f"{last.at.timestamp():.6f}_{last.pk}" if last else "")


def stream(scope: Scope, filters: Filters) -> Iterator[Look]:
    """All lines, for a file."""
    names = _Names()
    chunk: list[AuditEvent] = []
    for event in trail(scope, filters).iterator(chunk_size=2_000):
        chunk.append(event)
        if len(chunk) == 2_000:
            yield from names.of(chunk)
            chunk = []
    yield from names.of(chunk)


def _in_sight(found: QuerySet[AuditEvent], scope: Scope) -> QuerySet[AuditEvent]:
    """The first fence: one's own acts, and what lies in the range of a role on an area; what lies nowhere is seen from the whole country."""
    seen = Q(actor_id=scope.user_id) if scope.user_id is not None else Q(pk__in=[])
    if scope.kind == "area":
        seen |= Q(area_pos__gte=scope.lo, area_pos__lt=scope.hi)
        if (scope.lo, scope.hi) == WHOLE_COUNTRY:
            seen |= Q(area_pos__isnull=True)
    return found.filter(seen)


def _key(text: str) -> tuple[datetime.datetime, int] | None:
    stamp, _, pk = text.partition("_")
    try:
        return datetime.datetime.fromtimestamp(float(stamp), datetime.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
