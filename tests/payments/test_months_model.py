"""Whole months driven at random against a simple model in Python: facts come in time or late, lists go from hand to hand, lines are paid or not.

The machine uses what officers and agencies use: hands of a list, rejection, release, sending, files of results (some lines at a time), a list
opened again, reconciling, closing, lists besides the regular ones, moves of people and families, a decree that counts in paid months, suspension
and resumption, recoveries given up, writing off, the night's sweep. model.py keeps what is due, what lists ordered and where each line's money
stands; after each step the tables say the same and the books are proven. POSASOFT_MODEL_EXAMPLES sets how many lives are played (a nightly run may
play hundreds); `--hypothesis-seed` plays them again.
"""

from __future__ import annotations

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from payments.accounts import STANDING, Account
from payments.models import Correction, PaymentLine, PaymentList, Uncollected
from payments.operations import uncollected, waiving, writing_off
from payments.operations.proving import prove
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting
from tests.payments.model import ALLOWANCE, AWAY, NOT_ORDERED, ONE_OFF, OURS, PAID, SETTLED, SUPPLEMENTARY, Key
from tests.payments.model_rules import HAPPENED, Hands, happened
from tests.payments.model_world import FIRST
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = "POSASOFT_MODEL_EXAMPLES" in os.environ
EXAMPLES, STEPS = int(os.environ.get("POSASOFT_MODEL_EXAMPLES", "2")), 24 if ASKED else 12
# Of so many lives each of these must have been part of one: what never happens proves nothing.
MANY = 40
MUST_HAPPEN = (
    "a recovery is given up", "a recovery is not given up", "a share of a recovery in a list", "the rest of a recovery in a list",
    "a supplementary list is released", "a one_off list is released", "a list is opened again", "carried money is written off",
    "suspended money is written off", "the chair suspends a family", "a suspended family is paid again", "somebody moves to another family",
    "a family moves to the other commune", "arrears in a list", "money carried into a list", "effects of the decree: agree, some",
)  # fmt: skip


