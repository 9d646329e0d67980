"""Whole months driven at random against a simple model in Python: facts come in time or late, lists go their way, lines are paid or not.

The model keeps what is due to a person in a month, what lists ordered of it and where each line's money stands; after each step the tables say the
same. POSASOFT_MODEL_EXAMPLES sets how many lives are played (a nightly run may play hundreds); `--hypothesis-seed` plays one again.
"""

from __future__ import annotations

import datetime
import os
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from beneficiaries.models import Decision
from households.models import Household, Person
from households.operations import NewPerson, confirm_death, register_household, start_change
from payments.accounts import Account, SourceKind
from payments.models import Correction, PaymentList
from payments.operations import ledger, release
from payments.operations.ledger import Lines, Source
from payments.operations.proving import prove
from payments.queries.cycle import rule_of
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting
from tests.corrections.scene import compute
from tests.households.cast import JANUARY, area
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES, STEPS = int(os.environ.get("POSASOFT_MODEL_EXAMPLES", "4")), 22
FIRST = datetime.date(2026, 11, 1)
# A severely disabled adult: 540.000 × 1,5. Who dies while receiving it: 20 × 540.000 for the funeral.
MONTHLY, FUNERAL = 810_000, 10_800_000
ALLOWANCE, BURIAL = "TCXH-5.6", "FUNERAL"
Part = tuple[int, str, datetime.date]


@dataclass
class Life:
    """A person as the model knows him or her: benefit [since, until) and the day of death."""

    household: int
    since: datetime.date | None = None
    until: datetime.date | None = None
    died: datetime.date | None = None

    def due(self, month: datetime.date) -> dict[str, int]:
        alive = self.died is None or month <= self.died.replace(day=1)
        granted = self.since is not None and self.since <= month and (self.until is None or month < self.until)
        found = {ALLOWANCE: MONTHLY} if alive and granted else {}
        if granted and self.died is not None and self.died.replace(day=1) == month:
            found[BURIAL] = FUNERAL
        return found


@dataclass
class Line:
    """A household's line: its own parts (đồng by person, benefit and month), and the older lines whose unpaid money it carries."""

    parts: dict[Part, int]
    carries: list[tuple[datetime.date, int]]
    total: int


@dataclass
class Month:
    """The lists of a month: drafted, released, answered, reconciled; line id and fate of each household's line."""

    lines: dict[int, Line]
    status: str = "draft"
    paid: dict[int, bool] = field(default_factory=dict)


