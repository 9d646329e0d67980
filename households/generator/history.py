"""Dated facts of households and closed spells: poverty classes that changed, moves, marriages, degrees, stages of school."""

from dataclasses import dataclass, fields

import numpy as np

from households.generator.arrays import NO_DAY, NONE, Bools, Ints, Rng, chance, choose, days_between, new_years, years_of
from households.generator.circumstances import DEGREES, MILD, PRIMARY, STUDIES, TYPES, Facts, past_days
from households.generator.families import CHILDREN, NEAR_POOR, NOT_POOR, POOR, SPOUSE, Homes, People
from households.generator.namebook import Words

POVERTY = ("poor", "near_poor", "none")
DIFFICULTY = ("difficult", "extremely_difficult")
# The poverty standard of 2022-2025 began on this day (Decree 07/2021), and its scores B1 and B2 with it.
_STANDARD_SINCE = 2022


@dataclass
class HomeFacts:
    """Open spells of a household, with the scores of its last survey (-1: never scored)."""

    poverty_since: Ints
    b1: Ints
    b2: Ints
    residence_since: Ints


@dataclass(frozen=True)
class Spells:
    """Closed spells of one fact: [since, until) of a subject, `home` is the position of its household now; `value` is JSON text."""

    subject: str
    fact: str
    ids: Ints
    home: Ints
    value: Words
    since: Ints
    until: Ints

    def valid(self) -> "Spells":
        """Without the empty periods that a draw may give."""
        kept = (self.since < self.until) & (self.until != NO_DAY)
        arrays = {item.name: getattr(self, item.name)[kept] for item in fields(self) if item.name not in ("subject", "fact")}
        return Spells(self.subject, self.fact, **arrays)


def date_household_facts(rng: Rng, homes: Homes, as_of: int) -> tuple[HomeFacts, list[Spells]]:
    """Draw since when the class and the residence have held, and what was before."""
    count = len(homes.id)
    year = int(years_of(np.array([as_of]))[0])
    changed = chance(rng, 0.38, count)
    classed = homes.poverty != NOT_POOR
    review = new_years(year - choose(rng, (0.2, 0.25, 0.25, 0.3), count))
    recent = days_between(rng, np.full(count, as_of - 90), as_of - 1)
    since = np.where(changed, np.where(chance(rng, 0.03, count), recent, review), new_years(np.full(count, _STANDARD_SINCE)))
    b1, b2 = _scores(rng, homes.poverty)
    moved = chance(rng, 0.025, count)
    residence = np.where(moved, past_days(rng, np.zeros(count, np.int64), as_of, recent_share=0.08), NO_DAY)
    facts = HomeFacts(
        np.where(classed | changed, since, NO_DAY), np.where(classed | changed, b1, NONE), np.where(classed | changed, b2, NONE), residence
    )
    return facts, [_earlier_classes(rng, homes, facts, changed), _earlier_homes(rng, homes, facts, moved)]


def _scores(rng: Rng, poverty: Ints) -> tuple[Ints, Ints]:
    """B1 at or below 140 for the poor and near-poor; B2 of 30 and more makes the difference between them."""
    count = len(poverty)
    b1 = np.where(poverty == NOT_POOR, rng.integers(29, 41, count) * 5, rng.integers(12, 29, count) * 5)
    b2 = np.where(poverty == POOR, rng.integers(3, 9, count), rng.integers(0, 3, count)) * 10
    return b1, b2


def _earlier_classes(rng: Rng, homes: Homes, facts: HomeFacts, changed: Bools) -> Spells:
    at = np.flatnonzero(changed)
    now = homes.poverty[at]
    earlier = np.where(
        now == POOR, choose(rng, (0.0, 0.5, 0.5), len(at)), np.where(now == NEAR_POOR, POOR, choose(rng, (0.4, 0.6), len(at)))
    )
    b1, b2 = _scores(rng, earlier)
    until = facts.poverty_since[at]
    since = np.where(chance(rng, 0.2, len(at)), NO_DAY, new_years(years_of(until) - 1 - choose(rng, (0.5, 0.3, 0.2), len(at))))
    texts = [
        f'{{"class": "{POVERTY[code]}", "b1": {first}, "b2": {second}}}'
        for code, first, second in zip(earlier.tolist(), b1.tolist(), b2.tolist(), strict=True)
    ]
    return Spells("h", "poverty", homes.id[at], at, np.array(texts, dtype=object), since, until).valid()


