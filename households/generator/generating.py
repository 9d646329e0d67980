"""Generates an invented registry of any size: plans chunks, lets workers write them, builds the indexes, tells how it goes."""

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psycopg

from households.generator import loading
from households.generator.chunks import HOUSEHOLDS_PER_CHUNK, Task, Writer, Written, make_chunk, write_chunk
from households.generator.families import IDS_PER_HOUSEHOLD
from households.generator.places import Place, places_of
from households.generator.planted import Truth

# Up to this many households one transaction holds the whole load: it is there wholly or not at all.
HOUSEHOLDS_IN_ONE_TRANSACTION = 60_000


@dataclass(frozen=True)
class Order:
    """What to generate. `as_of` is the day (number since 1970) on which the registry is as described."""

    households: int
    seed: int
    provinces: str
    as_of: int
    workers: int = 2
    writers: tuple[Writer, ...] = ()
    more_tables: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        return (*loading.REGISTRY_TABLES, *self.more_tables)


@dataclass
class Outcome:
    """What was written and how fast; memory in megabytes, the largest of all processes."""

    households: int = 0
    persons: int = 0
    rows: int = 0
    seconds_loading: float = 0.0
    seconds_indexing: float = 0.0
    peak_memory: float = 0.0
    truths: list[Truth] = field(default_factory=list)

    def add(self, written: Written, peak_memory: float) -> None:
        self.households += written.households
        self.persons += written.persons
        self.rows += written.rows
        self.truths += written.truths
        self.peak_memory = max(self.peak_memory, peak_memory)


Report = Callable[[str], None]


def generate(conninfo: str, order: Order, report: Report) -> Outcome:
    """Write the registry as the owner of the tables. Raises ValueError for provinces without communes."""
    with psycopg.connect(conninfo) as connection:
        _clear_interrupted(connection, order, report)
        places = places_of(connection, order.provinces, seed=order.seed)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tasks = plan(order, places, *_first_ids(connection))
        unloaded = loading.owns(connection, order.tables[0]) and loading.is_empty(connection, order.tables)
        if order.workers == 1 or order.households <= HOUSEHOLDS_IN_ONE_TRANSACTION or not unloaded:
            return _generate_here(connection, order, tasks, report, unloaded=unloaded)
        steps = loading.take_off(connection, order.tables)
        loading.mark(connection, steps)
        connection.commit()
    return _generate_in_parallel(conninfo, order, tasks, steps, report)


def _clear_interrupted(connection: loading.Connection, order: Order, report: Report) -> None:
    steps = loading.interrupted_steps(connection)
    if steps:
        report("Lần sinh dữ liệu trước bị ngắt: đang dọn phần dở dang và dựng lại chỉ mục…")
        loading.remove_interrupted(connection, order.tables, steps)
        connection.commit()


