"""`./run bench arrears --households 500000`: Decree 335/2026 itself. Months from July paid by the law before it, then the decree, then its arrears.

The months are computed and released by the operations of production, reading past the decree's file. Then the program's own
law counts: what it changes in paid months is computed, shown and agreed to, province by province, and the first new month is computed and drafted
with the arrears. Both steps are measured beside COPY of the rows they wrote.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules

from bench import _floor
from bench._machine import Memory, owner, settings, together
from bench.month import CLEARED, REGISTRY
from beneficiaries.operations import start_run
from payments.models import LawCorrection
from payments.operations import law_corrections, work_run
from policy.loader import without
from posasoft.core import jobs, shared_jobs
from posasoft.core.models import Job
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, Scope, acting

JULY = datetime.date(2026, 7, 1)
DECREE, FILE = "335/2026/NĐ-CP", "2026-335-tro-giup-xa-hoi.yaml"
MORE = ("payments_lawcorrection", "payments_waiver", "payments_ledgerentry", "payments_ledgerposting", "core_workitem", "core_dutydone")


def main(arguments: list[str]) -> int:
    """Runs the benchmark and prints a report in Markdown; 0 when every step ended well."""
    options = _options(arguments)
    if options.join:
        autodiscover_modules("tasks")
        return 0 if jobs.run(options.join) else 1
    began = time.monotonic()
    _registry(options.households)
    months = [add_months(JULY, number) for number in range(options.months)]
    _say(
        f"\n## ./run bench arrears {' '.join(arguments)}\n{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}"
    )
    with without(FILE):
        for month in months:
            started = time.monotonic()
            _compute(month)
            call_command("release_month", f"{month:%Y-%m}", stdout=sys.stderr)
            _say(f"- {month:%m/%Y} by the law before the decree, computed and released: {time.monotonic() - started:.1f} s")
    _measure(f"corrections of all households computed and shown, {options.workers} processes", lambda: _show(options.workers), _shown_rows)
    _measure("agreed to by every province", _agree, dict)
    following = add_months(months[-1], 1)
    name = f"{following:%m/%Y} computed and drafted with the arrears, {options.workers} processes"
    _measure(name, lambda: _work_together(following, options.workers), lambda: _drafted_rows(following))
    _totals(following)
    _say("- settings: " + ", ".join(f"{name} {value}" for name, value in settings()))
    _say(f"- whole benchmark {time.monotonic() - began:,.0f} s")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench arrears")
    parser.add_argument("--households", type=int, default=500_000)
    parser.add_argument("--months", type=int, default=3, help="months paid by the law before: 3 is July to September")
    parser.add_argument(
        "--workers", type=int, default=2, help="processes that compute the effects, and draw up the first new month, together"
    )
    parser.add_argument("--join", type=int, metavar="JOB", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    print(text, flush=True)


def _registry(households: int) -> None:
    together([[sys.executable, "manage.py", "migrate", "-v0"]])
    if not _number("SELECT count(*) FROM core_area"):
        together([[sys.executable, "manage.py", "load_areas"]])
    with owner(autocommit=True) as server:
        server.execute(f"TRUNCATE {', '.join({*CLEARED, *REGISTRY, *MORE})} CASCADE")
    together([[sys.executable, "manage.py", "generate_registry", "--households", str(households), "--as-of", f"{JULY}"]])


def _compute(month: datetime.date) -> None:
    with acting(COUNTRY):
        run = start_run(month=month, by=COUNTRY)
    work_run(run.pk)
    if _number("SELECT count(*) FROM beneficiaries_runshard WHERE run_id = %s AND status <> 'done'", run.pk):
        raise RuntimeError(f"{month:%Y-%m} did not end well")


def _work_together(month: datetime.date, workers: int) -> None:
    with acting(COUNTRY):
        run = start_run(month=month, by=COUNTRY)
    connection.close()
    together([[sys.executable, "manage.py", "run_month", f"{month:%Y-%m}", "--join", str(run.pk)]] * workers)
    if _number("SELECT count(*) FROM beneficiaries_runshard WHERE run_id = %s AND status <> 'done'", run.pk):
        raise RuntimeError(f"{month:%Y-%m} did not end well")


def _show(workers: int) -> None:
    """The job of the page, by as many processes as were asked for."""
    with acting(COUNTRY):
        watched = shared_jobs.enqueue(kind=law_corrections.JOB, params={"instrument": DECREE}, by=COUNTRY, title="bench", workers=workers)
    made = list(Job.objects.filter(Q(pk=watched.pk) | Q(params__contains={shared_jobs.HELPS: watched.pk})).values_list("pk", flat=True))
    connection.close()
    together([[sys.executable, "-m", "bench", "arrears", "--join", str(job)] for job in made])
    ended = set(Job.objects.filter(pk__in=made).values_list("status", flat=True))
    if ended != {"done"}:
        raise RuntimeError(f"effects did not end well: {ended}")


def _agree() -> None:
    by = Scope("area", COUNTRY.lo, COUNTRY.hi, None, "ministry_analyst")
    with acting(by):
        law_corrections.decide(rows=list(LawCorrection.objects.all()), move="agree", reason="Đo tốc độ", by=by)


def _shown_rows() -> dict[str, str]:
    runs = "run_id IN (SELECT id FROM beneficiaries_run WHERE kind = 'recalc')"
    return {"beneficiaries_entitlement": runs, "beneficiaries_package": runs, "beneficiaries_reopened": runs, "payments_correction": "true"}


def _drafted_rows(month: datetime.date) -> dict[str, str]:
    run = f"run_id = (SELECT max(id) FROM beneficiaries_run WHERE kind = 'month' AND month = '{month}')"
    return {
        "beneficiaries_entitlement": run, "beneficiaries_package": run, "payments_paymentlist": f"month = '{month}'",
        "payments_paymentline": f"month = '{month}'",
    }  # fmt: skip


def _measure(name: str, work: Callable[[], None], written: Callable[[], dict[str, str]]) -> None:
    with owner(autocommit=True) as server:
        server.execute("VACUUM ANALYZE beneficiaries_entitlement, beneficiaries_package, payments_paymentline, payments_correction")
    with Memory() as memory:
        began = time.monotonic()
        work()
        seconds = time.monotonic() - began
    connection.close()
    rows = written()
    told = f"- **{name}: {seconds:.1f} s**, {_number('SELECT count(*) FROM households_household') / seconds:,.0f} households/s; "
    told += f"memory of processes at most {memory.peak:,.0f} MB"
    if rows:
        with tempfile.TemporaryDirectory() as folder:
            outputs = [_floor.Output(table, condition) for table, condition in rows.items()]
            floor, number = _floor.copy_again(outputs, Path(folder), workers=1)
        told += f"; {number / seconds:,.0f} rows/s written; COPY of the same {number:,} rows {floor:.1f} s → {seconds / max(floor, 0.001):.1f} times"
    _say(told)


def _totals(month: datetime.date) -> None:
    with acting(COUNTRY), connection.cursor() as cursor:
        cursor.execute("SELECT sum(households), sum(arrears), sum(recovery) FROM payments_lawcorrection")
        households, arrears, recovery = cursor.fetchone()
        cursor.execute("SELECT sum(arrears), sum(recovery) FROM payments_paymentlist WHERE month = %s", [month])
        listed = cursor.fetchone()
    connection.close()
    _say(f"- {households:,} households, arrears {arrears:,} đ, recovery {recovery:,} đ; drafts: {listed[0]:,} and {listed[1]:,} đ")
    if listed[0] < arrears:
        raise RuntimeError("the drafts carry less than was agreed")


def _number(query: str, *values: object) -> int:
    with owner(autocommit=True) as server:
        row = server.execute(query, values or None).fetchone()
    return int(row[0]) if row else 0
