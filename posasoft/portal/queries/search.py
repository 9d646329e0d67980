"""The one box in the top bar: people and households, then areas."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from households.models import Household, Person
from households.queries import Found, search_people
from posasoft.core.models import Area
from posasoft.core.names import fold, fold_tokens
from posasoft.core.scope import Scope
from posasoft.portal.queries import areas
from posasoft.portal.queries.scoped import in_scope

LEAST_LETTERS = 2
MOST = 50


@dataclass(frozen=True)
class Hit:
    """A person found, with the public ids that addresses use."""

    found: Found
    person_id: uuid.UUID
    household_id: uuid.UUID


@dataclass(frozen=True)
class Results:
    people: list[Hit]
    areas: list[Area]
    more: bool


def household_by_code(scope: Scope, text: str) -> Household | None:
    """The household of exactly this code, in any province's way of writing codes; None for anything without a digit."""
    code = text.replace(" ", "").upper()
    if not any(character.isdigit() for character in code):
        return None
    return in_scope(Household.objects.filter(code=code), scope).first()


def search(text: str, day: datetime.date) -> Results:
    """Within the reader's scope. Fewer than two letters find nothing: they would name a third of the country."""
    if sum(len(word) for word in fold_tokens(text)) < LEAST_LETTERS:
        return Results([], [], False)
    found = search_people(text, limit=MOST + 1)
    people = dict(Person.objects.filter(pk__in=[f.person_id for f in found]).values_list("pk", "public_id"))
    homes = dict(Household.objects.filter(pk__in=[f.household_id for f in found]).values_list("pk", "public_id"))
    hits = [Hit(f, people[f.person_id], homes[f.household_id]) for f in found[:MOST]]
    return Results(hits, areas.named(fold(text), day)[:12], len(found) > MOST)
