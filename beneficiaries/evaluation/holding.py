"""On which days of a month the conditions of each benefit hold: asked for the day of a signature."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from beneficiaries.evaluation.staging import fetch
from beneficiaries.evaluation.statement import holding
from beneficiaries.evaluation.tables import REGISTRY, Scope, Tables
from policy.model import Law

Holder = tuple[int | None, int | None, str]


def holds_on(law: Law, month: date, *, scope: Scope, tables: Tables = REGISTRY) -> dict[Holder, list[tuple[date, date]]]:
    """Spans [since, until) of days in the month by (person_id, household_id of a household's benefit, benefit)."""
    statement = holding(law.reaching_back_to(month), month, tables, scope)
    spans: dict[Holder, list[tuple[date, date]]] = defaultdict(list)
    if statement is None:
        return spans
    for person, household, benefit, since, until in fetch(*statement, many=scope.is_wide):
        spans[person, household if person is None else None, benefit].append((since, until))
    return spans
