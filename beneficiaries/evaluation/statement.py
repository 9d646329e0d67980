"""The one statement of a month, and its projections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from beneficiaries.evaluation.candidates import (
    fact_value,
    household_ctes,
    loud_candidates,
    quiet_candidates,
    quiet_counted,
)
from beneficiaries.evaluation.judgement import beaten, by_decision, enrolled, judgement_ctes
from beneficiaries.evaluation.plan import Numbered, Plan, make_plan
from beneficiaries.evaluation.points import Cte, day, loud_ctes, point_ctes
from beneficiaries.evaluation.staging import Staged, stage, with_clause
from beneficiaries.evaluation.tables import REGISTRY, Scope, Tables
from policy.expressions import quote
from policy.model import Law

COEFFICIENT = "CASE WHEN j.has_coefficient THEN (j.coefficient::numeric / 1000)::numeric(6,3) END"
KEYS = "j.person_id, j.household_id, j.province_no, j.area_pos, j.benefit"


def month_sql(
    law: Law,
    month: date,
    tables: Tables = REGISTRY,
    *,
    scope: Scope = Scope(),  # noqa: B008 - frozen and without state: the whole country
    programmes: Iterable[str] | None = None,
    projection: str = "lines",
    with_facts: bool = True,
    loud_only: bool = False,
) -> str:
    """The statement for a month as described in the package's page. Raises KeyError for an unknown programme or projection."""
    ctes, final = _parts(law, month, tables, scope, programmes, projection, with_facts, loud_only)
    return with_clause(ctes) + final


def staged_month(
    law: Law,
    month: date,
    tables: Tables = REGISTRY,
    *,
    scope: Scope = Scope(),  # noqa: B008 - frozen and without state: the whole country
    programmes: Iterable[str] | None = None,
    projection: str = "lines",
    with_facts: bool = True,
) -> Staged:
    """``month_sql`` in steps, for a province or the country. Raises what ``month_sql`` raises."""
    return stage(*_parts(law, month, tables, scope, programmes, projection, with_facts, False))


def _parts(
    law: Law,
    month: date,
    tables: Tables,
    scope: Scope,
    programmes: Iterable[str] | None,
    projection: str,
    with_facts: bool,
    loud_only: bool,
) -> tuple[list[Cte], str]:
    plan = make_plan(law, month, programmes, decided=tables.decision is not None)
    final = {"lines": _lines(plan), "not_enrolled": _not_enrolled(plan), "no_longer": _no_longer(plan, tables)}[projection]
    return _ctes(plan, tables, scope, with_facts=with_facts, loud_only=loud_only, keep_losers=projection != "lines"), final


def explanation(plan: Plan, tables: Tables, scope: Scope) -> tuple[list[Cte], str]:
    """Every point with every fact and condition, and every candidate with its fate, as rows (kind, person_id, household_id, detail jsonb)."""
    ctes = _ctes(plan, tables, scope, with_facts=False, loud_only=True, keep_losers=True)
    outcome = (
        "SELECT 'outcome' AS kind, j.person_id, j.household_id, jsonb_build_object('no', j.rule_no, 'day', j.day, 'coefficient', j.coefficient, "
        "'amount', j.amount, 'status', j.status, 'winner', j.winner, 'spouse', j.better, 'signed', j.signed_on, 'arrears', "
        f"{_arrears(plan)}) AS detail FROM judged j"
    )
    parts = [outcome]
    if plan.person_rules():
        parts.append(_points_explained(plan, plan.person_rules(), "loud_facts", "point", [*plan.law.vocabulary]))
    if plan.household_rules():
        parts.append(
            _points_explained(plan, plan.household_rules(), "household_facts", "household_point", ["poverty", "residence", "area"])
        )
    return ctes, " UNION ALL ".join(parts)


def holding(law: Law, month: date, tables: Tables, scope: Scope) -> tuple[list[Cte], str] | None:
    """Rows (person_id, household_id, benefit, since, until): the days of the month on which each rule's conditions hold. None: no law then."""
    plan = make_plan(law, month, law.programmes, decided=False)
    if not plan.person_rules():
        return None
    ctes: list[Cte] = [*loud_ctes(plan, tables, scope, everybody=True), *point_ctes(plan, tables)]
    ctes += household_ctes(plan, tables, scope, everybody=True, with_facts=False)
    parts = [_held(plan.person_rules(), "loud_facts", "f.next_day")]
    if plan.household_rules():
        following = f"lead(f.day, 1, {day(plan.last)} + 1) OVER (PARTITION BY f.household_id ORDER BY f.day)"
        parts.append(_held(plan.household_rules(), f"(SELECT f.*, {following} AS next_day FROM household_facts f)", "f.next_day"))
    parts += [
        f"SELECT p.id, p.household_id, {quote(entry.rule.benefit)}, {day(plan.first)}, {day(plan.last)} + 1 FROM {tables.person} p "
        f"WHERE {scope.persons('p')}"
        for entry in plan.rules
        if entry.rule.on_decision and entry.rule.subject == "person"
    ]
    return ctes, " UNION ALL ".join(parts)


