"""The one statement of a month, and its projections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from beneficiaries.evaluation.candidates import (
    fact_value,
    household_ctes,
    loud_candidates,
    quiet_candidates,
    quiet_counted,
)
from beneficiaries.evaluation.judgement import by_decision, enrolled, judgement_ctes
from beneficiaries.evaluation.plan import Numbered, Plan, make_plan
from beneficiaries.evaluation.points import Cte, day, loud_ctes, point_ctes
from beneficiaries.evaluation.tables import REGISTRY, Scope, Tables
from policy.expressions import quote
from policy.model import Law

# Parts that are read twice, or that must be a fence.
MATERIALIZED = frozenset(
    {"ties", "loud", "enrolled", "points", "everything", "person_then", "loud_facts", "priced", "placed", "loud_households", "links"}
)
# Parts of a staged month that are written into the one that reads them.
INLINED = frozenset({"terms", "judged", "couple_lost", "household_facts"})
# Parts that pass over a whole province.
PASSES = frozenset(
    {"enrolled", "ties", "changed_households", "changed_persons", "candidates", "priced", "placed", "loud_households", "household_rows"}
)
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


@dataclass(frozen=True)
class StagedMonth:
    """The same statement in steps, for many people: each part is a temporary table with statistics of its own.

    ``setup`` is run first, in order, then ``select`` may stand in ``INSERT INTO … SELECT``, then ``teardown``. All in one transaction.
    """

    setup: tuple[str, ...]
    select: str
    teardown: str


def staged_month(
    law: Law,
    month: date,
    tables: Tables = REGISTRY,
    *,
    scope: Scope = Scope(),  # noqa: B008 - frozen and without state: the whole country
    programmes: Iterable[str] | None = None,
    projection: str = "lines",
    with_facts: bool = True,
) -> StagedMonth:
    """``month_sql`` for a province or the country. One statement has no statistics between its parts, and under row-level security the planner
    takes a province for a handful of rows: it would walk millions by nested loops. Raises what ``month_sql`` raises."""
    ctes, final = _parts(law, month, tables, scope, programmes, projection, with_facts, False)
    setup: list[str] = []
    inlined: list[Cte] = []
    for name, sql in ctes:
        if name in INLINED:
            inlined.append((name, sql))
            continue
        joins = _WIDE if name in PASSES else _NARROW
        setup += [joins, f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {with_clause(inlined) if inlined else ''}{sql}"]
        # What follows a pass is joined by hash whatever its size, and the rows are wide.
        setup += [] if name in {"candidates", "priced", "placed"} else [f"ANALYZE {name}"]
    staged = [name for name, _ in ctes if name not in INLINED]
    return StagedMonth((*setup, _WIDE), (with_clause(inlined) if inlined else "") + final, f"DROP TABLE {', '.join(staged)}")


# A pass over a province is one scan and hash joins; everything else starts from a small table and looks rows up by index.
_WIDE = "SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = on"
_NARROW = "SET LOCAL enable_nestloop = on; SET LOCAL enable_seqscan = off"


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
    final = {"lines": _lines(plan), "not_enrolled": _not_enrolled(), "no_longer": _no_longer(plan, tables)}[projection]
    return _ctes(plan, tables, scope, with_facts=with_facts, loud_only=loud_only, keep_losers=projection != "lines"), final


def explanation_sql(plan: Plan, tables: Tables, scope: Scope) -> str:
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
    return with_clause(ctes) + " UNION ALL ".join(parts)


def holding_sql(law: Law, month: date, tables: Tables, scope: Scope) -> str | None:
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
    return with_clause(ctes) + " UNION ALL ".join(parts)


def _held(rules: list[Numbered], source: str, until: str) -> str:
    holds = ", ".join(f"({entry.now.coefficient}) IS NOT NULL" for entry in rules)
    benefits = ", ".join(quote(entry.rule.benefit) for entry in rules)
    return (
        f"SELECT w.person_id, w.household_id, u.benefit, w.day AS since, w.until FROM (SELECT f.person_id, f.household_id, f.day, {until} AS until, "
        f"ARRAY[{holds}] AS holds FROM {source} f WHERE f.alive AND NOT f.before) w "
        f"CROSS JOIN LATERAL unnest(w.holds, ARRAY[{benefits}]) u(holds, benefit) WHERE u.holds"
    )


def with_clause(ctes: list[Cte]) -> str:
    """``WITH``; a part that is read twice, or that must be a fence, is materialized."""
    return "WITH " + ",\n".join(f"{name} AS {'MATERIALIZED ' if name in MATERIALIZED else ''}({sql})" for name, sql in ctes) + "\n"


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


def _not_enrolled() -> str:
    return (
        f"SELECT {KEYS}, {COEFFICIENT} AS coefficient, j.amount, FALSE AS arrears, j.decision_id, j.version AS law_version, j.facts "
        "FROM judged j WHERE j.status = 'no_decision' AND j.place <= 1"
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
