"""Releasing lists in tests, and where their money stands."""

from __future__ import annotations

import datetime

from django.db import connection

from payments.models import PaymentList
from payments.operations import release
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import run
from tests.support.database import owner
from tests.support.payments import approved


def released(month: datetime.date) -> PaymentList:
    """Xã Đồng Văn's list of a month; every list of the month is computed if need be, and released."""
    if not PaymentList.objects.filter(month=month).exists():
        run(month)
    with acting(COUNTRY):
        release(lists=approved(PaymentList.objects.filter(month=month, status="draft")), by=COUNTRY)
    return list_of(month)


def list_of(month: datetime.date) -> PaymentList:
    """Xã Đồng Văn's list of a month."""
    return PaymentList.objects.get(month=month, commune__code="00721")


def resulted(pay_list: PaymentList, outcome: str = "paid", reason: str = "") -> None:
    """The results of every line that go with what a test books by hand."""
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT payments_open_results(%s)", [pay_list.month])
        cursor.execute(
            "INSERT INTO payments_lineresult (month, line_id, list_id, household_id, amount, agency_id, service_point_id, paid_on, booked, outcome,"
            " reason, province_no, area_pos) SELECT month, id, list_id, household_id, total, 1, 1, %s, true, %s, %s, province_no, area_pos"
            " FROM payments_paymentline WHERE month = %s AND list_id = %s AND total > 0",
            [pay_list.month.replace(day=5) if outcome == "paid" else None, outcome, reason, pay_list.month, pay_list.pk],
        )


def standing(pay_list: PaymentList) -> dict[int, int]:
    """Balances of a list by account, without those that are nothing and without the budget's own side."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.account, sum(v.amount)::bigint FROM payments_ledgerentry e"
            " CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) AS v(account, amount)"
            " WHERE e.list_id = %s AND v.account <> 1 GROUP BY 1 HAVING sum(v.amount) <> 0",
            [pay_list.pk],
        )
        return dict(cursor.fetchall())
