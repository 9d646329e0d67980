"""A diagnosis is read by those who appraise and sign the case, and by nobody who only counts, answers or pays."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from posasoft.core.models import Role
from posasoft.core.scope import Scope
from posasoft.portal.queries.package import MonthPackage
from posasoft.portal.queries.registry import Papers
from posasoft.portal.templatetags.law import KEPT_BACK, rule_of

FACTS = frozenset({"hiv"})
MAY_READ = frozenset({Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR})
Row = TypeVar("Row", bound=Any)


def may_read(scope: Scope) -> bool:
    """Whether the acting role reads diagnoses."""
    return scope.role in MAY_READ


def hidden_facts(scope: Scope) -> frozenset[str]:
    """Facts that the acting role does not see."""
    return frozenset() if may_read(scope) else FACTS


def gives_away(benefit: str, month: datetime.date) -> bool:
    """Whether the name of a benefit tells a diagnosis: one of its conditions reads it."""
    rule = rule_of(benefit, month)
    return rule is not None and any(FACTS & set(condition.expression.facts) for condition in rule.conditions)


def benefit_for(scope: Scope, benefit: str, month: datetime.date) -> str:
    """The benefit's code, or a word that says nothing, by role."""
    return benefit if may_read(scope) or not gives_away(benefit, month) else KEPT_BACK


def package_for(scope: Scope, package: MonthPackage) -> MonthPackage:
    """A month's lines as the role may read them: the money stays, the name of a telling benefit does not."""
    if may_read(scope):
        return package
    lines = [replace(line, benefit=benefit_for(scope, line.benefit, package.month)) for line in package.lines]
    corrections = [
        replace(line, benefit=benefit_for(scope, line.benefit, line.correction_of or package.month)) for line in package.corrections
    ]
    return replace(package, lines=lines, corrections=corrections)


def papers_for(scope: Scope, papers: Papers) -> Papers:
    """Papers as the role may read them: a decision whose benefit tells a diagnosis loses its name."""
    for decision in papers.decisions:
        decision.benefit = benefit_for(scope, decision.benefit, decision.from_month)
    return papers


# Stands for a cause that is a diagnosis; narrowing a list to it would tell the diagnosis again.
OTHER_CAUSE = "kept_back"


def rows_for(scope: Scope, rows: Sequence[Row], month: datetime.date) -> list[Row]:
    """Lines with a `benefit` (and perhaps a `cause`) as the role may read them."""
    if may_read(scope):
        return list(rows)
    found = []
    for row in rows:
        changes = {"benefit": benefit_for(scope, row.benefit, month)} if hasattr(row, "benefit") else {}
        if getattr(row, "cause", None) in FACTS:
            changes["cause"] = OTHER_CAUSE
        found.append(replace(row, **changes))
    return found


def cause_asked(scope: Scope, cause: str) -> str | None:
    """The cause a list may be narrowed to; None for one that the role may not read."""
    return cause if cause and cause != OTHER_CAUSE and (may_read(scope) or cause not in FACTS) else None
