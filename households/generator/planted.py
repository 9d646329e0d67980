"""Planted truth: people written down twice with errors, deaths and moves that nobody reported. Recorded for later measurement."""

import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from households.generator.arrays import NO_DAY, Ints, Rng, birthdays, chance, choose, completed_years, new_years, years_of
from households.generator.circumstances import Fact, Facts
from households.generator.families import IDS_PER_HOUSEHOLD, TWIN, Homes, People
from households.generator.identity import CCCD, Ids
from posasoft.core.names import nfc_name

ERRORS = ("exact", "spelling", "tone", "date", "id")
_TWIN_SHARE = 0.0025
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SPELLINGS = (("y", "i"), ("i", "y"), ("x", "s"), ("s", "x"), ("ch", "tr"), ("tr", "ch"), ("l", "n"), ("n", "l"), ("d", "gi"))


@dataclass(frozen=True)
class Truth:
    """One planted fact; `other_person_id` is the original of a duplicate."""

    kind: str
    person_id: int
    household_id: int
    other_person_id: int | None
    detail: str


@dataclass(frozen=True)
class Twins:
    """Positions of duplicates and of their originals, with the errors of each."""

    copy: Ints
    original: Ints
    first_error: Ints
    second_error: Ints


def add_twins(rng: Rng, homes: Homes, people: People, as_of: int) -> tuple[People, Twins]:
    """Write some people down again in another family, mostly of the same or the next village."""
    wanted = int(len(people) * _TWIN_SHARE)
    home = rng.permutation(len(homes.id))[:wanted]
    reach = np.where(chance(rng, 0.6, len(home)), 25, len(homes.id))
    source_home = (home + 1 + (rng.random(len(home)) * (reach - 1)).astype(np.int64)) % len(homes.id)
    original = people.seat[source_home, 0]
    kept = source_home != home
    home, original = home[kept], original[kept]
    first, second = choose(rng, (0.1, 0.25, 0.3, 0.25, 0.1), len(home)), choose(rng, (0.6, 0.1, 0.1, 0.1, 0.1), len(home))
    born, precision = _dates(rng, people.born[original], people.precision[original], (first == 3) | (second == 3))
    names = [
        _respell(rng, name, {ERRORS[one], ERRORS[other]})
        for name, one, other in zip(people.name[original].tolist(), first.tolist(), second.tolist(), strict=True)
    ]
    enlarged = replace(
        people,
        home=np.concatenate([people.home, home]),
        slot=np.concatenate([people.slot, np.full(len(home), TWIN)]),
        id=np.concatenate([people.id, homes.id[home] * IDS_PER_HOUSEHOLD + TWIN]),
        female=np.concatenate([people.female, people.female[original]]),
        born=np.concatenate([people.born, born]),
        age=np.concatenate([people.age, completed_years(born, as_of)]),
        precision=np.concatenate([people.precision, precision]),
        ethnicity=np.concatenate([people.ethnicity, people.ethnicity[original]]),
        name=np.concatenate([people.name, np.array(names, dtype=object)]),
    )
    return enlarged, Twins(len(people) + np.arange(len(home)), original, first, second)


def _dates(rng: Rng, born: Ints, precision: Ints, wrong: Ints) -> tuple[Ints, Ints]:
    """Wrong dates: one year off, the year only, or day and month exchanged where that is a date."""
    habit = choose(rng, (0.4, 0.3, 0.3), len(born))
    off = birthdays(born, 1)
    days = born.astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    of_month = born - days.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    year = days.astype("datetime64[Y]")
    swapped_month = (year.astype("datetime64[M]") + np.minimum(of_month, 11)).astype("datetime64[D]").astype(np.int64)
    swapped = np.where(of_month < 12, swapped_month + month, off)
    damaged = np.select([habit == 0, habit == 1], [off, new_years(years_of(born))], swapped)
    return np.where(wrong, damaged, born), np.where(wrong & (habit == 1), 2, precision)


def _respell(rng: Rng, name: str, errors: set[str]) -> str:
    if "tone" in errors:
        name = _change_tone(rng, name)
    if "spelling" in errors:
        name = _misspell(rng, name)
    return name


