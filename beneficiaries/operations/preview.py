"""What the engine says of a case: from the registry's facts, and as it would be with the declared answers and a decision signed that day.

The second is worked out by the same writing operations inside a savepoint that is always rolled back.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db import transaction

from beneficiaries.evaluation import Finding, Scope, explain
from beneficiaries.models import Case, Decision
from beneficiaries.operations.accepting import accept, declared_fields, enrol, matched_children, paper_of
from beneficiaries.papers.answers import day_of
from beneficiaries.queries.registered import open_decisions
from households.models import Person
from households.operations import start_change
from policy import load_law
from policy.starts import start_month
from posasoft.core import scope as scopes
from posasoft.core.months import first_of_month


@dataclass(frozen=True)
class Outlook:
    """One benefit asked for. ``now``/``then``: the engine's finding from the registry alone, and with the declared answers and a decision.

    ``first_month``: first month that a decision signed on the day would pay, None when the benefit does not exist then.
    """

    benefit: str
    now: Finding | None
    then: Finding | None
    first_month: datetime.date | None

    @property
    def meets(self) -> bool:
        """Whether the conditions are met with what was declared (a higher benefit may still exclude it)."""
        return self.then is not None and self.then.status != "conditions"


@dataclass
class Preview:
    """The month asked, each benefit asked for, what is already granted, what else would be paid, and what nobody has told yet."""

    month: datetime.date
    outlooks: list[Outlook] = field(default_factory=list)
    held: list[Decision] = field(default_factory=list)
    beside: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_eligible(self) -> bool:
        return any(outlook.meets for outlook in self.outlooks)

    @property
    def refusals(self) -> list[Finding]:
        """The findings that refuse, for the reasons of a refusal."""
        return [outlook.then for outlook in self.outlooks if outlook.then and outlook.then.status != "paid"]


class _Undo(Exception):
    """Leaves the savepoint without a trace."""


def preview(*, case: Case, on: datetime.date) -> Preview:
    """Ask the engine about a case as if it were decided on a day. Reads only; whatever it writes on the way is rolled back."""
    month = _month(case, on)
    now = _findings(case.person_id, month)
    found = Preview(month, held=open_decisions(case.person) if case.person else [])
    then: dict[str, Finding] = {}
    starts: dict[str, datetime.date | None] = {}
    try:
        with transaction.atomic():
            person = _as_declared(case)
            starts = {benefit: _start(benefit, person, on) for benefit in case.benefits}
            _as_decided(case, person, starts, on)
            then = _findings(person.pk, month)
            raise _Undo
    except _Undo:
        pass
    found.outlooks = [Outlook(benefit, now.get(benefit), then.get(benefit), starts[benefit]) for benefit in case.benefits]
    found.beside = [finding for name, finding in then.items() if finding.status == "paid" and name not in case.benefits]
    found.missing = _missing(case, found)
    return found


def _month(case: Case, on: datetime.date) -> datetime.date:
    """Funeral support is due for the month of the death, everything else is asked for the month of the decision."""
    died = day_of(case.payload.get("died_on")) if paper_of(case).kind == "funeral" else None
    return first_of_month(died or on)


def _findings(person_id: int | None, month: datetime.date) -> dict[str, Finding]:
    if person_id is None:
        return {}
    explained = explain(load_law(), month, scope=Scope(person_ids=(person_id,)))
    return {finding.benefit: finding for entry in explained for finding in (*entry.paid, *entry.refused) if entry.person_id == person_id}


def _as_declared(case: Case) -> Person:
    """The person with every declared answer accepted; a copy of the case, so that the caller's keeps its own person."""
    tried = Case.objects.select_related("commune", "person").get(pk=case.pk)
    tried.payload, tried.benefits = case.payload, case.benefits
    change = start_change(kind="request", by=scopes.COUNTRY, province_no=case.province_no, area_pos=case.area_pos, source="preview")
    enrol(case=tried, change=change, by=scopes.COUNTRY)
    accept(case=tried, fields=[f.name for f in declared_fields(tried)], change=change, by=scopes.COUNTRY)
    return Person.objects.get(pk=tried.person_id or 0)


def _start(benefit: str, person: Person, on: datetime.date) -> datetime.date | None:
    law = load_law().reaching_back_to(first_of_month(on))
    return start_month(law, benefit, signed_on=on, born=person.born, certified_on=person.disability_certified_on)


def _as_decided(case: Case, person: Person, starts: dict[str, datetime.date | None], on: datetime.date) -> None:
    held = {decision.benefit for decision in open_decisions(person)}
    Decision.objects.bulk_create(
        Decision(
            person=person, household_id=person.household_id, benefit=benefit, signed_on=on, from_month=start, source="decision",
            change_id=person.change_id, province_no=case.province_no, area_pos=case.area_pos,
        )
        for benefit, start in starts.items()
        if start and benefit not in held
    )  # fmt: skip


def _missing(case: Case, found: Preview) -> list[str]:
    """Conditions of which nothing is known, and children who are not in the registry."""
    unknown = {
        check.vi for outlook in found.outlooks if outlook.then for check in outlook.then.checks if not check.holds and check.value is None
    }
    for each in declared_fields(case):
        if each.links and len(matched_children(case, each)) < len(case.payload[each.name]):
            unknown.add(each.label)
    return sorted(unknown)
