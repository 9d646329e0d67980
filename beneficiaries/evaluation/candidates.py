"""Who meets the conditions of what: wide CASE columns behind a fence, unnested by array.

CASE expressions inside ``LATERAL (VALUES …)`` cost twenty times as much: they are set up anew for every row.
"""

from __future__ import annotations

from collections.abc import Sequence

from beneficiaries.evaluation.plan import Numbered, Plan
from beneficiaries.evaluation.points import Cte, day, household_past, household_then
from beneficiaries.evaluation.relation import HOUSEHOLD_COLUMNS, PERSON_COLUMNS, RELATIONS, column_of, count_sql
from beneficiaries.evaluation.tables import Scope, Tables
from households.facts import HOUSEHOLD_FACTS
from policy.compiler import facts_of
from policy.expressions import quote
from policy.model import Law, Rule

KEYS = ("person_id", "household_id", "province_no", "area_pos")


def quiet_counted(plan: Plan, tables: Tables) -> str:
    """Counts over the people linked to somebody, from the wide rows alone."""
    facts = ", ".join([*(f"q.{name}" for name in PERSON_COLUMNS), *(f"h.{column_of(name)} AS {name}" for name in HOUSEHOLD_COLUMNS)])
    others = (
        f"SELECT q.id AS person_id, {day(plan.last)} AS day, {facts} FROM {tables.person} q "
        f"JOIN {tables.household} h ON h.id = q.household_id WHERE q.id = l.other_id AND q.died_on IS NULL "
        f"AND (q.born IS NULL OR q.born <= {day(plan.last)}) OFFSET 0"
    )
    links = " UNION ALL ".join(
        f"SELECT r.{own} AS person_id, r.{other} AS other_id, {quote(relation)} AS relation FROM ties r WHERE r.kind = {quote(kind)} "
        f"AND (r.until IS NULL OR r.until > {day(plan.last)}) AND NOT EXISTS (SELECT FROM loud WHERE loud.id = r.{own})"
        for relation, (kind, own, other) in RELATIONS.items()
        if relation in plan.relations()
    )
    columns = "".join(f", {count_sql(plan.law, plan.law.vocabulary[name], tables, plan.month)} AS {name}" for name in plan.counts)
    links = links or "SELECT NULL::bigint AS person_id, NULL::bigint AS other_id, ''::text AS relation WHERE FALSE"
    return (
        f"SELECT l.person_id{columns} FROM ({links}) l CROSS JOIN LATERAL ({others}) o "
        "CROSS JOIN LATERAL (SELECT l.person_id) a GROUP BY l.person_id"
    )


def quiet_candidates(plan: Plan, tables: Tables, scope: Scope, *, with_facts: bool) -> str:
    """Those to whom nothing happens in the window: one point, straight from the wide rows, no history."""
    rules = plan.person_rules()
    facts = [*(f"p.{name}" for name in PERSON_COLUMNS), *(f"h.{column_of(name)} AS {name}" for name in HOUSEHOLD_COLUMNS)]
    facts += [f"coalesce(n.{name}, 0) AS {name}" for name in plan.counts]
    source = (
        f"SELECT p.id AS person_id, p.household_id, p.province_no, p.area_pos, {day(plan.last)} AS day, FALSE AS last_day_alive, "
        f"{', '.join(facts)} FROM {tables.person} p JOIN {tables.household} h ON h.id = p.household_id "
        f"LEFT JOIN quiet_counted n ON n.person_id = p.id WHERE {scope.persons('p')} AND p.canonical_id IS NULL AND p.died_on IS NULL "
        f"AND (p.born IS NULL OR p.born <= {day(plan.last)}) AND h.ended_on IS NULL "
        "AND NOT EXISTS (SELECT FROM loud WHERE loud.id = p.id)"
    )
    columns = [f"{_both_versions(entry)} AS c{entry.no}" for entry in rules]
    fence = f"SELECT f.*, {', '.join(columns)} FROM ({source}) f WHERE {_necessary(rules)} OFFSET 0"
    return _unnested(plan.law, rules, fence, with_facts=with_facts)


def loud_candidates(plan: Plan, *, with_facts: bool) -> str:
    """Those who were cut into points: the coefficient of the last point at which the conditions hold."""
    rules = plan.person_rules()
    columns = [f"{version_at(entry, 'coefficient')} AS c{entry.no}" for entry in rules]
    fence = f"SELECT f.*, {', '.join(columns)} FROM loud_facts f WHERE f.alive OFFSET 0"
    rows = _unnested(plan.law, rules, fence, with_facts=with_facts)
    return f"SELECT DISTINCT ON (x.person_id, x.rule_no) x.* FROM ({rows}) x ORDER BY x.person_id, x.rule_no, x.day DESC"


