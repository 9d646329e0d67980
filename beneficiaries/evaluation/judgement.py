"""From candidates to lines: enrolment by decision, the amount, the overlap rules."""

from __future__ import annotations

from beneficiaries.evaluation.plan import Numbered, Plan
from beneficiaries.evaluation.points import Cte, day
from beneficiaries.evaluation.relation import RELATIONS
from beneficiaries.evaluation.tables import Scope, Tables
from policy.compiler import MILLI
from policy.expressions import quote
from policy.model import Group

COLUMNS = "c.person_id, c.household_id, c.province_no, c.area_pos, c.day, c.rule_no, c.coefficient, c.facts"
# One key for the person, or for the household when the benefit is the household's: a condition with OR could not be hashed.
HOLDER = "coalesce({0}.person_id, -{0}.household_id)"


def enrolled(plan: Plan, tables: Tables, scope: Scope) -> str:
    """Active decisions of the month by rule: the latest one that covers it, first of those signed by then.

    A decision for a benefit that the rule succeeds carries over.
    """
    if tables.decision is None or not plan.accepted:
        return (
            "SELECT NULL::bigint AS holder, NULL::bigint AS person_id, NULL::bigint AS household_id, "
            "0 AS rule_no, ''::text AS benefit, NULL::bigint AS decision_id, "
            "NULL::date AS signed_on, NULL::date AS from_month WHERE FALSE"
        )
    codes = {entry.no: entry.rule.benefit for entry in plan.rules}
    rows = ", ".join(
        f"({quote(code)}, {day(since or '-infinity')}, {day(until or 'infinity')}, {no}, {quote(codes[no])})"
        for code, since, until, no in plan.accepted
    )
    return (
        "SELECT DISTINCT ON (d.holder, m.rule_no) d.holder, d.person_id, d.household_id, m.rule_no, m.benefit, d.id AS decision_id, "
        f"d.signed_on, d.from_month FROM (SELECT d.*, {HOLDER.format('d')} AS holder "
        f"FROM {tables.decision} d WHERE {scope.decisions('d', tables)} AND d.from_month <= {day(plan.month)} "
        f"AND (d.until_month IS NULL OR d.until_month > {day(plan.month)})) d "
        f"JOIN (VALUES {rows}) m(code, since, until, rule_no, benefit) ON m.code = d.benefit AND d.from_month >= m.since AND d.from_month < m.until "
        f"ORDER BY d.holder, m.rule_no, coalesce(d.signed_on > {day(plan.last)}, FALSE), d.from_month DESC, d.id DESC"
    )


def by_decision(plan: Plan, tables: Tables) -> str:
    """One-off benefits that nothing but their decision asks for, in the first month of it."""
    numbers = [str(entry.no) for entry in plan.rules if entry.rule.on_decision and entry.no in plan.chosen]
    coefficients = {entry.no: entry.now.rule.cases for entry in plan.rules}
    arms = " ".join(f"WHEN {no} THEN {int(cases[-1].value * MILLI)}" for no, cases in coefficients.items() if cases and cases[-1].value)
    if not numbers or tables.decision is None:
        return ""
    return (
        f"SELECT e.person_id, e.household_id, h.province_no, h.area_pos, {day(plan.first)} AS day, e.rule_no, "
        f"CASE e.rule_no {arms} ELSE {MILLI} END AS coefficient, NULL::jsonb AS facts "
        f"FROM enrolled e JOIN {tables.household} h ON h.id = e.household_id "
        f"WHERE e.rule_no IN ({', '.join(numbers)}) AND e.from_month = {day(plan.month)}"
    )


def judgement_ctes(plan: Plan, tables: Tables, *, keep_losers: bool) -> list[Cte]:
    """From ``candidates`` to ``judged``: every candidate with amount and status (paid, no_decision, overlap, couple)."""
    return [
        ("terms", _terms(plan)),
        ("priced", _priced(tables, keep_losers=keep_losers)),
        ("placed", _placed(plan)),
        ("couple_lost", _couple_lost(plan)),
        ("judged", _judged()),
    ]


def _terms(plan: Plan) -> str:
    groups = {name: number for number, name in enumerate(sorted(plan.law.groups), start=1)}
    rows = [_term(entry, groups.get(entry.rule.group, 0)) for entry in plan.rules if entry.no in plan.chosen]
    if not rows:
        rows = ["(0, '', 0, 0, 0, FALSE, FALSE, '')"]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) t(rule_no, benefit, unit, grp, ord, needs_decision, has_coefficient, version)"


def _term(entry: Numbered, group: int) -> str:
    rule = entry.rule
    return (
        f"({entry.no}, {quote(rule.benefit)}, {entry.unit}::bigint, {group}, {rule.order}, {rule.needs_decision}, {bool(rule.cases)}, "
        f"{quote(rule.version)})"
    )


def _priced(tables: Tables, *, keep_losers: bool) -> str:
    decided = "NOT t.needs_decision OR e.decision_id IS NOT NULL" if tables.decision else "TRUE"
    where = "" if keep_losers else f" WHERE {decided}"
    return (
        f"SELECT {COLUMNS}, t.benefit, t.grp, t.ord, t.has_coefficient, t.version, (t.unit * c.coefficient + {MILLI // 2}) / {MILLI} AS amount, "
        f"({decided}) AS enrolled, e.decision_id, e.signed_on FROM candidates c JOIN terms t ON t.rule_no = c.rule_no "
        f"LEFT JOIN enrolled e ON e.holder = {HOLDER.format('c')} AND e.rule_no = c.rule_no AND t.needs_decision{where}"
    )


