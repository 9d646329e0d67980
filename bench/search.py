"""`./run bench search --keep`: the box of search over a registry that is there, kind of question by kind of question, scope by scope.

Every question runs as the serving role in a transaction of its own, as a request does, and beside it, in the same run, the floor: one person
read by primary key through the same policies. What is said of a question is p50, p95, p99 and how many times the floor its median is.
"""

from __future__ import annotations

import argparse
import datetime
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from bench._machine import Memory, owner, settings, together
from households.queries import find_people
from posasoft.core.names import fold
from posasoft.core.scope import WHOLE_COUNTRY, Scope, acting
from posasoft.core.serving import require_bound_role

LIMIT = 8
Ask = Callable[[], int]


@dataclass(frozen=True)
class Somebody:
    """A person drawn from the registry, with what one might type of them."""

    id: int
    name: str
    code: str
    commune: str
    address: str
    area_pos: int
    number: str

    @property
    def words(self) -> list[str]:
        return fold(self.name).split()


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one kind of question in one scope, and what it found."""

    scope: str
    kind: str
    times: list[float]
    rows: float

    def at(self, share: float) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))]


def main(arguments: list[str]) -> int:
    """Runs the questions and prints a table in Markdown; 0 unless there is no registry."""
    options = _options(arguments)
    # Measured without row-level security, a search would say nothing of what officers wait for.
    require_bound_role()
    if not options.keep:
        together([[sys.executable, "manage.py", "migrate", "-v0"]])
        together([[sys.executable, "manage.py", "load_areas"]])
        together([[sys.executable, "manage.py", "generate_registry", "--households", str(options.households)]])
    people = _somebody(options.people, options.seed)
    if not people:
        sys.stderr.write("no registry here: leave --keep out, or load one\n")
        return 2
    print(f"\n## ./run bench search {' '.join(arguments)}\n{datetime.datetime.now():%Y-%m-%d %H:%M}, ", end="")  # noqa: DTZ005 - the reader's clock
    print(
        f"{_size('households_household'):,} households, {_size('households_person'):,} persons, {len(people)} people drawn, {LIMIT} results asked\n"
    )
    with Memory() as memory:
        found = [row for name, scope in _scopes(people) for row in _measure(name, scope, people, options.rounds)]
    _report(found)
    print(f"\n- memory of the server's processes at most {memory.peak:,.0f} MB")
    print("- settings: " + ", ".join(f"{name} {value}" for name, value in settings()))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench search")
    parser.add_argument("--households", type=int, default=500_000)
    parser.add_argument("--keep", action="store_true", help="use the registry that is there and leave it")
    parser.add_argument("--people", type=int, default=60, help="people drawn at random; each is asked for in every way")
    parser.add_argument("--rounds", type=int, default=2, help="rounds after one that warms up")
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args(arguments)


def _size(table: str) -> int:
    with owner(autocommit=True) as server:
        row = server.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = %s", [table]).fetchone()
    return int(row[0]) if row else 0


_PERSON = """
SELECT p.id, p.full_name, h.code, c.name, h.address, p.area_pos FROM households_person p
JOIN households_household h ON h.id = p.household_id JOIN core_area c ON c.id = h.commune_id
WHERE p.id >= %s AND p.canonical_id IS NULL ORDER BY p.id LIMIT 1
"""


def _somebody(number: int, seed: int) -> list[Somebody]:
    draw = random.Random(seed)
    people = []
    with owner(autocommit=True) as server:
        ends = server.execute("SELECT min(id), max(id) FROM households_person").fetchone()
        if ends is None or ends[0] is None:
            return []
        for _ in range(number):
            row = server.execute(_PERSON, [draw.randint(int(ends[0]), int(ends[1]))]).fetchone()
            if row:
                key, name, code, commune, address, position = row
                people.append(Somebody(key, name, code, commune, address, position, "".join(str(draw.randint(0, 9)) for _ in range(12))))
    return people


def _scopes(people: list[Somebody]) -> list[tuple[str, Scope | None]]:
    return [("country", Scope("area", *WHOLE_COUNTRY, role="ministry_analyst")), ("province", None), ("commune", None)]


def _scope_for(name: str, given: Scope | None, person: Somebody) -> Scope:
    """The range of whoever asks: the country, or the person's own province or commune."""
    if given is not None:
        return given
    span = 10**10 if name == "province" else 10**4
    lo = person.area_pos // span * span
    return Scope("area", lo, lo + span, role=f"{name}_officer")


def _questions(person: Somebody) -> dict[str, str]:
    words = person.words
    return {
        "full name": " ".join(words),
        "words in another order": " ".join(reversed(words)),
        "two words": f"{words[0]} {words[-1]}",
        "one common word": "nguyen",
        "two common words": "nguyen thi",
        "beginning of a word": words[0][:2],
        "one word": words[-1],
        "two words seldom together": "giang anh",
        "unknown word": "zyxw",
        "name with its commune": f"{' '.join(words)} {fold(person.commune)}",
        "id": person.number,
        "household code": person.code,
        "beginning of a code": person.code[:8],
        "address with its commune": f"{fold(person.address)} {fold(person.commune)}",
    }


def _measure(name: str, given: Scope | None, people: list[Somebody], rounds: int) -> list[Measured]:
    times: dict[str, list[float]] = {"floor: a person by key": []}
    rows: dict[str, list[int]] = {"floor: a person by key": []}
    for turn in range(rounds + 1):
        for person in people:
            scope = _scope_for(name, given, person)
            asked: dict[str, Ask] = {"floor: a person by key": lambda person=person: _by_key(person.id)}  # type: ignore[misc]  # bound now
            for kind, text in _questions(person).items():
                asked[kind] = lambda text=text: len(find_people(text, limit=LIMIT, quick=True).found)  # type: ignore[misc]  # bound now
            for kind, ask in asked.items():
                spent, number = _timed(scope, ask)
                if turn:
                    times.setdefault(kind, []).append(spent)
                    rows.setdefault(kind, []).append(number)
    return [Measured(name, kind, spent, statistics.mean(rows[kind])) for kind, spent in times.items()]


def _by_key(person_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM households_person WHERE id = %s", [person_id])
        return len(cursor.fetchall())


def _timed(scope: Scope, ask: Ask) -> tuple[float, int]:
    """Milliseconds and rows of one question, its transaction and its scope not counted."""
    with acting(scope):
        began = time.perf_counter()
        rows = ask()
        return (time.perf_counter() - began) * 1000, rows


def _report(found: list[Measured]) -> None:
    print("| scope | question | p50 ms | p95 ms | p99 ms | rows | times the floor |\n|---|---|---|---|---|---|---|")
    floors = {row.scope: row.at(0.5) for row in found if row.kind.startswith("floor")}
    for row in found:
        ratio = row.at(0.5) / floors[row.scope]
        print(f"| {row.scope} | {row.kind} | {row.at(0.5):.1f} | {row.at(0.95):.1f} | {row.at(0.99):.1f} | {row.rows:.1f} | {ratio:.0f} |")
    worst = max((row for row in found if not row.kind.startswith("floor")), key=lambda row: row.at(0.95))
    everything = sorted(time for row in found if not row.kind.startswith("floor") for time in row.times)
    print(f"\n- **all questions together: p95 {everything[int(len(everything) * 0.95)]:.1f} ms**; the slowest kind is “{worst.kind}” over the"
          f" {worst.scope}: p95 {worst.at(0.95):.1f} ms")  # fmt: skip
