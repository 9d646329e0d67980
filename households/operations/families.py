"""Who lives with whom: people join and leave households, households split, come together and end."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from households.models import Change, Household, Person, Raising
from households.operations.facts import UnknownSubjectError, located, set_fact
from households.operations.places import place_persons
from households.operations.registry import register_household
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.models import Area
from posasoft.core.scope import Scope


@transaction.atomic
def join_household(
    *, household: Household, relations: Mapping[int, str | None], since: datetime.date | None, change: Change, by: Scope
) -> None:
    """Persons (id -> relation to the head) live in this household from a day on; their rows follow to its place. Raises UnknownSubjectError."""
    for person_id, relation in relations.items():
        value = {"household_id": household.pk, "relation": relation}
        set_fact(subject="p", subject_id=person_id, fact="membership", value=value, since=since, change=change, by=by)
    with because(change=change.pk, by=by, reason=change.reason, effective_from=since):
        place_persons(list(relations), household)
    audit.record(
        verb="join_household", kind="households_household", object_id=household.pk, by=by, area=located(household), persons=len(relations)
    )


@transaction.atomic
def end_household(*, household_id: int, on: datetime.date, change: Change, by: Scope) -> None:
    """The household is no longer one from this day on; its people are due nothing here after it. Raises UnknownSubjectError."""
    with because(change=change.pk, by=by, reason=change.reason, effective_from=on):
        changed = Household.objects.filter(pk=household_id).update(ended_on=on)
    if not changed:
        raise UnknownSubjectError(household_id)
    audit.record(verb="end_household", kind="households_household", object_id=household_id, by=by, day=str(on))


@transaction.atomic
def split_household(
    *, household: Household, members: Sequence[int], head: int, since: datetime.date, change: Change, by: Scope, village: Area | None = None,
    residence_kind: str = "", poverty: dict[str, Any] | None = None,
) -> Household:  # fmt: skip
    """Members leave and form a household of their own in the same commune, with ``head`` at its head; the new household is returned.

    Relations of the others are kept where they are still true of the new head (children), else they are "other".
    """
    new = register_household(
        commune=household.commune, village=village or household.village, residence_kind=residence_kind or household.residence_kind,
        since=since, members=[], change=change, by=by, poverty=poverty,
    )  # fmt: skip
    people = Person.objects.in_bulk(list(members))
    relations = {pk: "head" if pk == head else _towards(people[head], people[pk]) for pk in members}
    join_household(household=new, relations=relations, since=since, change=change, by=by)
    return new


def _towards(head: Person, other: Person) -> str:
    """What somebody is to a new head: the children of the old couple stay children."""
    if head.relation in ("head", "spouse") and other.relation in ("child", "parent"):
        return str(other.relation)
    return "other"


@transaction.atomic
def merge_households(*, kept: Household, other: Household, since: datetime.date, change: Change, by: Scope) -> None:
    """Everybody alive of ``other`` joins ``kept`` on a day, and ``other`` ends on it: two families become one."""
    people = Person.objects.filter(household=other, canonical__isnull=True).filter(Q(died_on__isnull=True) | Q(died_on__gt=since))
    join_household(household=kept, relations={p.pk: "other" for p in people}, since=since, change=change, by=by)
    end_household(household_id=other.pk, on=since, change=change, by=by)


@transaction.atomic
def change_head(*, household: Household, head: int, old_relation: str, since: datetime.date, change: Change, by: Scope) -> None:
    """Somebody else is head from a day on; the head before becomes ``old_relation`` to the new one."""
    for old in Person.objects.filter(household=household, relation="head", canonical__isnull=True).exclude(pk=head):
        value = {"household_id": household.pk, "relation": old_relation}
        set_fact(subject="p", subject_id=old.pk, fact="membership", value=value, since=since, change=change, by=by)
    value = {"household_id": household.pk, "relation": "head"}
    set_fact(subject="p", subject_id=head, fact="membership", value=value, since=since, change=change, by=by)


@transaction.atomic
def start_raising(*, adult: Person, child_id: int, kind: str, since: datetime.date, change: Change, by: Scope) -> Raising:
    """Somebody raises a child alone (Article 5.4) or a child under 36 months (Article 20.2a) from a day on."""
    with because(change=change.pk, by=by, reason=change.reason, effective_from=since):
        link = Raising.objects.create(
            kind=kind, adult=adult, child_id=child_id, since=since, change=change, province_no=adult.province_no, area_pos=adult.area_pos
        )
    audit.record(verb="start_raising", kind="households_person", object_id=adult.pk, by=by, area=(adult.province_no, adult.area_pos))
    return link


@transaction.atomic
def end_raising(*, adult_id: int, kind: str, on: datetime.date, change: Change, by: Scope, child_id: int | None = None) -> int:
    """The links of an adult (to one child, or to all) end on a day; those that would begin on it or later go. How many."""
    links = Raising.objects.filter(Q(until__isnull=True) | Q(until__gt=on), adult_id=adult_id, kind=kind)
    links = links if child_id is None else links.filter(child_id=child_id)
    with because(change=change.pk, by=by, reason=change.reason, effective_from=on):
        gone = links.filter(since__gte=on).delete()[0]
        number = gone + links.update(until=on)
    if number:
        audit.record(verb="end_raising", kind="households_person", object_id=adult_id, by=by, links=number)
    return number
