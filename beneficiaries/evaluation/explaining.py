"""The answer to "why?": every rule with its conditions, the values it saw, its article and its arithmetic; refusals included."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from beneficiaries.evaluation.plan import Numbered, Plan, make_plan
from beneficiaries.evaluation.staging import fetch
from beneficiaries.evaluation.statement import explanation
from beneficiaries.evaluation.tables import REGISTRY, Scope, Tables
from policy.compiler import MILLI
from policy.model import Law, Rule

Row = tuple[str, int | None, int, Mapping[str, Any]]


@dataclass(frozen=True)
class Check:
    """One condition: its text, the value or values it saw, whether it holds."""

    vi: str
    en: str
    value: Any
    holds: bool


@dataclass(frozen=True)
class Finding:
    """One benefit of one person or household in a month. ``amount`` in đồng; None when refused before any amount was worked out.

    ``status`` is paid, no_decision, overlap (a higher benefit excludes it), couple (the spouse receives it) or conditions (one fails).
    """

    benefit: str
    vi: str
    en: str
    instrument: str
    article: str
    certainty: str
    status: str
    coefficient: Decimal | None
    amount: int | None
    arrears: bool
    day: date | None
    checks: tuple[Check, ...]


@dataclass
class Explained:
    """Everything about one person, or about a household itself when ``person_id`` is None."""

    person_id: int | None
    household_id: int
    paid: list[Finding] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(finding.amount or 0 for finding in self.paid)


def explain(law: Law, month: date, *, scope: Scope, tables: Tables = REGISTRY, programmes: Iterable[str] | None = None) -> list[Explained]:
    """Explain a month for the persons and households in scope, by the statement of the monthly run with another projection."""
    plan = make_plan(law, month, programmes, decided=tables.decision is not None)
    found = fetch(*explanation(plan, tables, _with_spouses(scope, tables)), many=scope.is_wide)
    explained = findings(plan, [(kind, person, household, _json(detail)) for kind, person, household, detail in found])
    return [entry for entry in explained if scope.person_ids is None or entry.person_id in scope.person_ids]


def _with_spouses(scope: Scope, tables: Tables) -> Scope:
    """A line may be lost to whoever raises the same child: such people are judged together."""
    if not scope.person_ids:
        return scope
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT b.adult_id FROM {tables.raising} a JOIN {tables.raising} b ON b.child_id = a.child_id WHERE a.adult_id = ANY (%s)",
            [list(scope.person_ids)],
        )
        others = {row[0] for row in cursor.fetchall()}
    return replace(scope, person_ids=tuple({*scope.person_ids, *others}))


def _json(detail: Any) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(detail) if isinstance(detail, str) else detail
    return parsed


def findings(plan: Plan, rows: Iterable[Row]) -> list[Explained]:
    """Put the rows of the explanation together, per person and per household."""
    points: dict[tuple[int | None, int], list[Mapping[str, Any]]] = defaultdict(list)
    outcomes: dict[tuple[int | None, int, int], Mapping[str, Any]] = {}
    households: dict[int | None, int] = {}
    for kind, person, household, detail in rows:
        if kind == "outcome":
            outcomes[_key(person, household, detail["no"])] = detail
            continue
        points[person, household if person is None else 0].append(detail)
        households[person if person is not None else -household] = household
    explained = []
    for (person, own), found in points.items():
        household = households[person if person is not None else -own]
        found.sort(key=lambda point: str(point["day"]))
        explained.append(_explained(plan, person, household, found, outcomes))
    return explained


def _key(person: int | None, household: int, no: int) -> tuple[int | None, int, int]:
    return (person, household if person is None else 0, no)


def _explained(
    plan: Plan, person: int | None, household: int, points: Sequence[Mapping[str, Any]], outcomes: Mapping[tuple[int | None, int, int], Any]
) -> Explained:
    result = Explained(person, household)
    for entry in plan.household_rules() if person is None else plan.person_rules():
        outcome = outcomes.get(_key(person, household, entry.no))
        finding = _finding(plan, entry, points, outcome)
        (result.paid if finding.status == "paid" else result.refused).append(finding)
    return result


def _finding(plan: Plan, entry: Numbered, points: Sequence[Mapping[str, Any]], outcome: Mapping[str, Any] | None) -> Finding:
    point = _decisive(points, entry, outcome)
    rule = entry.before.rule if point["before"] and entry.before else entry.rule
    checks = [] if point["alive"] else [Check("Còn sống và hộ chưa kết thúc", "Alive, and the household has not ended", False, False)]
    checks += _checks(plan, rule, point["facts"], point["holds"][str(entry.no)] or [])
    coefficient, amount = None, None
    if outcome:
        coefficient = Decimal(outcome["coefficient"]) / MILLI if rule.cases else None
        amount = outcome["amount"]
        checks += _fate(plan, entry, outcome)
        checks.append(_arithmetic(plan, entry, outcome))
    return Finding(
        benefit=entry.rule.benefit, vi=rule.vi, en=rule.en, instrument=rule.source.instrument, article=rule.source.article,
        certainty=rule.source.certainty, status=outcome["status"] if outcome else "conditions", coefficient=coefficient, amount=amount,
        arrears=bool(outcome and outcome["arrears"]), day=date.fromisoformat(point["day"]), checks=tuple(checks),
    )  # fmt: skip


def _decisive(points: Sequence[Mapping[str, Any]], entry: Numbered, outcome: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The point that gave the line; for a refusal the one at which the most conditions held, the latest of equals."""
    if outcome:
        return next(point for point in points if point["day"] == outcome["day"])
    known = [point for point in points if point["holds"].get(str(entry.no)) is not None]
    return max(known, key=lambda point: (point["alive"], sum(point["holds"][str(entry.no)]), point["day"]))


