"""The parts of a household's and a person's page that are fetched when somebody opens them: money, papers, history, who looked."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from households.models import Household, Person
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.months import add_months
from posasoft.core.queries.looks import looks_of
from posasoft.core.traces import shows
from posasoft.portal import diagnoses, history_words
from posasoft.portal.queries import declared, history, money, registry
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES, actions, found_household, month_asked
from posasoft.portal.views.persons import found_person


def household_page(request: OfficerRequest, household: Household, tab: str, **context: Any) -> HttpResponse:
    """A tab of a household's page: its frame, and the part ``portal/_tab_<tab>.html`` with the context; audited as read."""
    place = (household.province_no, household.area_pos)
    audit.seen(by=request.scope, kind="household", ids=[household.public_id], area=place, page=tab)
    members = registry.members(household)
    frame = {
        "household": household,
        "head": next((m.person for m in members if m.person.relation == "head"), None),
        "members": members,
        "path": registry.ancestors(household.village or household.commune),
        "today": timezone.localdate(),
        "tab": tab,
        "actions": actions(request),
    }
    return render(request, "portal/household_tab.html", frame | {"part": f"portal/_tab_{tab}.html"} | context)


def _person_page(request: OfficerRequest, person: Person, tab: str, **context: Any) -> HttpResponse:
    place = (person.province_no, person.area_pos)
    audit.seen(by=request.scope, kind="person", ids=[person.public_id], area=place, page=tab)
    frame = {
        "person": person,
        "path": registry.ancestors(person.household.village or person.household.commune),
        "today": timezone.localdate(),
        "tab": tab,
        "actions": actions(request),
    }
    return render(request, "portal/person_tab.html", frame | {"part": f"portal/_tab_{tab}.html"} | context)


@allow(*REGISTRY_ROLES)
@shows("household")
def household_money(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Twelve months of a household: computed, ordered, where the payment stands."""
    month = month_asked(request, timezone.localdate())
    household = found_household(request, public_id)
    months = money.months_of_household(household, month)
    around = {"month": month, "previous": add_months(month, -money.MONTHS), "next": add_months(month, money.MONTHS)}
    return household_page(request, household, "money", months=months, **around)


@allow(*REGISTRY_ROLES)
@shows("person")
def person_money(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Twelve months of one person's own benefits."""
    month = month_asked(request, timezone.localdate())
    person = found_person(request, public_id)
    parts = [(part, diagnoses.benefit_for(request.scope, part.benefit, part.month)) for part in money.months_of_person(person, month)]
    around = {"month": month, "previous": add_months(month, -money.MONTHS), "next": add_months(month, money.MONTHS)}
    return _person_page(request, person, "money", parts=parts, **around)


@allow(*REGISTRY_ROLES)
@shows("household")
def household_papers(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Cases, decisions, open requests, what lists declare, documents."""
    household = found_household(request, public_id)
    members = registry.members(household)
    may = diagnoses.may_read(request.scope)
    context = {
        "papers": diagnoses.papers_for(request.scope, registry.papers(household, members)),
        "requests": declared.open_requests(household, [m.person.pk for m in members], diagnoses=may),
        "declared": declared.declared(household),
        "cases": ["portal/cases/_of_household.html", "portal/_no_cases.html"],
    }
    return household_page(request, household, "papers", **context)


@allow(*REGISTRY_ROLES)
@shows("person")
def person_papers(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """A person's decisions, open requests and documents."""
    person = found_person(request, public_id)
    may = diagnoses.may_read(request.scope)
    asked = [r for r in declared.open_requests(person.household, [person.pk], diagnoses=may) if r.request.person_id == person.pk]
    said = [d for d in declared.declared(person.household) if d.row.person_id == person.pk]
    papers = diagnoses.papers_for(request.scope, registry.papers_of_person(person))
    return _person_page(request, person, "papers", papers=papers, requests=asked, declared=said)


@allow(*REGISTRY_ROLES)
@shows("household")
def household_history(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """What every change made of the household and its people, now and formerly, field by field."""
    household = found_household(request, public_id)
    people = [m.person for m in registry.members(household)] + [f.person for f in registry.former_members(household)]
    wanted = request.GET.get("who", "")
    chosen = {p.pk: p.full_name for p in people if not wanted or str(p.public_id) == wanted}
    own = [household.pk] if wanted in ("", "household") else []
    asked = history.Asked(own, {} if wanted == "household" else chosen, request.GET.get("fact", ""), diagnoses.hidden_facts(request.scope))
    context = {"people": people, "who": wanted, **_history(request, asked)}
    return household_page(request, household, "history", **context)


def _history(request: OfficerRequest, asked: history.Asked) -> dict[str, Any]:
    page = history.page(asked, request.GET.get("after", ""))
    return {"page": page, "fact": asked.fact, "facts": history_words.facts_to_choose(asked.hidden)}


@allow(*REGISTRY_ROLES)
@shows("person")
def person_history(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """What every change made of one person."""
    person = found_person(request, public_id)
    asked = history.Asked([], {person.pk: ""}, request.GET.get("fact", ""), diagnoses.hidden_facts(request.scope))
    return _person_page(request, person, "history", **_history(request, asked))


@allow(*REGISTRY_ROLES)
@shows("household")
def household_looks(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who opened this household's page in the last twelve months."""
    household = found_household(request, public_id)
    return household_page(request, household, "looks", looks=looks_of("household", household.public_id, request.scope))


@allow(*REGISTRY_ROLES)
@shows("person")
def person_looks(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who opened this person's page in the last twelve months."""
    person = found_person(request, public_id)
    return _person_page(request, person, "looks", looks=looks_of("person", person.public_id, request.scope))
