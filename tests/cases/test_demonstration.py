"""The demonstration's applications: made once, in many states, one overdue, none about HIV."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import timezone

from beneficiaries.models import Case, Decision
from beneficiaries.operations.decision_documents import prepare
from beneficiaries.operations.decision_documents.casework import kind_for
from posasoft.core.models import User, WorkItem
from tests.browser import cast
from tests.browser.cast import Places
from tests.cases.conftest import scope_of
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db


def test_applications_are_made_once_and_stand_at_many_steps(places: Places, officer: User) -> None:
    with owner():
        change = cast.make_change(places.village, "Thêm")
        for number in range(16):
            home = cast.make_household(f"08-00721-3{number:05}", places.commune, places.village, change)
            cast.make_person(home, f"Sùng Thị Lớn {number}", "head", f"19{40 + number % 8}-01-01", sex="female")
        # The eldest receive a pension of the State, one of them this one already: nothing is left to decide for them.
        for number in range(4):
            home = cast.make_household(f"08-00721-4{number:05}", places.commune, places.village, change)
            elder = cast.make_person(home, f"Sùng Thị Già {number}", "head", f"19{20 + number}-01-01", sex="female")
            Decision.objects.filter(pk=cast.decide(elder, "PENSION-SOCIAL", "2025-07-05", f"{number}/QĐ").pk).update(
                until_month="2026-12-01"
            )
        scope = scope_of(officer)
    for _turn in range(2):
        call_command("demonstration_cases")
    with owner():
        found = list(Case.objects.all())
        overdue = [case for case in found if case.is_running and case.due_on and case.due_on < timezone.localdate()]
        told = WorkItem.objects.filter(kind="case.overdue", done_at__isnull=True).count()
    assert len(found) == 14
    assert {case.status for case in found} == {"draft", "received", "checked", "appraised", "posted", "ready", "returned", "withdrawn"}
    assert len(overdue) == told == 1
    assert not any(case.confidential for case in found)
    granted = [case for case in found if case.status == "ready" and case.outcome == "grant"]
    assert len(granted) == 2
    with as_scope(scope):
        for case in granted:
            paper = prepare(kind=kind_for(case), case=case, by=scope)
            assert [line["benefit"] for line in paper.lines] == case.benefits
