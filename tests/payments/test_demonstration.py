"""The demonstration's cycle, made by the operations: a month that is closed and balances, and one with lists at every step."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from payments.models import Agency, Cycle, PaymentList, ServiceArea, ServicePoint
from payments.operations.proving import prove
from posasoft.core.models import Area
from tests.beneficiaries.test_month_run import NOVEMBER, people, run
from tests.households.cast import Cast
from tests.payments.money import list_of

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


@pytest.fixture
def paid_by_the_post(people: Cast, settings: Any) -> None:
    settings.DEMONSTRATION = True
    agency = Agency.objects.create(code="VNPOST", name="Bưu điện", kind="post")
    for area in Area.objects.filter(level="commune", position__isnull=False):
        point = ServicePoint.objects.create(
            agency=agency,
            code=f"BD{area.code}",
            name=area.name,
            commune=area,
            province_no=area.province_no or 0,
            area_pos=area.position or 0,
        )
        ServiceArea.objects.create(
            agency=agency, channel="post", commune=area, service_point=point, since=NOVEMBER.replace(month=1),
            province_no=area.province_no or 0, area_pos=area.position or 0,
        )  # fmt: skip


@pytest.mark.usefixtures("paid_by_the_post")
def test_a_month_is_closed_and_balances_and_a_second_time_changes_nothing() -> None:
    run(NOVEMBER)
    call_command("demonstration_cycle", "2026-11", "--closed")
    assert list_of(NOVEMBER).status == "closed"
    assert [check.findings for _, check in prove()] == [[]]
    assert Cycle.objects.exists()
    before = list(PaymentList.objects.values())
    call_command("demonstration_cycle", "2026-11", "--closed")
    assert list(PaymentList.objects.values()) == before