def _held(rules: list[Numbered], source: str, until: str) -> str:
    holds = ", ".join(f"({entry.now.coefficient}) IS NOT NULL" for entry in rules)
    benefits = ", ".join(quote(entry.rule.benefit) for entry in rules)
    return (
        f"SELECT w.person_id, w.household_id, u.benefit, w.day AS since, w.until FROM (SELECT f.person_id, f.household_id, f.day, {until} AS until, "
        f"ARRAY[{holds}] AS holds FROM {source} f WHERE f.alive AND NOT f.before) w "
        f"CROSS JOIN LATERAL unnest(w.holds, ARRAY[{benefits}]) u(holds, benefit) WHERE u.holds"
    )


def _ctes(plan: Plan, tables: Tables, scope: Scope, *, with_facts: bool, loud_only: bool, keep_losers: bool) -> list[Cte]:
    ctes: list[Cte] = [("enrolled", enrolled(plan, tables, scope))]
    sources = []
    if plan.person_rules():
        ctes += loud_ctes(plan, tables, scope, everybody=loud_only)
        ctes += point_ctes(plan, tables)
        sources.append(f"({loud_candidates(plan, with_facts=with_facts)})")
        if not loud_only:
            ctes.append(("quiet_counted", quiet_counted(plan, tables)))
            sources.append(f"({quiet_candidates(plan, tables, scope, with_facts=with_facts)})")
    households = household_ctes(plan, tables, scope, everybody=loud_only, with_facts=with_facts)
    if households:
        ctes += households
        sources.append("SELECT * FROM household_rows")
    one_off = by_decision(plan, tables)
    sources += [one_off] if one_off else []
    ctes.append(("candidates", " UNION ALL ".join(sources) or _nobody()))
    return ctes + judgement_ctes(plan, tables, keep_losers=keep_losers)


def _nobody() -> str:
    return (
        "SELECT NULL::bigint AS person_id, NULL::bigint AS household_id, NULL::smallint AS province_no, NULL::bigint AS area_pos, "
        "NULL::date AS day, 0 AS rule_no, 0 AS coefficient, NULL::jsonb AS facts WHERE FALSE"
    )


def _arrears(plan: Plan) -> str:
    """Whether the month lies before the month of signature."""
    return f"coalesce(j.signed_on >= ({day(plan.first)} + INTERVAL '1 month')::date, FALSE)"


def _lines(plan: Plan) -> str:
    return (
        f"SELECT {KEYS}, {COEFFICIENT} AS coefficient, j.amount, {_arrears(plan)} AS arrears, j.decision_id, j.version AS law_version, j.facts "
        "FROM judged j WHERE j.status = 'paid'"
    )


def _not_enrolled(plan: Plan) -> str:
    """Conditions met without a decision, where a decision would bring more than the person already receives."""
    return (
        f"SELECT {KEYS}, {COEFFICIENT} AS coefficient, j.amount, FALSE AS arrears, j.decision_id, j.version AS law_version, j.facts "
        f"FROM judged j WHERE j.status = 'no_decision' AND j.place <= 1 AND NOT {beaten(plan)}"
    )


def _no_longer(plan: Plan, tables: Tables) -> str:
    """Enrolled, alive, and the conditions of the benefit hold on no day of the month."""
    chosen = ", ".join(str(entry.no) for entry in plan.rules if entry.no in plan.chosen and entry.rule.conditions) or "0"
    return (
        "SELECT e.person_id, e.household_id, p.province_no, p.area_pos, e.benefit, e.decision_id "
        f"FROM enrolled e JOIN {tables.person} p ON p.id = e.person_id WHERE e.rule_no IN ({chosen}) AND p.died_on IS NULL "
        "AND NOT EXISTS (SELECT FROM candidates c WHERE c.person_id = e.person_id AND c.rule_no = e.rule_no)"
    )


def _points_explained(plan: Plan, rules: list[Numbered], source: str, kind: str, facts: list[str]) -> str:
    """Conditions of each rule at each point, as arrays of booleans under the rule's number."""
    known = [name for name in facts if _is_shown(plan, name)]
    values = ", ".join(f"{quote(name)}, {fact_value(plan.law, name, 'f')}" for name in known if name != "age")
    ages = ", 'age', " + fact_value(plan.law, "age", "f") if "age" in known else ""
    holds = ", ".join(f"{quote(str(entry.no))}, to_jsonb({_holds_array(entry)})" for entry in rules) or "'0', NULL"
    next_day = "f.next_day" if kind == "point" else "NULL::date"
    return (
        f"SELECT {quote(kind)}, f.person_id, f.household_id, jsonb_build_object('day', f.day, 'before', f.before, 'alive', f.alive, "
        f"'next_day', {next_day}, 'facts', jsonb_build_object({values}{ages}), 'holds', jsonb_build_object({holds})) FROM {source} f"
    )


def _is_shown(plan: Plan, name: str) -> bool:
    fact = plan.law.vocabulary[name]
    return not (fact.only_in_counts or fact.recipient_of or (fact.count and name not in plan.counts))


def _holds_array(entry: Numbered) -> str:
    def array(holds: tuple[str, ...]) -> str:
        return "ARRAY[" + ", ".join(f"coalesce({one}, FALSE)" for one in holds) + "]"

    if not entry.changed:
        return array(entry.now.holds)
    return f"CASE WHEN f.before THEN {array(entry.before.holds) if entry.before else 'NULL'} ELSE {array(entry.now.holds)} END"
