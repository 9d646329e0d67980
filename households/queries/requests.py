"""What the registry says now of what a request declares; whom a request is about; what waits for whom."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q, QuerySet

from households import statuses
from households.change_kinds import DIAGNOSES, KINDS, Effective, Kind, Type, approved_by
from households.models import ChangeRequest, Household, NationalId, Person, Raising
from posasoft.core.models import Role
from posasoft.core.scope import Scope

READS_DIAGNOSES = frozenset((Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR))
DAY = "effective_on"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _read(name: str, household: Household | None, person: Person | None) -> Any:
    """One present value in the form of a payload."""
    if name == "members":
        return sorted(living(household).values_list("pk", flat=True)) if household else []
    if name == "head":
        return living(household).filter(relation="head").values_list("pk", flat=True).first() if household else None
    if name == "raises":
        links = Raising.objects.filter(adult=person, until__isnull=True).order_by("kind", "child_id").values_list("kind", "child_id")
        return [list(link) for link in links]
    if name == "id_tail":
        found = NationalId.objects.filter(person=person, until__isnull=True).exclude(kind="birth").order_by("kind").first()
        return found.tail if found else None
    of, column = name.split(":")
    row = household if of == "household" else person
    if column == "born" and person is not None:
        return [_plain(person.born), person.born_precision] if person.born else None
    return _plain(getattr(row, column, None))


def living(household: Household) -> QuerySet[Person]:
    """Members of a household who are alive and not merged into another record."""
    return Person.objects.filter(household=household, canonical__isnull=True, died_on__isnull=True).order_by("born", "pk")


def present_values(request: ChangeRequest) -> dict[str, Any]:
    """Field -> what the registry says now, for every field with a counterpart, the day, and what must not change meanwhile ("guard …")."""
    kind = KINDS[request.kind]
    household = Household.objects.filter(pk=request.household_id).first() if request.household_id else None
    person = Person.objects.filter(pk=request.person_id).first() if request.person_id else None
    found = {field.name: _read(field.registry, household, person) for field in kind.fields if field.registry}
    if kind.day_registry:
        found[DAY] = _read(kind.day_registry, household, person)
    return found | {f"guard {name}": _read(name, household, person) for name in kind.guards}


def subjects_of(request: ChangeRequest) -> tuple[list[int], list[int]]:
    """Households and persons whose rows the request may change: its own, those of its fields, and everybody who lives there."""
    kind, values = KINDS[request.kind], request.payload
    homes = {request.household_id, *(values.get(f.name) for f in kind.fields if f.type == Type.HOUSEHOLD), values.get("to_household")}
    people = {request.person_id, *(values.get(f.name) for f in kind.fields if f.type in (Type.RECORD, Type.MEMBER))}
    homes |= set(Person.objects.filter(pk__in=[p for p in people if p]).values_list("household_id", flat=True))
    households = sorted(h for h in homes if h)
    people |= set(Person.objects.filter(household__in=households).values_list("pk", flat=True))
    return households, sorted(p for p in people if p)


def seen_by(scope: Scope) -> QuerySet[ChangeRequest]:
    """Requests in the scope's range; those that name a diagnosis only for those who appraise the case."""
    rows = ChangeRequest.objects.filter(area_pos__gte=scope.lo, area_pos__lt=scope.hi)
    if scope.kind != "area":
        return rows.none()
    return rows if scope.role in READS_DIAGNOSES else rows.exclude(kind__in=DIAGNOSES)


def waiting_for(scope: Scope) -> QuerySet[ChangeRequest]:
    """Requests that this role may approve: of its kinds, in its range, not asked by the same person."""
    found = seen_by(scope).filter(status=statuses.SUBMITTED, kind__in=approved_by(scope.role))
    return found.exclude(requested_by_id=scope.user_id)


def may_approve(request: ChangeRequest, scope: Scope) -> bool:
    """Whether this person in this role may decide upon the request."""
    return scope.role in KINDS[request.kind].rights.approvers and request.requested_by_id != scope.user_id and scope.holds(request.area_pos)


def requests_of(household: Household) -> QuerySet[ChangeRequest]:
    """Every request about a household or about somebody who lives in it, the newest first."""
    people = Person.objects.filter(household=household).values("pk")
    about = Q(subjects__subject="h", subjects__subject_id=household.pk) | Q(subjects__subject="p", subjects__subject_id__in=people)
    return ChangeRequest.objects.filter(about).exclude(status=statuses.DRAFT).distinct().order_by("-pk")


def has_day(kind: Kind) -> bool:
    """Whether the change begins on a day (a correction has always been true)."""
    return kind.effective == Effective.EVENT
