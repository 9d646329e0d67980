"""Decisions of invented recipients, as a commune would have signed them, with planted gaps.

The codes are those of the law in force on the generator's day (Decree 335/2026 and the social pension); the conditions here are a
rough reading that decides who gets a paper. What is paid is decided by the law itself.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from households.generator.arrays import NO_DAY, Bools, Ints, birthdays, chance, day_number, first_of_months, next_months
from households.generator.chunks import Chunk
from households.generator.circumstances import EXTREME, SEVERE, UPPER_SECONDARY
from households.generator.families import NOT_POOR, POOR
from households.generator.planted import Truth
from households.generator.rows import copy_columns, days, numbers

TABLE = "beneficiaries_decision"
_ENROLLED_SHARE = 0.96
_WRONGLY_ENROLLED_SHARE = 0.003
_FIRST_DAY = day_number(dt.date(2015, 1, 1))
# Decree 176/2025 replaced 5.5b and 5.5c; Decree 147/2025 made the month of signature the first month for disability as well.
_TWO_LEVELS = day_number(dt.date(2025, 7, 1))
# Under Decree 20/2021 point d of Article 5.5 was what Decree 335/2026 calls point b.
_POINT_B_WAS_D_UNTIL = day_number(dt.date(2026, 10, 1))


@dataclass(frozen=True)
class Ground:
    """Who meets a benefit's conditions, with which coefficient, and since when."""

    benefit: str
    meets: Bools
    coefficient: Ints
    since: Ints


@dataclass
class Papers:
    """Decisions as arrays, one element each; `until` is exclusive."""

    person: Ints
    benefit: list[str]
    signed: Ints
    first: Ints
    until: Ints


def write_decisions(connection: psycopg.Connection[Any], chunk: Chunk) -> int:
    """COPY the decisions of a chunk; gaps go to the chunk's truths. Returns the number of rows."""
    papers = [*_main_benefits(chunk), *(paper for ground in _beside(chunk) for paper in [_enrol(chunk, ground)]), _former_elders(chunk)]
    papers.append(_wrongly_enrolled(chunk))
    return sum(copy_columns(connection, TABLE, _rows(chunk, paper)) for paper in papers)


def _grounds(chunk: Chunk) -> list[Ground]:
    """Benefits of which a person gets the highest only (Article 6.2), by coefficient × 10 of Article 6."""
    people, facts = chunk.people, chunk.facts
    age, born = people.age, people.born
    poverty = chunk.homes.poverty[people.home]
    classed = chunk.home_facts.poverty_since[people.home]
    poor, poor_or_near = poverty == POOR, poverty != NOT_POOR
    hard = chunk.homes.difficulty[people.home] == 1
    orphan, hiv, degree = facts.no_parental_care.value >= 0, facts.hiv.value == 1, facts.degree.value
    severe = degree >= SEVERE
    alone = poor & (age >= 60) & (facts.no_supporter.value == 1)
    in_facility_case = alone & (facts.facility.value == 1)
    studies = (facts.was_in_5_1.value == 1) & (age >= 16) & (facts.studying.value >= UPPER_SECONDARY)
    small = (age < 3) & poor_or_near & hard & ~orphan & ~hiv & ~severe
    without_income = (facts.other_income.value == 0) & (facts.pension.value == 0)
    pensioner = (facts.pension.value == 0) & ((age >= 75) | ((age >= 70) & poor_or_near))
    since_75, since_70 = birthdays(born, 75), np.maximum(birthdays(born, 70), classed)
    weak = (age < 16) | (age >= 60)
    return [
        Ground("TCXH-5.1", orphan & (age < 16), np.where(age < 4, 25, 15), facts.no_parental_care.since),
        Ground("TCXH-5.2", studies, np.full_like(age, 15), birthdays(born, 16)),
        Ground("TCXH-5.3", hiv & poor & (age < 16), np.where(age < 4, 25, 20), np.maximum(facts.hiv.since, classed)),
        Ground("TCXH-5.5b", in_facility_case, np.full_like(age, 30), np.maximum(facts.facility.since, classed)),
        Ground("TCXH-5.5a", alone, np.where(age >= 75, 20, 15), np.maximum(facts.no_supporter.since, classed)),
        Ground("TCXH-5.6", severe, np.where(degree == EXTREME, 20, 15) + 5 * weak, facts.degree.since),
        Ground("TCXH-5.7", small, np.full_like(age, 15), np.maximum(born, classed)),
        Ground("TCXH-5.8", hiv & poor & (age >= 16) & without_income, np.full_like(age, 15), np.maximum(facts.hiv.since, classed)),
        Ground("PENSION-SOCIAL", pensioner, np.full_like(age, 10), np.maximum(np.where(age >= 75, since_75, since_70), _TWO_LEVELS)),
    ]


def _main_benefits(chunk: Chunk) -> list[Papers]:
    grounds = _grounds(chunk)
    worth = np.stack([np.where(ground.meets, ground.coefficient, 0) for ground in grounds])
    best = worth.argmax(axis=0)
    due = worth.max(axis=0) > 0
    return [
        _enrol(chunk, Ground(ground.benefit, due & (best == position), ground.coefficient, ground.since))
        for position, ground in enumerate(grounds)
    ]


