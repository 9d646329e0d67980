"""`./run bench month --households 500000`: the monthly run, whole, with the floor and the usual way measured beside it.

The order is that of life: a registry, a first month run and released, 3 % of the households changed, the next month. Everything runs as the
serving role under row-level security, with every constraint, index, trigger and setting of production.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from bench import _floor, _loop
from bench._machine import Timed, owner, settings, together
from beneficiaries import queries
from beneficiaries.operations import start_run
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting

FIRST = datetime.date(2026, 11, 1)
CLEARED = (
    "payments_ordered", "payments_listdrift", "payments_paymentline", "payments_correction", "payments_paymentlist", "beneficiaries_reopened",
    "beneficiaries_package",
    "beneficiaries_entitlement", "beneficiaries_runshard", "beneficiaries_run", "households_changefeed", "core_job", "core_joblogline",
    "core_outboxmessage", "core_hold",
)  # fmt: skip
REGISTRY = (
    "households_change", "households_household", "households_person", "households_searchtoken", "households_addresstoken", "households_personevent",
    "households_householdevent", "households_factspellevent",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One measured run with the floor of its own output."""

    name: str
    workers: int
    timed: Timed
    households: int
    persons: int
    lines: int
    opened: int
    closed: int
    floor: _floor.Floor | None


def main(arguments: list[str]) -> int:
    """Runs the benchmark and prints a report in Markdown; 0 when every run ended well."""
    options = _options(arguments)
    began = time.monotonic()
    _registry(options.households, fresh=not options.keep)
    persons = _count("households_person")
    print(f"\n## ./run bench month {' '.join(arguments)}\n{datetime.datetime.now():%Y-%m-%d %H:%M}, ", end="")  # noqa: DTZ005 - the reader's clock
    print(
        f"{_count('households_household'):,} households, {persons:,} persons, {_count('beneficiaries_decision'):,} decisions\n", flush=True
    )
    for workers in (1, 2):
        seconds = _evaluation(FIRST, workers)
        print(f"- evaluation alone, {workers} worker(s): {seconds:.1f} s, {persons / seconds:,.0f} persons/s", flush=True)
    loop = _loop.seconds_per_household(FIRST) * _count("households_household")
    print(f"- the usual way (ORM loop over {_loop.HOUSEHOLDS:,} households, extrapolated to all, one process): {loop:,.0f} s", flush=True)
    _report(_month("first month", FIRST, 2, persons), loop)
    _next_month(FIRST)
    second = add_months(FIRST, 1)
    _report(_month("month after, 3 % of households changed", second, 2, persons), loop)
    _report(_month("the same month again, nothing changed", second, 2, persons, writes=False), loop)
    if options.compare:
        for number, workers in enumerate((1, 2), start=2):
            _next_month(add_months(FIRST, number - 1))
            _report(_month("a later month, 3 % changed", add_months(FIRST, number), workers, persons), loop)
    _settings()
    print(f"- disk: {_size():.1f} GB; whole benchmark {time.monotonic() - began:,.0f} s", flush=True)
    if not options.keep:
        _clear((*CLEARED, *REGISTRY))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench month")
    parser.add_argument("--households", type=int, default=500_000)
    parser.add_argument("--keep", action="store_true", help="use the registry that is there and leave it")
    parser.add_argument("--compare", action="store_true", help="two more months, with one worker and with two")
    return parser.parse_args(arguments)


def _registry(households: int, *, fresh: bool) -> None:
    """A migrated database with that many invented households and nothing computed yet."""
    together([[sys.executable, "manage.py", "migrate", "-v0"]])
    if not _count("core_area"):
        together([[sys.executable, "manage.py", "load_areas"]])
    if not fresh and _count("households_household") >= households:
        _clear(CLEARED)
        return
    _clear((*CLEARED, *REGISTRY))
    together([[sys.executable, "manage.py", "generate_registry", "--households", str(households), "--as-of", f"{FIRST}"]])


def _clear(tables: tuple[str, ...]) -> None:
    with owner(autocommit=True) as server:
        server.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


def _count(table: str) -> int:
    with owner(autocommit=True) as server:
        row = server.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _size() -> float:
    with owner(autocommit=True) as server:
        row = server.execute("SELECT pg_database_size(current_database()) / 1e9").fetchone()
    return float(row[0]) if row else 0.0


def _evaluation(month: datetime.date, workers: int) -> float:
    """Seconds of the evaluation alone; provinces are dealt out by size."""
    with owner(autocommit=True) as server:
        rows = server.execute("SELECT province_no FROM households_household GROUP BY 1 ORDER BY count(*) DESC").fetchall()
    hands: list[list[str]] = [[] for _ in range(workers)]
    for place, (province,) in enumerate(rows):
        turn = place % (2 * workers)
        hands[turn if turn < workers else 2 * workers - 1 - turn].append(str(province))
    timed = together([[sys.executable, "-m", "bench", "evaluation", f"{month:%Y-%m}", ",".join(hand)] for hand in hands if hand])
    return timed.seconds


def _month(name: str, month: datetime.date, workers: int, persons: int, *, writes: bool = True) -> Step:
    with acting(COUNTRY):
        run = start_run(month=month, by=COUNTRY)
    connection.close()
    command = [sys.executable, "manage.py", "run_month", f"{month:%Y-%m}", "--join", str(run.pk)]
    timed = together([command] * workers)
    seen = queries.progress_of(run.pk)
    if seen.status != "done":
        raise RuntimeError(f"the run ended {seen.status}")
    opened, closed = sum(shard.opened for shard in seen.shards), sum(shard.closed for shard in seen.shards)
    floor = _floor.measure(run_id=run.pk, month=month, workers=workers) if writes else None
    return Step(name, workers, timed, seen.households_total, persons, seen.lines, opened, closed, floor)


def _next_month(month: datetime.date) -> None:
    """What happens between two months: lists are released, and 3 % of the households change."""
    began = time.monotonic()
    call_command("release_month", f"{month:%Y-%m}", stdout=sys.stderr)
    connection.close()
    print(f"- release of {month:%m/%Y}: {time.monotonic() - began:.1f} s", flush=True)
    together([[sys.executable, "manage.py", "change_facts", "--share", "0.03", "--month", f"{add_months(month, 1):%Y-%m}"]])
    with owner(autocommit=True) as server:
        server.execute("VACUUM ANALYZE households_person, households_household, households_factspell")


def _report(step: Step, loop: float) -> None:
    seconds, floor = step.timed.seconds, step.floor
    print(
        f"- **{step.name}, {step.workers} worker(s): {seconds:.1f} s** – {step.households / seconds:,.0f} households/s,"
        f" {step.persons / seconds:,.0f} persons/s; {step.lines:,} lines in force, spans {step.opened:,} opened, {step.closed:,} closed;"
        f" memory of processes at most {step.timed.memory:,.0f} MB; {loop / seconds:,.0f} times faster than the loop",
        flush=True,
    )
    if floor is not None:
        print(
            f"  - floor of the same output: {floor.seconds:.1f} s (scan {floor.scan:.1f} s, COPY of {floor.rows:,} rows {floor.copy:.1f} s)"
            f" → **{seconds / floor.seconds:.1f} times the floor**; {floor.rows / seconds:,.0f} rows/s written",
            flush=True,
        )


def _settings() -> None:
    print("- settings: " + ", ".join(f"{name} {value}" for name, value in settings()))