def household_ctes(plan: Plan, tables: Tables, scope: Scope, *, everybody: bool, with_facts: bool) -> list[Cte]:
    """Benefits of a whole household, while somebody in it is alive; ``household_rows`` are the candidates."""
    rules = plan.household_rules()
    if not rules:
        return []
    living = (
        f"EXISTS (SELECT FROM {tables.person} m WHERE m.household_id = h.id AND m.canonical_id IS NULL "
        f"AND (m.died_on IS NULL OR m.died_on > {day(plan.eve)}))"
    )
    base = f"{scope.households('h')} AND h.canonical_id IS NULL AND (h.ended_on IS NULL OR h.ended_on > {day(plan.eve)}) AND {living}"
    loud = "TRUE" if everybody else f"h.facts_since >= {day(plan.first)}"
    breaks = ", ".join([*(f"h.{fact.since}" for fact in HOUSEHOLD_FACTS), "h.ended_on"])
    asked = (
        f"SELECT id AS household_id, {day(plan.eve)} AS day FROM loud_households UNION SELECT id, {day(plan.first)} FROM loud_households "
        f"UNION SELECT d.id, d.day FROM (SELECT h.id, b.day FROM loud_households l JOIN {tables.household} h ON h.id = l.id "
        f"CROSS JOIN LATERAL unnest(ARRAY[{breaks}]) b(day) UNION ALL SELECT l.id, b.day FROM loud_households l JOIN {tables.spell} s "
        f"ON s.subject = 'h' AND s.subject_id = l.id CROSS JOIN LATERAL unnest(ARRAY[s.since, s.until]) b(day)) d "
        f"WHERE d.day > {day(plan.first)} AND d.day <= {day(plan.last)}"
    )
    renamed = ", ".join(f"{column_of(name)} AS {name}" for name in HOUSEHOLD_COLUMNS)
    facts = (
        f"SELECT NULL::bigint AS person_id, household_id, province_no, area_pos, day, day < {day(plan.first)} AS before, "
        f"ended_on IS NULL OR ended_on > day AS alive, {renamed} FROM own_household_then"
    )
    return [
        ("loud_households", f"SELECT h.id FROM {tables.household} h WHERE {base} AND {loud}"),
        ("own_household_asked", asked),
        ("own_household_past", household_past(tables, "own_household_asked")),
        ("own_household_then", household_then(tables, "own_household_asked", "own_household_past")),
        ("household_facts", facts),
        ("household_rows", _household_rows(plan, tables, base, with_facts=with_facts)),
    ]


def _household_rows(plan: Plan, tables: Tables, base: str, *, with_facts: bool) -> str:
    rules = plan.household_rules()
    renamed = ", ".join(f"h.{column_of(name)} AS {name}" for name in HOUSEHOLD_COLUMNS)
    source = (
        f"SELECT NULL::bigint AS person_id, h.id AS household_id, h.province_no, h.area_pos, {day(plan.last)} AS day, {renamed} "
        f"FROM {tables.household} h WHERE {base} AND NOT EXISTS (SELECT FROM loud_households l WHERE l.id = h.id)"
    )
    quiet_columns = ", ".join(f"{_both_versions(entry)} AS c{entry.no}" for entry in rules)
    loud_columns = ", ".join(f"{version_at(entry, 'coefficient')} AS c{entry.no}" for entry in rules)
    quiet = _unnested(
        plan.law, rules, f"SELECT f.*, {quiet_columns} FROM ({source}) f WHERE {_necessary(rules)} OFFSET 0", with_facts=with_facts
    )
    loud = _unnested(
        plan.law, rules, f"SELECT f.*, {loud_columns} FROM household_facts f WHERE f.alive OFFSET 0", with_facts=with_facts
    )  # fmt: skip
    last = f"SELECT DISTINCT ON (x.household_id, x.rule_no) x.* FROM ({loud}) x ORDER BY x.household_id, x.rule_no, x.day DESC"
    return f"({quiet}) UNION ALL ({last})"


def version_at(entry: Numbered, part: str) -> str:
    """The rule of the month at its days, last month's version of it on the eve."""
    now = getattr(entry.now, part)
    if not entry.changed:
        return str(now)
    before = getattr(entry.before, part) if entry.before else "NULL"
    return f"CASE WHEN f.before THEN {before} ELSE {now} END"


def _both_versions(entry: Numbered) -> str:
    """Where nothing changes, the rule of the month decides, and after it last month's version: that is reading 1 in one expression."""
    if not entry.changed or entry.before is None:
        return entry.now.coefficient
    return f"coalesce({entry.now.coefficient}, {entry.before.coefficient})"


def _necessary(rules: Sequence[Numbered]) -> str:
    """A cheap test that lets nearly everybody out before the rules are worked through."""
    tests = [version.necessary for entry in rules for version in (entry.now, entry.before) if version]
    return f"({' OR '.join(dict.fromkeys(tests))})"


def _unnested(law: Law, rules: Sequence[Numbered], fence: str, *, with_facts: bool) -> str:
    columns = [f"w.c{entry.no}" for entry in rules]
    numbers = ", ".join(str(entry.no) for entry in rules)
    keys = ", ".join(f"w.{key}" for key in KEYS)
    return (
        f"SELECT {keys}, w.day, u.rule_no, u.coefficient, {_facts(law, rules) if with_facts else 'NULL::jsonb'} AS facts "
        f"FROM ({fence}) w CROSS JOIN LATERAL unnest(ARRAY[{', '.join(columns)}]::int[], ARRAY[{numbers}]) u(coefficient, rule_no) "
        f"WHERE coalesce({', '.join(columns)}) IS NOT NULL AND u.coefficient IS NOT NULL"
    )


def _facts(law: Law, rules: Sequence[Numbered]) -> str:
    arms = " ".join(f"WHEN {entry.no} THEN {facts_object(law, entry.rule, 'w')}" for entry in rules)
    return f"CASE u.rule_no {arms} END"


def facts_object(law: Law, rule: Rule, alias: str) -> str:
    """What a rule saw, as jsonb."""
    pairs = [f"{quote(name)}, {fact_value(law, name, alias)}" for name in facts_of(law, rule) if not law.vocabulary[name].recipient_of]
    return f"jsonb_build_object({', '.join(pairs)})"


def fact_value(law: Law, name: str, alias: str) -> str:
    """The value of a fact to show; ages are worked out only for those who get a line."""
    fact = law.vocabulary[name]
    if fact.type == "age":
        return f"date_part('year', age({alias}.day, {alias}.born))::int"
    if fact.type == "months":
        return f"(date_part('year', age({alias}.day, {alias}.born)) * 12 + date_part('month', age({alias}.day, {alias}.born)))::int"
    return f"{alias}.{name}"
