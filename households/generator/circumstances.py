"""What is true of each person: the facts that the law reads, with the day since when each has held.

Shares follow the published numbers of recipients (about half elderly, two fifths disabled, the rest single parents, small children,
orphans, HIV); what is not known is drawn plausibly. `since` is null (NO_DAY) where a fact was never stated or has held for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from households.generator.arrays import NO_DAY, NONE, Bools, Ints, Rng, birthdays, chance, choose, days_between, new_years, years_of
from households.generator.families import (
    CHILDREN,
    GRANDPARENTS,
    HEAD,
    NOT_POOR,
    OTHERS,
    POOR,
    SINGLE_PARENT,
    SPOUSE,
    Homes,
    People,
)

DEGREES = ("mild", "severe", "extremely_severe")
TYPES = ("mobility", "hearing_speech", "sight", "mental", "intellectual", "other")
SITUATIONS = ("a", "b", "c", "d", "dd", "e", "g", "h", "i", "k", "l")
STUDIES = ("nursery", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "college", "university")
FOSTERED = ("own", "outside")
MILD, SEVERE, EXTREME = 0, 1, 2
PRIMARY, UPPER_SECONDARY = 2, 4
_FIRST_DAY = 16436  # 2015-01-01: older papers are not in the registry
_RECENT_DAYS = 90


@dataclass
class Fact:
    """Values with the day since when each holds."""

    value: Ints
    since: Ints


@dataclass
class Facts:
    """One element per person in every array; booleans are 0 and 1, codes are positions in the tuples above, -1 is null."""

    degree: Fact
    kind_of_disability: Ints
    certified: Ints
    no_parental_care: Fact
    was_in_5_1: Fact
    studying: Fact
    hiv: Fact
    no_supporter: Fact
    facility: Fact
    pension: Fact
    other_income: Fact
    pregnant: Fact
    fostered: Fact
    boards: Fact
    died: Ints


def draw_facts(rng: Rng, homes: Homes, people: People, as_of: int) -> Facts:
    """Draw every fact of every person as of a day."""
    poverty = homes.poverty[people.home]
    age, old = people.age, people.age >= 60
    degree, kind, certified = _disability(rng, people, as_of)
    orphan = _orphans(rng, homes, people, as_of)
    studying = _studies(rng, people, as_of)
    supporter = _dated(rng, people, as_of, old & chance(rng, np.where(poverty == POOR, 0.14, 0.02), len(people)))
    facility = _dated(rng, people, as_of, (supporter.value == 1) & chance(rng, 0.05, len(people)))
    pension = _pensions(rng, people, poverty, as_of)
    adult = (age >= 20) & (age < 60) & (degree.value < EXTREME)
    hard = (homes.difficulty == 1)[people.home]
    pupil = (studying.value >= PRIMARY) & (studying.value <= UPPER_SECONDARY) & hard
    boards = pupil & chance(rng, np.where(age >= 11, 0.3, 0.08), len(people))
    return Facts(
        degree=degree,
        kind_of_disability=kind,
        certified=certified,
        no_parental_care=orphan,
        was_in_5_1=_grown_orphans(rng, people, studying),
        studying=studying,
        hiv=_dated(rng, people, as_of, chance(rng, np.where((age >= 18) & (poverty == POOR), 0.001, 0.0002), len(people))),
        no_supporter=supporter,
        facility=facility,
        pension=pension,
        other_income=_dated(rng, people, as_of, adult & chance(rng, np.where(poverty == POOR, 0.06, 0.3), len(people))),
        pregnant=_pregnancies(rng, people, as_of),
        fostered=_fostered(rng, people, degree, orphan, facility, as_of),
        boards=Fact(boards.astype(np.int64), np.where(boards, studying.since, NO_DAY)),
        died=_deaths(rng, people, as_of),
    )


def past_days(rng: Rng, earliest: Ints, as_of: int, recent_share: float = 0.012) -> Ints:
    """Days since `earliest`, most of them long past, a few in the last three months."""
    start = np.minimum(np.maximum(earliest, _FIRST_DAY), as_of - 1)
    long_past = days_between(rng, start, np.maximum(start, as_of - _RECENT_DAYS))
    recent = days_between(rng, np.maximum(start, as_of - _RECENT_DAYS), as_of - 1)
    return np.where(chance(rng, recent_share, len(earliest)), recent, long_past)


def _dated(rng: Rng, people: People, as_of: int, holds: Bools) -> Fact:
    """A yes/no fact that began some day after birth (for the old: after 60)."""
    earliest = np.where(people.age >= 60, birthdays(people.born, 60), people.born + 1)
    return Fact(holds.astype(np.int64), np.where(holds, past_days(rng, earliest, as_of), NO_DAY))


def _disability(rng: Rng, people: People, as_of: int) -> tuple[Fact, Ints, Ints]:
    """About 7 % of persons; the severe degrees dominate because families of recipients are registered first."""
    count = len(people)
    share = np.select([people.age < 2, people.age < 16, people.age < 60, people.age < 75], [0.0, 0.035, 0.064, 0.12], 0.15)
    disabled = chance(rng, share, count)
    degree = np.where(disabled, choose(rng, (0.2, 0.62, 0.18), count), NONE)
    kind = np.where(disabled, choose(rng, (0.42, 0.12, 0.1, 0.2, 0.12, 0.04), count), NONE)
    day = past_days(rng, people.born + 365, as_of, recent_share=0.02)
    certified = np.where(disabled & chance(rng, 0.94, count), day, NO_DAY)
    return Fact(degree, np.where(disabled, day, NO_DAY)), kind, certified


def _orphans(rng: Rng, homes: Homes, people: People, as_of: int) -> Fact:
    """Children of Article 5.1: mostly grandchildren who live with their grandparents."""
    with_grandparents = (homes.kind[people.home] == GRANDPARENTS) & (people.slot >= OTHERS.start)
    other_child = people.slot >= OTHERS.start
    lives_so = (people.age < 16) & chance(rng, np.where(with_grandparents, 0.12, np.where(other_child, 0.08, 0.0)), len(people))
    situation = choose(rng, (0.14, 0.3, 0.12, 0.08, 0.08, 0.1, 0.04, 0.03, 0.04, 0.04, 0.03), len(people))
    return Fact(np.where(lives_so, situation, NONE), np.where(lives_so, past_days(rng, people.born + 1, as_of), NO_DAY))


def _grown_orphans(rng: Rng, people: People, studying: Fact) -> Fact:
    """Received under 5.1 until turning 16 and still in study."""
    holds = (people.age >= 16) & (people.age < 24) & (studying.value >= UPPER_SECONDARY) & chance(rng, 0.008, len(people))
    return Fact(holds.astype(np.int64), np.where(holds, birthdays(people.born, 16), NO_DAY))


def _studies(rng: Rng, people: People, as_of: int) -> Fact:
    """Stage by age at the start of the school year (5 September), entered in the year that the stage begins."""
    year = int(years_of(np.array([as_of]))[0])
    opening = int(new_years(np.array([year]))[0]) + 247
    if opening > as_of:
        year, opening = year - 1, opening - 365
    school_age = year - years_of(people.born)
    first = np.array([1, 3, 6, 11, 15, 18, 18, 18])
    share = np.select(
        [school_age < 1, school_age < 3, school_age < 6, school_age < 11, school_age < 15, school_age < 18, school_age < 23],
        [0.0, 0.12, 0.85, 0.975, 0.93, 0.72, 0.28],
        0.0,
    )
    stage = np.select([school_age < 3, school_age < 6, school_age < 11, school_age < 15, school_age < 18], [0, 1, 2, 3, 4], 5)
    stage = np.where(stage == 5, 5 + choose(rng, (0.45, 0.2, 0.35), len(people)), stage)
    studies = chance(rng, share, len(people))
    entered = new_years(year - (school_age - first[stage])) + 247
    return Fact(np.where(studies, stage, NONE), np.where(studies, np.maximum(entered, people.born + 200), NO_DAY))


def _pensions(rng: Rng, people: People, poverty: Ints, as_of: int) -> Fact:
    share = np.where(poverty == NOT_POOR, 0.13, 0.01)
    holds = (people.age >= 60) & chance(rng, share, len(people))
    amount = (rng.lognormal(14.9, 0.35, len(people)) // 1000 * 1000).astype(np.int64)
    return Fact(np.where(holds, amount, 0), np.where(holds, np.maximum(birthdays(people.born, 60), _FIRST_DAY), NO_DAY))


def _pregnancies(rng: Rng, people: People, as_of: int) -> Fact:
    able = people.female & (people.age >= 18) & (people.age < 42) & ((people.slot == SPOUSE) | (people.slot == HEAD))
    holds = able & chance(rng, 0.03, len(people))
    return Fact(holds.astype(np.int64), np.where(holds, as_of - 1 - (rng.random(len(people)) * 240).astype(np.int64), NO_DAY))


def _fostered(rng: Rng, people: People, degree: Fact, orphan: Fact, facility: Fact, as_of: int) -> Fact:
    """Who is cared for by the own family or by a receiving household, for care support (Article 20 of 20/2021, 17 of 335/2026)."""
    extreme, parentless, elder = degree.value == EXTREME, orphan.value >= 0, facility.value == 1
    cared = (
        (extreme & chance(rng, 0.88, len(people))) | (parentless & chance(rng, 0.6, len(people))) | (elder & chance(rng, 0.5, len(people)))
    )
    outside = chance(rng, np.where(elder, 0.9, np.where(parentless, 0.15, 0.02)), len(people))
    since = np.maximum.reduce([degree.since, orphan.since, facility.since])
    return Fact(np.where(cared, outside.astype(np.int64), NONE), np.where(cared, since, NO_DAY))


def _deaths(rng: Rng, people: People, as_of: int) -> Ints:
    """Deaths of the last two years that the registry knows; households keep the dead among their members."""
    dead = (people.slot != HEAD) & chance(rng, np.where(people.age >= 75, 0.06, np.where(people.age >= 60, 0.015, 0.0008)), len(people))
    return np.where(dead, days_between(rng, np.maximum(people.born, as_of - 730), as_of - 1), NO_DAY)


@dataclass(frozen=True)
class Links:
    """Who raises whom, as positions of persons; `alone` (Article 5.4) or a disabled person's child under 36 months (Article 20.2a)."""

    adult: Ints
    child: Ints
    alone: Bools
    since: Ints


