"""Requests and transfers as pages list them, within the acting role's range."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from households import statuses
from households.change_kinds import KINDS, OFFICERS, RECEIVERS, Kind, Right, Subject, offered
from households.models import ChangeRequest, Household, Person, Transfer
from households.queries.requests import seen_by, waiting_for
from posasoft.core.models import Area, Level
from posasoft.core.names import fold
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

PAGE = 50
TABS = ("approve", "mine", "returned", "in", "out", "done")


@dataclass(frozen=True)
class Counts:
    """How many requests lie under each tab (done: not counted)."""

    approve: int
    mine: int
    returned: int
    incoming: int
    outgoing: int


@dataclass(frozen=True)
class Row:
    """A line of the list: the request, whom it is about, and what kind it is."""

    request: ChangeRequest
    kind: Kind
    who: str


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    after: str


def _tab(scope: Scope, tab: str) -> QuerySet[ChangeRequest]:
    seen = seen_by(scope)
    mine = seen.filter(requested_by_id=scope.user_id)
    return {
        "approve": waiting_for(scope),
        "mine": mine.filter(status__in=(statuses.DRAFT, statuses.SUBMITTED, statuses.WAITING)),
        "returned": mine.filter(status=statuses.RETURNED),
        "out": seen.filter(kind__in=[code for code, kind in KINDS.items() if kind.is_transfer]).exclude(status=statuses.DRAFT),
        "done": seen.filter(status__in=(statuses.APPLIED, statuses.REFUSED, statuses.UNDONE, statuses.WITHDRAWN)),
    }[tab]  # fmt: skip


def counts(scope: Scope) -> Counts:
    """The figures beside the tabs."""
    waiting = incoming(scope).filter(status=statuses.WAITING)
    return Counts(
        _tab(scope, "approve").count(), _tab(scope, "mine").count(), _tab(scope, "returned").count(), waiting.count(),
        _tab(scope, "out").filter(status__in=statuses.OPEN).count(),
    )  # fmt: skip


def page(scope: Scope, tab: str, kind: str, after: str) -> Page:
    """Fifty requests of a tab: what waits longest first, the rest newest first; ``kind`` narrows."""
    found = _tab(scope, tab).select_related("household", "person", "requested_by", "to_area")
    found = found.filter(kind=kind) if kind in KINDS else found
    oldest_first = tab == "approve"
    if after.isdecimal() and len(after) < 18:
        found = found.filter(pk__gt=int(after)) if oldest_first else found.filter(pk__lt=int(after))
    rows = list(found.order_by("pk" if oldest_first else "-pk")[: PAGE + 1])
    return Page(_rows(rows[:PAGE]), str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def _rows(found: list[ChangeRequest]) -> list[Row]:
    homes = [r.household_id for r in found if r.household_id]
    heads = dict(
        Person.objects.filter(household__in=homes, relation="head", canonical__isnull=True).values_list("household_id", "full_name")
    )
    return [Row(r, KINDS[r.kind], _who(r, heads)) for r in found]


def _who(request: ChangeRequest, heads: dict[int, str]) -> str:
    if request.person:
        return request.person.full_name
    return heads.get(request.household_id or 0, request.household.code if request.household else "")


def incoming(scope: Scope) -> QuerySet[Transfer]:
    """Transfers that come, or came, to the role's range."""
    if scope.role not in RECEIVERS:
        return Transfer.objects.none()
    return in_scope(Transfer.objects.select_related("from_area", "to_area", "sent_by"), scope).order_by("-status", "-pk")


def request_in_scope(scope: Scope, public_id: uuid.UUID) -> ChangeRequest | None:
    """A request if the role may see it; a draft only its own writer."""
    rows = seen_by(scope).select_related("household__commune", "person__household", "requested_by", "decided_by", "to_area", "change")
    found = rows.filter(public_id=public_id).first()
    if found and found.status == statuses.DRAFT and found.requested_by_id != scope.user_id:
        return None
    return found


def transfer_in_scope(scope: Scope, public_id: uuid.UUID) -> Transfer | None:
    """A transfer that comes to the role's range."""
    return incoming(scope).filter(public_id=public_id).first()


def next_waiting(scope: Scope, after: ChangeRequest) -> ChangeRequest | None:
    """The next request to decide upon."""
    waiting = waiting_for(scope).order_by("pk")
    return waiting.filter(pk__gt=after.pk).first() or waiting.first()


def menu(scope: Scope, *, household: Household | None = None, person: Person | None = None) -> dict[str, list[Kind]]:
    """What the role may report of a household or person: group -> kinds, in the order of the table."""
    subject = Subject.PERSON if person else Subject.HOUSEHOLD if household else Subject.AREA
    groups: dict[str, list[Kind]] = {}
    for kind in offered(subject, scope.role):
        groups.setdefault(kind.group, []).append(kind)
    return groups


def communes(scope: Scope) -> list[Area]:
    """Communes of the role's range to which somebody new may be added: one, for a commune's officer."""
    return list(Area.objects.filter(level=Level.COMMUNE, position__gte=scope.lo, position__lt=scope.hi).order_by("name_key")[:400])


def communes_named(text: str) -> list[Area]:
    """Communes in force of the whole country by the beginning of their name with or without its kind, for a transfer's destination."""
    key = fold(text)
    if len(key) < 2:
        return []
    found = Area.objects.filter(level=Level.COMMUNE, position__isnull=False).select_related("parent")
    exact = list(found.filter(name_key__gte=key, name_key__lt=key + "~").order_by("name_key")[:20])
    return exact or list(found.filter(name_key__contains=f" {key}").order_by("name_key")[:20])


@dataclass(frozen=True)
class Permission:
    """A line of the table who may: the kind with the right of each role."""

    kind: Kind
    rights: tuple[Right, ...]


def who_may() -> list[Permission]:
    """The table, kind by kind; roles in the order of OFFICERS."""
    return [Permission(kind, tuple(kind.rights.of(role) for role in OFFICERS)) for kind in KINDS.values()]
