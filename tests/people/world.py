"""The cast with accounts, counters and hands: who records, who confirms, who pays in xã Đồng Văn."""

from __future__ import annotations

import datetime

from django.db import connection

from households.models import Household, Person
from payments.models import Account, Agency, PaymentList, Receiver, ServiceArea, ServicePoint
from payments.operations import accounts, receivers, release
from posasoft.core.models import Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import named, run
from tests.households.cast import Cast
from tests.support.payments import approved

HEAD, GRANDMOTHER, BOY = "Giàng Mí Páo", "Giàng Thị Dợ", "Giàng Mí Sính"
LONG_AGO, MONTH_OF_OPENING = datetime.date(2026, 1, 5), datetime.date(2026, 1, 1)


def who(name: str, role: str = Role.COMMUNE_OFFICER) -> Scope:
    user, _made = User.objects.get_or_create(username=name, defaults={"full_name": name.title()})
    return Scope("area", *WHOLE_COUNTRY, user.pk, role)


def lan() -> Scope:
    return who("lan")


def minh() -> Scope:
    return who("minh")


def pays(cast: Cast, channel: str, name: str) -> ServicePoint:
    """An agency pays a channel in the commune, at one counter."""
    agency = Agency.objects.create(code=channel.upper(), name=name, kind=channel)
    place = {"province_no": 3, "area_pos": cast.dong_van.position or 0}
    point = ServicePoint.objects.create(
        agency=agency, code="1", name=f"{name} Đồng Văn", commune=cast.dong_van, address="Chợ Đồng Văn", **place
    )
    ServiceArea.objects.create(
        commune=cast.dong_van, channel=channel, agency=agency, service_point=point, since=MONTH_OF_OPENING, **place
    )  # fmt: skip
    return point


def new_account(number: str = "3400 205 123 456", holder: str = "GIANG MI PAO", provider: str = "AGRIBANK") -> accounts.NewAccount:
    kind = "ewallet" if provider in ("MOMO", "VIETTEL_MONEY") else "bank"
    return accounts.NewAccount(kind, provider, number, holder, "paper", LONG_AGO, "12/ĐN-2026")


def with_account(name: str = HEAD, *, cooled: bool = True, **details: str) -> Account:
    """An account recorded by Lan and confirmed by Minh; ``cooled``: its cooling period is over."""
    with acting(COUNTRY):
        account = accounts.add_account(person=named(name), new=new_account(holder=name, **details), by=lan())
        accounts.confirm_account(account=account, by=minh())
        if cooled:
            Account.objects.filter(pk=account.pk).update(since=LONG_AGO, cooling_until=LONG_AGO)
    account.refresh_from_db()
    return account


def new_receiver(since: datetime.date = LONG_AGO, until: datetime.date = datetime.date(2027, 6, 1)) -> receivers.NewReceiver:
    return receivers.NewReceiver(
        "Vừ Thị Mai", "002190001234", "0912 345 678", "Con dâu", "authorised", "05/UQ", datetime.date(2026, 1, 2), since, until
    )


def with_receiver(household: Household, person: Person | None = None, **days: datetime.date) -> Receiver:
    with acting(COUNTRY):
        receiver = receivers.add_receiver(household=household, person=person, new=new_receiver(**days), by=lan())
        return receivers.confirm_receiver(receiver=receiver, by=minh())


def paid_lines(month: datetime.date) -> list[tuple[str, int | None, int | None, int | None, int]]:
    """(channel, own person, account, receiver, total) of the lines of xã Đồng Văn in a month, the family's line first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.channel, p.person_id, p.account_id, p.receiver_id, p.total FROM payments_paymentline p JOIN payments_paymentlist l"
            " ON l.id = p.list_id WHERE p.month = %s AND p.area_pos < 30010020000 ORDER BY p.person_id NULLS FIRST, p.id",
            [month],
        )
        return cursor.fetchall()


def released(month: datetime.date) -> list[PaymentList]:
    if not PaymentList.objects.filter(month=month).exists():
        run(month)
    with acting(COUNTRY):
        return release(lists=approved(PaymentList.objects.filter(month=month, status="draft")), by=COUNTRY)


def sent(month: datetime.date) -> list[PaymentList]:
    """Released and with the agency, as far as asking afterwards minds."""
    lists = released(month)
    PaymentList.objects.filter(pk__in=[one.pk for one in lists]).update(status="sent")
    return lists


def line_ids(month: datetime.date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM payments_paymentline WHERE month = %s AND area_pos < 30010020000 ORDER BY id", [month])
        return [row[0] for row in cursor.fetchall()]
