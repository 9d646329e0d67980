"""What is compiled for a month: the numbered rules, last month's version of each, birthdays that matter, decisions that carry over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from beneficiaries.evaluation.relation import RELATIONS, FactRelation
from policy.compiler import CompiledRule, birthdays, compile_rules, facts_of
from policy.model import Law, Rule

Accepted = tuple[str, date | None, date | None, int]


@dataclass(frozen=True)
class Numbered:
    """A rule of the month under its number, compiled for the month's days and for the last day of the month before."""

    no: int
    rule: Rule
    now: CompiledRule
    before: CompiledRule | None
    unit: int

    @property
    def changed(self) -> bool:
        return self.before is None or self.before.coefficient != self.now.coefficient


@dataclass(frozen=True)
class Plan:
    """Everything about the law that one statement needs. ``first``, ``last``: days of the month; ``eve``: the last day of the month before."""

    law: Law
    month: date
    rules: tuple[Numbered, ...]
    chosen: frozenset[int]
    thresholds: frozenset[tuple[str, int]]
    counts: tuple[str, ...]
    accepted: tuple[Accepted, ...]

    @property
    def first(self) -> date:
        return self.month

    @property
    def eve(self) -> date:
        return self.month - timedelta(days=1)

    @property
    def last(self) -> date:
        return (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def person_rules(self) -> list[Numbered]:
        return [entry for entry in self.rules if entry.no in self.chosen and entry.rule.subject == "person" and entry.rule.conditions]

    def household_rules(self) -> list[Numbered]:
        return [entry for entry in self.rules if entry.no in self.chosen and entry.rule.subject == "household" and entry.rule.conditions]

    def relations(self) -> list[str]:
        """Relations between people that the month's rules count over."""
        used = {count.relation for name in self.counts if (count := self.law.vocabulary[name].count)}
        return [name for name in RELATIONS if name in used]


def make_plan(law: Law, month: date, programmes: Iterable[str] | None, *, decided: bool) -> Plan:
    """Compile a month. Every rule in force gets a number; ``chosen`` are those of the programmes asked for."""
    if month.day != 1:
        raise ValueError(f"a month is given as its first day, not {month}")
    eve = month - timedelta(days=1)
    eve_month = eve.replace(day=1)
    everything = law.rules_in(month, law.programmes)
    chosen_rules = law.rules_in(month, programmes)
    relation = FactRelation(decided=decided)
    earlier = [law.version_before(rule, eve_month) for rule in everything]
    now = compile_rules(law, everything, month, relation)
    before = {done.rule: done for done in compile_rules(law, [rule for rule in earlier if rule], eve_month, relation)}
    numbered = tuple(
        Numbered(no, rule, now[no - 1], before[old] if old else None, int(law.amount(rule.parameter, month)) * rule.times_in(month))
        for no, (rule, old) in enumerate(zip(everything, earlier, strict=True), start=1)
    )
    chosen = frozenset(entry.no for entry in numbered if entry.rule in chosen_rules)
    read = _rules_read(law, [entry for entry in numbered if entry.no in chosen], [*everything, *before])
    return Plan(
        law=law, month=month, rules=numbered, chosen=chosen,
        thresholds=_thresholds(law, read, month) | _thresholds(law, read, eve_month) | {("years", 0)},
        counts=tuple(name for name in law.counts if any(name in facts_of(law, rule) for rule in read)),
        accepted=tuple(row for entry in numbered if entry.rule.needs_decision for row in _accepted(law, entry)),
    )  # fmt: skip


def _thresholds(law: Law, rules: Iterable[Rule], month: date) -> frozenset[tuple[str, int]]:
    """Birthdays by the thresholds of a month, of the rules that are in force in it."""
    return birthdays(law, [rule for rule in rules if rule.is_in_force(month)], month)


def _rules_read(law: Law, chosen: list[Numbered], everything: list[Rule]) -> list[Rule]:
    """Chosen rules in both versions, and those whose receipt one of them asks for."""
    read = [rule for entry in chosen for rule in (entry.rule, entry.before.rule if entry.before else None) if rule]
    asked = {law.vocabulary[name].recipient_of for rule in read for name in facts_of(law, rule)} - {""}
    return read + [rule for rule in everything if rule.programme in asked and rule not in read]


def _accepted(law: Law, entry: Numbered) -> list[Accepted]:
    """Decisions that enrol in a rule: its own code and, back in time, the codes that it succeeds, each within the months of that version."""
    rows: list[Accepted] = []
    queue = [entry.rule]
    while queue:
        rule = queue.pop()
        earlier = [
            other for other in law.rules
            if other.until_month == rule.from_month and other.benefit in rule.succeeds
        ]  # fmt: skip
        rows.append((rule.benefit, rule.from_month if earlier or not rule.continues_itself else None, rule.until_month, entry.no))
        queue += earlier
    return rows
