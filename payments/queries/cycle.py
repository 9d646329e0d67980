"""The calendar of paying: the rule of a province in a month, and the days it gives."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import F, Q

from beneficiaries.queries.calendar import calendar
from payments.models import Cycle, CycleRule
from posasoft.core.months import add_months
from posasoft.core.working_days import WorkingCalendar


@dataclass(frozen=True)
class Days:
    """The days of a month's payment; every one a working day, moved back to the working day before where it was none."""

    cut_off_on: datetime.date
    list_by: datetime.date
    pay_from: datetime.date
    pay_to: datetime.date
    report_by: datetime.date


def rule_of(province_no: int, month: datetime.date) -> CycleRule:
    """The province's latest rule that holds in a month, else the country's, else the defaults of the model (not stored)."""
    found = (
        CycleRule.objects.filter(Q(province_no=province_no) | Q(province_no__isnull=True), since__lte=month)
        .order_by(F("province_no").asc(nulls_last=True), "-since")
        .first()
    )
    return found or CycleRule(since=datetime.date(2010, 1, 1))


def days_of(rule: CycleRule, month: datetime.date, worked: WorkingCalendar | None = None) -> Days:
    """The days for paying a month: the list of a month is due in the month before it (by the 24th: "before the 25th")."""
    worked = worked or calendar()
    before = add_months(month, -1)

    def on(first: datetime.date, day: int) -> datetime.date:
        wanted = first.replace(day=day)
        return wanted if worked.is_working(wanted) else worked.add(wanted, -1)

    pay_from = month.replace(day=rule.pay_from_day)
    # Nobody is paid before the month begins: a first day that is none is moved on, the last one back, never before the first.
    pay_from = pay_from if worked.is_working(pay_from) else worked.add(pay_from, 1)
    return Days(
        cut_off_on=on(before, rule.cut_off_day),
        list_by=on(before, rule.list_by_day),
        pay_from=pay_from,
        pay_to=max(on(month, rule.pay_to_day), pay_from),
        report_by=on(month, rule.report_by_day),
    )


def cycle_of(province_no: int, month: datetime.date) -> Cycle | Days:
    """The month's days as they were opened, else as the rule gives them."""
    return Cycle.objects.filter(province_no=province_no, month=month).first() or days_of(rule_of(province_no, month), month)
