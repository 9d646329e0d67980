"""Conditions that several filters share: benefits and decisions of the month, papers, words of names. Sub-selects under the reader's scope."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from beneficiaries.models import Decision, Entitlement
from households.models import NationalId, Person, SearchToken
from posasoft.core.months import add_months
from posasoft.core.names import fold_tokens

END_OF_PREFIX = "~"


def lasting(month: datetime.date) -> Q:
    """Spans that hold in a month, as last computed."""
    return Q(from_month__lte=month) & (Q(until_month__isnull=True) | Q(until_month__gt=month))


def receives(benefit: str, month: datetime.date, **of: Any) -> Exists:
    """A line of the benefit (any, when empty) in the month."""
    lines = Entitlement.objects.filter(lasting(month), superseded_by_run__isnull=True, **of)
    return Exists(lines.filter(benefit=benefit) if benefit and benefit != "any" else lines)


def decided(state: str, month: datetime.date, **of: Any) -> Q:
    """active: a decision holds in the month; ended: none holds, one did; none: there never was one."""
    held = Exists(Decision.objects.filter(lasting(month), **of))
    ever = Exists(Decision.objects.filter(**of))
    return {"active": Q(held), "ended": ~Q(held) & Q(ever), "none": ~Q(ever)}[state]


def without_paper(person: str) -> Q:
    """Persons of whom no number of CCCD or CMND is known. ``person`` is the outer field that names them."""
    return ~Q(Exists(NationalId.objects.filter(person=OuterRef(person), until__isnull=True).exclude(kind="birth")))


def living_members() -> QuerySet[Person]:
    """Living persons of the outer household."""
    return Person.objects.filter(household=OuterRef("pk"), died_on__isnull=True, canonical__isnull=True)


def named(words: str, person: str) -> Q:
    """Every word begins a word of the person's name: ranges of "C" text, which row-level security leaves to the index."""
    found = Q()
    for word in fold_tokens(words):
        found &= Q(Exists(SearchToken.objects.filter(person_id=OuterRef(person), token__gte=word, token__lt=word + END_OF_PREFIX)))
    return found if found else Q(pk__isnull=True)


def in_month(field: str, month: datetime.date) -> Q:
    """A date within a month."""
    return Q(**{f"{field}__gte": month, f"{field}__lt": add_months(month, 1)})


def first_of_january(today: datetime.date) -> list[datetime.date]:
    """The birthdays that nobody was asked for."""
    return [datetime.date(year, 1, 1) for year in range(today.year - 125, today.year + 1)]


def household_named(words: str) -> Q:
    """A living member of the household is called so."""
    return Q(Exists(living_members().filter(named(words, "pk"))))
