"""Months that may still get lists: within reach of those computed, and not closed."""

from __future__ import annotations

import datetime

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from beneficiaries.models import Run
from payments.models import Cycle
from posasoft.core.models import Area, Level
from posasoft.core.months import add_months, format_month


class MonthRefused(Exception):
    """No list can be drawn up for the month; the message is for the screen (Vietnamese)."""


def require_open(*, month: datetime.date, lo: int, hi: int) -> None:
    """Raises MonthRefused for a month that lies outside those computed and the one after them (a slip of the year would open tables for it), or
    that a province of the range has closed: its statements are signed, and what is owed comes with the next list. Inside the caller's transaction;
    holds the months' rows."""
    computed = Run.objects.filter(kind=Run.Kind.MONTH).aggregate(first=Min("month"), last=Max("month"))
    if computed["first"] is None or not computed["first"] <= month <= add_months(computed["last"], 1):
        raise MonthRefused(_("Tháng %(month)s chưa tính trợ cấp nên chưa lập danh sách được.") % {"month": format_month(month)})
    inside = Area.objects.filter(level=Level.PROVINCE, position__lt=hi, position_end__gt=lo).values("province_no")
    held = Cycle.objects.select_for_update().filter(month=month, province_no__in=inside).order_by("pk")
    if any(cycle.closed_at is not None for cycle in held):
        raise MonthRefused(_("Tháng %(month)s đã đóng; khoản còn thiếu đi vào danh sách của tháng sau.") % {"month": format_month(month)})
