"""What life, the law and the hands of lists do in test_months_model.py: the rules of its machine, and what each must leave in the tables."""

from __future__ import annotations

import datetime
from collections import Counter

from hypothesis import event, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from beneficiaries.models import Decision
from households.models import Household
from households.operations import confirm_death, move_household
from households.operations.families import join_household
from payments.models import Correction, LawCorrection
from payments.operations import law_corrections, reconciling, release, steps, supplementary
from payments.operations.results import reopen
from payments.operations.sending import send
from posasoft.core.models import Area
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, acting
from tests.corrections.scene import compute
from tests.payments.model import AWAY, NEW_UNIT, NOT_ORDERED, ONE_OFF, OURS, PAID, REGULAR, SUPPLEMENTARY, Key, Line, List
from tests.payments.model_world import FIRST, World, as_lines, lines_of

HANDS = {"draft": ("prepare", "prepared"), "prepared": ("check", "checked"), "checked": ("approve", "approved")}
DECREE = "335/2026/NĐ-CP"
# How often each thing happened, over all lives: a thing that never happens proves nothing.
HAPPENED: Counter[str] = Counter()


def happened(what: str, times: int = 1) -> None:
    HAPPENED[what] += times
    event(what)
    note(what)


class Living(World, RuleBasedStateMachine):
    """Deaths, decisions, moves, and a decree."""

    share = 50

    def free(self) -> list[int]:
        """Who is not of the two families that stay as they are, and lives."""
        return sorted(one for one, life in self.book.lives.items() if life.died is None and one not in self.steady)

    def granted(self) -> list[int]:
        """Of these, who has had a decision: what becomes of others moves no money."""
        return [one for one in self.free() if self.book.lives[one].since is not None]

    def homes(self) -> list[int]:
        """Families but for these two."""
        fixed = {self.book.lives[one].home for one in self.steady}
        return sorted(home for home in self.book.communes if home not in fixed)

    # What life brings.

    def dies(self, person: int, late: int) -> None:
        day = max(add_months(self.month, -late), FIRST).replace(day=12)
        with acting(COUNTRY):
            confirm_death(person_id=person, died_on=day, change=self.change("báo mất"), by=COUNTRY)
        self.book.lives[person].died = day
        happened(f"a death told {late} months late")

    @precondition(lambda self: self.granted())
    @rule(data=st.data(), late=st.integers(0, 2))
    def somebody_dies(self, data: st.DataObject, late: int) -> None:
        self.dies(data.draw(st.sampled_from(self.granted())), late)

    @rule(data=st.data(), late=st.integers(0, 2), begins=st.booleans())
    def a_decision_begins_or_ends(self, data: st.DataObject, late: int, begins: bool) -> None:
        lives = self.book.lives
        found = [one for one in self.free() if (lives[one].since is None) is begins and lives[one].until is None]
        if not found:
            return
        person = data.draw(st.sampled_from(found))
        if begins:
            with acting(COUNTRY):
                self.decide(person, max(add_months(self.month, -late), FIRST))
            happened("a decision begins")
        else:
            self.ends(person, add_months(self.month, 1 - late))

    def ends(self, person: int, month: datetime.date) -> None:
        """From a month on nothing is due to the person."""
        life = self.book.lives[person]
        life.until = max(month, life.since or FIRST)
        with acting(COUNTRY):
            Decision.objects.filter(person_id=person).update(until_month=life.until)
        happened("a decision ends")

    @precondition(lambda self: len(self.book.communes) < 8)
    @rule(second=st.booleans(), granted=st.booleans())
    def a_family_comes(self, second: bool, granted: bool) -> None:
        home = self.register(self.communes[second])
        if granted:
            self.decide(self.book.members(home)[0], self.month)
        happened("a family comes")

    @precondition(lambda self: self.homes())
    @rule(data=st.data())
    def a_family_moves_to_the_other_commune(self, data: st.DataObject) -> None:
        home = data.draw(st.sampled_from(self.homes()))
        (there,) = (one for one in self.communes if one.pk != self.book.communes[home])
        with acting(COUNTRY):
            move_household(
                household_id=home,
                commune=there,
                village=None,
                residence_kind="rural",
                since=self.month,
                change=self.change("chuyển đến"),
                by=COUNTRY,
            )
        self.book.communes[home] = there.pk
        happened("a family moves to the other commune")

    @precondition(lambda self: self.free())
    @rule(data=st.data(), late=st.integers(0, 1))
    def somebody_moves_to_another_family(self, data: st.DataObject, late: int) -> None:
        lives = self.book.lives
        day = max(add_months(self.month, -late), FIRST).replace(day=10)
        found = [one for one in self.granted() if lives[one].suspended is None and lives[one].homes[-1][0] < day]
        if not found:
            return
        person = data.draw(st.sampled_from(found))
        home = data.draw(st.sampled_from(sorted(set(self.book.communes) - {lives[person].home})))
        with acting(COUNTRY):
            household = Household.objects.get(pk=home)
            join_household(household=household, relations={person: "other"}, since=day, change=self.change("về ở cùng"), by=COUNTRY)
        lives[person].homes.append((day, home))
        happened("somebody moves to another family")

    # The law.

    @precondition(lambda self: self.book.unit != NEW_UNIT)
    @rule()
    def a_decree_comes(self) -> None:
        self.the_law_comes()
        self.book.unit = NEW_UNIT
        happened("a decree comes")

    @precondition(lambda self: self.book.unit == NEW_UNIT and self.book.lists and self.book.effects != "agreed")
    @rule(data=st.data())
    def its_effects_are_shown_and_decided(self, data: st.DataObject) -> None:
        with acting(COUNTRY):
            row = LawCorrection.objects.first() if self.book.effects else self.effects_are_computed()
            self.book.effects = "shown"
            move = data.draw(st.sampled_from(["agree", "agree", "set_aside" if row and row.status == "shown" else "agree", ""]))
            if move and row:
                law_corrections.decide(rows=[row], move=move, reason="Công văn", by=self.people["agree"])
                self.book.effects = {"agree": "agreed"}.get(move, "shown")
            assert row is not None
        happened(f"effects of the decree: {move or 'shown'}, {'some' if row.arrears else 'none'}")

    def effects_are_computed(self) -> LawCorrection:
        row = law_corrections.compute_effects(instrument=DECREE, area=Area.objects.get(level="province"), by=self.people["release"])
        by_law = [gap for part, gap in self.book.gaps(add_months(row.through_month, 1)).items() if self.book.by_law(part)]
        assert (row.arrears, row.recovery) == (sum(by_law), 0)
        return row


