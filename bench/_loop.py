"""The usual way, as a yardstick: an ORM loop in batches over 20,000 households, with bulk_create; extrapolated, and said so.

It decides by six hand-written rules where the law has dozens, keeps no spans, compares with no earlier month and knows no dated facts: the
comparison flatters it.
"""

from __future__ import annotations

import datetime
import time
from itertools import islice

from django.db import transaction

from beneficiaries.models import Decision, Entitlement, Package
from households.models import Household, Person
from posasoft.core.months import age_on, last_day
from posasoft.core.scope import COUNTRY, acting

HOUSEHOLDS = 20_000
BATCH = 2_000
STANDARD = 540_000


def seconds_per_household(month: datetime.date) -> float:
    """Seconds per household of the loop; what it wrote is rolled back."""
    began = time.monotonic()
    with acting(COUNTRY):
        # The middle of the registry: its first communes are cities, where nearly nobody is poor.
        start = Household.objects.order_by("id").values_list("id", flat=True)[max(0, Household.objects.count() // 2 - HOUSEHOLDS)]
        waiting = Household.objects.filter(id__gt=start).order_by("id").prefetch_related("members", "decisions")[:HOUSEHOLDS]
        source = waiting.iterator(chunk_size=BATCH)
        number = 0
        while batch := list(islice(source, BATCH)):
            number += len(batch)
            _write(batch, month)
        transaction.set_rollback(True)
    return (time.monotonic() - began) / number


def _write(batch: list[Household], month: datetime.date) -> None:
    lines: list[Entitlement] = []
    packages: list[Package] = []
    for household in batch:
        own = _lines(household, month)
        lines += own
        if own:
            packages.append(_package(household, own, month))
    Entitlement.objects.bulk_create(lines, batch_size=BATCH)
    Package.objects.bulk_create(packages, batch_size=BATCH)


def _lines(household: Household, month: datetime.date) -> list[Entitlement]:
    day = last_day(month)
    decided = {
        decision.person_id: decision
        for decision in household.decisions.all()
        if decision.from_month <= month and (decision.until_month is None or decision.until_month > month)
    }
    found = []
    for person in household.members.all():
        decision, coefficient = decided.get(person.pk), _coefficient(person, household, day)
        if decision is not None and coefficient is not None and (person.died_on is None or person.died_on > day):
            found.append(_entitlement(person, household, decision, coefficient, month))
    return found


def _coefficient(person: Person, household: Household, day: datetime.date) -> float | None:
    age = age_on(person.born, day) if person.born else 0
    by_rule = (
        1.5 if person.no_parental_care and age < 16 else None,
        {"severe": 1.5, "extremely_severe": 2.0}.get(person.disability_degree or ""),
        1.5 if person.hiv and household.poverty == "poor" else None,
        1.0 if age >= 75 and not person.pension else None,
        1.0 if age >= 70 and household.poverty in {"poor", "near_poor"} and not person.pension else None,
        1.5 if age < 3 and household.difficulty == "extremely_difficult" else None,
    )
    return max((value for value in by_rule if value is not None), default=None)


def _entitlement(person: Person, household: Household, decision: Decision, coefficient: float, month: datetime.date) -> Entitlement:
    return Entitlement(
        person=person, household=household, benefit=decision.benefit, coefficient=coefficient, amount=int(STANDARD * coefficient),
        from_month=month, law_version="loop", decision_id=decision.pk, facts={"age": 0}, run_id=0, province_no=household.province_no,
        area_pos=household.area_pos, superseded_by_run=0,
    )  # fmt: skip


def _package(household: Household, lines: list[Entitlement], month: datetime.date) -> Package:
    head = min(household.members.all(), key=lambda person: (person.relation != "head", person.pk))
    return Package(
        household=household, payee=head, amount=sum(line.amount for line in lines), lines=len(lines), from_month=month, run_id=0,
        province_no=household.province_no, area_pos=household.area_pos, superseded_by_run=0,
    )  # fmt: skip
