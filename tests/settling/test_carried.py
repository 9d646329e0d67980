"""A family moves to the next commune while its money waits: the chair who releases there sees neither the old list nor the old line."""

from __future__ import annotations

import pytest
from django.db import connection

from payments.accounts import Account
from payments.models import PaymentLine, PaymentList
from payments.operations import release
from posasoft.core.models import Role
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import DECEMBER, NOVEMBER, people, run
from tests.decisions import cast as papers
from tests.households.cast import Cast
from tests.payments.money import standing
from tests.settling.test_uncollected import MONTHLY, month_ends, sound
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def test_money_carried_from_a_commune_that_the_releaser_does_not_see_goes_along(people: Cast) -> None:
    """1,620,000 of November in Đồng Văn, released with December's 1,620,000 in Phố Bảng: 3,240,000 ordered, nothing left behind."""
    november = month_ends(NOVEMBER, "unpaid", "moved")
    with owner(), connection.cursor() as cursor:
        place = [people.pho_bang.pk, people.pho_bang.position, people.family.pk]
        cursor.execute("UPDATE households_household SET commune_id = %s, area_pos = %s WHERE id = %s", place)
        cursor.execute("UPDATE households_person SET area_pos = %s WHERE household_id = %s", place[1:])
    run(DECEMBER)
    with acting(COUNTRY):
        (december,) = approved(PaymentList.objects.filter(month=DECEMBER, commune=people.pho_bang))
    chair = papers.scope_of("pho", "Vàng Mí Phổ", Role.COMMUNE_CHAIR, people.pho_bang)
    with acting(chair):
        assert not PaymentLine.objects.filter(month=NOVEMBER).exists()
        release(lists=[december], by=chair)
    line = PaymentLine.objects.get(month=DECEMBER, list_id=december.pk, household_id=people.family.pk)
    assert (line.carried, line.total) == (MONTHLY, 2 * MONTHLY)
    assert standing(december)[Account.ORDERED] > 2 * MONTHLY, "the neighbours' electricity is on the list too"
    assert Account.CARRIED not in standing(november)
    assert sound()


def test_nobody_forwards_money_of_a_list_outside_the_own_range(people: Cast) -> None:
    november = month_ends(NOVEMBER, "unpaid", "absent")
    run(DECEMBER)
    with acting(COUNTRY):
        (december,) = approved(PaymentList.objects.filter(month=DECEMBER, commune=people.dong_van))
    with owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_paymentlist DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE payments_paymentlist SET status = 'released', released_at = now(), checksum = 'x' WHERE id = %s", [december.pk]
        )
        cursor.execute("ALTER TABLE payments_paymentlist ENABLE TRIGGER USER")
    chair = papers.scope_of("pho", "Vàng Mí Phổ", Role.COMMUNE_CHAIR, people.pho_bang)
    with acting(chair), connection.cursor() as cursor:
        cursor.execute("SELECT payments_book_forward(%s, %s)", [[december.pk], [DECEMBER]])
        assert cursor.fetchone()[0] == 0
    assert standing(november) == {Account.CARRIED: MONTHLY}
