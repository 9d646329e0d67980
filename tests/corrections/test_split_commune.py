"""A commune is split while a correction of one of its families is open: the list, what was ordered and the difference stay right."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from beneficiaries.models import Decision, Entitlement, Package
from households.operations import confirm_death, start_change
from households.reform.operations import Line
from payments.models import PaymentList
from payments.operations.proving import prove
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY, acting
from tests.areas_reform.country import Country, make_country, reformed
from tests.corrections.scene import OCTOBER, SEPTEMBER, compute, open_corrections, pay
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER = datetime.date(2026, 11, 1)


@pytest.fixture
def country(transactional_db: None) -> Country:
    """The country of the reform's tests; its placeholders for computed money go, so that months are computed here."""
    made = make_country()
    with owner():
        Entitlement.objects.all().delete()
        Package.objects.all().delete()
        Decision.objects.update(from_month=SEPTEMBER)
    return made


def test_a_death_before_the_reform_is_recovered_on_the_list_of_the_new_commune(country: Country) -> None:
    """Tả Lủng's families are paid in September and October; from 1 November its villages belong to Đồng Văn and Phố Cáo. The head of a family died on
    5 September, entered after the reform: October's money of that person comes back on the line of the new commune, and no month is ordered twice."""
    pay(SEPTEMBER, OCTOBER)
    home = country.homes["tl_one"]
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT owner, benefit, for_month, amount FROM payments_ordered WHERE household_id = %s ORDER BY 3, 2", [home.pk])
        before = cursor.fetchall()
    reform = reformed(
        Line("00724", "00721", "Xã Đồng Văn", True, True), Line("00721", "00721", "Xã Đồng Văn", True, True), effective=NOVEMBER
    )
    assert reform.status == "done", reform.status
    with acting(COUNTRY):
        change = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=home.area_pos, reason="báo mất")
        confirm_death(person_id=home.members.get(relation="head").pk, died_on=datetime.date(2026, 9, 5), change=change, by=COUNTRY)
    compute(NOVEMBER)
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT owner, benefit, for_month, amount FROM payments_ordered WHERE household_id = %s ORDER BY 3, 2", [home.pk])
        assert cursor.fetchall() == before
        cursor.execute(
            "SELECT a.code, a.valid_to FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month"
            " JOIN core_area a ON a.id = l.commune_id WHERE p.month = %s AND p.household_id = %s",
            [NOVEMBER, home.pk],
        )
        lists = cursor.fetchall()
    new = Area.objects.get(level="commune", code="00721", valid_to__isnull=True)
    assert lists in ([], [(new.code, None)])
    owed = {key: value for key, value in open_corrections().items() if key[1] in (SEPTEMBER, OCTOBER)}
    assert all(value < 0 or key[0] == "FUNERAL" for key, value in owed.items()), owed
    pay(NOVEMBER)
    found = [check.findings for _area, check in prove() if check.findings]
    assert not found, str(found)
    assert PaymentList.objects.filter(month=NOVEMBER, commune=new).exists()
