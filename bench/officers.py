"""`./run bench officers --households 500000`: the pages officers open most, under fifty of them at once, on loopback.

The web server runs as in the demonstration (gunicorn, two processes of four threads); the officers are locust's, each signed in to a commune of
their own, with three to seven seconds between two pages. Counting begins when all have arrived: fifty sign-ins within seconds are fifty password
hashes, which is another question. Every page is compared with a page of the same frame that shows no data.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import connection

from bench._machine import Memory, owner, settings
from bench.month import FIRST, _count, _month, _registry
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, acting

PORT = 8765
PASSWORD = "mot-mat-khau-chi-de-do-2026"
BASELINE = "a page without data (baseline)"
AIM_MS = 400


def main(arguments: list[str]) -> int:
    """Runs the benchmark and prints a table in Markdown; 1 when a page's p95 misses the aim or a request failed."""
    options = _options(arguments)
    _registry(options.households, fresh=not options.keep)
    if not _computed():
        _month("first month", FIRST, 2, _count("households_person"), writes=False)
    people = _officers(options.officers)
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        rows = _measure(Path(folder), people, options)
    return _report(rows, options)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench officers")
    parser.add_argument("--households", type=int, default=500_000)
    parser.add_argument("--officers", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--keep", action="store_true", help="use the registry that is there")
    return parser.parse_args(arguments)


def _computed() -> bool:
    with owner(autocommit=True) as server:
        row = server.execute("SELECT EXISTS (SELECT FROM beneficiaries_run WHERE finished_at IS NOT NULL)").fetchone()
    return bool(row and row[0])


def _officers(number: int) -> list[dict[str, str]]:
    """One officer for each of the largest communes."""
    with owner(autocommit=True) as server:
        communes = server.execute(
            "SELECT commune_id FROM households_household GROUP BY 1 ORDER BY count(*) DESC LIMIT %s", [number]
        ).fetchall()
    hashed = make_password(PASSWORD)
    people = []
    with acting(COUNTRY):
        for place, (commune_id,) in enumerate(communes, start=1):
            username = f"do.{place:03d}"
            user, _ = User.objects.update_or_create(
                username=username, defaults={"full_name": f"Cán bộ đo {place}", "password": hashed, "is_active": True}
            )
            RoleAssignment.objects.get_or_create(
                user=user, role=Role.COMMUNE_OFFICER, area=Area.objects.get(pk=commune_id), since=datetime.date(2025, 7, 1)
            )
            people.append({"username": username, "password": PASSWORD})
    return people


def _measure(folder: Path, people: list[dict[str, str]], options: argparse.Namespace) -> list[dict[str, str]]:
    who = folder / "people.json"
    who.write_text(json.dumps(people), encoding="utf-8")
    environment = {**os.environ, "HTTPS": "0", "BENCH_OFFICERS": str(who), "DJANGO_SETTINGS_MODULE": "posasoft.settings"}
    serve = [sys.executable, "-m", "gunicorn", "posasoft.wsgi", "--bind", f"127.0.0.1:{PORT}", "--workers", "2", "--threads", "4"]
    with Memory() as memory, (folder / "web.log").open("w") as log:
        server = subprocess.Popen(serve, env=environment, stdout=log, stderr=log)
        try:
            _wait()
            subprocess.run(
                [
                    sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("_officers.py")), "--headless", "--only-summary",
                    "-u", str(len(people)), "-r", "2", "-t", f"{options.seconds}s", "--reset-stats", "--host", f"http://127.0.0.1:{PORT}",
                    "--csv", str(folder / "seen"),
                ],
                env=environment, check=False, stdout=log, stderr=log,
            )  # fmt: skip
        finally:
            server.terminate()
            server.wait()
    sys.stdout.write(f"peak memory of web processes and database sessions: {memory.peak:,.0f} MB\n")
    failures = folder / "seen_failures.csv"
    if failures.exists():
        sys.stdout.write("".join(failures.read_text(encoding="utf-8").splitlines(keepends=True)[1:]))
    seen = folder / "seen_stats.csv"
    if not seen.exists():
        raise RuntimeError((folder / "web.log").read_text()[-3000:])
    with seen.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _wait() -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sign-in/", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the web server does not answer")


def _report(rows: list[dict[str, str]], options: argparse.Namespace) -> int:
    pages = [row for row in rows if row["Name"] not in ("Aggregated", "arrival")]
    base = next(float(row["95%"]) for row in pages if row["Name"] == BASELINE)
    out = sys.stdout
    out.write(f"\n## ./run bench officers, {datetime.datetime.now():%Y-%m-%d %H:%M}\n")  # noqa: DTZ005 - the reader's clock
    out.write(f"{_count('households_household'):,} households, {options.officers} officers, {options.seconds} s, 3-7 s between pages\n\n")
    out.write("| page | requests | failed | p50 ms | p95 ms | p99 ms | p95 ÷ baseline | bytes |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
    for row in sorted(pages, key=lambda row: -float(row["95%"])):
        out.write(
            f"| {row['Name']} | {row['Request Count']} | {row['Failure Count']} | {row['50%']} | {row['95%']} | {row['99%']} |"
            f" {float(row['95%']) / base:.1f} | {float(row['Average Content Size']):,.0f} |\n"
        )
    for name, value in settings():
        out.write(f"- {name}: {value}\n")
    missed = [row["Name"] for row in pages if float(row["95%"]) >= AIM_MS or row["Failure Count"] != "0"]
    out.write(f"\naim p95 < {AIM_MS} ms and no failure: {'met' if not missed else 'missed by ' + ', '.join(missed)}\n")
    return 1 if missed else 0
