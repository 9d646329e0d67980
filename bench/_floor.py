"""The floor: what the machine needs at least. A scan of the inputs, and COPY of the same rows into tables with the same indexes."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench._machine import in_threads, owner

INPUTS = {
    "households_person": "facts_since",
    "households_household": "facts_since",
    "beneficiaries_decision": "from_month",
    "households_raising": "until",
}


@dataclass(frozen=True)
class Floor:
    """Seconds of the scan and of the COPY, and how many rows were copied."""

    scan: float
    copy: float
    rows: int

    @property
    def seconds(self) -> float:
        return self.scan + self.copy


@dataclass(frozen=True)
class Output:
    """Rows that a run wrote into one table."""

    table: str
    condition: str

    @property
    def copied(self) -> str:
        return f"floor_{self.table}"


def measure(*, run_id: int, month: datetime.date, workers: int) -> Floor:
    """The floor of one run's own output. Makes and drops tables of its own."""
    outputs = [
        Output("beneficiaries_entitlement", f"run_id = {run_id}"),
        Output("beneficiaries_package", f"run_id = {run_id}"),
        Output("payments_paymentlist", f"month = '{month}'"),
        Output("payments_paymentline", f"month = '{month}'"),
    ]
    with tempfile.TemporaryDirectory() as folder, owner(autocommit=True) as server:
        scan = _scan(server, workers)
        copy, rows = copy_again(outputs, Path(folder), workers)
    return Floor(scan, copy, rows)


def copy_again(outputs: list[Output], folder: Path, workers: int) -> tuple[float, int]:
    """Seconds of COPY of these rows into tables of the same shape, constraints and indexes, and how many rows they are."""
    with owner(autocommit=True) as server:
        rows = sum(_take_out(server, output, folder, workers) for output in outputs)
        for output in outputs:
            _same_table(server, output)
        server.execute("CHECKPOINT") if _may_checkpoint(server) else None
        seconds = in_threads([_loader(outputs, folder, number) for number in range(workers)])
        for output in outputs:
            server.execute(f"DROP TABLE {output.copied}")
    return seconds, rows


def _take_out(server: psycopg.Connection[Any], output: Output, folder: Path, workers: int) -> int:
    rows = 0
    for number in range(workers):
        query = f"SELECT * FROM {output.table} WHERE {output.condition} AND province_no % {workers} = {number}"
        with (folder / f"{output.table}.{number}").open("wb") as file, server.cursor() as cursor:
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
                for block in copy:
                    file.write(block)
            rows += cursor.rowcount
    return rows


def _scan(server: psycopg.Connection[Any], workers: int) -> float:
    server.execute(f"SET max_parallel_workers_per_gather = {workers - 1}")
    server.execute("SET enable_indexonlyscan = off; SET enable_indexscan = off; SET enable_bitmapscan = off; SET parallel_setup_cost = 0")

    def scan() -> None:
        for table, column in INPUTS.items():
            server.execute(f"SELECT count({column}) FROM {table}")

    return in_threads([scan])


def _same_table(server: psycopg.Connection[Any], output: Output) -> None:
    server.execute(f"DROP TABLE IF EXISTS {output.copied}")
    server.execute(f"CREATE TABLE {output.copied} (LIKE {output.table} INCLUDING ALL)")


def _may_checkpoint(server: psycopg.Connection[Any]) -> bool:
    row = server.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')").fetchone()
    return bool(row and row[0])


def _loader(outputs: list[Output], folder: Path, number: int) -> Any:
    def load() -> None:
        with owner() as server:
            for output in outputs:
                into = f"COPY {output.copied} FROM STDIN (FORMAT binary)"
                with (folder / f"{output.table}.{number}").open("rb") as file, server.cursor() as cursor, cursor.copy(into) as copy:
                    while block := file.read(1 << 20):
                        copy.write(block)

    return load
