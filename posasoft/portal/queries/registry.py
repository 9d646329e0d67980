"""Households and persons as pages show them."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from beneficiaries.models import Decision, Package
from households.models import Change, Document, Household, NationalId, Person
from posasoft.core.models import Area
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope


@dataclass(frozen=True)
class Row:
    """A line of the list: the household, its head, how many live in it, and the package of the month in đồng (None: no line)."""

    household: Household
    head: Person | None
    members: int
    amount: int | None


def rows_of(taken: list[Household], month: datetime.date) -> list[Row]:
    """The list's lines for households already chosen."""
    keys = [h.pk for h in taken]
    alive = Person.objects.filter(household__in=keys, died_on__isnull=True, canonical__isnull=True)
    heads = {p.household_id: p for p in alive.filter(relation="head")}
    sizes = dict(alive.values_list("household").annotate(n=Count("pk")))
    amounts = dict(packages_of(month).filter(household__in=keys).values_list("household", "amount"))
    return [Row(h, heads.get(h.pk), sizes.get(h.pk, 0), amounts.get(h.pk)) for h in taken]


def packages_of(month: datetime.date) -> QuerySet[Package]:
    """The packages that hold in a month, as last computed."""
    lasting = Q(until_month__isnull=True) | Q(until_month__gt=month)
    return Package.objects.filter(lasting, from_month__lte=month, superseded_by_run__isnull=True)


def household(scope: Scope, public_id: uuid.UUID) -> Household | None:
    """The household by its public id, if the role may see it; a merged one answers with the record that was kept."""
    found = in_scope(Household.objects.select_related("commune__parent", "village", "canonical"), scope).filter(public_id=public_id).first()
    return found.canonical if found and found.canonical else found


def person(scope: Scope, public_id: uuid.UUID) -> Person | None:
    """The person by public id, if the role may see them."""
    wanted = Person.objects.select_related("household__commune__parent", "household__village", "canonical").filter(public_id=public_id)
    found = in_scope(wanted, scope).first()
    return found.canonical if found and found.canonical else found


RANK = {"head": 0, "spouse": 1, "parent": 2, "child": 3, "other": 4}


@dataclass(frozen=True)
class Member:
    """A person of a household as listed: age in completed years on the page's day, the id's last digits."""

    person: Person
    id_tail: str


def members(of: Household) -> list[Member]:
    """Everybody whose household this is now, the dead last; head, spouse, parents, children, others."""
    people = list(Person.objects.filter(household=of, canonical__isnull=True))
    people.sort(key=lambda p: (p.died_on is not None, RANK.get(p.relation or "other", 4), p.born or datetime.date.max, p.pk))
    tails = dict(NationalId.objects.filter(person__in=people, until__isnull=True).exclude(kind="birth").values_list("person", "tail"))
    return [Member(p, tails.get(p.pk, "")) for p in people]


def ancestors(area: Area | None) -> list[Area]:
    """The areas above and including this one, the widest first; at most five levels."""
    chain: list[Area] = []
    while area is not None and len(chain) < 5:
        chain.append(area)
        area = area.parent
    return chain[::-1]


@dataclass(frozen=True)
class Papers:
    """What a household's facts rest on: documents, decisions, and the changes that brought its values, the newest first."""

    documents: list[Document]
    decisions: list[Decision]
    changes: list[Change]


def papers(of: Household, people: list[Member]) -> Papers:
    """Papers of a household and of its members."""
    keys = [m.person.pk for m in people]
    documents = Document.objects.filter(Q(household=of) | Q(person__in=keys)).select_related("person").order_by("-issued_on", "-pk")
    decisions = Decision.objects.filter(household=of).select_related("person").order_by("-from_month", "-pk")
    brought = {of.change_id, *(m.person.change_id for m in people)}
    changes = Change.objects.filter(pk__in=brought).order_by("-at", "-pk")
    return Papers(list(documents[:100]), list(decisions[:100]), list(changes[:50]))


def papers_of_person(person: Person) -> Papers:
    """A person's own papers."""
    documents = Document.objects.filter(person=person).select_related("person").order_by("-issued_on", "-pk")
    decisions = Decision.objects.filter(person=person).select_related("person").order_by("-from_month", "-pk")
    return Papers(list(documents[:100]), list(decisions[:100]), list(Change.objects.filter(pk=person.change_id)))


def id_tail(person: Person) -> str:
    """The last three digits of the person's current id; empty when none is known."""
    current = NationalId.objects.filter(person=person, until__isnull=True).exclude(kind="birth").order_by("kind").first()
    return current.tail if current else ""


@dataclass(frozen=True)
class Former:
    """Somebody who lived in the household and no longer does: from and until when, as what."""

    person: Person
    relation: str
    since: datetime.date | None
    until: datetime.date


# By the partial index on the household of closed memberships.
_FORMER = """
SELECT DISTINCT ON (subject_id) subject_id, value->>'relation', since, until FROM households_factspell
WHERE fact = 'membership' AND (value->>'household_id')::bigint = %s ORDER BY subject_id, until DESC
"""


def former_members(of: Household) -> list[Former]:
    """People whose closed membership names the household, the last to leave first; those who are back are not former. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [of.pk])
        left = {row[0]: row[1:] for row in cursor.fetchall()}
    people = Person.objects.filter(pk__in=left, canonical__isnull=True).exclude(household=of)
    found = [Former(p, left[p.pk][0] or "", left[p.pk][1], left[p.pk][2]) for p in people]
    return sorted(found, key=lambda former: former.until, reverse=True)