def _change_tone(rng: Rng, name: str) -> str:
    """Drop or exchange one tone mark; a name without any stays as it is."""
    letters = list(unicodedata.normalize("NFD", name))
    marked = [index for index, letter in enumerate(letters) if letter in _TONES]
    if marked:
        at = marked[int(rng.integers(len(marked)))]
        letters[at] = "" if rng.random() < 0.4 else _TONES[int(rng.integers(len(_TONES)))]
    return nfc_name("".join(letters))


def _misspell(rng: Rng, name: str) -> str:
    """Leave out a middle word, or exchange letters that sound alike in some region."""
    words = name.split(" ")
    if len(words) > 2 and rng.random() < 0.3:
        return " ".join([words[0], *words[2:]])
    possible = [(old, new) for old, new in _SPELLINGS if old in name]
    if not possible:
        return name
    old, new = possible[int(rng.integers(len(possible)))]
    return name.replace(old, new, 1)


def share_facts(facts: Facts, twins: Twins) -> None:
    """A duplicate has the disability and other facts of the original: that is what makes it cost money."""
    for fact in vars(facts).values():
        for values in (fact.value, fact.since) if isinstance(fact, Fact) else (fact,):
            values[twins.copy] = values[twins.original]


def share_ids(rng: Rng, ids: Ids, twins: Twins) -> Ids:
    """A duplicate carries the original's number, a number with two digits exchanged, or none."""
    own = ~np.isin(ids.person, twins.copy)
    current = np.flatnonzero(own & (ids.kind == CCCD))
    of_person = dict(zip(ids.person[current].tolist(), current.tolist(), strict=True))
    wrong = (twins.first_error == 4) | (twins.second_error == 4)
    draw = rng.random(len(twins.copy))
    chosen = [
        (copy, of_person[original], bool(bad))
        for copy, original, bad, chances in zip(twins.copy.tolist(), twins.original.tolist(), wrong, draw, strict=True)
        if original in of_person and (bad or chances < 0.6)
    ]
    rows = np.array([row for _, row, _ in chosen], dtype=np.int64)
    numbers = [_exchange_digits(rng, str(ids.number[row])) if bad else ids.number[row] for _, row, bad in chosen]
    return Ids(
        person=np.concatenate([ids.person[own], np.array([copy for copy, _, _ in chosen], dtype=np.int64)]),
        kind=np.concatenate([ids.kind[own], ids.kind[rows]]),
        number=np.concatenate([ids.number[own], np.array(numbers, dtype=object)]),
        since=np.concatenate([ids.since[own], ids.since[rows]]),
        until=np.concatenate([ids.until[own], ids.until[rows]]),
    )


def _exchange_digits(rng: Rng, number: str) -> str:
    places = [index for index, (one, next_one) in enumerate(pairwise(number)) if index >= 6 and one != next_one]
    at = places[int(rng.integers(len(places)))] if places else 10
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def truth_of_twins(homes: Homes, people: People, twins: Twins) -> list[Truth]:
    """One row per duplicate with its errors."""
    return [
        Truth("duplicate", int(people.id[copy]), int(homes.id[people.home[copy]]), int(people.id[original]), _errors(first, second))
        for copy, original, first, second in zip(twins.copy, twins.original, twins.first_error, twins.second_error, strict=True)
    ]


def _errors(first: int, second: int) -> str:
    return "+".join(sorted({ERRORS[first], ERRORS[second]} - {"exact"})) or "exact"


def plant_silences(rng: Rng, homes: Homes, people: People, facts: Facts, as_of: int) -> list[Truth]:
    """Deaths and moves that happened and that the registry was not told."""
    alive = facts.died == NO_DAY
    dead = np.flatnonzero(alive & (people.age >= 70) & chance(rng, 0.01, len(people)))
    died = as_of - 1 - (rng.random(len(dead)) * 200).astype(np.int64)
    gone = np.flatnonzero(alive & (people.slot > 0) & (people.age >= 18) & chance(rng, 0.001, len(people)))
    rows = [
        _silence("death_not_reported", homes, people, at, str(np.datetime64(day, "D")))
        for at, day in zip(dead.tolist(), died.tolist(), strict=True)
    ]
    targets = homes.id[rng.integers(0, len(homes.id), len(gone))].tolist()
    return rows + [
        _silence("move_not_reported", homes, people, at, f"household {home}") for at, home in zip(gone.tolist(), targets, strict=True)
    ]


def _silence(kind: str, homes: Homes, people: People, at: int, detail: str) -> Truth:
    return Truth(kind, int(people.id[at]), int(homes.id[people.home[at]]), None, detail)