def _first_ids(connection: loading.Connection) -> tuple[int, int]:
    """First free household id (its persons' ids are 16 times that) and change id."""
    household, person, change = (
        loading.highest_id(connection, table) for table in ("households_household", "households_person", "households_change")
    )
    return max(household, person // IDS_PER_HOUSEHOLD) + 1, change + 1


def plan(order: Order, places: list[Place], first_household: int, first_change: int) -> list[Task]:
    """Share the households out to places and cut them into chunks of neighbouring places."""
    weights = np.array([place.weight for place in places])
    counts = np.random.default_rng([order.seed, 0]).multinomial(order.households, weights / weights.sum())
    tasks: list[Task] = []
    for chosen, chosen_counts in _cut(places, counts.tolist()):
        tasks.append(Task(len(tasks) + 1, order.seed, order.as_of, chosen, chosen_counts, first_household, first_change))
        first_household += sum(chosen_counts)
        first_change += len({place.commune_id for place in chosen})
    return tasks


def _cut(places: list[Place], counts: list[int]) -> Iterator[tuple[tuple[Place, ...], tuple[int, ...]]]:
    """Groups of places with about HOUSEHOLDS_PER_CHUNK households; places without households are left out."""
    group: list[tuple[Place, int]] = []
    size = 0
    for place, count in zip(places, counts, strict=True):
        while count:
            taken = min(count, HOUSEHOLDS_PER_CHUNK - size)
            group.append((place, taken))
            size, count = size + taken, count - taken
            if size == HOUSEHOLDS_PER_CHUNK:
                yield tuple(item for item, _ in group), tuple(number for _, number in group)
                group, size = [], 0
    if group:
        yield tuple(item for item, _ in group), tuple(number for _, number in group)


def _generate_here(connection: loading.Connection, order: Order, tasks: list[Task], report: Report, *, unloaded: bool) -> Outcome:
    """Everything in the connection's one transaction."""
    outcome, progress = Outcome(), Progress(order.households, report)
    started = time.monotonic()
    steps = loading.take_off(connection, order.tables) if unloaded else []
    for task in tasks:
        outcome.add(write_chunk(connection, make_chunk(task), order.writers), _peak_memory())
        progress.show(outcome)
    outcome.seconds_loading = time.monotonic() - started
    report("Đang dựng chỉ mục và kiểm tra ràng buộc…")
    loading.put_back(connection, steps)
    loading.advance_sequences(connection, _numbered(order))
    for table in order.tables:
        connection.execute(psycopg.sql.SQL("ANALYZE {}").format(psycopg.sql.Identifier(table)))
    connection.commit()
    outcome.seconds_indexing = time.monotonic() - started - outcome.seconds_loading
    return outcome


def _numbered(order: Order) -> list[str]:
    return [table for table in order.tables if table not in ("households_searchtoken", "households_addresstoken")]


def _generate_in_parallel(conninfo: str, order: Order, tasks: list[Task], steps: list[loading.Step], report: Report) -> Outcome:
    outcome, progress = Outcome(), Progress(order.households, report)
    started = time.monotonic()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(order.workers, mp_context=spawn, initializer=_open, initargs=(conninfo, order.writers)) as pool:
        for finished in as_completed([pool.submit(_work, task) for task in tasks]):
            outcome.add(*finished.result())
            progress.show(outcome)
    outcome.seconds_loading = time.monotonic() - started
    report("Đang dựng chỉ mục và kiểm tra ràng buộc…")
    loading.put_back_in_parallel(conninfo, steps, sessions=order.workers)
    with psycopg.connect(conninfo) as connection:
        loading.advance_sequences(connection, _numbered(order))
        loading.unmark(connection)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for table in order.tables:
            connection.execute(psycopg.sql.SQL("VACUUM (ANALYZE) {}").format(psycopg.sql.Identifier(table)))
    outcome.truths.sort(key=lambda truth: (truth.kind, truth.person_id))
    outcome.peak_memory = max(outcome.peak_memory, _peak_memory())
    outcome.seconds_indexing = time.monotonic() - started - outcome.seconds_loading
    return outcome


# One per worker process, opened by its initializer.
_worker: dict[str, Any] = {}


def _open(conninfo: str, writers: tuple[Writer, ...]) -> None:
    _worker["connection"] = psycopg.connect(conninfo)
    _worker["connection"].execute("SET synchronous_commit = off")
    _worker["connection"].commit()
    _worker["writers"] = writers


def _work(task: Task) -> tuple[Written, float]:
    with _worker["connection"].transaction():
        written = write_chunk(_worker["connection"], make_chunk(task), _worker["writers"])
    return written, _peak_memory()


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Progress:
    """One line every two seconds: how many, how fast, how much longer."""

    def __init__(self, total: int, report: Report) -> None:
        self.total, self.report = total, report
        self.started = self.shown = time.monotonic()

    def show(self, outcome: Outcome) -> None:
        now = time.monotonic()
        if now - self.shown < 2 and outcome.households < self.total:
            return
        self.shown = now
        speed = outcome.households / max(now - self.started, 0.001)
        left = int((self.total - outcome.households) / speed)
        self.report(
            f"Đã sinh {outcome.households:,}/{self.total:,} hộ · {speed:,.0f} hộ/giây · còn {left // 60} phút {left % 60} giây".replace(
                ",", "."
            )
        )