def draw_links(rng: Rng, homes: Homes, people: People, facts: Facts, as_of: int) -> Links:
    """Single parents with their children, and disabled parents with their small ones."""
    single = (homes.kind == SINGLE_PARENT) & chance(rng, 0.6, len(homes.id))
    alone = _pairs(
        people, single, HEAD, lambda child: (people.age[child] < 16) | ((people.age[child] < 22) & (facts.studying.value[child] >= 0))
    )
    event = past_days(rng, np.full(len(homes.id), _FIRST_DAY), as_of)
    alone_since = np.maximum(event[people.home[alone[0]]], people.born[alone[1]])
    small: list[tuple[Ints, Ints]] = []
    for slot in (HEAD, SPOUSE):
        parent = people.seat[:, slot]
        disabled = (parent >= 0) & (facts.degree.value[parent] >= SEVERE)
        small.append(_pairs(people, disabled, slot, lambda child: people.age[child] < 3))
    adults = np.concatenate([alone[0], small[0][0], small[1][0]])
    children = np.concatenate([alone[1], small[0][1], small[1][1]])
    since = np.concatenate([alone_since, people.born[small[0][1]], people.born[small[1][1]]])
    return Links(adults, children, np.arange(len(adults)) < len(alone[0]), since)


def _pairs(people: People, home_chosen: Bools, slot: int, fits: Callable[[Ints], Bools]) -> tuple[Ints, Ints]:
    """(adult, child) for each child of the chosen households that fits."""
    seats = people.seat[:, CHILDREN]
    home, place = np.nonzero((seats >= 0) & home_chosen[:, None])
    child = seats[home, place]
    kept = fits(child)
    return people.seat[home[kept], slot], child[kept]
