"""Rules and a relation in, SQL out. Both are arguments: a simulation compiles other rules, a snapshot is another relation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from policy.expressions import Expression, Relation, Renderer, conjuncts, facts_in, thresholds
from policy.model import Case, Law, Rule
from policy.vocabulary import Fact

MILLI = 1000


class RuleRelation(Relation, Protocol):
    """A relation that also knows who is enrolled in a benefit."""

    def enrolled(self, benefit: str) -> str:
        """SQL that is true when the person has an active decision for the benefit (or it needs none)."""


@dataclass(frozen=True)
class CompiledRule:
    """One rule over one relation.

    ``coefficient`` is an integer expression in thousandths, null when a condition fails. ``holds`` are boolean expressions: one per
    condition, then one per benefit of ``not_if``. ``necessary`` is the condition that the fewest people meet: a cheap filter before the rest.
    """

    rule: Rule
    coefficient: str
    holds: tuple[str, ...]
    necessary: str


def compile_rules(law: Law, rules: Sequence[Rule], month: date, relation: RuleRelation) -> list[CompiledRule]:
    """SQL of the rules with the thresholds of a month. ``rules`` are the versions to compile; ``not_if`` and receipt look among them only."""
    compiler = _Compiler(law, rules, month, relation)
    return [compiler.compiled(rule) for rule in rules]


class _Compiler:
    def __init__(self, law: Law, rules: Sequence[Rule], month: date, relation: RuleRelation) -> None:
        self.law = law
        self.by_benefit = {rule.benefit: rule for rule in rules}
        self.inner = relation
        self.renderer = Renderer(law.vocabulary, _WithReceipt(self), law.numbers(month))

    def compiled(self, rule: Rule) -> CompiledRule:
        holds = self._holds(rule)
        return CompiledRule(rule, self._coefficient(rule, holds), tuple(holds), self._necessary(rule))

    def _holds(self, rule: Rule) -> list[str]:
        holds = [self.renderer.sql(condition.expression.tree) for condition in rule.conditions]
        excluded = [self.by_benefit[name] for name in rule.not_if if name in self.by_benefit]
        return holds + [f"(({' AND '.join(self._holds(other))}) IS NOT TRUE)" for other in excluded]

    def _coefficient(self, rule: Rule, holds: list[str]) -> str:
        return f"CASE WHEN {' AND '.join(holds) or 'FALSE'} THEN {self._cases(rule.cases)} END"

    def _cases(self, cases: tuple[Case, ...]) -> str:
        if not cases:
            return str(MILLI)
        arms = [f"WHEN {self.renderer.sql(case.when.tree)} THEN {self._value(case)}" for case in cases if case.when]
        otherwise = self._value(cases[-1])
        return f"CASE {' '.join(arms)} ELSE {otherwise} END" if arms else otherwise

    def _value(self, case: Case) -> str:
        if case.value is None:
            return f"{MILLI} * {self.renderer.relation.fact(case.fact)}"
        return str(int(case.value * MILLI))

    def _necessary(self, rule: Rule) -> str:
        parts = [part for condition in rule.conditions for part in conjuncts(condition.expression.tree)]
        if not parts:
            return "FALSE"
        rarest = min(parts, key=lambda part: rarity(facts_in(part, self.law.vocabulary), self.law.vocabulary))
        return self.renderer.sql(rarest)

    def receives(self, programme: str) -> str:
        """True for whoever meets all conditions of a benefit of the programme and is enrolled in it."""
        others = [rule for rule in self.by_benefit.values() if rule.programme == programme and rule.conditions]
        due = [f"({' AND '.join(self._holds(rule))} AND {self.inner.enrolled(rule.benefit)})" for rule in others]
        return f"({' OR '.join(due)})" if due else "FALSE"


class _WithReceipt:
    """The relation, with receipt of another programme worked out from that programme's own rules."""

    def __init__(self, compiler: _Compiler) -> None:
        self.compiler = compiler

    def fact(self, name: str) -> str:
        programme = self.compiler.law.vocabulary[name].recipient_of
        return self.compiler.receives(programme) if programme else self.compiler.inner.fact(name)

    def at_least(self, unit: str, number: str) -> str:
        return self.compiler.inner.at_least(unit, number)


def rarity(names: Iterable[str], vocabulary: Mapping[str, Fact]) -> int:
    """How common it is to meet a condition on these facts: 1 rare, 9 everybody."""
    return max((vocabulary[name].rarity for name in names), default=9)


def expressions_of(rule: Rule) -> list[Expression]:
    """Every expression that a rule reads."""
    return [condition.expression for condition in rule.conditions] + [case.when for case in rule.cases if case.when]


def facts_of(law: Law, rule: Rule) -> list[str]:
    """Names of the facts that a rule reads, the count of its coefficient included, in order."""
    names = [name for expression in expressions_of(rule) for name in expression.facts]
    names += [case.fact for case in rule.cases if case.fact]
    for other in (law.version_of(benefit, rule) for benefit in rule.not_if):
        names += facts_of(law, other) if other else []
    return list(dict.fromkeys(names))


def birthdays(law: Law, rules: Iterable[Rule], month: date) -> frozenset[tuple[str, int]]:
    """Every birthday at which one of the rules can change, those of counted children included."""
    numbers = law.numbers(month)
    found: set[tuple[str, int]] = set()
    for rule in rules:
        for expression in expressions_of(rule):
            found |= thresholds(expression.tree, law.vocabulary, numbers)
        for name in facts_of(law, rule):
            if name in law.counts:
                found |= thresholds(law.counts[name].tree, law.vocabulary, numbers)
    return frozenset(found)
