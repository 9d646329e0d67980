"""Who lives together: members, ages, sexes, names, dates of birth with their precision."""

from dataclasses import dataclass, field

import numpy as np

from households.generator.arrays import (
    DAYS_A_YEAR,
    NONE,
    Bools,
    Floats,
    Ints,
    Rng,
    chance,
    choose,
    completed_years,
    first_of_months,
    new_years,
    years_of,
)
from households.generator.namebook import Words, draw_names
from households.generator.profiles import poverty_shares, profiles

# Places of members in a household: a person's id is the household's id × 16 + the place.
HEAD, SPOUSE, CHILDREN, PARENTS, OTHERS, SLOTS = 0, 1, slice(2, 8), slice(8, 10), slice(10, 12), 12
IDS_PER_HOUSEHOLD = 16
# The place of a planted duplicate: the same person written down again in another family.
TWIN = 12
RELATION_OF_SLOT = np.array([0, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4, 4])
POOR, NEAR_POOR, NOT_POOR = 0, 1, 2
COUPLE, THREE_GENERATIONS, ELDER, ELDERS, SINGLE_PARENT, GRANDPARENTS, ADULTS = range(7)
_KIND_WEIGHTS = (0.43, 0.19, 0.11, 0.09, 0.07, 0.03, 0.08)


@dataclass
class Homes:
    """One element per household; `profile` is the old province code, `difficulty` -1 none, 0 difficult, 1 extremely difficult."""

    id: Ints
    change_id: Ints
    province_no: Ints
    area_pos: Ints
    commune_id: Ints
    village_id: Ints
    difficulty: Ints
    rural: Bools
    profile: Words
    code: Words
    ethnicity: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    poverty: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    kind: Ints = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass
class People:
    """One element per person; `home` is the position of the household, `seat` finds a person by home and place (-1: nobody)."""

    home: Ints
    slot: Ints
    id: Ints
    female: Bools
    born: Ints
    age: Ints
    precision: Ints
    ethnicity: Ints
    name: Words
    seat: Ints

    def __len__(self) -> int:
        return len(self.id)


def settle(rng: Rng, homes: Homes) -> None:
    """Draw each household's people, poverty class and kind, by its province."""
    count = len(homes.id)
    homes.ethnicity, homes.poverty = np.ones(count, np.int64), np.full(count, NOT_POOR, np.int64)
    homes.kind = choose(rng, _KIND_WEIGHTS, count)
    for code in np.unique(homes.profile.astype(str)):
        profile = profiles()[code]
        chosen = np.flatnonzero(homes.profile == code)
        peoples = np.array([int(people) for people, _ in profile.peoples])
        homes.ethnicity[chosen] = peoples[choose(rng, tuple(share for _, share in profile.peoples), len(chosen))]
        for minority in (False, True):
            group = chosen[(homes.ethnicity[chosen] != 1) == minority]
            poor, near_poor = poverty_shares(profile, minority=minority)
            homes.poverty[group] = choose(rng, (poor, near_poor, 1 - poor - near_poor), len(group))


def compose(rng: Rng, homes: Homes, as_of: int) -> People:
    """Draw the members of every household as of a day."""
    ages = _ages(rng, homes)
    present = ~np.isnan(ages)
    female = _sexes(rng, homes, len(homes.id))
    home, slot = np.nonzero(present)
    seat = np.full(present.shape, NONE, np.int64)
    seat[home, slot] = np.arange(len(home))
    born, precision = _births(rng, ages[home, slot], as_of)
    ethnicity = homes.ethnicity[home].copy()
    marries_in = (slot == SPOUSE) & chance(rng, 0.08, len(home))
    ethnicity[marries_in] = np.where(chance(rng, 0.5, int(marries_in.sum())), 1, ethnicity[marries_in])
    return People(
        home=home,
        slot=slot,
        id=homes.id[home] * IDS_PER_HOUSEHOLD + slot,
        female=female[home, slot],
        born=born,
        age=completed_years(born, as_of),
        precision=precision,
        ethnicity=ethnicity,
        name=_names(rng, homes, home, slot, female, present, ethnicity),
        seat=seat,
    )


def _ages(rng: Rng, homes: Homes) -> Floats:
    """Ages in years by household and place; NaN where nobody is."""
    count, kind = len(homes.id), homes.kind
    ages = np.full((count, SLOTS), np.nan)
    ages[:, HEAD] = _head_ages(rng, kind)
    has_spouse = np.isin(kind, (COUPLE, THREE_GENERATIONS, ELDERS)) | ((kind == ADULTS) & chance(rng, 0.55, count))
    has_spouse |= (kind == GRANDPARENTS) & chance(rng, 0.5, count)
    ages[:, SPOUSE] = np.where(has_spouse, np.maximum(ages[:, HEAD] + rng.normal(-1.5, 4, count), 18), np.nan)
    _add_children(rng, homes, ages)
    old = ages[:, HEAD, None] + rng.normal(26, 4, (count, 2)).clip(18, 40)
    lives = (kind == THREE_GENERATIONS)[:, None] & (rng.random((count, 2)) < (0.55, 0.8)) & (old < 104)
    ages[:, PARENTS] = np.where(lives, old, np.nan)
    grandchildren = (kind == GRANDPARENTS)[:, None]
    first_lives, second_lives = (
        np.select([kind == GRANDPARENTS, kind == ADULTS], [1.0, 0.35], 0.05),
        np.where(kind == GRANDPARENTS, 0.5, 0.02),
    )
    others = np.where(grandchildren, rng.uniform(0.5, 17, (count, 2)), rng.uniform(5, 70, (count, 2)))
    ages[:, OTHERS] = np.where(rng.random((count, 2)) < np.column_stack((first_lives, second_lives)), others, np.nan)
    return ages