def _earlier_homes(rng: Rng, homes: Homes, facts: HomeFacts, moved: Bools) -> Spells:
    """Moved here from the place of another household of the neighbourhood."""
    at = np.flatnonzero(moved)
    origin = rng.integers(0, len(homes.id), len(at))
    columns = (homes.commune_id[origin], homes.village_id[origin], homes.difficulty[origin], homes.rural[origin])
    texts = [
        f'{{"commune_id": {commune}, "village_id": {village or "null"}, "difficulty": {_json(DIFFICULTY, code)},'
        f' "kind": "{"rural" if rural else "urban"}"}}'
        for commune, village, code, rural in zip(*(column.tolist() for column in columns), strict=True)
    ]
    since = np.full(len(at), NO_DAY)
    return Spells("h", "residence", homes.id[at], at, np.array(texts, dtype=object), since, facts.residence_since[at]).valid()


def _json(labels: tuple[str, ...], code: int) -> str:
    return "null" if code < 0 else f'"{labels[code]}"'


def date_memberships(rng: Rng, homes: Homes, people: People, as_of: int) -> tuple[Ints, Spells]:
    """Since when each person belongs to the household: children from birth, newcomers from a day, the rest for ever."""
    count = len(people)
    child = (people.slot >= CHILDREN.start) & (people.slot < CHILDREN.stop)
    newcomer = (people.slot == SPOUSE) & (people.age < 50) & chance(rng, 0.05, count)
    day = past_days(rng, people.born + 18 * 365, as_of)
    since = np.where(newcomer, day, np.where(child, people.born, NO_DAY))
    at = np.flatnonzero(newcomer)
    origin = homes.id[rng.integers(0, len(homes.id), len(at))]
    at, origin = at[origin != homes.id[people.home[at]]], origin[origin != homes.id[people.home[at]]]
    texts = [f'{{"household_id": {household}, "relation": "child"}}' for household in origin.tolist()]
    spells = Spells("p", "membership", people.id[at], people.home[at], np.array(texts, dtype=object), people.born[at], since[at])
    return since, spells.valid()


def earlier_person_facts(rng: Rng, people: People, facts: Facts, as_of: int) -> list[Spells]:
    """Degrees that were lighter before, and the stage of school before the present one."""
    return [_earlier_degrees(rng, people, facts), _earlier_stages(rng, people, facts, as_of)]


def _earlier_degrees(rng: Rng, people: People, facts: Facts) -> Spells:
    at = np.flatnonzero((facts.degree.value > MILD) & chance(rng, 0.06, len(people)))
    until = facts.degree.since[at]
    since = days_between(rng, np.maximum(people.born[at] + 365, until - 2000), until - 30)
    certified = since.astype("datetime64[D]").astype(str)
    texts = [
        f'{{"degree": "{DEGREES[degree - 1]}", "type": "{TYPES[kind]}", "certified": "{day}"}}'
        for degree, kind, day in zip(
            facts.degree.value[at].tolist(), facts.kind_of_disability[at].tolist(), certified.tolist(), strict=True
        )
    ]
    return Spells("p", "disability", people.id[at], people.home[at], np.array(texts, dtype=object), since, until).valid()


def _earlier_stages(rng: Rng, people: People, facts: Facts, as_of: int) -> Spells:
    stage, since = facts.studying.value, facts.studying.since
    at = np.flatnonzero((stage >= PRIMARY) & (since > as_of - 500) & chance(rng, 0.5, len(people)))
    earlier = np.minimum(stage[at] - 1, 4)
    begun = np.maximum(since[at] - np.array([2, 3, 5, 4, 3])[earlier] * 365, people.born[at] + 200)
    texts = [f'"{STUDIES[code]}"' for code in earlier.tolist()]
    return Spells("p", "studying", people.id[at], people.home[at], np.array(texts, dtype=object), begun, since[at]).valid()
