"""What the engine says of one person or household: the same statement as the monthly run's, for one month at a time."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from beneficiaries import evaluation
from households.models import Household, Person
from policy import load_law
from policy.model import Law, Rule
from posasoft.core.models import Area, Level
from posasoft.core.months import add_months

Row = dict[str, Any]
# How far back a change or an end is looked for.
MONTHS_BACK = 36
DIAGNOSES = frozenset({"hiv"})


@dataclass(frozen=True)
class Subject:
    """Whom a decision is about: a person, or a household for its own benefits."""

    person: Person | None
    household: Household

    @property
    def scope(self) -> evaluation.Scope:
        return evaluation.Scope(person_ids=(self.person.pk,)) if self.person else evaluation.Scope(household_ids=(self.household.pk,))

    def owns(self, row: Row) -> bool:
        return bool(row["person_id"] == (self.person.pk if self.person else None))


def law_of(household: Household) -> Law:
    """The law with the amounts of the household's province."""
    code = Area.objects.filter(level=Level.PROVINCE, province_no=household.province_no, position__isnull=False).values_list(
        "code", flat=True
    )
    return load_law().for_province(code.first() or "")


def rows(law: Law, month: datetime.date, subject: Subject, projection: str) -> dict[str, Row]:
    """Rows of a projection by benefit."""
    sql = evaluation.month_sql(law, month, scope=subject.scope, projection=projection, with_facts=False)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["benefit"]: row for row in found if subject.owns(row)}


def first_month(month: datetime.date, holds: Callable[[datetime.date], bool], *, not_before: datetime.date) -> datetime.date:
    """The earliest month from which ``holds`` is true without a break up to ``month``; looks MONTHS_BACK back at most."""
    earliest = max(not_before, add_months(month, -MONTHS_BACK))
    while month > earliest and holds(add_months(month, -1)):
        month = add_months(month, -1)
    return month


def rule_of(law: Law, benefit: str, month: datetime.date) -> Rule | None:
    """The version of a benefit in force in a month, else the latest."""
    versions = [rule for rule in law.rules if rule.benefit == benefit]
    return next((rule for rule in versions if rule.is_in_force(month)), versions[-1] if versions else None)


def tells_a_diagnosis(rule: Rule | None) -> bool:
    return rule is not None and any(DIAGNOSES & set(condition.expression.facts) for condition in rule.conditions)


def public_title(law: Law, benefit: str, month: datetime.date) -> str:
    """How a paper names a benefit: its title, or only its family where the title would tell of an illness."""
    rule = rule_of(law, benefit, month)
    if rule is None:
        return benefit
    if tells_a_diagnosis(rule):
        return "Trợ cấp xã hội hằng tháng"
    # The law names these by who receives them.
    return f"Trợ cấp xã hội hằng tháng đối với {rule.vi[:1].lower()}{rule.vi[1:]}" if benefit.startswith("TCXH-") else rule.vi


def checks_of(law: Law, month: datetime.date, subject: Subject) -> dict[str, evaluation.Finding]:
    """The explanation of every benefit of the subject in a month, paid and refused."""
    wanted = subject.person.pk if subject.person else None
    explained = evaluation.explain(law, month, scope=subject.scope)
    return {finding.benefit: finding for e in explained if e.person_id == wanted for finding in (*e.paid, *e.refused)}
