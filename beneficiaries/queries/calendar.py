"""The working calendar with the days that the ministry has entered."""

from __future__ import annotations

from beneficiaries.models import MovedDay
from posasoft.core.working_days import WorkingCalendar


def calendar() -> WorkingCalendar:
    """Public holidays of the package, overridden by the table of moved days."""
    return WorkingCalendar(dict(MovedDay.objects.values_list("day", "is_working")))
