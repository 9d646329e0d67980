"""The demonstration's applications: made once, in many states, one overdue, none about HIV."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import timezone

from beneficiaries.models import Case
from posasoft.core.models import User, WorkItem
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db


def test_applications_are_made_once_and_stand_at_many_steps(places: Places, officer: User) -> None:
    with owner():
        change = cast.make_change(places.village, "Thêm")
        for number in range(16):
            home = cast.make_household(f"08-00721-3{number:05}", places.commune, places.village, change)
            cast.make_person(home, f"Sùng Thị Lớn {number}", "head", f"19{40 + number % 8}-01-01", sex="female")
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
