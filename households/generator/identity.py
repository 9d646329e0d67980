"""National ids that agree with birth, sex and province; some people have none, some still have the nine-digit paper."""

from dataclasses import dataclass

import numpy as np

from households.generator.arrays import NO_DAY, Ints, Rng, chance, days_between, years_of
from households.generator.families import Homes, People
from households.generator.namebook import Words
from households.generator.profiles import profiles

CCCD, CMND = 0, 1
KINDS = ("cccd", "cmnd")
# Serial numbers are dealt to chunks in blocks, so that two people never share a number by accident.
SERIALS_PER_CHUNK = 1500
CHUNKS_WITH_OWN_SERIALS = 10**6 // SERIALS_PER_CHUNK
_NINE_DIGITS_ENDED = 20089  # 2025-01-01


@dataclass
class Ids:
    """One element per id: position of the person, kind, number as text, period."""

    person: Ints
    kind: Ints
    number: Words
    since: Ints
    until: Ints


def draw_ids(rng: Rng, homes: Homes, people: People, chunk_number: int, as_of: int) -> Ids:
    """Numbers of twelve digits for most people (Circular 59/2021: province, century and sex, year, serial), nine for some elders."""
    count = len(people)
    missing = np.select([people.age < 3, people.age < 16, people.age < 60, people.age < 80], [0.35, 0.1, 0.03, 0.06], 0.22)
    with_id = np.flatnonzero(~chance(rng, missing, count))
    numbers = _twelve_digits(rng, homes, people, with_id, chunk_number)
    issued = np.maximum(days_between(rng, np.full(len(with_id), as_of - 2800), as_of - 30), people.born[with_id] + 30)
    old = np.flatnonzero((people.age >= 24) & chance(rng, 0.08, count))
    old_numbers = np.array([f"{number:09d}" for number in rng.integers(10**7, 4 * 10**8, len(old)).tolist()], dtype=object)
    return Ids(
        person=np.concatenate([with_id, old]),
        kind=np.concatenate([np.full(len(with_id), CCCD), np.full(len(old), CMND)]),
        number=np.concatenate([numbers, old_numbers]),
        since=np.concatenate([np.minimum(issued, as_of), np.full(len(old), NO_DAY)]),
        until=np.concatenate([np.full(len(with_id), NO_DAY), np.full(len(old), _NINE_DIGITS_ENDED)]),
    )


def _twelve_digits(rng: Rng, homes: Homes, people: People, at: Ints, chunk_number: int) -> Words:
    province = homes.profile[people.home[at]].astype(np.int64)
    elsewhere = chance(rng, 0.06, len(at))
    codes = np.array([int(code) for code in profiles()])
    province[elsewhere] = codes[rng.integers(0, len(codes), int(elsewhere.sum()))]
    year = years_of(people.born[at])
    century = (year // 100 - 19) * 2 + people.female[at]
    bucket = (province * 10 + century) * 100 + year % 100
    serial = (chunk_number % CHUNKS_WITH_OWN_SERIALS) * SERIALS_PER_CHUNK + _ranks(bucket) % SERIALS_PER_CHUNK
    return np.array([f"{number:012d}" for number in (bucket * 10**6 + serial).tolist()], dtype=object)


def _ranks(groups: Ints) -> Ints:
    """Running number of each element within its group."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(groups) else np.empty(0, np.int64)
    lengths = np.diff(np.append(starts, len(groups)))
    ranks = np.empty(len(groups), np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks
