"""The one box in the top bar: people and households, then files by number, areas, pages."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from beneficiaries.models import Case, DecisionDocument
from households.models import Household, Person
from households.queries import Found, find_people
from posasoft.core.models import Area
from posasoft.core.names import fold, fold_tokens
from posasoft.core.scope import Scope
from posasoft.portal.commands import Command, matching
from posasoft.portal.queries import areas
from posasoft.portal.queries.scoped import in_scope

LEAST_LETTERS = 2
MOST = 50
MOST_QUICK = 8
MOST_FILES = 5


@dataclass(frozen=True)
class Hit:
    """A person found, with the public ids that addresses use."""

    found: Found
    person_id: uuid.UUID
    household_id: uuid.UUID


@dataclass(frozen=True)
class File:
    """A case or a decision found by its number."""

    view: str
    public_id: uuid.UUID
    number: str
    is_decision: bool


@dataclass(frozen=True)
class Results:
    """``more``: there are others; ``partial``: the words are so common that not everything was read."""

    people: list[Hit] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    more: bool = False
    partial: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.people or self.areas or self.files or self.commands)


def household_by_code(scope: Scope, text: str) -> Household | None:
    """The household of exactly this code, in any province's way of writing codes; None for anything without a digit."""
    code = text.replace(" ", "").upper()
    if not any(character.isdigit() for character in code):
        return None
    return in_scope(Household.objects.filter(code=code), scope).first()


def search(text: str, day: datetime.date, scope: Scope, *, quick: bool = False) -> Results:
    """Within the reader's scope. Fewer than two letters find nobody: they would name a third of the country."""
    commands = matching(text, scope.role)
    if sum(len(word) for word in fold_tokens(text)) < LEAST_LETTERS:
        return Results(commands=commands)
    most = MOST_QUICK if quick else MOST
    found = find_people(text, limit=most, quick=quick)
    # By their keys, already inside the role's range; the public ids are what addresses may hold.
    people = dict(Person.objects.filter(pk__in=[f.person_id for f in found.found]).values_list("pk", "public_id"))
    homes = dict(Household.objects.filter(pk__in=[f.household_id for f in found.found]).values_list("pk", "public_id"))
    hits = [Hit(f, people[f.person_id], homes[f.household_id]) for f in found.found]
    places = areas.called(fold(text), day)[: 5 if quick else 12]
    return Results(hits, places, files(text, scope), commands, found.more, found.partial)


def files(text: str, scope: Scope) -> list[File]:
    """Cases of exactly this number and decisions whose number begins so; only for text with a digit. A case kept confidential is not told."""
    number = text.strip()
    if not any(character.isdigit() for character in number) or len(number) < 2:
        return []
    cases = in_scope(Case.objects.filter(number=number), scope)
    cases = cases.filter(confidential=False) if scope.role not in ("commune_officer", "commune_chair") else cases
    found = [File("portal:case", case.public_id, case.number, is_decision=False) for case in cases[:MOST_FILES]]
    for paper in _papers(number, scope)[:MOST_FILES]:
        found.append(File("portal:decision", paper.public_id, paper.number, is_decision=True))
    return found


def _papers(number: str, scope: Scope) -> QuerySet[DecisionDocument]:
    begins = Q(number__gte=number, number__lt=number + "~")
    return in_scope(DecisionDocument.objects.filter(begins), scope).order_by("number", "pk")