def _placed(plan: Plan) -> str:
    """The place of each benefit in its group: the highest amount first, then paragraph and letter."""
    group = _effective_group(plan)
    grouped = f"SELECT c.*, {group} AS effective FROM priced c WHERE c.grp <> 0 AND c.person_id IS NOT NULL"
    window = "PARTITION BY g.person_id, g.enrolled, g.effective ORDER BY g.amount DESC, g.ord, g.rule_no"
    return (
        f"SELECT g.*, row_number() OVER ({window}) AS place, first_value(g.rule_no) OVER ({window}) AS winner FROM ({grouped}) g "
        "UNION ALL SELECT c.*, 0, 1, c.rule_no FROM priced c WHERE c.grp = 0 OR c.person_id IS NULL"
    )


def _effective_group(plan: Plan) -> str:
    """A benefit that is kept beside the highest other leaves the group for those who are also in one of the benefits named."""
    by_benefit = {entry.rule.benefit: entry.no for entry in plan.rules if entry.no in plan.chosen}
    arms = [arm for group in plan.law.groups.values() if (arm := _kept(group, by_benefit))]
    arms += [arm for no, group in _numbered_groups(plan) if (arm := _optional(no, group, by_benefit))]
    couples = [f"WHEN c.grp = {no} THEN -c.rule_no" for no, group in _numbered_groups(plan) if group.kind == "couple"]
    return f"CASE {' '.join([*arms, *couples])} ELSE c.grp END" if arms or couples else "c.grp"


def _numbered_groups(plan: Plan) -> list[tuple[int, Group]]:
    return [(number, plan.law.groups[name]) for number, name in enumerate(sorted(plan.law.groups), start=1)]


def _kept(group: Group, by_benefit: dict[str, int]) -> str:
    keep = group.keep_both
    if keep is None or keep.benefit not in by_benefit:
        return ""
    others = ", ".join(str(by_benefit[name]) for name in keep.with_any if name in by_benefit)
    if not others:
        return ""
    kept = by_benefit[keep.benefit]
    return f"WHEN c.rule_no = {kept} AND bool_or(c.enrolled AND c.rule_no IN ({others})) OVER (PARTITION BY c.person_id) THEN -{kept}"


def _optional(no: int, group: Group, by_benefit: dict[str, int]) -> str:
    """Without the benefit that makes it a group, everything in it stands for itself."""
    if not group.only_with:
        return ""
    needed = by_benefit.get(group.only_with, 0)
    return f"WHEN c.grp = {no} AND NOT bool_or(c.enrolled AND c.rule_no = {needed}) OVER (PARTITION BY c.person_id) THEN -c.rule_no"


def _judged() -> str:
    return (
        "SELECT c.*, CASE WHEN NOT c.enrolled THEN 'no_decision' WHEN c.place > 1 THEN 'overlap' WHEN k.better IS NOT NULL THEN 'couple' "
        "ELSE 'paid' END AS status, k.better FROM placed c LEFT JOIN couple_lost k ON k.person_id = c.person_id AND k.rule_no = c.rule_no"
    )


def beaten(plan: Plan) -> str:
    """Condition on ``j``, a benefit without decision: the person already receives as much or more in the same group, so nothing would come of it.

    The benefit that is kept beside the highest other, and those others, do not beat each other.
    """
    keeps = [group.keep_both for group in plan.law.groups.values() if group.keep_both]
    apart = " OR ".join(
        f"(h.benefit = {quote(keep.benefit)} AND j.benefit IN ({', '.join(map(quote, keep.with_any))}))" for keep in keeps if keep.with_any
    )
    return (
        "(j.better IS NOT NULL OR EXISTS (SELECT FROM placed h WHERE h.person_id = j.person_id AND h.enrolled AND h.effective = j.effective "
        f"AND h.effective <> 0 AND h.rule_no <> j.rule_no AND h.amount >= j.amount AND NOT ({apart or 'FALSE'})))"
    )


def _couple_lost(plan: Plan) -> str:
    """Those whose spouse (another who raises the same child) has a higher coefficient, or the same and is listed first or enrolled alone."""
    parts = []
    for entry in plan.rules:
        group = plan.law.groups.get(entry.rule.group)
        if entry.no in plan.chosen and group and group.kind == "couple":
            parts.append(_lost_to_spouse(entry.no, group))
    return " UNION ALL ".join(parts) or "SELECT NULL::bigint AS person_id, 0 AS rule_no, NULL::bigint AS better WHERE FALSE"


def _lost_to_spouse(no: int, group: Group) -> str:
    kind, own, other = RELATIONS[group.relation]
    return (
        f"SELECT c1.person_id, c1.rule_no, min(c2.person_id) AS better FROM placed c1 JOIN ties r1 ON r1.{own} = c1.person_id "
        f"JOIN ties r2 ON r2.{other} = r1.{other} AND r2.{own} <> r1.{own} "
        f"JOIN placed c2 ON c2.person_id = r2.{own} AND c2.rule_no = {no} AND c2.enrolled "
        f"WHERE c1.rule_no = {no} AND r1.kind = {quote(kind)} AND r2.kind = {quote(kind)} "
        "AND daterange(r1.since, r1.until) && daterange(r2.since, r2.until) "
        "AND (c2.coefficient > c1.coefficient OR (c2.coefficient = c1.coefficient AND (NOT c1.enrolled OR c2.person_id < c1.person_id))) "
        "GROUP BY c1.person_id, c1.rule_no"
    )
