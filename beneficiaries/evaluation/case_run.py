"""Cases of the law through the monthly statement: one batch per month, nothing stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from beneficiaries.evaluation.case_tables import CASE_TABLES, Placed, create_tables, fill_decisions, fill_tables, place
from beneficiaries.evaluation.cases import Case, CaseError, CasePerson, read_case
from beneficiaries.evaluation.communes import is_commune
from beneficiaries.evaluation.explaining import Check, Explained, Finding, explain
from beneficiaries.evaluation.holding import holds_on
from beneficiaries.evaluation.tables import Scope
from policy import load_law
from policy.model import Law
from policy.starts import start_month

DecisionRow = tuple[int | None, int, str, date | None, date]


def evaluate_cases(cases: Sequence[Any], law: Law | None = None) -> list[dict[str, Any]]:
    """The JSON object of every case, in their order. Raises CaseError naming case, field and value."""
    law = law or load_law()
    placed = place([read_case(raw, law) for raw in cases])
    _check_communes(placed)
    answers: dict[int, dict[str, Any]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        create_tables(cursor)
        fill_tables(cursor, placed)
        fill_decisions(cursor, [*_in_time(law, placed), *_signed(law, placed)])
        for month, group in _by_month(placed).items():
            answers |= _month_answers(law, month, group)
        # The temporary tables go at the end of the transaction; an outer one may hold several batches.
        cursor.execute(f"DROP TABLE {', '.join(_table_names())}")
    return [answers[one.household_id] for one in placed]


def _table_names() -> tuple[str, ...]:
    tables = CASE_TABLES
    return (tables.person, tables.household, tables.spell, tables.raising, str(tables.decision))


def _by_month(placed: Iterable[Placed]) -> dict[date, list[Placed]]:
    groups: dict[date, list[Placed]] = defaultdict(list)
    for one in placed:
        groups[one.case.month].append(one)
    return groups


def _check_communes(placed: Iterable[Placed]) -> None:
    for one in placed:
        month = one.case.month
        for spell in one.case.household.get("commune", []):
            if not is_commune(spell.value, month, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)):
                raise CaseError(f"case '{one.case.name}': field 'commune': value '{spell.value}' is not a commune in {month:%Y-%m}")


def _in_time(law: Law, placed: Iterable[Placed]) -> Iterable[DecisionRow]:
    """Cases without decisions: everything was applied for and signed when it was first due."""
    for one in placed:
        if one.case.decisions is None:
            needed = [rule for rule in law.rules_in(one.case.month, law.programmes) if rule.needs_decision and not rule.on_decision]
            for rule in needed:
                holders: Sequence[int | None] = one.person_ids if rule.subject == "person" else (None,)
                yield from ((holder, one.household_id, rule.benefit, None, one.case.month) for holder in holders)


def _signed(law: Law, placed: Iterable[Placed]) -> list[DecisionRow]:
    """Cases with decisions: each pays from its starting month, if the conditions hold on the day of signature."""
    asked = [(one, name, benefit, signed) for one in placed for name, benefit, signed in one.case.decisions or []]
    months: dict[date, set[int]] = defaultdict(set)
    for one, _, _, signed in asked:
        months[signed.replace(day=1)].add(one.household_id)
    held = {
        month: holds_on(law, month, scope=Scope(household_ids=tuple(sorted(ids))), tables=CASE_TABLES) for month, ids in months.items()
    }  # fmt: skip
    rows: list[DecisionRow] = []
    for one, name, benefit, signed in asked:
        spans = held[signed.replace(day=1)]
        holder = None if name == "household" else one.person_id(name)
        key = (holder, one.household_id if holder is None else None, benefit)
        if not any(since <= signed < until for since, until in spans.get(key, [])):
            continue
        person = None if holder is None else one.case.persons[one.person_ids.index(holder)]
        start = start_month(
            law.reaching_back_to(signed.replace(day=1)),
            benefit,
            signed_on=signed,
            born=person.born if person else None,
            certified_on=_certified(person, signed) if person else None,
        )
        if start:
            rows.append((holder, one.household_id, benefit, signed, start))
    return rows


def _certified(person: CasePerson, day: date) -> date | None:
    for spell in person.facts.get("disability", []):
        if (spell.since is None or spell.since <= day) and (spell.until is None or day < spell.until) and spell.value:
            certified: date | None = spell.value["certified"]
            return certified
    return None


def _month_answers(law: Law, month: date, group: Sequence[Placed]) -> dict[int, dict[str, Any]]:
    programmes = sorted({name for one in group for name in one.case.programmes})
    scope = Scope(household_ids=tuple(one.household_id for one in group))
    by_household: dict[int, list[Explained]] = defaultdict(list)
    for explained in explain(law, month, scope=scope, tables=CASE_TABLES, programmes=programmes):
        by_household[explained.household_id].append(explained)
    owners = {rule.benefit: rule.programme for rule in law.rules}
    return {one.household_id: _answer(one, by_household[one.household_id], owners) for one in group}


def _answer(one: Placed, explained: list[Explained], owners: dict[str, str]) -> dict[str, Any]:
    names = dict(zip(one.person_ids, [person.name for person in one.case.persons], strict=True))
    explained.sort(key=lambda entry: (entry.person_id is None, entry.person_id or 0))
    lines, refused = [], []
    for entry in explained:
        name = "household" if entry.person_id is None else names[entry.person_id]
        lines += [_line(name, finding) for finding in entry.paid if owners[finding.benefit] in one.case.programmes]
        refused += [_refusal(name, finding) for finding in entry.refused if owners[finding.benefit] in one.case.programmes]
    total = sum(line["amount"] for line in lines)
    return {"name": one.case.name, "month": f"{one.case.month:%Y-%m}", "lines": lines, "refused": refused, "family_total": total}


def _line(name: str, finding: Finding) -> dict[str, Any]:
    line: dict[str, Any] = {
        "for": name, "benefit": finding.benefit, "coefficient": decimal_text(finding.coefficient), "amount": finding.amount,
        "article": f"{finding.article} ({finding.instrument})", "why": [_check(check) for check in finding.checks],
    }  # fmt: skip
    return {**line, "arrears": True} if finding.arrears else line


def _refusal(name: str, finding: Finding) -> dict[str, Any]:
    return {
        "for": name, "benefit": finding.benefit, "article": f"{finding.article} ({finding.instrument})",
        "why": [_check(check) for check in finding.checks],
    }  # fmt: skip


def _check(check: Check) -> dict[str, Any]:
    return {"condition": check.vi, "value": check.value, "holds": check.holds}


def decimal_text(value: Decimal | None) -> str | None:
    """A coefficient with at least one decimal: 2.0, 1.5."""
    if value is None:
        return None
    text = f"{value.normalize():f}"
    return text if "." in text else f"{text}.0"


__all__ = ["Case", "CaseError", "decimal_text", "evaluate_cases"]
