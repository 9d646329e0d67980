"""What the registry already knows of a person, in the words a paper is filled in with: for prefilling, and to lay beside what was declared."""

from __future__ import annotations

from typing import Any

from beneficiaries.models import Decision
from beneficiaries.papers import NO, YES, Field, Paper
from households.models import Household, Person, Raising
from posasoft.core.dates import format_date, format_partial

# Papers ask each of these as a registry fact of the same name.
_FLAGS = ("hiv", "no_supporter", "facility_eligible", "pregnant", "other_income")
_CODES = ("ethnicity", "studying", "no_parental_care", "fostered_by", "disability_degree", "disability_type", "sex")


def registered(person: Person | None, household: Household | None) -> dict[str, Any]:
    """Values by prefill source (``person.born``); an empty text where the registry knows nothing. Rows are lists of objects."""
    found: dict[str, Any] = {}
    if household is not None:
        found |= _of_household(household)
    if person is not None:
        found |= _of_person(person)
    return found


def _of_household(household: Household) -> dict[str, Any]:
    head = Person.objects.filter(household=household, relation="head", died_on__isnull=True, canonical__isnull=True).first()
    place = household.village or household.commune
    address = ", ".join(part for part in (household.address, place.name, household.commune.name if household.village else "") if part)
    return {"household.address": address, "household.poverty": household.poverty, "household.head": head.full_name if head else ""}


def _of_person(person: Person) -> dict[str, Any]:
    certified = person.disability_certified_on
    return {
        "person.full_name": person.full_name.upper(),
        "person.born": format_partial(person.born, person.born_precision) if person.born else "",
        "person.died_on": format_date(person.died_on) if person.died_on else "",
        "person.schooling": "attending" if person.studying else "",
        "person.pension": str(person.pension) if person.pension else "",
        "person.assistance": "",
        "person.disabled": YES if person.disability_degree else NO,
        "person.disability_certified_on": format_date(certified) if certified else "",
        **{f"person.{name}": getattr(person, name) or "" for name in _CODES},
        **{f"person.{name}": YES if getattr(person, name) else "" for name in _FLAGS},
        "children": _children(person, Raising.Kind.ALONE),
        "small_children": _children(person, Raising.Kind.UNDER_36),
    }


def _children(person: Person, kind: str) -> list[dict[str, str]]:
    raised = Raising.objects.filter(adult=person, kind=kind, until__isnull=True).select_related("child").order_by("child__born", "pk")
    return [
        {"full_name": link.child.full_name, "born": format_partial(link.child.born, link.child.born_precision) if link.child.born else ""}
        for link in raised
    ]


def prefilled(paper: Paper, person: Person | None, household: Household | None) -> dict[str, Any]:
    """The payload of a new draft: what the registry knows, in the order of the paper. Full ids are never filled in: the paper is compared by eye."""
    known = registered(person, household)
    return {field.name: known[field.prefill] for field in paper.fields if known.get(field.prefill)}


def known_of(field: Field, known: dict[str, Any]) -> str:
    """The registry's value for one field, empty when it knows none or the field is a list."""
    value = known.get(field.prefill, "")
    return value if isinstance(value, str) else ""


def open_decisions(person: Person) -> list[Decision]:
    """What somebody is already granted, by decision."""
    return list(Decision.objects.filter(person=person, until_month__isnull=True).order_by("benefit"))
