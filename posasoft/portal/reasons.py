"""Why somebody is paid or refused, arranged for reading: the law's own findings, sorted by what a reader wants first."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from beneficiaries.evaluation import Explained, Finding, Scope, explain
from households.models import Household, Person
from policy import load_law
from posasoft.portal.diagnoses import gives_away
from posasoft.portal.templatetags.law import rule_of


@dataclass(frozen=True)
class Reasons:
    """Findings of one person (None: of the household): `asked` is the benefit asked about, then what is paid, what only lacks a decision,
    what gives way to something higher, and what fails a condition."""

    person: Person | None
    month: datetime.date
    asked: Finding | None
    paid: list[Finding]
    undecided: list[Finding]
    outdone: list[Finding]
    refused: list[Finding]


def _without_diagnoses(finding: Finding, month: datetime.date) -> Finding:
    """The finding without the checks that name a benefit which only a diagnosis gives."""
    rule = rule_of(finding.benefit, month)
    telling = [code for code in (rule.not_if if rule else ()) if gives_away(code, month)]
    return replace(finding, checks=tuple(c for c in finding.checks if not any(code in c.vi for code in telling)))


def _own(found: Sequence[Explained], person: Person | None) -> list[Finding]:
    wanted = person.pk if person else None
    return [finding for e in found if e.person_id == wanted for finding in (*e.paid, *e.refused)]


def reasons(of: Household, person: Person | None, month: datetime.date, *, benefit: str = "", diagnoses: bool = False) -> Reasons:
    """Explain a month for one member or for the household's own benefits; without `diagnoses` rules that read one are left out."""
    scope = Scope(person_ids=(person.pk,)) if person else Scope(household_ids=(of.pk,))
    findings = _own(explain(load_law(), month, scope=scope), person)
    if not diagnoses:
        findings = [_without_diagnoses(f, month) for f in findings if not gives_away(f.benefit, month)]
    asked = next((f for f in findings if f.benefit == benefit), None)
    rest = [f for f in findings if f is not asked]
    by_status = {status: [f for f in rest if f.status == status] for status in ("paid", "no_decision", "conditions")}
    outdone = [f for f in rest if f.status in ("overlap", "couple")]
    return Reasons(person, month, asked, by_status["paid"], by_status["no_decision"], outdone, by_status["conditions"])
