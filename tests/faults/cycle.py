"""One round: a small country's lists go their way through real servers while something is killed, flushed or full; then the log is replayed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connections
from django.urls import reverse

from payments.models import ListStep, PaymentLine, PaymentList
from posasoft.core.models import Job
from posasoft.core.tasks import sweep
from tests.faults import oracle
from tests.faults.client import JOB, Act, Office
from tests.faults.theatre import PROVINCES, Theatre
from tests.support.database import owner

T = TypeVar("T")
RESULTS = "/api/v1/results/"
KINDS = ("web", "postgres", "disk", "worker", "valkey", "web and its parent", "worker and its parent")
# Longer than a request takes: a fault drawn for it falls before, into or after its commit.
LONGEST_DELAY = 0.12
DISK_FULL_SECONDS = 0.4
# Requests of one round; those of two at once count as one.
ACTS = 30


def kinds_of(number: int, *, without_disk: str = "") -> tuple[str, ...]:
    """The faults of the n-th round: all of them in every four rounds, two in each; where the disk cannot be filled, PostgreSQL is killed instead."""
    turn = 2 * number
    kinds = (KINDS[turn % len(KINDS)], KINDS[(turn + 1) % len(KINDS)])
    return tuple(dict.fromkeys("postgres" if without_disk and kind == "disk" else kind for kind in kinds))


@dataclass
class Fault:
    """Something that happens a moment after the n-th act (of a verb) is sent; a full disk is full from before it until then."""

    kind: str
    verb: str
    act: int
    delay: float
    fires: Callable[[], object]
    before: Callable[[], object] | None = None
    timer: threading.Timer | None = None

    def begin(self) -> None:
        """The clock of the fault begins to tick."""
        if self.before:
            self.before()
        self.timer = threading.Timer(self.delay, self.fires)
        self.timer.start()

    def __str__(self) -> str:
        return f"{self.kind} {self.delay * 1000:.0f} ms into {self.verb or 'act'} {self.act}"


@dataclass
class Round:
    """One round, all of it drawn from its seed."""

    theatre: Theatre
    seed: int
    kinds: tuple[str, ...]
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def play(self) -> list[str]:
        """What does not agree afterwards, in words; empty when nothing was lost, nothing paid twice and the replay changed nothing."""
        # A round before this one may have ended in the middle.
        connections.close_all()
        self.theatre.reset()
        draw = random.Random(self.seed)
        lists = list(PaymentList.objects.select_related("commune").order_by("pk"))
        people = [name for pay_list in lists for name in _people(pay_list)]
        self.office = Office(self.theatre.stage, sorted(set(people)), self.theatre.secret)
        self.faults = [self._drawn(kind, draw) for kind in self.kinds]
        self._walk(lists, draw)
        self._settle_down()
        self.lists = [pay_list.pk for pay_list in lists]
        found = oracle.problems(self.office.log, self.lists)
        before = oracle.digest()
        for act in self.office.log.acts():
            self.office.deliver(act)
        self._settle_down()
        after = oracle.digest()
        return [
            *found,
            *(f"the replay changed {table}: {before[table]} → {after[table]}" for table in before if before[table] != after[table]),
        ]

    # ---- the way of the lists
    def _walk(self, lists: list[PaymentList], draw: random.Random) -> None:
        for pay_list in lists:
            self._act(f"can-bo-{pay_list.commune.code}", "prepare", _step(pay_list, "step", "prepare"), [pay_list.pk])
        for pay_list in lists:
            self._act(f"cum-{_province(pay_list)}", "check", _step(pay_list, "step", "check"), [pay_list.pk])
        for pay_list in lists:
            chairs = [f"{name}-{pay_list.commune.code}" for name in ("chu-tich", "pho-chu-tich")]
            draw.shuffle(chairs)
            for chair in chairs:
                self._act(chair, "read", _step(pay_list, "striking_read"), [pay_list.pk])
            self._together(*(self.office.act(chair, "approve", _step(pay_list, "sign", "approve"), [pay_list.pk]) for chair in chairs))
        for code in sorted({_province(pay_list) for pay_list in lists}):
            ids = [pay_list.pk for pay_list in lists if _province(pay_list) == code]
            self._act(f"tinh-{code}", "release", reverse("portal:lists_sign"), ids, name="release", list=ids)
        for code in sorted({_province(pay_list) for pay_list in lists}):
            ids = [pay_list.pk for pay_list in lists if _province(pay_list) == code]
            # Lists of one province by a request, those of the other, as many of them are, by a job.
            self._act(f"tinh-{code}", "send", reverse("portal:lists_send") if code == str(PROVINCES[0]) else JOB, ids, list=ids)
        _wait_for_jobs()
        self._pay(lists)
        for code in sorted({_province(pay_list) for pay_list in lists}):
            ids = [pay_list.pk for pay_list in lists if _province(pay_list) == code]
            self._act(f"tinh-{code}", "reconcile", reverse("portal:settling_step"), ids, name="reconcile", list=ids)

    def _pay(self, lists: list[PaymentList]) -> None:
        """The agency's program sends results list by list, and those of the second province as one large file; the chair reopens a list
        while its correction is on its way."""
        rows = {pay_list.pk: steadily(partial(_answers, pay_list.pk)) for pay_list in lists}
        here = [pay_list for pay_list in lists if pay_list.province_no == PROVINCES[0]]
        there = [pay_list.pk for pay_list in lists if pay_list.province_no != PROVINCES[0]]
        self._arm("results")
        self.office.insist(self.office.call(JOB, there, [row for pk in there for row in rows[pk]]))
        for pay_list in here:
            self._arm("results")
            self.office.until_taken(self.office.call(RESULTS, [pay_list.pk], rows[pay_list.pk]))
        first = here[0]
        chair = f"chu-tich-{first.commune.code}"
        again = self.office.act(
            chair,
            "reopen",
            reverse("portal:list_reopen", args=[first.pk]),
            [first.pk],
            reason="Trả nhầm người",
            after=steadily(partial(_last_step, first.pk)),
        )
        mended = self.office.call(RESULTS, [first.pk], [{"line": rows[first.pk][-1]["line"], "outcome": "unpaid", "reason": "wrong_data"}])
        self._together(again, mended)
        self.office.until_taken(mended)
        _wait_for_jobs()

    def _act(self, user: str, verb: str, address: str, lists: list[int], **fields: object) -> Act:
        act = self.office.act(user, verb, address, lists, **fields)
        self._arm(verb)
        self.office.insist(act)
        return act

    def _together(self, *acts: Act) -> None:
        self._arm(acts[0].verb)
        self.office.at_once(*acts)

    # ---- faults
    def _drawn(self, kind: str, draw: random.Random) -> Fault:
        stage = self.theatre.stage
        left, new_log, delay = draw.choice((0, 8192, 65536)), draw.random() < 0.4, draw.uniform(0, LONGEST_DELAY)
        full = stage.disk_full(left=left, new_log=new_log)
        fires = {
            "web": lambda: stage.kill("web", whole=False),
            "web and its parent": lambda: stage.kill("web", whole=True),
            "worker": lambda: stage.kill("worker", whole=False),
            "worker and its parent": lambda: stage.kill("worker", whole=True),
            "postgres": stage.kill_postgres,
            "valkey": stage.flush_queue,
            "disk": lambda: full.__exit__(None, None, None),
        }[kind]
        if kind == "disk":
            return Fault(kind, "release", 0, DISK_FULL_SECONDS + delay, fires, full.__enter__)
        return Fault(kind, "", draw.randrange(ACTS), delay, fires)

    def _arm(self, verb: str) -> None:
        """Before an act is sent: what was drawn for it begins."""
        for fault in self.faults:
            if fault.timer is None and (
                self.counts["all"] >= fault.act if not fault.verb else verb == fault.verb and self.counts[verb] >= fault.act
            ):
                fault.begin()
        self.counts.update(("all", verb))

    def _settle_down(self) -> None:
        """Faults are over, servers are back, and the sweeper has woken what nobody works on."""
        for fault in self.faults:
            if fault.timer is not None:
                fault.timer.join()
        self.theatre.stage.recover()
        self.theatre.stage.wait_for_web()
        _wait_for_jobs()


def _wait_for_jobs() -> None:
    """The worker has done everything, after whatever happened to it.

    What thirty seconds of silence do is done to open jobs at growing distances: a job whose worker is alive but slow is taken from it
    now and then (as a stalled machine would), not so often that nobody ever ends it.
    """
    began = time.monotonic()
    silence = 0.2
    while open_jobs := steadily(_open_jobs):
        waited = time.monotonic() - began
        if waited > 240:
            raise RuntimeError(f"the worker does not come to an end: {open_jobs}")
        if waited > silence:
            silence = 2 * waited
            steadily(_fall_silent)
            sweep()
        time.sleep(0.05)


def steadily(read: Callable[[], T]) -> T:
    """What the tests themselves read, again when the server is just being killed."""
    for _ in range(200):
        try:
            return read()
        except (OperationalError, InterfaceError):
            connections.close_all()
            time.sleep(0.1)
    return read()


def _answers(list_id: int) -> list[dict[str, object]]:
    """What the agency says of a list: the first family was not at home, all others have their money."""
    with owner():
        lines = PaymentLine.objects.filter(list_id=list_id).order_by("id").values_list("public_id", "total")
        return [
            {"line": str(line), "outcome": "paid", "amount": total}
            if number
            else {"line": str(line), "outcome": "unpaid", "reason": "absent"}
            for number, (line, total) in enumerate(lines)
        ]


def _last_step(list_id: int) -> int:
    """Of the page on which somebody reopens a list."""
    with owner():
        return ListStep.objects.filter(pay_list_id=list_id).latest("pk").pk


def _open_jobs() -> list[tuple[str, str, datetime | None]]:
    with owner():
        return list(Job.objects.filter(status__in=["queued", "running"]).values_list("kind", "status", "heartbeat_at"))


def _fall_silent() -> None:
    with owner():
        Job.objects.filter(status__in=["queued", "running"]).update(heartbeat_at="2026-01-01T00:00Z", created_at="2026-01-01T00:00Z")


def _people(pay_list: PaymentList) -> list[str]:
    code = pay_list.commune.code
    return [f"can-bo-{code}", f"chu-tich-{code}", f"pho-chu-tich-{code}", f"cum-{_province(pay_list)}", f"tinh-{_province(pay_list)}"]


def _province(pay_list: PaymentList) -> str:
    return str(pay_list.province_no)


def _step(pay_list: PaymentList, page: str, *more: str) -> str:
    return reverse(f"portal:list_{page}", args=[pay_list.pk, *more])
