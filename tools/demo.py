"""`./run demo`: from a bare checkout to a running demonstration; started again, it goes on where it was."""

import argparse
import datetime
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import psycopg

from tools import schema, servers
from tools.children import Children
from tools.console import Fault, say, step
from tools.locks import only_one
from tools.place import ROOT, data_place

SAMPLE = "samples/danh-sach-ho-ngheo-2025.xlsx"
SAMPLE_COMMUNE = ("00721", "2025-12-31")
START_LIMIT_SECONDS = 60
DISK_FULL = "53100"


@dataclass(frozen=True)
class Step:
    """One management command, and the question to the database whether its work is there already (one row, one boolean)."""

    title: str
    command: Sequence[str]
    done: str


def steps(*, households: int, month: datetime.date) -> list[Step]:
    """What fills an empty demonstration, in order. A step's work is committed whole, so that the question has only two answers."""
    area, day = SAMPLE_COMMUNE
    return [
        Step("Areas of the whole country", ["load_areas"], "SELECT EXISTS (SELECT FROM core_area WHERE level = 'commune')"),
        Step(
            f"Invented registry of {households:,} households in the four pilot provinces",
            ["generate_registry", "--households", str(households), "--provinces", "pilot"],
            "SELECT EXISTS (SELECT FROM households_household) AND to_regclass('households_interrupted_load') IS NULL",
        ),
        Step(
            "Sign-ins, one for each role", ["demonstration_users"], "SELECT EXISTS (SELECT FROM core_user WHERE username = 'chutich.xa2')"
        ),
        Step("Paying agencies with counters and clerks", ["demonstration_agencies"], "SELECT EXISTS (SELECT FROM payments_agency)"),
        Step(
            f"Import of {SAMPLE}",
            ["import_list", SAMPLE, "--area", area, "--area-date", day, "--accept"],
            "SELECT EXISTS (SELECT FROM households_importbatch WHERE status = 'accepted')",
        ),
        Step("Applications in one commune", ["demonstration_cases"], "SELECT EXISTS (SELECT FROM beneficiaries_case)"),
        Step(
            f"Months of payments around {month:%m/%Y}",
            ["demonstration_cycle", f"{month:%Y-%m}"],
            f"SELECT EXISTS (SELECT FROM payments_paymentlist WHERE month > '{month:%Y-%m-%d}' AND status <> 'draft')",
        ),
    ]


def main(arguments: list[str]) -> int:
    """Runs until Ctrl-C. Raises Fault."""
    parser = argparse.ArgumentParser(prog="./run demo")
    parser.add_argument("--households", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args(arguments)
    place = data_place()
    with only_one(place, "demo"):
        refuse_used_port(chosen.port)
        running = servers.start()
        running.environment |= {"HTTPS": "0", "DEMO": "1", "DEMO_PASSWORD": place.secret("demonstration")[:12]}
        try:
            _fill(running, chosen.households)
            with Children(place, running.environment) as children:
                _serve(children, chosen.port)
                _greet(running, chosen.port)
                children.wait()
        except KeyboardInterrupt:
            say("\nStopping; everything is saved.")
        finally:
            with step("Stopping"):
                running.stop()
    return 0


def this_month() -> datetime.date:
    """The first day of the present month in Viet Nam."""
    return datetime.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date().replace(day=1)


def refuse_used_port(port: int) -> None:
    """Raises Fault when this port of the loopback address cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Fault(
                f"Port {port} is used by another program or not allowed ({error.strerror}): choose another with ./run demo --port 8080."
            ) from error


def _fill(running: servers.Servers, households: int) -> None:
    url = running.environment.get("MIGRATION_DATABASE_URL", running.environment["DATABASE_URL"])
    schema.bring_up_to_date(running)
    for each in steps(households=households, month=this_month()):
        if not _is_true(url, each.done):
            with step(each.title):
                _manage(running, each.command)


def _is_true(url: str, question: str) -> bool:
    with psycopg.connect(url) as connection:
        try:
            answer = connection.execute(question).fetchone()
        except psycopg.errors.UndefinedTable as error:
            raise Fault(f"This checkout is incomplete ({error.diag.message_primary}): fetch it again with git.") from error
    return answer == (True,)


def _manage(running: servers.Servers, command: Sequence[str]) -> None:
    done = subprocess.run(
        [servers.python(), str(ROOT / "manage.py"), *command], cwd=ROOT, env=running.environment, stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        if "No space left" in done.stderr or DISK_FULL in done.stderr:
            raise Fault(f"The disk of {running.place.data} is full: free some space and start again; what was finished is kept.")
        raise Fault(
            f"{done.stderr.strip()}\nThe step 'manage {command[0]}' failed for the reason above; start again after putting it right."
        )


def _serve(children: Children, port: int) -> None:
    python = servers.python()
    celery = [python, "-m", "celery", "--app", "posasoft", "--quiet"]
    children.start("web", [python, "-m", "gunicorn", "posasoft.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"])
    children.start("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"])
    children.start("beat", [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(children.place.data / "beat-schedule")])
    with step("Starting web, worker and beat"):
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not _answers(port):
            children.check()
            if time.monotonic() > deadline:
                raise Fault(f"The web server does not answer: read {children.place.logs / 'web.log'} for the reason and start again.")
            time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def _greet(running: servers.Servers, port: int) -> None:
    url = running.environment.get("MIGRATION_DATABASE_URL", running.environment["DATABASE_URL"])
    with psycopg.connect(url) as connection:
        people = connection.execute(
            "SELECT u.username, r.role, coalesce(a.name, 'Việt Nam') FROM core_user u JOIN core_roleassignment r ON r.user_id = u.id"
            " LEFT JOIN core_area a ON a.id = r.area_id WHERE u.is_active ORDER BY u.id"
        ).fetchall()
    say(f"\nPOSASoft is running: http://127.0.0.1:{port}/\n")
    for name, role, area in people:
        say(f"  {name:<14} {role:<18} {area}")
    say("\nWho also needs a code is shown it on the sign-in page, here only; or: DEMO=1 HTTPS=0 ./run manage demo_code chutich.xa")
    say(f"The password of each is {running.environment['DEMO_PASSWORD']}. Ctrl-C stops everything and loses nothing.")
