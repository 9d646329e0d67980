"""What the engine says of a case: today, and with what was declared; nothing of it stays."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from beneficiaries.models import Case, Decision
from beneficiaries.operations.preview import preview
from households.models import Change, Person
from posasoft.core.models import AuditEvent

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)


def test_the_declared_disability_would_be_paid_and_the_registrys_would_not(draft: Callable[..., Case]) -> None:
    found = preview(case=draft(), on=TODAY)
    (outlook,) = found.outlooks
    assert outlook.now is not None
    assert outlook.now.status == "conditions"
    assert outlook.then is not None
    assert (outlook.then.status, outlook.then.amount) == ("paid", 810_000)
    assert outlook.first_month == datetime.date(2026, 11, 1)
    assert found.is_eligible


def test_a_preview_leaves_no_fact_no_decision_no_change_and_no_trace(draft: Callable[..., Case], pao: Person) -> None:
    case = draft()
    before = (Decision.objects.count(), Change.objects.count(), AuditEvent.objects.count())
    preview(case=case, on=TODAY)
    assert (Decision.objects.count(), Change.objects.count(), AuditEvent.objects.count()) == before
    assert Person.objects.get(pk=pao.pk).disability_degree is None


def test_somebody_who_does_not_meet_the_conditions_is_told_which_one_fails(draft: Callable[..., Case]) -> None:
    found = preview(case=draft(disability_degree="3"), on=TODAY)
    assert not found.is_eligible
    (refusal,) = found.refusals
    assert refusal.article
    assert [check.holds for check in refusal.checks].count(False) >= 1


def test_a_benefit_held_already_is_a_conflict(draft: Callable[..., Case], places: object) -> None:
    mother = Person.objects.get(full_name="Giàng Thị Dợ")
    case = draft(born="1948")
    Case.objects.filter(pk=case.pk).update(person=mother)
    case.refresh_from_db()
    found = preview(case=case, on=TODAY)
    assert [decision.benefit for decision in found.held] == ["PENSION-SOCIAL"]
    assert found.outlooks[0].then is not None
    # Severely disabled and over sixty: 2.0 beats the pension's 1.0, and only the highest is paid.
    assert found.outlooks[0].then.amount == 1_080_000
    assert [finding.benefit for finding in found.beside] == []
