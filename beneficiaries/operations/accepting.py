"""Declared answers become facts: by the appraisal, or inside a preview that is rolled back."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.utils import timezone

from beneficiaries.models import Case
from beneficiaries.papers import Field, Paper, papers
from beneficiaries.papers.answers import day_of, value_of
from households.models import Change, Household, Person, Raising
from households.models.registry import Precision, ResidenceKind
from households.operations import NewPerson, confirm_death, register_household, register_person, set_fact
from posasoft.core.dates import parse_partial
from posasoft.core.names import fold, nfc_name
from posasoft.core.scope import Scope

_URBAN = ("Phường", "Thị trấn")
_KEYS = ("degree", "type", "certified")


def declared_fields(case: Case) -> list[Field]:
    """Answered fields of the paper that a registry fact stands behind, and lists of children; only what the benefits ask for."""
    paper = papers()[case.form]
    asked = paper.asked_fields(case.payload, case.benefits)
    unique = {field.name: field for field in asked if (field.fact or field.links) and case.payload.get(field.name)}
    return list(unique.values())


def accept(*, case: Case, fields: Collection[str], change: Change, by: Scope) -> list[str]:
    """Write the chosen answers as facts of the person; returns the facts written. The person must be registered (``enrol``).

    A certificate counts from its day, a diagnosis from the day it was made, everything else from the day of receipt.
    """
    person = Person.objects.get(pk=case.person_id or 0)
    chosen = [field for field in declared_fields(case) if field.name in fields]
    values: dict[str, Any] = {}
    for field in chosen:
        if field.links:
            _link_children(case, field, person, change)
        else:
            values[field.fact] = value_of(field, case.payload[field.name])
    written = []
    for fact, value in _merged(person, values).items():
        written.append(fact)
        if fact == "died":
            confirm_death(person_id=person.pk, died_on=datetime.date.fromisoformat(value), change=change, by=by)
        else:
            set_fact(subject="p", subject_id=person.pk, fact=fact, value=value, since=_since(case, fact, value), change=change, by=by)
    return written


def _merged(person: Person, values: dict[str, Any]) -> dict[str, Any]:
    """The keys of a disability are one fact: what was not accepted keeps the registry's value."""
    parts = {key: values.pop(f"disability.{key}") for key in _KEYS if f"disability.{key}" in values}
    if not parts:
        return values
    certified = person.disability_certified_on
    known = {"degree": person.disability_degree, "type": person.disability_type, "certified": certified.isoformat() if certified else None}
    return {"disability": {**known, **parts}, **values}


def _since(case: Case, fact: str, value: Any) -> datetime.date | None:
    if fact == "disability" and value["certified"]:
        return datetime.date.fromisoformat(value["certified"])
    if fact == "hiv" and (found := day_of(case.payload.get("hiv_found_on"))):
        return found
    return case.received_on or timezone.localdate()


def _link_children(case: Case, field: Field, adult: Person, change: Change) -> None:
    """Children of the household named in the list are raised from the day of receipt; one not found there stays to be registered."""
    for child in matched_children(case, field):
        known = Raising.objects.filter(kind=field.links, adult=adult, child=child, until__isnull=True).exists()
        if not known:
            Raising.objects.create(
                kind=field.links, adult=adult, child=child, since=case.received_on or timezone.localdate(), change=change,
                province_no=adult.province_no, area_pos=adult.area_pos,
            )  # fmt: skip


def matched_children(case: Case, field: Field) -> list[Person]:
    """Members of the household with a listed name and, where both are known, the listed year of birth."""
    members = Person.objects.filter(household_id=case.household_id or 0, canonical__isnull=True, died_on__isnull=True).exclude(
        pk=case.person_id or 0
    )
    by_name = {member.name_key: member for member in members}
    found = []
    for row in case.payload.get(field.name) or []:
        member, born = by_name.get(fold(nfc_name(row.get("full_name", "")))), day_of(row.get("born"))
        if member and (born is None or member.born is None or member.born.year == born.year):
            found.append(member)
    return found


def enrol(*, case: Case, change: Change, by: Scope) -> None:
    """Register a person who came with the case: into the household chosen, or a household of their own in the commune. Sets person and household."""
    if case.person_id is not None:
        return
    answers = case.payload
    born = answers.get("born")
    partial = parse_partial(born) if born else None
    newcomer = NewPerson(
        full_name=str(answers.get("full_name") or case.applicant).title(),
        sex=answers.get("sex") or None,
        born=partial.day if partial else None,
        born_precision=partial.precision if partial else Precision.DAY,
        relation="other" if case.household_id else "head",
        national_id=answers.get("id_number") or None,
    )
    since = case.received_on or timezone.localdate()
    if case.household_id is None:
        urban = case.commune.kind in _URBAN
        household = register_household(
            commune=case.commune, village=None, residence_kind=ResidenceKind.URBAN if urban else ResidenceKind.RURAL, since=since,
            members=[newcomer], change=change, by=by, address=str(answers.get("lives_at") or "")[:200],
        )  # fmt: skip
        case.household = household
        case.person = Person.objects.get(household=household)
    else:
        household = Household.objects.get(pk=case.household_id)
        case.person = register_person(household=household, person=newcomer, since=since, change=change, by=by)


def paper_of(case: Case) -> Paper:
    """The paper that a case was keyed from."""
    return papers()[case.form]