class Months(Hands):
    """The steps of the cycle and what life brings, in any order that the cycle allows."""

    @initialize(share=st.sampled_from([20, 50, 50, 100]), months=st.integers(0, 2))
    def the_first_months(self, share: int, months: int) -> None:
        """A family more in each commune, and paid months behind them: what comes late needs a past."""
        self.share = share
        self.keep_back(share)
        for commune in self.communes:
            for person in self.book.members(self.register(commune)):
                self.decide(person, FIRST)
            self.register(commune)
        for _month in range(months):
            self.a_month_passes({})

    # Money nobody comes for, and money nobody can give back.

    @precondition(lambda self: self.book.balances().keys() & {Account.CARRIED, Account.SUSPENDED})
    @rule(data=st.data(), agreed=st.booleans())
    def money_is_written_off(self, data: st.DataObject, agreed: bool) -> None:
        waiting = [(key, home) for key in self.book.with_status(*SETTLED) for home in sorted(self.book.lists[key].lines)
                   if self.book.waits(key, home) and self.book.lists[key].lines[home].total and not self.book.in_hand(key, home)]  # fmt: skip
        if not waiting:
            return
        self.writes_off(*data.draw(st.sampled_from(waiting)), agreed)

    def writes_off(self, key: Key, home: int, agreed: bool) -> None:
        with acting(COUNTRY):
            line = PaymentLine.objects.get(month=key.month, list_id=self.lists_of([key])[0].pk, household_id=home)
            asked = writing_off.ask(month=key.month, line_id=line.id, ground="no_heir", reason="Biên bản số 3", by=self.people["prepare"])
            writing_off.decide(request=asked, agreed=agreed, reason="Còn cháu nội", by=self.people["approve"])
        if agreed:
            happened(f"{'suspended' if home in self.book.lists[key].held else 'carried'} money is written off")
            self.book.lists[key].written_off.add(home)

    @precondition(lambda self: any(self.book.effects == "agreed" or not self.book.by_law(part) for part in self.book.gaps(self.month)))
    @rule(data=st.data())
    def recoveries_are_given_up(self, data: st.DataObject) -> None:
        """Of a family to which nothing is due any more."""
        with acting(COUNTRY):
            rows = [row for row in Correction.objects.filter(settled_at=None).order_by("pk") if row.due < row.ordered]
            homes = sorted({row.household_id for row in rows})
            if not homes:
                return
            home = data.draw(st.sampled_from(homes))
        self.gives_up(home)

    def gives_up(self, home: int) -> None:
        """By the last run's word of what is due, and by today's of what was ordered and is on its way."""
        book = self.book
        with acting(COUNTRY):
            rows = [row for row in Correction.objects.filter(household_id=home, settled_at=None) if row.due < row.ordered]
            owed = {}
            for row in rows:
                part = (row.person_id or 0, row.benefit, row.month)
                owed[part] = book.ordered.get(part, 0) - book.given_up.get(part, 0) - row.due
            if not rows:
                return
            try:
                given_up, why = waiving.waive(corrections=rows, reason="Không còn ai", by=self.people["approve"]), ""
            except waiving.WaiverRefused as refusal:
                given_up, why = 0, str(refusal)
        had = any(life.since for life in book.lives.values() if life.home == home)
        on_its_way, nothing_left = bool(book.asked_back() & set(owed)), min(owed.values()) <= 0
        if why:
            assert ("hưởng" in why and had) or ("danh sách" in why and on_its_way) or ("thu đủ" in why and nothing_left), why
            happened("a recovery is not given up")
            return
        assert not on_its_way
        assert given_up == sum(owed.values())
        for part, amount in owed.items():
            book.given_up[part] += amount
        happened("a recovery is given up")

    @precondition(lambda self: self.month > FIRST and self.paid_on_time())
    @rule(data=st.data(), late=st.integers(1, 2), whole=st.booleans())
    def a_family_was_paid_too_long(self, data: st.DataObject, late: int, whole: bool) -> None:
        """Nothing was due to one of them, or to all: the rest of the family gives it back in shares, or it is given up."""
        home, people = data.draw(st.sampled_from(self.paid_on_time()))
        for person in people if whole else people[:1]:
            self.ends(person, add_months(self.month, -late))
        self.the_month_is_run()
        if whole:
            self.gives_up(home)
        elif len(people) > 1:
            self.a_month_passes({})
            self.a_month_passes({})

    def paid_on_time(self) -> list[tuple[int, list[int]]]:
        """Families of which somebody got last month's money, with these people."""
        lives, before = self.book.lives, add_months(self.month, -1)
        found = [(home, [one for one in self.book.members(home) if lives[one].died is None and lives[one].until is None
                         and (one, ALLOWANCE, before) in self.book.ordered]) for home in self.homes()]  # fmt: skip
        return [(home, people) for home, people in found if people]

    @precondition(lambda self: self.month > FIRST and not self.regular())
    @rule(data=st.data(), dies=st.booleans())
    def what_a_regular_list_came_too_early_for_is_paid_besides(self, data: st.DataObject, dies: bool) -> None:
        lives, before = self.book.lives, add_months(self.month, -1)
        people = [one for one in self.free() if (lives[one].receives(before) if dies else lives[one].since is None)]
        if not people:
            return
        person = data.draw(st.sampled_from(people))
        if dies:
            self.dies(person, 1)
        else:
            with acting(COUNTRY):
                self.decide(person, before)
        kind = ONE_OFF if dies else SUPPLEMENTARY
        self.a_list_besides_the_regular_one_is_drawn_up(kind)
        for key in [one for one in self.book.with_status("draft") if one.kind == kind]:
            self.released(key)

    @precondition(lambda self: self.book.with_status(*SETTLED))
    @rule()
    def the_night_looks_for_uncollected_money(self) -> None:
        uncollected.sweep(province_no=3)
        self.book.sweep()
        with acting(COUNTRY):
            cases = {
                row.household_id: (row.since, row.last_month, row.months, row.amount) for row in Uncollected.objects.filter(ended_at=None)
            }
        away = {home: case for home, case in self.book.stayed_away().items() if home not in self.resumed}
        assert {home: case for home, case in cases.items() if home in away} == away
        HAPPENED["the night finds a family that stayed away"] += len(away)

    @precondition(lambda self: set(self.book.stayed_away()) & set(self.homes()) - self.resumed)
    @rule(data=st.data())
    def the_chair_suspends_a_family(self, data: st.DataObject) -> None:
        self.suspends(data.draw(st.sampled_from(sorted(set(self.book.stayed_away()) & set(self.homes()) - self.resumed))))

    def suspends(self, home: int) -> None:
        lives = self.book.lives
        people = [one for one in self.book.members(home) if lives[one].suspended is None and lives[one].receives(self.month)]
        self.sign("suspend", people, ground="uncollected")
        for person in people:
            lives[person].suspended = self.month
        if people:
            happened("the chair suspends a family")
        self.the_night_looks_for_uncollected_money()

    @precondition(lambda self: any(life.suspended for life in self.book.lives.values()))
    @rule(data=st.data())
    def a_suspended_family_is_paid_again(self, data: st.DataObject) -> None:
        lives = self.book.lives
        people = [one for one, life in sorted(lives.items()) if life.suspended and life.receives(self.month)]
        if not people:
            return
        home = data.draw(st.sampled_from(sorted({lives[one].home for one in people})))
        mine = [one for one in people if lives[one].home == home]
        self.sign("resume", mine)
        for person in mine:
            lives[person].suspended = None
        self.resumed.add(home)
        happened("a suspended family is paid again")
        self.the_night_looks_for_uncollected_money()

    # What the steps do one by one, so that a life of few steps has many months.

    def a_month_passes(self, fates: dict[int, str], wrong: st.DataObject | None = None) -> None:
        """All that is open ends, then the month's lists go through all hands; ``fates`` of homes that are not simply paid;
        ``wrong`` draws one whose answer was wrong."""
        month = self.month
        self.the_month_is_run()
        while month == self.month:
            self.released(self.regular()[0] if self.book.lists[self.regular()[0]].status in NOT_ORDERED else self.regular()[1])
        self.lists_are_sent()
        for key in self.waiting_for_results():
            self.results(key, {home: fates.get(home, PAID) for home in self.book.lists[key].unanswered()})
        if wrong is not None and any(PAID in self.book.lists[key].fates.values() for key in self.book.with_status("results_in")):
            self.a_list_is_opened_again_for_a_correction(data=wrong)
        if self.book.with_status("results_in"):
            self.lists_are_settled(closing=False)
        if self.book.with_status(*SETTLED):
            self.the_night_looks_for_uncollected_money()

    @rule(data=st.data(), wrong=st.booleans())
    def a_whole_month_passes(self, data: st.DataObject, wrong: bool) -> None:
        homes = sorted(self.book.communes)
        self.a_month_passes({home: data.draw(st.sampled_from([PAID, PAID, *AWAY, OURS])) for home in homes}, data if wrong else None)

    @precondition(lambda self: self.homes())
    @rule(data=st.data(), suspended=st.booleans(), written_off=st.booleans())
    def a_family_stays_away_for_three_months(self, data: st.DataObject, suspended: bool, written_off: bool) -> None:
        home = data.draw(st.sampled_from(self.homes()))
        for _month in range(3):
            self.a_month_passes({home: AWAY[0]})
        if suspended and home in self.book.stayed_away() and home not in self.resumed:
            self.suspends(home)
            held = [key for key in self.book.with_status(*SETTLED) if home in self.book.lists[key].held]
            if held and written_off:
                self.writes_off(held[0], home, agreed=True)

    @precondition(lambda self: self.month > FIRST and self.homes())
    @rule(data=st.data())
    def a_whole_family_is_gone(self, data: st.DataObject) -> None:
        home = data.draw(st.sampled_from(self.homes()))
        for person in self.book.members(home):
            if self.book.lives[person].died is None:
                self.dies(person, 2)

    @invariant()
    def every_benefit_month_is_ordered_as_lists_said_and_no_more(self) -> None:
        with owner(), connection.cursor() as cursor:
            cursor.execute("SELECT owner, benefit, for_month, sum(amount)::bigint FROM payments_ordered GROUP BY 1, 2, 3")
            found = {(person, benefit, month): amount for person, benefit, month, amount in cursor.fetchall()}
        assert found == self.book.ordered

    @invariant()
    def every_line_s_money_stands_in_one_place(self) -> None:
        """What was due and ordered is paid, waiting, held back, written off, on its way or with the agency; nothing else is left over."""
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
        HAPPENED["steps"] += 1
        if self.book.lists:
            with acting(COUNTRY):
                rows = PaymentList.objects.values_list("month", "kind", "commune_id", "sequence", "status")
            assert {Key(*row[:4]): row[4] for row in rows} == {key: held.status for key, held in self.book.lists.items()}
            broken = [found for _area, check in prove() for found in check.findings]
            assert not broken, broken


def test_months_go_as_the_model_says(transactional_db: None) -> None:
    run_state_machine_as_test(
        Months,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
            # The suite plays the same lives each time; whoever asks for more gets others, and their seed when one fails.
            derandomize=not ASKED, suppress_health_check=list(HealthCheck),
            # A life takes seconds and shrinking one plays it hundreds of times: the steps of the first that fails are told as they were.
            phases=[Phase.generate] if ASKED else list(Phase),
        ),
    )  # fmt: skip
    never = [] if EXAMPLES < MANY else sorted(what for what in MUST_HAPPEN if not HAPPENED[what])
    assert not never, f"in {EXAMPLES} lives never: {never}; {dict(HAPPENED)}"
