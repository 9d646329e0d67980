"""`./run bench release --lines 3400000 --communes 3321`: a national month of lists is released, sent, paid and reconciled.

The lists are made by SQL (bench/_nation.py) and then go their way through the operations of production, as the serving role under row-level
security and with every trigger and constraint, one province in one transaction. After each step the same rows are written once more by COPY into
tables with the same indexes: the floor.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection
from django.urls import get_resolver

from bench import _floor, _nation
from bench._machine import Memory, owner, settings
from payments.models import Agency, PaymentList
from payments.operations import release, results
from payments.operations.proving import prove
from payments.operations.reconciling import reconcile
from payments.operations.sending import send
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY, acting

# Tables, their indexes, the log, the agencies' files and the copies of the floor.
BYTES_OF_A_LINE = 9_000


@dataclass(frozen=True)
class Step:
    """One step of the cycle over all provinces, and the rows it writes: a table and which of its rows are the step's."""

    name: str
    work: Callable[[int], int]
    rows: dict[str, str]


def main(arguments: list[str]) -> int:
    """Runs the benchmark and prints a report in Markdown, each province as it is done; 0 when the books balance at the end."""
    options = _options(arguments)
    began = time.monotonic()
    _check_room(options.lines)
    # What a worker of production has in memory before its first list.
    get_resolver().url_patterns  # noqa: B018 - read for the imports it makes
    print(f"making {options.lines:,} lines", flush=True)
    seconds = _nation.settle(lines=options.lines, communes=options.communes, provinces=options.provinces)
    now = datetime.datetime.now(datetime.UTC)
    print(f"\n## ./run bench release {' '.join(arguments)}\n{now:%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}, ", end="")
    print(f"{options.workers} workers, {_count('payments_paymentline'):,} lines in {_count('payments_paymentlist'):,} lists ", end="")
    print(f"of {len(_provinces())} provinces, made in {seconds:,.0f} s\n", flush=True)
    for step in STEPS:
        _measure(step, options.workers)
    print("- settings: " + ", ".join(f"{name} {value}" for name, value in settings()))
    print(f"- whole benchmark {time.monotonic() - began:,.0f} s", flush=True)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench release")
    parser.add_argument("--lines", type=int, default=3_400_000)
    parser.add_argument("--communes", type=int, default=3_321)
    parser.add_argument(
        "--provinces", type=int, default=34, help="take the communes from the first provinces only: one at its national size, say"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes that take provinces, as workers of production do")
    return parser.parse_args(arguments)


def _check_room(lines: int) -> None:
    free = shutil.disk_usage(os.environ["POSASOFT_DATA"]).free
    if free < (needed := lines * BYTES_OF_A_LINE):
        raise SystemExit(f"{lines:,} lines need {needed / 1e9:.0f} GB of disk for tables, log and files, and {free / 1e9:.0f} GB are free.")


def _one(step_name: str, province_no: int) -> tuple[int, int, float]:
    """A province, its lines and its seconds, in a process of the pool."""
    began = time.monotonic()
    return province_no, next(step for step in STEPS if step.name == step_name).work(province_no), time.monotonic() - began


def _measure(step: Step, workers: int) -> None:
    provinces = _provinces()
    # A forked process must not inherit an open connection.
    connection.close()
    lines, slowest = 0, 0.0
    with Memory() as memory, ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        began = time.monotonic()
        for done in as_completed([pool.submit(_one, step.name, province_no) for province_no in provinces]):
            province_no, of_province, took = done.result()
            lines, slowest = lines + of_province, max(slowest, took)
            print(f"  {step.name}: province {province_no:02} {of_province:,} lines in {took:.1f} s, ", end="")
            print(f"{lines / (time.monotonic() - began):,.0f} lines/s so far", flush=True)
        seconds = time.monotonic() - began
    print(f"- **{step.name}: {seconds:.1f} s**, {lines / seconds:,.0f} lines/s; slowest province {slowest:.1f} s; ", end="")
    print(f"memory at most: programs {memory.programs:,.0f} MB, sessions {memory.sessions:,.0f} MB", flush=True)
    if step.rows:
        floor, rows = _floor_of(step.rows, workers)
        print(f"  {rows:,} rows, {rows / seconds:,.0f} rows/s; by COPY {floor:.1f} s → **{seconds / floor:.1f} times**", flush=True)


def _provinces() -> list[int]:
    with owner(autocommit=True) as server:
        return [row[0] for row in server.execute("SELECT DISTINCT province_no FROM payments_paymentlist ORDER BY 1").fetchall()]


def _count(table: str) -> int:
    with owner(autocommit=True) as server:
        row = server.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _floor_of(rows: dict[str, str], workers: int) -> tuple[float, int]:
    """Seconds of COPY of these rows into tables with the same indexes by as many processes, and how many rows they are."""
    outputs = [_floor.Output(table, condition) for table, condition in rows.items()]
    with tempfile.TemporaryDirectory(dir=os.environ["POSASOFT_DATA"]) as folder:
        return _floor.copy_again(outputs, Path(folder), workers=workers)


def _release(province_no: int) -> int:
    with acting(COUNTRY):
        lists = list(PaymentList.objects.filter(province_no=province_no, month=_nation.MONTH, status="approved"))
        release(lists=lists, by=COUNTRY)
    return sum(pay_list.households for pay_list in lists)


def _send(province_no: int) -> int:
    with acting(COUNTRY):
        lists = list(PaymentList.objects.filter(province_no=province_no, month=_nation.MONTH, status="released"))
    # A list is a unit of its own, as in the job that production sends with.
    for pay_list in lists:
        with acting(COUNTRY):
            send(lists=[pay_list], by=COUNTRY)
    return sum(pay_list.households for pay_list in lists)


# Of a hundred lines two come back; the agency's program says so in a call for as many lists as make a file of the size it may have.
_ANSWERS = """
SELECT json_agg(json_build_object('line', p.public_id, 'outcome', CASE WHEN p.id % 50 = 0 THEN 'unpaid' ELSE 'paid' END,
  'reason', CASE WHEN p.id % 50 = 0 THEN 'absent' ELSE '' END, 'amount', CASE WHEN p.id % 50 <> 0 THEN p.total END))::text
FROM payments_paymentline p WHERE p.month = %s AND p.list_id = ANY (%s)
"""
LINES_OF_A_CALL = 50_000


def _take_results(province_no: int) -> int:
    with acting(COUNTRY):
        lists = list(PaymentList.objects.filter(province_no=province_no, month=_nation.MONTH, status="sent").order_by("pk"))
    done = sum(_take_call(call) for call in _calls(lists))
    if done != sum(pay_list.households for pay_list in lists):
        raise RuntimeError(f"province {province_no}: results of {done} lines were applied")
    return done


def _calls(lists: list[PaymentList]) -> Iterator[list[int]]:
    """Ids of lists, so many together as one call may hold."""
    call: list[int] = []
    lines = 0
    for pay_list in lists:
        if call and lines + pay_list.households > LINES_OF_A_CALL:
            yield call
            call, lines = [], 0
        call.append(pay_list.pk)
        lines += pay_list.households
    if call:
        yield call


def _take_call(list_ids: list[int]) -> int:
    with owner(autocommit=True) as server:
        row = psycopg.ClientCursor(server).execute(_ANSWERS.replace("% ", "%% "), [_nation.MONTH, list_ids]).fetchone()
    content = row[0].encode() if row else b""
    post, key = Agency.objects.get(), f"bench-{list_ids[0]}"
    with acting(COUNTRY):
        batch = results.receive(agency=post, content=content, format="json", client_key=key, by=COUNTRY)
    with acting(COUNTRY):
        staged = results.stage(batch=batch, by=COUNTRY)
    with acting(COUNTRY):
        applied = results.apply(batch=staged, by=COUNTRY)
    if applied.counts.get("applied") != applied.rows:
        raise RuntimeError(f"{applied.status}, {applied.refusal}, {applied.counts} of {applied.rows} rows")
    return applied.rows


def _reconcile(province_no: int) -> int:
    with acting(COUNTRY):
        lists = list(PaymentList.objects.filter(province_no=province_no, month=_nation.MONTH, status="results_in"))
        reconcile(lists=lists, by=COUNTRY)
    return sum(pay_list.households for pay_list in lists)


def _prove(province_no: int) -> int:
    area = Area.objects.get(level="province", province_no=province_no, valid_to=None)
    lines = 0
    for _, check in prove(province_code=area.code):
        if check.findings:
            raise RuntimeError(f"the books of province {area.code} break {check.findings[0]}")
        lines += check.lines
    return lines


STEPS = (
    Step(
        "release",
        _release,
        {"payments_ledgerentry": "credit IN (2, 3, 8)", "payments_ordered": "true", "payments_ledgerposting": "credit IN (2, 3, 8)"},
    ),
    Step("send, with its files", _send, {"payments_ledgerentry": "credit = 4", "payments_delivery": "true"}),
    Step(
        "results: received, read, judged, applied",
        _take_results,
        {"payments_resultrow": "true", "payments_lineresult": "true", "payments_ledgerentry": "credit IN (5, 6)"},
    ),
    Step("reconcile", _reconcile, {"payments_ledgerentry": "credit = 7"}),
    Step("proof of the books", _prove, {}),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
