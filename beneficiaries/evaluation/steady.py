"""Who cannot match any rule whatever their household does: a test on the person's own unchanging facts.

Most people in whose window something happens (a birthday, a new class of the household) have no fact that any benefit asks for; they need
not be looked at day by day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from beneficiaries.evaluation.plan import Plan
from beneficiaries.evaluation.relation import PERSON_COLUMNS, RELATIONS
from policy.compiler import rarity
from policy.expressions import Renderer, conjuncts, facts_in, quote
from policy.model import Law, Rule

ANYBODY = "TRUE"
NOBODY = "FALSE"


@dataclass(frozen=True)
class _OnDay:
    """A person's wide row on a given day."""

    alias: str
    day: date

    def fact(self, name: str) -> str:
        column = f"{self.alias}.{name}"
        return f"coalesce({column}, 0)" if name == "pension" else column

    def at_least(self, unit: str, number: str) -> str:
        return f"{self.alias}.born <= ({quote(str(self.day))}::date - INTERVAL '{number} {unit}')::date"


def may_match(plan: Plan, alias: str) -> str:
    """SQL that is true for every person whose own facts do not rule out all benefits (facts that do not change in the window)."""
    tests: dict[str, None] = {}
    for entry in plan.person_rules():
        for rule in (entry.rule, entry.before.rule if entry.before else None):
            if rule is not None:
                tests.update(dict.fromkeys(_tests(plan, rule, alias)))
    if ANYBODY in tests:
        return ANYBODY
    tests.pop(NOBODY, None)
    return f"({' OR '.join(tests) or NOBODY})"


def _tests(plan: Plan, rule: Rule, alias: str) -> list[str]:
    law = plan.law
    parts = [part for condition in rule.conditions for part in conjuncts(condition.expression.tree)]
    if any(facts_in(part, law.vocabulary) == ["last_day_alive"] for part in parts):
        return [NOBODY]  # a death is a change of the person's own facts
    kept = [names for part in parts if (names := _kept_facts(law, part)) is not None]
    if kept:
        least = min(rarity(names, law.vocabulary) for names in kept)
        rarest = next(part for part in parts if (names := _kept_facts(law, part)) is not None and rarity(names, law.vocabulary) == least)
        return [_relaxed(plan, rarest, _OnDay(alias, day)) or ANYBODY for day in (plan.eve, plan.last)]
    relations = [relation for part in parts if (relation := _needs_link(law, part))]
    if relations:
        kind, own, _ = RELATIONS[relations[0]]
        return [f"{alias}.id IN (SELECT t.{own} FROM ties t WHERE t.kind = {quote(kind)})"]
    return [ANYBODY]


def _relaxed(plan: Plan, part: exp.Expr, relation: _OnDay) -> str:
    """The condition with everything that is not the person's own left open; empty when nothing remains of it."""
    if isinstance(part, exp.Paren):
        return _relaxed(plan, part.this, relation)
    if isinstance(part, exp.And | exp.Or):
        sides = [_relaxed(plan, side, relation) for side in (part.this, part.expression)]
        if isinstance(part, exp.Or):
            return f"({' OR '.join(sides)})" if all(sides) else ""
        return " AND ".join(side for side in sides if side)
    if not _is_steady(plan.law, part):
        return ""
    month = plan.month if relation.day >= plan.first else plan.eve.replace(day=1)
    numbers = {**plan.law.numbers(plan.month), **plan.law.numbers(month)}
    return Renderer(plan.law.vocabulary, relation, numbers).sql(part)


def _kept_facts(law: Law, part: exp.Expr) -> list[str] | None:
    """The facts that the relaxed condition still reads; None when nothing remains of it."""
    if isinstance(part, exp.Paren):
        return _kept_facts(law, part.this)
    if isinstance(part, exp.And | exp.Or):
        sides = [_kept_facts(law, side) for side in (part.this, part.expression)]
        known = [name for side in sides if side is not None for name in side]
        open_side = any(side is None for side in sides)
        return None if not known or (open_side and isinstance(part, exp.Or)) else known
    return facts_in(part, law.vocabulary) if _is_steady(law, part) else None


def _is_steady(law: Law, part: exp.Expr) -> bool:
    """Reads the person's own stated facts and age only."""
    names = facts_in(part, law.vocabulary)
    return bool(names) and all(name in PERSON_COLUMNS or law.vocabulary[name].type in ("age", "months") for name in names)


def _needs_link(law: Law, part: exp.Expr) -> str:
    """The relation of a condition like ``count >= 1``, which nobody without a link can meet."""
    if not isinstance(part, exp.GTE) or not isinstance(part.this, exp.Column) or not isinstance(part.expression, exp.Literal):
        return ""
    count = law.vocabulary[part.this.name].count if part.this.name in law.vocabulary else None
    return count.relation if count and int(part.expression.name) >= 1 else ""
