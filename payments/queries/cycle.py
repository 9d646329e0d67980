"""The calendar of paying: the rule of a province in a month, and the days it gives."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import F, Q

from beneficiaries.queries.calendar import calendar
from payments.models import Cycle, CycleRule
from posasoft.core.months import add_months
from posasoft.core.working_days import WorkingCalendar

# A holiday that eats the planned days of payment is made up for until so many working days are left, or as many as were planned.
LEAST_PAY_DAYS = 5


@dataclass(frozen=True)
class Days:
    """The days of a month's payment; every one a working day, moved back to the working day before where it was none.

    Where Tết leaves too few days to pay on, the last one is moved on instead, and stays before the report.
    """

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
    report_by = on(month, rule.report_by_day)
    return Days(
        cut_off_on=on(before, rule.cut_off_day),
        list_by=on(before, rule.list_by_day),
        pay_from=pay_from,
        pay_to=_last_pay_day(rule, pay_from, on(month, rule.pay_to_day), report_by, worked),
        report_by=report_by,
    )


def _last_pay_day(
    rule: CycleRule, pay_from: datetime.date, planned: datetime.date, report_by: datetime.date, worked: WorkingCalendar
) -> datetime.date:
    weekdays = sum(pay_from.replace(day=day).weekday() < 5 for day in range(rule.pay_from_day, rule.pay_to_day + 1))
    least = min(LEAST_PAY_DAYS, max(weekdays, 1))
    enough = min(worked.add(pay_from, least - 1), worked.add(report_by, -1))
    return max(planned, enough, pay_from)


def pay_days(days: Cycle | Days, worked: WorkingCalendar | None = None) -> int:
    """On how many working days a month is paid."""
    return (worked or calendar()).between(days.pay_from - datetime.timedelta(days=1), days.pay_to)


def cycle_of(province_no: int, month: datetime.date) -> Cycle | Days:
    """The month's days as they were opened, else as the rule gives them."""
    return Cycle.objects.filter(province_no=province_no, month=month).first() or days_of(rule_of(province_no, month), month)