class Months(RuleBasedStateMachine):
    """The steps of the cycle and what life brings, in any order that the cycle allows."""

    def __init__(self) -> None:
        super().__init__()
        call_command("flush", verbosity=0, interactive=False)
        province = area("province", "08", "Tỉnh Tuyên Quang", 3 * 10**10, 10**10)
        self.commune = area("commune", "00721", "Xã Đồng Văn", 30_010_010_000, 10**4, province)
        self.cause = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=30_010_010_000, reason="thử nghiệm")
        self.month = FIRST
        self.lives: dict[int, Life] = {}
        self.months: dict[datetime.date, Month] = {}
        self.ordered: dict[Part, int] = defaultdict(int)
        self.sources = 0
        for _ in range(2):
            self._register()
        for person in list(self.lives):
            self._decide(person, FIRST)

    def _register(self) -> None:
        with acting(COUNTRY):
            number = Household.objects.count()
            home = register_household(
                commune=self.commune, village=None, residence_kind="rural", since=JANUARY, poverty={"class": "none"},
                change=self.cause, by=COUNTRY,
                members=[NewPerson(f"Chủ Hộ {number}", "male", datetime.date(1980, 1, 1), relation="head")] + [
                    NewPerson(f"Người {number}.{one}", "female", datetime.date(1975, 2, 3), relation="other", facts={
                        "disability": {"degree": "severe", "type": "mobility", "certified": "2025-02-03"}})
                    for one in range(2)
                ],
            )  # fmt: skip
            for person in Person.objects.filter(household=home, relation="other"):
                self.lives[person.pk] = Life(home.pk)

    def _decide(self, person: int, since: datetime.date) -> None:
        row = Person.objects.get(pk=person)
        Decision.objects.create(
            person=row, household_id=row.household_id, benefit=ALLOWANCE, signed_on=since, from_month=since, source="decision",
            change=self.cause, province_no=row.province_no, area_pos=row.area_pos,
        )  # fmt: skip
        self.lives[person].since, self.lives[person].until = since, None

    def _some(self, data: st.DataObject, people: list[int]) -> int | None:
        return data.draw(st.sampled_from(sorted(people))) if people else None

    @rule(data=st.data(), late=st.integers(0, 2))
    def somebody_dies(self, data: st.DataObject, late: int) -> None:
        if (person := self._some(data, [one for one, life in self.lives.items() if life.died is None])) is not None:
            day = max(add_months(self.month, -late), FIRST).replace(day=12)
            with acting(COUNTRY):
                change = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=30_010_010_000, reason="báo mất")
                confirm_death(person_id=person, died_on=day, change=change, by=COUNTRY)
            self.lives[person].died = day
            note(f"{person} died on {day}")

    @rule(data=st.data(), late=st.integers(0, 2))
    def a_decision_begins(self, data: st.DataObject, late: int) -> None:
        if (person := self._some(data, [one for one, life in self.lives.items() if life.since is None])) is not None:
            with acting(COUNTRY):
                self._decide(person, max(add_months(self.month, -late), FIRST))

    @rule(data=st.data(), late=st.integers(0, 2))
    def a_decision_ends(self, data: st.DataObject, late: int) -> None:
        if (person := self._some(data, [one for one, life in self.lives.items() if life.since and not life.until])) is not None:
            life = self.lives[person]
            life.until = max(add_months(self.month, 1 - late), life.since or FIRST)
            with acting(COUNTRY):
                Decision.objects.filter(person_id=person).update(until_month=life.until)

    @precondition(lambda self: len(self.lives) < 8)
    @rule()
    def a_family_comes(self) -> None:
        self._register()

    @rule()
    def the_month_is_run(self) -> None:
        known = self.months.get(self.month)
        compute(self.month)
        if known is None or known.status == "draft":
            self.months[self.month] = Month(self._expected())
            note(f"{self.month}: {[line.total for line in self.months[self.month].lines.values()]}")
        assert _lines_of(self.month) == {home: (line.parts, line.total) for home, line in self.months[self.month].lines.items()}

    def _expected(self) -> dict[int, Line]:
        """Every household's line by the rules of docs/payments.md, worked out one by one."""
        share = rule_of(3, self.month).recovery_share_percent
        past = [month for month, held in self.months.items() if month < self.month and held.status != "draft"]
        found = {}
        for home in sorted({life.household for life in self.lives.values()}):
            members = sorted(person for person, life in self.lives.items() if life.household == home)
            parts: dict[Part, int] = {(p, b, self.month): a for p in members for b, a in self.lives[p].due(self.month).items()}
            gaps = {
                (p, b, month): self.lives[p].due(month).get(b, 0) - self.ordered[p, b, month]
                for month in sorted(past) for p in members for b in (BURIAL, ALLOWANCE)
            }  # fmt: skip
            parts |= {key: gap for key, gap in gaps.items() if gap > 0}
            left = sum(parts.values()) * share // 100
            for key, gap in sorted(gaps.items(), key=lambda item: (item[0][2], item[0][0], item[0][1])):
                taken = min(-gap, left) if gap < 0 else 0
                if taken > 0:
                    parts[key], left = -taken, left - taken
            carries = [(month, home) for month in past if self._waits(month, home)]
            carried = sum(self.months[month].lines[home].total for month, home in carries)
            if any(amount > 0 for amount in parts.values()) or carries:
                found[home] = Line(parts, carries, sum(parts.values()) + carried)
        return found

    def _waits(self, month: datetime.date, home: int) -> bool:
        held = self.months[month]
        taken = any(
            (month, home) in line.carries for other in self.months.values() if other.status != "draft" for line in other.lines.values()
        )
        return held.status == "reconciled" and held.paid.get(home) is False and not taken

    @precondition(lambda self: self.months.get(self.month, Month({}, "released")).status == "draft")
    @rule()
    def the_lists_are_released(self) -> None:
        with acting(COUNTRY):
            release(lists=approved(PaymentList.objects.filter(month=self.month, status="draft")), by=COUNTRY)
        held = self.months[self.month]
        for line in held.lines.values():
            for key, amount in line.parts.items():
                self.ordered[key] += amount
        held.status = "released"
        self.month = add_months(self.month, 1)

    @precondition(lambda self: any(held.status == "released" for held in self.months.values()))
    @rule(data=st.data())
    def results_come(self, data: st.DataObject) -> None:
        month = min(month for month, held in self.months.items() if held.status == "released")
        held = self.months[month]
        held.paid = {home: data.draw(st.booleans()) for home, line in held.lines.items() if line.total > 0}
        with owner(), connection.cursor() as cursor:
            cursor.execute("SELECT household_id, id FROM payments_paymentline WHERE month = %s AND total > 0", [month])
            ids = dict(cursor.fetchall())
        self.sources += 1
        with acting(COUNTRY):
            ledger.book_sent(Lines.of_lines(month, list(ids.values())), source=Source(SourceKind.DELIVERY, self.sources))
            for verb, fate in ((ledger.book_paid, True), (ledger.book_returned, False)):
                verb(Lines.of_lines(month, [ids[home] for home, one in held.paid.items() if one is fate]),
                     source=Source(SourceKind.RESULTS, self.sources))  # fmt: skip
            PaymentList.objects.filter(month=month, status="released").update(status="results_in")
        held.status = "results_in"

    @precondition(lambda self: any(held.status == "results_in" for held in self.months.values()))
    @rule()
    def the_unpaid_is_carried(self) -> None:
        month = min(month for month, held in self.months.items() if held.status == "results_in")
        held = self.months[month]
        with owner(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM payments_paymentline WHERE month = %s AND household_id = ANY(%s)",
                [month, [home for home, fate in held.paid.items() if not fate]],
            )
            ids = [row[0] for row in cursor.fetchall()]
        with acting(COUNTRY):
            ledger.book_carried(Lines.of_lines(month, ids), source=Source(SourceKind.CLOSING, self.sources))
            PaymentList.objects.filter(month=month, status="results_in").update(status="reconciled")
        held.status = "reconciled"

    @invariant()
    def what_was_ordered_is_ordered_once_and_adds_up(self) -> None:
        with owner(), connection.cursor() as cursor:
            cursor.execute("SELECT owner, benefit, for_month, sum(amount)::bigint FROM payments_ordered GROUP BY 1, 2, 3")
            found = {(person, benefit, month): amount for person, benefit, month, amount in cursor.fetchall()}
        assert found == {key: amount for key, amount in self.ordered.items() if key in found or amount}

    @invariant()
    def every_line_s_money_stands_in_one_place(self) -> None:
        with owner(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.account, sum(v.amount)::bigint FROM payments_ledgerentry e"
                " CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) v(account, amount) GROUP BY 1"
            )
            stands = dict(cursor.fetchall())
        paid = sum(held.lines[home].total for held in self.months.values() for home, fate in held.paid.items() if fate)
        assert stands.get(int(Account.PAID), 0) == paid
        # What was ever put on lists, less what was kept back, is with somebody: nothing else may be left over.
        assert sum(stands.values()) == 0
        assert stands.get(int(Account.DUE), 0) == 0

    def teardown(self) -> None:
        if self.months:
            broken = [found for _area, check in prove() for found in check.findings if found["rule"] != "result_is_booked"]
            assert not broken, broken
            assert all(row.due != row.ordered for row in Correction.objects.filter(settled_at=None))


def _lines_of(month: datetime.date) -> dict[int, tuple[dict[Part, int], int]]:
    """Household → its own parts and total, from the list of a month; parts carried over belong to the line they come from."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.household_id, p.total, x.p, x.b, (x.m || '-01')::date, x.a FROM payments_paymentline p"
            " LEFT JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, a bigint, o bigint) ON x.o IS NULL"
            " WHERE p.month = %s",
            [month],
        )
        found: dict[int, tuple[dict[Part, int], int]] = {}
        for home, total, person, benefit, part_month, amount in cursor.fetchall():
            parts, _total = found.setdefault(home, ({}, total))
            if benefit is not None:
                parts[person, benefit, part_month] = amount
    return found


def test_months_go_as_the_model_says(transactional_db: None) -> None:
    run_state_machine_as_test(
        Months,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
