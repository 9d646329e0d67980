"""Whole months driven at random against a simple model in Python: facts come in time or late, lists go from hand to hand, lines are paid or not.

The machine uses what officers and agencies use: hands of a list, rejection, release, sending, files of results (some lines at a time), a list
opened again, reconciling, closing, writing off, the night's sweep. model.py keeps what is due, what lists ordered and where each line's money
stands; after each step the tables say the same and the books are proven. POSASOFT_MODEL_EXAMPLES sets how many lives are played (a nightly run may
play hundreds); `--hypothesis-seed` plays one again.
"""

from __future__ import annotations

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from beneficiaries.models import Decision
from households.operations import confirm_death, start_change
from payments.accounts import STANDING, Account
from payments.models import Correction, PaymentLine, PaymentList, Uncollected
from payments.operations import reconciling, release, steps, uncollected, writing_off
from payments.operations.proving import prove
from payments.operations.results import reopen
from payments.operations.sending import send
from payments.queries.cycle import rule_of
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting
from tests.corrections.scene import compute
from tests.payments.model import AWAY, NOT_ORDERED, OURS, PAID, SETTLED, Month
from tests.payments.model_world import FIRST, POSITION, World, lines_of
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES, STEPS = int(os.environ.get("POSASOFT_MODEL_EXAMPLES", "4")), 24
HANDS = {"draft": ("prepare", "prepared"), "prepared": ("check", "checked"), "checked": ("approve", "approved")}