class Hands(Living):
    """The month's run and the hands of its lists, down to the agency's results."""

    @rule()
    def the_month_is_run(self) -> None:
        compute(self.month)
        for key in self.regular():
            if self.book.lists[key].status == "draft":
                del self.book.lists[key]
        expected = self.book.expected(self.month, self.share)
        self.book.lists |= {key: List(lines) for key, lines in expected.items()}
        self.the_corrections_are_the_gaps()
        self.recoveries_are_counted(expected)
        held = {key: held for key, held in self.book.lists.items() if key.month == self.month}
        assert lines_of(self.month) == as_lines(held)
        for line in (line for lines in expected.values() for line in lines.values()):
            HAPPENED["arrears in a list"] += any(part[2] < self.month and a > 0 for part, a in line.parts.items())
            HAPPENED["a recovery in a list"] += any(a < 0 for a in line.parts.values())
            HAPPENED["money carried into a list"] += bool(line.carries)

    def recoveries_are_counted(self, expected: dict[Key, dict[int, Line]]) -> None:
        gaps, ordered = self.book.gaps(self.month), [held for held in self.book.lists.values() if held.status not in NOT_ORDERED]
        before = {part for held in ordered for line in held.lines.values() for part, amount in line.parts.items() if amount < 0}
        for part, amount in ((p, a) for lines in expected.values() for line in lines.values() for p, a in line.parts.items() if a < 0):
            HAPPENED["a share of a recovery in a list"] += -amount < -gaps[part]
            HAPPENED["the rest of a recovery in a list"] += part in before

    def the_corrections_are_the_gaps(self) -> None:
        """What is due and what was ordered differ by what is open, and by nothing else; what the law changed may not have been looked for yet."""
        with acting(COUNTRY):
            rows = Correction.objects.filter(settled_at=None)
            found = {(row.person_id or 0, row.benefit, row.month): row.due - row.ordered for row in rows}
        gaps = self.book.gaps(self.month)
        if not self.book.effects:
            gaps = {part: gap for part, gap in gaps.items() if part in found or not self.book.by_law(part)}
        assert found == gaps, {part: (found.get(part), gaps.get(part)) for part in found | gaps if found.get(part) != gaps.get(part)}

    @precondition(lambda self: self.book.with_status(*HANDS))
    @rule(data=st.data())
    def a_hand_takes_a_list_on(self, data: st.DataObject) -> None:
        self.on(data.draw(st.sampled_from(self.book.with_status(*HANDS))))
        happened("a hand takes a list on")

    def on(self, key: Key) -> None:
        name, status = HANDS[self.book.lists[key].status]
        by = self.people[name]
        with acting(COUNTRY):
            lists = self.lists_of([key])
            if name == "approve":
                steps.note_read(pay_list=lists[0], by=by)
            assert [one.status for one in steps.move(lists=lists, name=name, by=by)] == [status]
        self.book.lists[key].status = status

    @precondition(lambda self: self.book.with_status("prepared", "checked", "approved"))
    @rule(data=st.data())
    def a_list_is_rejected(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.book.with_status("prepared", "checked", "approved")))
        with acting(COUNTRY):
            steps.move(lists=self.lists_of([key]), name="reject", by=self.people["approve"], reason="Thiếu hộ mới")
        self.book.lists[key].status = "draft"
        happened("a list is rejected")

    @precondition(lambda self: self.book.with_status(*NOT_ORDERED))
    @rule(data=st.data())
    def a_list_is_released(self, data: st.DataObject) -> None:
        self.released(data.draw(st.sampled_from(self.book.with_status(*NOT_ORDERED))))

    def released(self, key: Key) -> None:
        while self.book.lists[key].status != "approved":
            self.on(key)
        with acting(COUNTRY):
            release(lists=self.lists_of([key]), by=self.people["release"])
        self.book.order(key)
        happened(f"a {key.kind} list is released")
        if key.kind == REGULAR and not self.book.with_status(*NOT_ORDERED).count(key) and all(
            self.book.lists[one].status not in NOT_ORDERED for one in self.regular()
        ):  # fmt: skip
            self.month = add_months(self.month, 1)
            HAPPENED["months"] += 1

    @precondition(lambda self: self.month > FIRST and not self.regular())
    @rule(kind=st.sampled_from([SUPPLEMENTARY, ONE_OFF]))
    def a_list_besides_the_regular_one_is_drawn_up(self, kind: str) -> None:
        month = add_months(self.month, -1)
        compute(month)
        expected = self.book.besides(month, kind)
        with acting(COUNTRY):
            made = supplementary.draw_up(month=month, kind=kind, lo=0, hi=WHOLE_COUNTRY[1], by=self.people["prepare"])
        assert {Key(month, kind, one.commune_id, one.sequence) for one in made} == set(expected)
        self.book.lists |= {key: List(lines) for key, lines in expected.items()}
        assert lines_of(month) == as_lines({key: held for key, held in self.book.lists.items() if key.month == month})
        happened(f"a {kind} list is drawn up", len(made))

    @precondition(lambda self: self.book.with_status("released"))
    @rule()
    def lists_are_sent(self) -> None:
        keys = self.book.with_status("released")
        with acting(COUNTRY):
            for _twice in range(2):
                assert send(lists=self.lists_of(keys), by=self.people["release"])
        for key in keys:
            self.book.lists[key].status = "sent"
            self.is_it_answered(key)

    def is_it_answered(self, key: Key) -> None:
        if not self.book.lists[key].unanswered():
            self.book.lists[key].status = "results_in"

    @precondition(lambda self: self.waiting_for_results())
    @rule(data=st.data(), text=st.booleans(), whole=st.booleans())
    def results_come(self, data: st.DataObject, text: bool, whole: bool) -> None:
        """All lines that still wait, or some, as a table or as a program's rows."""
        key = data.draw(st.sampled_from(self.waiting_for_results()))
        open_lines = self.book.lists[key].unanswered()
        homes = open_lines if whole else data.draw(st.lists(st.sampled_from(open_lines), min_size=1, unique=True))
        self.results(key, {home: data.draw(st.sampled_from([PAID, PAID, *AWAY, AWAY[0], OURS])) for home in homes}, text)
        happened(f"results come {'as a table' if text else 'by program'}, {'all' if len(homes) == len(open_lines) else 'some'}")

    def waiting_for_results(self) -> list[Key]:
        return [key for key in self.book.with_status("sent") if self.book.lists[key].unanswered()]

    def results(self, key: Key, fates: dict[int, str], text: bool = False) -> None:
        self.answer(key, fates, text)
        self.book.lists[key].fates |= fates
        self.is_it_answered(key)

    @precondition(lambda self: any(PAID in self.book.lists[key].fates.values() for key in self.book.with_status("results_in")))
    @rule(data=st.data())
    def a_list_is_opened_again_for_a_correction(self, data: st.DataObject) -> None:
        """A line was not paid after all."""
        key = next(one for one in self.book.with_status("results_in") if PAID in self.book.lists[one].fates.values())
        held = self.book.lists[key]
        home = data.draw(st.sampled_from(sorted(home for home, fate in held.fates.items() if fate == PAID)))
        with acting(COUNTRY):
            reopen(pay_list=self.lists_of([key])[0], reason="Bưu điện báo nhầm", by=self.people["approve"])
        self.answer(key, {home: AWAY[0]})
        held.fates[home] = AWAY[0]
        happened("a list is opened again")

    @precondition(lambda self: self.book.with_status("results_in", "reconciled"))
    @rule(closing=st.booleans())
    def lists_are_settled(self, closing: bool) -> None:
        before, operation, by, after = (
            ("reconciled", reconciling.close, "approve", "closed")
            if closing
            else ("results_in", reconciling.reconcile, "check", "reconciled")
        )
        if keys := self.book.with_status(before):
            with acting(COUNTRY):
                operation(lists=self.lists_of(keys), by=self.people[by])
            for key in keys:
                self.book.lists[key].status = after
            happened(f"lists are {after}")
