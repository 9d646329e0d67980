"""One round: a small country's lists go their way through real servers while something is killed, flushed or full; then the log is replayed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from payments.models import Agency, PaymentList, ServiceArea, ServicePoint
from payments.operations import work_run
from posasoft.core.models import Area, Job, Role
from posasoft.core.tasks import sweep
from tests.browser.cast import make_officer
from tests.faults import country, oracle
from tests.faults.client import Act, Office
from tests.faults.stage import Stage
from tests.support.database import owner
from tests.support.processes import until

PROVINCES = (11, 12)
KINDS = ("web", "postgres", "disk", "worker", "valkey", "web and its parent", "worker and its parent")
# Longer than a request takes: a fault drawn for it falls before, into or after its commit.
LONGEST_DELAY = 0.12
DISK_FULL_SECONDS = 0.4
# Requests of one round; those of two at once count as one.
ACTS = 22


def kinds_of(number: int, *, without_disk: str = "") -> tuple[str, ...]:
    """The faults of the n-th round: all of them in every four rounds, two in each; where the disk cannot be filled, PostgreSQL is killed instead."""
    turn = 2 * number
    kinds = (KINDS[turn % len(KINDS)], KINDS[(turn + 1) % len(KINDS)])
    return tuple(dict.fromkeys("postgres" if without_disk and kind == "disk" else kind for kind in kinds))


# Everything that a round writes, not who pays where; the tables that hold something before it are filled again from copies.
_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
  AND (c.relname LIKE 'payments\\_%' AND c.relname <> ALL (ARRAY['payments_agency', 'payments_servicepoint', 'payments_servicearea',
    'payments_agencypost', 'payments_apikey', 'payments_noticetemplate'])
    OR c.relname = ANY (ARRAY['core_dutydone', 'core_hold', 'core_auditevent', 'core_auditseal', 'core_workitem', 'core_notification',
    'core_job', 'core_joblogline', 'core_outboxmessage', 'core_assigneditem', 'core_usersession']))
ORDER BY 1
"""
_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


@dataclass
class Theatre:
    """The stage with its country: people, draft lists, and copies of all rows as they are before a round."""

    stage: Stage
    tables: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Two provinces of two communes, their officers, and the draft lists of November."""
        country.settle(provinces=PROVINCES, communes=2, homes=6)
        with owner():
            for place in Area.objects.filter(level="commune"):
                for name, role in (
                    ("can-bo", Role.COMMUNE_OFFICER),
                    ("chu-tich", Role.COMMUNE_CHAIR),
                    ("pho-chu-tich", Role.COMMUNE_CHAIR),
                ):
                    make_officer(f"{name}-{place.code}", name, role, place)
            for place in Area.objects.filter(level="province"):
                make_officer(f"cum-{place.code}", "cum", Role.CLUSTER_OFFICER, place)
                make_officer(f"tinh-{place.code}", "tinh", Role.PROVINCE_OFFICER, place)
            _settle_payer()
        work_run(country.begin().pk)
        with owner(), connection.cursor() as cursor:
            cursor.execute(_TABLES)
            self.tables = [row[0] for row in cursor.fetchall()]
            cursor.execute("CREATE SCHEMA kept")
            for table in self.tables:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                if cursor.fetchone()[0]:
                    cursor.execute(_COLUMNS, [table])
                    self.kept[table] = cursor.fetchone()[0]
                    cursor.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")

    def reset(self) -> None:
        """Every row as it was before the first round."""
        with owner(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(self.tables)}")
            # Lines need their lists.
            for table in sorted(self.kept, key=lambda name: (name == "payments_paymentline", name)):
                columns = self.kept[table]
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept.{table}")


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
        self.theatre.reset()
        draw = random.Random(self.seed)
        lists = list(PaymentList.objects.select_related("commune").order_by("pk"))
        people = [name for pay_list in lists for name in _people(pay_list)]
        self.office = Office(self.theatre.stage, sorted(set(people)))
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
            self._act(f"can-bo-{pay_list.commune.code}", "prepare", _step(pay_list, "step/prepare"), [pay_list.pk])
        for pay_list in lists:
            self._act(f"cum-{_province(pay_list)}", "check", _step(pay_list, "step/check"), [pay_list.pk])
        for pay_list in lists:
            chairs = [f"{name}-{pay_list.commune.code}" for name in ("chu-tich", "pho-chu-tich")]
            draw.shuffle(chairs)
            for chair in chairs:
                self._act(chair, "read", _step(pay_list, "striking/read"), [pay_list.pk])
            self._together(*(self.office.act(chair, "approve", _step(pay_list, "sign/approve"), [pay_list.pk]) for chair in chairs))
        for code in sorted({_province(pay_list) for pay_list in lists}):
            ids = [pay_list.pk for pay_list in lists if _province(pay_list) == code]
            self._act(f"tinh-{code}", "release", "/paying/lists/sign/", ids, name="release", list=ids)
        for code in sorted({_province(pay_list) for pay_list in lists}):
            ids = [pay_list.pk for pay_list in lists if _province(pay_list) == code]
            self._act(f"tinh-{code}", "send", "/paying/lists/send/", ids, list=ids)

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
        until(_nothing_open, seconds=60)


def _nothing_open() -> bool:
    with owner():
        open_jobs = Job.objects.filter(status__in=["queued", "running"])
        if not open_jobs.exists():
            return True
        # What thirty seconds of silence do.
        open_jobs.update(heartbeat_at="2026-01-01T00:00Z", created_at="2026-01-01T00:00Z")
    sweep()
    return False


def _settle_payer() -> None:
    """One post office pays everything, at a counter in each commune."""
    post = Agency.objects.create(code="VNPOST", name="Bưu điện", kind="post")
    for place in Area.objects.filter(level="commune"):
        located = {"agency": post, "commune": place, "province_no": place.province_no, "area_pos": place.position}
        point = ServicePoint.objects.create(code=place.code, name=f"Điểm {place.name}", **located)
        ServiceArea.objects.create(channel="post", service_point=point, since=country.NOVEMBER, **located)


def _people(pay_list: PaymentList) -> list[str]:
    code = pay_list.commune.code
    return [f"can-bo-{code}", f"chu-tich-{code}", f"pho-chu-tich-{code}", f"cum-{_province(pay_list)}", f"tinh-{_province(pay_list)}"]


def _province(pay_list: PaymentList) -> str:
    return str(pay_list.province_no)


def _step(pay_list: PaymentList, name: str) -> str:
    return f"/paying/lists/{pay_list.pk}/{name}/"
