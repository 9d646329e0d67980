"""The ministry's table of moved days."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from beneficiaries.models import MovedDay
from posasoft.core import audit
from posasoft.core.scope import Scope


@transaction.atomic
def move_day(*, day: datetime.date, is_working: bool, source: str, by: Scope) -> MovedDay:
    """Say that a day is worked, or off, whatever the calendar says. Raises ValueError without the announcement it rests on."""
    if not source.strip():
        raise ValueError(_("Ghi văn bản thông báo hoán đổi ngày nghỉ."))
    row, _created = MovedDay.objects.update_or_create(day=day, defaults={"is_working": is_working, "source": source.strip()[:160]})
    audit.record(verb="move_day", kind="calendar", object_id=day, by=by, working=is_working)
    return row


@transaction.atomic
def forget_day(*, day: datetime.date, by: Scope) -> None:
    """The calendar's own word counts again."""
    MovedDay.objects.filter(day=day).delete()
    audit.record(verb="forget_day", kind="calendar", object_id=day, by=by)
