"""Months computed as life goes on are the months computed afterwards from the registry's history; recalculating changes nothing that was right."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from beneficiaries import operations
from beneficiaries.models import Entitlement
from households.models import Household, Person
from households.operations import confirm_death, set_fact, start_change
from payments.models import Correction, PaymentList
from payments.operations import release, work_run
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting
from tests.faults import country
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

MONTHS = [add_months(country.NOVEMBER, number) for number in range(3)]
RUN_TABLES = (
    "payments_ordered, payments_listdrift,"
    " payments_paymentline, payments_paymentlist, payments_correction, beneficiaries_entitlement, beneficiaries_package, beneficiaries_reopened,"
    " beneficiaries_runshard, beneficiaries_run, households_changefeed, core_hold"
)


def run(month: datetime.date) -> None:
    with acting(COUNTRY):
        started = operations.start_run(month=month, by=COUNTRY)
    work_run(started.pk)
    assert set(started.shards.values_list("status", flat=True)) == {"done"}


def release_all() -> None:
    with acting(COUNTRY):
        release(lists=approved(PaymentList.objects.filter(status="draft")), by=COUNTRY)


def spans() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id, person_id, benefit, coefficient, amount, from_month, until_month, law_version, decision_id"
            " FROM beneficiaries_entitlement WHERE superseded_by_run IS NULL"
        )
        return sorted(cursor.fetchall(), key=str)


def change(month: datetime.date) -> None:
    """What happens in a month: some families are poor no longer, some people die, some become more severely disabled."""
    since = month.replace(day=9)
    with acting(COUNTRY):
        cause = start_change(kind="correction", by=COUNTRY, province_no=11, area_pos=11 * 10**10, reason="thử nghiệm")
        for number, household in enumerate(Household.objects.order_by("id")[month.month % 5 :: 11]):
            value = {"class": ("none", "near_poor")[number % 2], "b1": None, "b2": None}
            set_fact(subject="h", subject_id=household.pk, fact="poverty", value=value, since=since, change=cause, by=COUNTRY)
        for person in Person.objects.filter(died_on=None).order_by("id")[month.month % 7 :: 29]:
            confirm_death(person_id=person.pk, died_on=since, change=cause, by=COUNTRY)
        for person in Person.objects.filter(died_on=None, disability_degree="severe").order_by("id")[month.month % 3 :: 13]:
            degree = {"degree": "extremely_severe", "type": "mobility", "certified": None}
            set_fact(subject="p", subject_id=person.pk, fact="disability", value=degree, since=since, change=cause, by=COUNTRY)


def test_months_run_as_life_went_on_are_the_months_computed_afterwards_from_history() -> None:
    country.settle()
    for month in MONTHS:
        change(month)
        run(month)
        release_all()
    lived = spans()
    assert len({row[5] for row in lived}) == len(MONTHS)
    assert not Correction.objects.exists()
    with transaction.atomic(), owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {RUN_TABLES} CASCADE")
    for month in MONTHS:
        run(month)
    assert spans() == lived


def test_recalculating_everything_writes_no_row_when_nothing_was_wrong() -> None:
    country.settle()
    for month in MONTHS:
        change(month)
        run(month)
        release_all()
    before = list(Entitlement.objects.order_by("pk").values_list())
    with acting(COUNTRY):
        operations.recalculate(household_ids=None, from_month=MONTHS[0], by=COUNTRY, reason="kiểm tra")
    assert list(Entitlement.objects.order_by("pk").values_list()) == before


def test_facts_that_come_in_late_leave_the_spans_of_facts_known_in_time() -> None:
    """What happened in December is entered after January was released: the spans are as if it had been known, the money is corrected once."""
    country.settle()
    change(MONTHS[1])
    for month in MONTHS:
        run(month)
    in_time = spans()
    with transaction.atomic(), owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {RUN_TABLES} CASCADE")
        cursor.execute("SELECT md5(string_agg(id::text, ',')) FROM households_person")
    forget_changes()
    for month in MONTHS:
        run(month)
        release_all()
    change(MONTHS[1])
    following = add_months(MONTHS[-1], 1)
    run(following)
    until_january = [row for row in spans() if row[5] <= MONTHS[-1]]
    cut = {(*row[:6], None if row[6] == following else row[6], *row[7:]) for row in until_january}
    assert cut == {(*row[:6], None if row[6] == following else row[6], *row[7:]) for row in in_time}
    assert Correction.objects.filter(settled_at=None).exists()
    release_all()
    run(add_months(following, 1))
    assert all(open_one.due < open_one.ordered for open_one in Correction.objects.filter(settled_at=None))


def forget_changes() -> None:
    """Take the changes back as if nobody had entered them."""
    with transaction.atomic(), owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM households_factspell")
        cursor.execute("UPDATE households_person SET died_on = NULL, disability_since = NULL")
        cursor.execute("UPDATE households_person SET disability_degree = 'severe' WHERE disability_degree IS NOT NULL")
        cursor.execute("UPDATE households_household SET poverty = 'poor', poverty_since = NULL, b1 = NULL, b2 = NULL")
        cursor.execute("TRUNCATE households_changefeed")
