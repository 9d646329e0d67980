"""One chunk of an invented registry: drawn from its own seed, so that any number of workers makes the same people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from households.generator import tables
from households.generator.arrays import Ints, Rng
from households.generator.circumstances import Facts, Links, draw_facts, draw_links
from households.generator.families import Homes, People, compose, settle
from households.generator.history import HomeFacts, Spells, date_household_facts, date_memberships, earlier_person_facts
from households.generator.identity import Ids, draw_ids
from households.generator.places import Place
from households.generator.planted import Truth, add_twins, plant_silences, share_facts, share_ids, truth_of_twins
from households.generator.rows import copy_columns

HOUSEHOLDS_PER_CHUNK = 10_000


@dataclass(frozen=True)
class Task:
    """What a worker needs: whose chunk, where, how many households in each place, and the ids it may use."""

    number: int
    seed: int
    as_of: int
    places: tuple[Place, ...]
    counts: tuple[int, ...]
    first_household: int
    first_change: int

    @property
    def households(self) -> int:
        return sum(self.counts)


@dataclass
class Chunk:
    """Everything drawn, before it is written; later apps add their rows from it."""

    rng: Rng
    as_of: int
    homes: Homes
    home_facts: HomeFacts
    people: People
    household_since: Ints
    facts: Facts
    links: Links
    spells: list[Spells]
    ids: Ids
    truths: list[Truth]


@dataclass(frozen=True)
class Written:
    """Rows by table, and the planted truth."""

    households: int
    persons: int
    rows: int
    truths: tuple[Truth, ...]


# Rows of a later app for a chunk: returns how many were written, adds to the chunk's truths.
Writer = Callable[[psycopg.Connection[Any], Chunk], int]


def make_chunk(task: Task) -> Chunk:
    """Draw a chunk; the same for the same task."""
    rng = np.random.default_rng([task.seed, task.number])
    homes = _homes(task)
    settle(rng, homes)
    home_facts, spells = date_household_facts(rng, homes, task.as_of)
    people, twins = add_twins(rng, homes, compose(rng, homes, task.as_of), task.as_of)
    facts = draw_facts(rng, homes, people, task.as_of)
    share_facts(facts, twins)
    household_since, moves = date_memberships(rng, homes, people, task.as_of)
    return Chunk(
        rng=rng,
        as_of=task.as_of,
        homes=homes,
        home_facts=home_facts,
        people=people,
        household_since=household_since,
        facts=facts,
        links=draw_links(rng, homes, people, facts, task.as_of),
        spells=[*spells, moves, *earlier_person_facts(rng, people, facts, task.as_of)],
        ids=share_ids(rng, draw_ids(rng, homes, people, task.number, task.as_of), twins),
        truths=truth_of_twins(homes, people, twins) + plant_silences(rng, homes, people, facts, task.as_of),
    )


def _homes(task: Task) -> Homes:
    place = np.repeat(np.arange(len(task.places)), task.counts)
    communes = np.array([item.commune_id for item in task.places])
    _, change = np.unique(communes[place], return_inverse=True)

    def column(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)[place]

    return Homes(
        id=task.first_household + np.arange(len(place)),
        change_id=task.first_change + change,
        province_no=column([item.province_no for item in task.places]),
        area_pos=column([item.area_pos for item in task.places]),
        commune_id=column([item.commune_id for item in task.places]),
        village_id=column([item.village_id or 0 for item in task.places]),
        difficulty=column([item.difficulty for item in task.places]),
        rural=column([item.rural for item in task.places]) == 1,
        profile=np.array([item.profile for item in task.places], dtype=object)[place],
        code=np.array([item.code for item in task.places], dtype=object)[place],
    )


def write_chunk(connection: psycopg.Connection[Any], chunk: Chunk, writers: tuple[Writer, ...]) -> Written:
    """COPY a chunk's rows into the registry, and what later apps add, in the caller's transaction."""
    homes, people, facts, rng = chunk.homes, chunk.people, chunk.facts, chunk.rng
    home_rows = tables.household_rows(rng, homes, chunk.home_facts)
    rows = sum(
        copy_columns(connection, table, columns)
        for table, columns in (
            ("households_change", tables.change_rows(np.unique(homes.change_id), homes)),
            # Before the households: beside a registry that is there the trigger is at work, and finds its words written.
            ("households_addresstoken", tables.address_rows(home_rows)),
            ("households_household", home_rows),
            ("households_person", tables.person_rows(rng, homes, people, facts, chunk.household_since)),
            ("households_factspell", tables.spell_rows(homes, chunk.spells)),
            ("households_raising", tables.raising_rows(homes, people, chunk.links)),
            ("households_nationalid", tables.national_id_rows(homes, people, chunk.ids)),
            ("households_document", tables.certificate_rows(homes, people, facts)),
            ("households_searchtoken", tables.token_rows(homes, people)),
        )
    )
    rows += sum(writer(connection, chunk) for writer in writers)
    return Written(len(homes.id), len(people), rows, tuple(chunk.truths))