def _head_ages(rng: Rng, kind: Ints) -> Floats:
    count = len(kind)
    mean = np.array([41.0, 44, 0, 0, 38, 66, 46])[kind]
    spread = np.array([8.0, 8, 0, 0, 8, 7, 12])[kind]
    low = np.array([20.0, 25, 60, 60, 18, 52, 19])[kind]
    high = np.array([62.0, 62, 103, 100, 58, 90, 72])[kind]
    elder = np.isin(kind, (ELDER, ELDERS))
    drawn = np.where(elder, low + rng.gamma(2.2, np.where(kind == ELDER, 7.5, 6.0), count), rng.normal(mean, spread))
    result: Floats = drawn.clip(low, high)
    return result


def _add_children(rng: Rng, homes: Homes, ages: Floats) -> None:
    """Children of the head: at least one where the kind has children; grown ones have mostly left."""
    count, kind = len(homes.id), homes.kind
    mean = np.array([profiles()[code].region.children for code in homes.profile.tolist()])
    extra = rng.poisson(np.where(np.isin(kind, (COUPLE, SINGLE_PARENT)), mean, mean * 0.5))
    born = np.where(np.isin(kind, (COUPLE, THREE_GENERATIONS, SINGLE_PARENT)), 1 + extra, 0)
    born += (kind == ELDERS) & chance(rng, 0.25, count)
    reach = (ages[:, HEAD] - 18.5).clip(0.4, None)
    drawn = -np.sort(-rng.random((count, 6)) * np.minimum(reach, 32)[:, None], axis=1)
    lives = (np.arange(6)[None, :] < born[:, None]) & ((drawn < 23) | (rng.random((count, 6)) < 0.4))
    ages[:, CHILDREN] = np.where(lives, drawn, np.nan)


def _sexes(rng: Rng, homes: Homes, count: int) -> Bools:
    female = rng.random((count, SLOTS)) < 0.49
    woman_heads = np.array([0.15, 0.18, 0.72, 0.15, 0.85, 0.55, 0.45])[homes.kind]
    female[:, HEAD] = rng.random(count) < woman_heads
    female[:, SPOUSE] = ~female[:, HEAD]
    female[:, PARENTS] = (False, True)
    return female


def _births(rng: Rng, ages: Floats, as_of: int) -> tuple[Ints, Ints]:
    """Dates of birth and their precision (0 day, 1 month, 2 year): the old often know the year only, stored as 1 January."""
    born = as_of - np.maximum((ages * DAYS_A_YEAR).astype(np.int64), 1)
    year = years_of(born)
    draw = rng.random(len(born))
    year_only = np.select([year < 1945, year < 1960, year < 1985, year < 2005], [0.55, 0.32, 0.12, 0.03], 0.004)
    month_only = np.where(year < 1985, 0.04, 0.004)
    precision = np.where(draw < year_only, 2, np.where(draw < year_only + month_only, 1, 0)).astype(np.int64)
    return np.select([precision == 2, precision == 1], [new_years(year), first_of_months(born)], born), precision


def _names(rng: Rng, homes: Homes, home: Ints, slot: Ints, female: Bools, present: Bools, ethnicity: Ints) -> Words:
    """Family names run in the father's line: the head's, the spouse's where the head is the mother, an absent father's."""
    count = len(homes.id)
    lines = rng.random((count, 3))
    fathers = np.where(~female[:, HEAD], 0, np.where(present[:, SPOUSE], 1, 2))
    family = rng.random(len(home))
    of_head, of_spouse = (slot == HEAD) | (slot == PARENTS.start), slot == SPOUSE
    of_father = (slot >= CHILDREN.start) & (slot < CHILDREN.stop)
    of_absent = (slot >= OTHERS.start) & (homes.kind[home] == GRANDPARENTS)
    for chosen, line in (
        (of_head, np.zeros_like(home)),
        (of_spouse, np.ones_like(home)),
        (of_father, fathers[home]),
        (of_absent, np.full_like(home, 2)),
    ):
        family[chosen] = lines[home[chosen], line[chosen]]
    return draw_names(ethnicity, female[home, slot], family, rng.random(len(home)), rng.random(len(home)))
