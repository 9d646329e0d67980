"""What a proposal is made of: what was asked, the lines to decide, and what they stand on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from beneficiaries.models import Decision, DecisionDocument
from beneficiaries.operations.decision_documents.engine import Subject, public_title, rows, rule_of
from policy.model import Law
from posasoft.core.months import add_months, first_of_month

Line = dict[str, Any]


class DecisionRefused(ValueError):
    """The decision cannot be made as asked; the message is for the officer (Vietnamese)."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants decided. ``benefits`` empty: whatever the engine finds."""

    kind: str
    subject: Subject
    day: datetime.date
    benefits: tuple[str, ...] = ()
    ground: str = ""
    event_on: datetime.date | None = None
    annuls: DecisionDocument | None = None

    @property
    def month(self) -> datetime.date:
        return first_of_month(self.day)

    def wants(self, benefit: str) -> bool:
        return not self.benefits or benefit in self.benefits


@dataclass
class Proposal:
    """Lines to decide with what they stand on; ``mark`` differs as soon as anything that matters does."""

    lines: list[Line] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    reasons: str = ""
    ground: str = ""
    law_version: str = ""
    mark: str = ""


def line_of(
    law: Law, row: dict[str, Any], *, month: datetime.date, from_month: datetime.date, until: datetime.date | None = None, **more: Any
) -> Line:
    """One line of a decision: the amount of ``month``, from a month to a month (exclusive)."""
    rule = rule_of(law, row["benefit"], month)
    coefficient = row.get("coefficient")
    return {
        "benefit": row["benefit"],
        "title": public_title(law, row["benefit"], month),
        "instrument": rule.source.instrument if rule else "",
        "article": rule.source.article if rule else "",
        "coefficient": None if coefficient is None else str(coefficient.normalize()),
        "amount": int(row["amount"] or 0),
        "from_month": from_month.isoformat(),
        "until_month": until.isoformat() if until else None,
        "decision": row.get("decision_id"),
        "past": [],
    } | more


def open_decisions(subject: Subject, month: datetime.date) -> list[Decision]:
    """Decisions that pay in a month or later."""
    found = Decision.objects.filter(household=subject.household, person=subject.person)
    if subject.person:
        found = Decision.objects.filter(person=subject.person)
    return [d for d in found.order_by("benefit", "pk") if d.until_month is None or d.until_month > month]


def past(law: Law, asked: Asked, benefit: str, start: datetime.date, projection: str) -> list[dict[str, Any]]:
    """Spans of months before the present one with their amounts: what will be paid as arrears."""
    spans: list[dict[str, Any]] = []
    month = start
    while month < asked.month:
        row = rows(law, month, asked.subject, projection).get(benefit)
        amount = int(row["amount"]) if row else 0
        following = add_months(month, 1)
        if amount and spans and spans[-1]["amount"] == amount and spans[-1]["until_month"] == month.isoformat():
            spans[-1] |= {"until_month": following.isoformat(), "months": spans[-1]["months"] + 1}
        elif amount:
            spans.append({"from_month": month.isoformat(), "until_month": following.isoformat(), "months": 1, "amount": amount})
        month = following
    return spans