def _checks(plan: Plan, rule: Rule, facts: Mapping[str, Any], holds: Sequence[bool]) -> list[Check]:
    checks = []
    for condition, held in zip(rule.conditions, holds, strict=False):
        names = condition.expression.facts
        seen = {name: facts.get(name) for name in names if name in facts}
        value = next(iter(seen.values())) if len(seen) == 1 else (seen or held)
        checks.append(Check(condition.vi, condition.en, value, held))
    for benefit, held in zip(rule.not_if, holds[len(rule.conditions) :], strict=False):
        other = plan.law.version_of(benefit, rule)
        vi, en = (f"{benefit} ({other.vi})", f"{benefit} ({other.en})") if other else (benefit, benefit)
        checks.append(Check(f"Không thuộc diện {vi}", f"Not in {en}", not held, held))
    return checks


def _fate(plan: Plan, entry: Numbered, outcome: Mapping[str, Any]) -> list[Check]:
    """What happened after the conditions were met."""
    if outcome["status"] == "no_decision":
        return [Check("Có quyết định đang có hiệu lực", "An active decision", None, False)]
    group = plan.law.groups.get(entry.rule.group)
    if outcome["status"] in ("overlap", "couple") and group:
        winner = next(other.rule.benefit for other in plan.rules if other.no == outcome["winner"])
        value = winner if outcome["status"] == "overlap" else entry.rule.benefit
        return [Check(f"{group.vi} ({group.article})", f"{group.en} ({group.article})", value, False)]
    return []


def _arithmetic(plan: Plan, entry: Numbered, outcome: Mapping[str, Any]) -> Check:
    parameter = plan.law.parameters[entry.rule.parameter]
    level = parameter.level(plan.month)
    times = entry.rule.times_in(plan.month)
    base = int(level.value) if level else 0
    factors = [f"{base:,}".replace(",", ".") + " đồng"]
    if entry.rule.cases:
        factors.append(f"{Decimal(outcome['coefficient']) / MILLI:f}".replace(".", ","))
    if times != 1:
        factors.append(f"{times} tháng")
    source = f"{level.source.instrument} {level.source.article}" if level else ""
    total = f"{outcome['amount']:,}".replace(",", ".")
    arithmetic = f"{' × '.join(factors)} = {total} đồng"
    english = arithmetic.replace("tháng", "months")
    return Check(f"{parameter.vi} ({source}): {arithmetic}", f"{parameter.en} ({source}): {english}", outcome["amount"], True)