def _beside(chunk: Chunk) -> list[Ground]:
    """Single parents and care support, which stand beside the highest benefit."""
    people, facts, links = chunk.people, chunk.facts, chunk.links
    classed = chunk.home_facts.poverty_since[people.home]
    extreme, fostered = facts.degree.value == EXTREME, facts.fostered.value
    none = np.zeros(len(people), np.int64)
    raises, raises_since = _by_adult(len(people), links.adult[links.alone], links.since[links.alone])
    raises &= chunk.homes.poverty[people.home] != NOT_POOR
    small, small_since = _by_adult(len(people), links.adult[~links.alone], links.since[~links.alone])
    pregnant = (facts.pregnant.value == 1) & (facts.degree.value >= SEVERE)
    orphan = (facts.no_parental_care.value >= 0) & (people.age < 16) & (fostered >= 0)
    elder = (facts.facility.value == 1) & (fostered >= 0)
    care_since = facts.fostered.since
    parent_since = np.maximum(np.where(small, small_since, facts.pregnant.since), facts.degree.since)
    return [
        Ground("TCXH-5.4", raises, none, np.maximum(raises_since, classed)),
        Ground("CARE-child", orphan, none, care_since),
        Ground("CARE-elderly", elder & ~extreme, none, care_since),
        Ground("CARE-disabled-parent", small | pregnant, none, parent_since),
        Ground("CARE-household", extreme & (fostered == 0) & ~orphan, none, care_since),
        Ground("CARE-outside", extreme & (fostered == 1) & ~orphan, none, care_since),
    ]


def _by_adult(count: int, adults: Ints, since: Ints) -> tuple[Bools, Ints]:
    """Whether each person is among the adults, and the earliest day."""
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, adults, since)
    among = first != np.iinfo(np.int64).max
    return among, np.where(among, first, NO_DAY)


def _enrol(chunk: Chunk, ground: Ground) -> Papers:
    """Papers signed two weeks to two months after the conditions were met; the rest are gaps to be found."""
    died = chunk.facts.died
    at = np.flatnonzero(ground.meets)
    start = np.maximum(ground.since[at], _FIRST_DAY)
    signed = start + 15 + (chunk.rng.random(len(at)) * 45).astype(np.int64)
    waiting = (signed >= chunk.as_of) & (died[at] == NO_DAY)
    missed = ~chance(chunk.rng, _ENROLLED_SHARE, len(at)) & (died[at] == NO_DAY) & ~waiting
    for gap, chosen in (("waiting", waiting), ("missed", missed)):
        chunk.truths += [_truth(chunk, "eligible_not_enrolled", int(person), f"{ground.benefit} {gap}") for person in at[chosen]]
    kept = ~waiting & ~missed & ((died[at] == NO_DAY) | (signed < died[at]))
    at, start, signed = at[kept], start[kept], signed[kept]
    by_certificate = ground.benefit == "TCXH-5.6"
    first = first_of_months(np.where((signed < _TWO_LEVELS) & by_certificate, start, signed))
    until = np.where(died[at] == NO_DAY, NO_DAY, np.maximum(next_months(died[at]), first))
    former = {"TCXH-5.5b": "TCXH-5.5d"}.get(ground.benefit, ground.benefit)
    benefits = np.where(first < _POINT_B_WAS_D_UNTIL, former, ground.benefit).tolist()
    return Papers(at, benefits, signed, first, until)


def _former_elders(chunk: Chunk) -> Papers:
    """Those of 80 and over who received under 5.5c of Decree 20/2021 until the social pension took its place."""
    people, facts = chunk.people, chunk.facts
    since = np.maximum(birthdays(people.born, 80), day_number(dt.date(2021, 7, 1)))
    was_due = (since < _TWO_LEVELS - 60) & (facts.pension.value == 0) & (facts.degree.value < SEVERE) & (facts.died == NO_DAY)
    at = np.flatnonzero(was_due & chance(chunk.rng, 0.9, len(people)))
    signed = since[at] + 20
    return Papers(at, ["TCXH-5.5c"] * len(at), signed, first_of_months(since[at]), np.full(len(at), _TWO_LEVELS))


def _wrongly_enrolled(chunk: Chunk) -> Papers:
    """Families that escaped poverty whose elder's decision nobody stopped."""
    people, facts = chunk.people, chunk.facts
    not_poor = chunk.homes.poverty[people.home] == NOT_POOR
    plain = (facts.degree.value < SEVERE) & (facts.died == NO_DAY) & (people.age >= 60) & (people.age < 70)
    at = np.flatnonzero(not_poor & plain & chance(chunk.rng, _WRONGLY_ENROLLED_SHARE, len(people)))
    signed = np.full(len(at), day_number(dt.date(2022, 3, 15)))
    chunk.truths += [_truth(chunk, "enrolled_not_eligible", int(person), "TCXH-5.5a") for person in at]
    return Papers(at, ["TCXH-5.5a"] * len(at), signed, first_of_months(signed), np.full(len(at), NO_DAY))


def _truth(chunk: Chunk, kind: str, person: int, detail: str) -> Truth:
    return Truth(kind, int(chunk.people.id[person]), int(chunk.homes.id[chunk.people.home[person]]), None, detail)


def _rows(chunk: Chunk, papers: Papers) -> dict[str, list[str]]:
    homes, people, count = chunk.homes, chunk.people, len(papers.person)
    home = people.home[papers.person]
    return {
        "person_id": numbers(people.id[papers.person]),
        "household_id": numbers(homes.id[home]),
        "benefit": papers.benefit,
        "signed_on": days(papers.signed),
        "from_month": days(papers.first),
        "until_month": days(papers.until),
        "number": [f"{number % 9973 + 1}/QĐ-UBND" for number in people.id[papers.person].tolist()],
        "source": ["generated"] * count,
        "province_no": numbers(homes.province_no[home]),
        "area_pos": numbers(homes.area_pos[home]),
        "change_id": numbers(homes.change_id[home]),
    }