class Months(World, RuleBasedStateMachine):
    """The steps of the cycle and what life brings, in any order that the cycle allows."""

    @rule(data=st.data(), late=st.integers(0, 2))
    def somebody_dies(self, data: st.DataObject, late: int) -> None:
        if living := sorted(one for one, life in self.book.lives.items() if life.died is None):
            person = data.draw(st.sampled_from(living))
            day = max(add_months(self.month, -late), FIRST).replace(day=12)
            with acting(COUNTRY):
                change = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=POSITION, reason="báo mất")
                confirm_death(person_id=person, died_on=day, change=change, by=COUNTRY)
            self.book.lives[person].died = day
            note(f"{person} died on {day}")

    @rule(data=st.data(), late=st.integers(0, 2), begins=st.booleans())
    def a_decision_begins_or_ends(self, data: st.DataObject, late: int, begins: bool) -> None:
        found = sorted(one for one, life in self.book.lives.items() if (life.since is None) is begins and life.until is None)
        if not found:
            return
        person = data.draw(st.sampled_from(found))
        life = self.book.lives[person]
        with acting(COUNTRY):
            if begins:
                self.decide(person, max(add_months(self.month, -late), FIRST))
            else:
                life.until = max(add_months(self.month, 1 - late), life.since or FIRST)
                Decision.objects.filter(person_id=person).update(until_month=life.until)

    @precondition(lambda self: len(self.book.lives) < 8)
    @rule()
    def a_family_comes(self) -> None:
        self.register()

    @rule()
    def the_month_is_run(self) -> None:
        compute(self.month)
        if self.held_now().status in ("none", "draft"):
            self.book.months[self.month] = Month(self.book.expected(self.month, rule_of(3, self.month).recovery_share_percent))
            note(f"{self.month}: {[line.total for line in self.held_now().lines.values()]}")
            # What is due and what was ordered differ by what is open, and by nothing else.
            with acting(COUNTRY):
                open_now = Correction.objects.filter(settled_at=None)
                assert {(row.person_id, row.benefit, row.month): row.due - row.ordered for row in open_now} == self.book.gaps(self.month)
        assert lines_of(self.month) == {home: (line.parts, line.total) for home, line in self.held_now().lines.items()}

    @precondition(lambda self: self.held_now().status in HANDS and self.held_now().lines)
    @rule()
    def a_hand_takes_the_list_on(self) -> None:
        name, status = HANDS[self.held_now().status]
        by = self.people[name]
        with acting(COUNTRY):
            held = self.list_of(self.month)
            if name == "approve":
                steps.note_read(pay_list=held, by=by)
            assert [one.status for one in steps.move(lists=[held], name=name, by=by)] == [status]
        self.held_now().status = status

    @precondition(lambda self: self.held_now().status in ("prepared", "checked", "approved"))
    @rule()
    def the_list_is_rejected(self) -> None:
        with acting(COUNTRY):
            steps.move(lists=[self.list_of(self.month)], name="reject", by=self.people["approve"], reason="Thiếu hộ mới")
        self.held_now().status = "draft"

    @precondition(lambda self: self.held_now().status in NOT_ORDERED and self.held_now().lines)
    @rule()
    def the_list_is_released(self) -> None:
        while self.held_now().status != "approved":
            self.a_hand_takes_the_list_on()
        with acting(COUNTRY):
            release(lists=[self.list_of(self.month)], by=self.people["release"])
        self.book.order(self.month)
        self.month = add_months(self.month, 1)

    @precondition(lambda self: self.book.with_status("released"))
    @rule()
    def lists_are_sent(self) -> None:
        with acting(COUNTRY):
            for _twice in range(2):
                assert send(lists=PaymentList.objects.filter(month__in=self.book.with_status("released")), by=self.people["release"])
        for month in self.book.with_status("released"):
            self.book.months[month].status = "sent"

    @precondition(lambda self: any(self.book.months[month].unanswered() for month in self.book.with_status("sent")))
    @rule(data=st.data(), text=st.booleans(), whole=st.booleans())
    def results_come(self, data: st.DataObject, text: bool, whole: bool) -> None:
        """All lines that still wait, or some, as a table or as a program's rows."""
        month = data.draw(st.sampled_from([one for one in self.book.with_status("sent") if self.book.months[one].unanswered()]))
        held = self.book.months[month]
        open_lines = held.unanswered()
        homes = open_lines if whole else data.draw(st.lists(st.sampled_from(open_lines), min_size=1, unique=True))
        fates = {home: data.draw(st.sampled_from([PAID, PAID, *AWAY, AWAY[0], OURS])) for home in homes}
        self.answer(month, fates, text)
        held.fates |= fates
        if not held.unanswered():
            held.status = "results_in"

    @precondition(lambda self: any(PAID in self.book.months[month].fates.values() for month in self.book.with_status("results_in")))
    @rule(data=st.data())
    def a_list_is_opened_again_for_a_correction(self, data: st.DataObject) -> None:
        """A line was not paid after all."""
        month = next(one for one in self.book.with_status("results_in") if PAID in self.book.months[one].fates.values())
        held = self.book.months[month]
        home = data.draw(st.sampled_from(sorted(home for home, fate in held.fates.items() if fate == PAID)))
        with acting(COUNTRY):
            reopen(pay_list=self.list_of(month), reason="Bưu điện báo nhầm", by=self.people["approve"])
        self.answer(month, {home: AWAY[0]})
        held.fates[home] = AWAY[0]

    @precondition(lambda self: self.book.with_status("results_in", "reconciled"))
    @rule(closing=st.booleans())
    def lists_are_settled(self, closing: bool) -> None:
        before, operation, by, after = (
            ("reconciled", reconciling.close, "approve", "closed")
            if closing
            else ("results_in", reconciling.reconcile, "check", "reconciled")
        )
        if months := self.book.with_status(before):
            with acting(COUNTRY):
                operation(lists=PaymentList.objects.filter(month__in=months), by=self.people[by])
            for month in months:
                self.book.months[month].status = after

    @precondition(lambda self: self.book.balances().get(Account.CARRIED))
    @rule(data=st.data())
    def money_is_written_off(self, data: st.DataObject) -> None:
        waiting = [(month, home) for month in self.book.with_status(*SETTLED) for home in sorted(self.book.months[month].lines)
                   if self.book.waits(month, home) and not self.book.in_hand(month, home)]  # fmt: skip
        if not waiting:
            return
        month, home = data.draw(st.sampled_from(waiting))
        with acting(COUNTRY):
            line = PaymentLine.objects.get(month=month, household_id=home)
            asked = writing_off.ask(month=month, line_id=line.id, ground="no_heir", reason="Biên bản số 3", by=self.people["prepare"])
            writing_off.decide(request=asked, agreed=True, reason="", by=self.people["approve"])
        self.book.months[month].written_off.add(home)

    @precondition(lambda self: self.book.with_status(*SETTLED))
    @rule()
    def the_night_looks_for_uncollected_money(self) -> None:
        uncollected.sweep(province_no=3)
        with acting(COUNTRY):
            cases = {
                row.household_id: (row.since, row.last_month, row.months, row.amount) for row in Uncollected.objects.filter(ended_at=None)
            }
        away = self.book.stayed_away()
        assert {home: case for home, case in cases.items() if home in away} == away
        last = self.book.months[max(self.book.with_status(*SETTLED))]
        assert not any(last.fates.get(home) == PAID for home in cases)

    @rule(data=st.data())
    def a_whole_month_passes(self, data: st.DataObject) -> None:
        """What the steps do one by one, so that a life of few steps has many months."""
        self.the_month_is_run()
        if self.held_now().lines:
            self.the_list_is_released()
            self.lists_are_sent()
            while any(self.book.months[month].unanswered() for month in self.book.with_status("sent")):
                self.results_come(data, text=False, whole=True)
            if self.book.with_status("results_in"):
                self.lists_are_settled(closing=False)
            if self.book.with_status(*SETTLED):
                self.the_night_looks_for_uncollected_money()

    @invariant()
    def every_benefit_month_is_ordered_as_lists_said_and_no_more(self) -> None:
        with owner(), connection.cursor() as cursor:
            cursor.execute("SELECT owner, benefit, for_month, sum(amount)::bigint FROM payments_ordered GROUP BY 1, 2, 3")
            found = {(person, benefit, month): amount for person, benefit, month, amount in cursor.fetchall()}
        assert found == {key: amount for key, amount in self.book.ordered.items() if key in found or amount}

    @invariant()
    def every_line_s_money_stands_in_one_place(self) -> None:
        """What was due and ordered is paid, waiting, written off, on its way or with the agency; nothing else is left over."""
        with owner(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.account, sum(v.amount)::bigint FROM payments_ledgerentry e"
                " CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) v(account, amount) GROUP BY 1"
            )
            stands = dict(cursor.fetchall())
        assert {account: stands[account] for account in map(int, STANDING) if stands.get(account)} == self.book.balances()
        assert sum(self.book.balances().values()) == sum(self.book.ordered.values())
        assert (stands.get(int(Account.DUE), 0), stands.get(int(Account.FORWARDED), 0), sum(stands.values())) == (0, 0, 0)

    @invariant()
    def lists_stand_where_they_should_and_the_books_are_proven(self) -> None:
        if self.book.months:
            with acting(COUNTRY):
                lists = dict(PaymentList.objects.values_list("month", "status"))
            assert {month: status for month, status in lists.items() if self.book.months[month].lines} == {
                month: held.status for month, held in self.book.months.items() if held.lines
            }
            broken = [found for _area, check in prove() for found in check.findings]
            assert not broken, broken


def test_months_go_as_the_model_says(transactional_db: None) -> None:
    run_state_machine_as_test(
        Months,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
            # The suite plays the same lives each time; whoever asks for more gets others, and their seed when one fails.
            derandomize="POSASOFT_MODEL_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
