"""Two agencies side by side: the own one pays the commune of the world, the neighbour's one the next; its rows are canaries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from payments.models import Agency, AgencyPost, Delivery, PaymentList, ServiceArea, ServicePoint
from payments.operations import release
from payments.operations.sending import send
from posasoft.core.access import scope_of
from posasoft.core.models import AssignedItem, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope
from tests.access.world import CANARY, MONTH, Side, World
from tests.browser.cast import day
from tests.support.database import thawed

SINCE = day("2026-01-01")
SINCE_AT = datetime.datetime(2026, 10, 20, tzinfo=datetime.UTC)


@dataclass
class Payer:
    """One agency with a counter in one commune, its clerk there, and one in the headquarters."""

    agency: Agency
    point: ServicePoint
    clerk: User
    boss: User


@dataclass
class Payers:
    own: Payer
    neighbour: Payer


def make_payers(world: World) -> Payers:
    """Inside ``owner()``: both agencies, and both communes' lists as released by the system."""
    own = _payer(world.own, "VNPOST", "Bưu điện Việt Nam", world.users[Role.AGENCY_CLERK], world)
    neighbour = _payer(world.sibling, "CANARY", f"Bưu chính {CANARY}", world.sibling_users[Role.AGENCY_CLERK], world)
    for side in (world.own, world.sibling):
        release_again(side.pay_list)
    return Payers(own, neighbour)


def release_again(pay_list: PaymentList) -> PaymentList:
    """The world's lists were set to released by hand; this one is released with its entries in the ledger."""
    with thawed("payments_paymentlist"):
        PaymentList.objects.filter(pk=pay_list.pk).update(
            status="approved", released_at=None, checksum="", number="", prepared_at=SINCE_AT, checked_at=SINCE_AT, approved_at=SINCE_AT
        )
    release(lists=[pay_list], by=COUNTRY)
    pay_list.refresh_from_db()
    return pay_list


def _payer(side: Side, code: str, name: str, clerk: User, world: World) -> Payer:
    place = {"province_no": side.pay_list.province_no, "area_pos": side.pay_list.area_pos}
    agency = Agency.objects.create(code=code, name=name, kind="post", contract_no=f"HĐ {code}", contract_from=SINCE)
    point = ServicePoint.objects.create(agency=agency, code="1", name=f"Điểm {name}", commune=side.commune, **place)
    ServiceArea.objects.create(agency=agency, service_point=point, commune=side.commune, channel="post", since=SINCE, **place)
    held = clerk.roles.get()
    AssignedItem.objects.filter(assignment=held).delete()
    AgencyPost.objects.create(assignment=held, agency=agency, service_point=point)
    boss = User.objects.create(username=f"tru.so.{code}".lower(), full_name=f"Trụ sở {code}", password="!")
    seat = RoleAssignment.objects.create(user=boss, role=Role.AGENCY_CLERK, area=world.places.province, scope_kind="lists", since=SINCE)
    AgencyPost.objects.create(assignment=seat, agency=agency)
    return Payer(agency, point, clerk, boss)


def scope_for(user: User) -> Scope:
    return scope_of(user.roles.select_related("area").get())


def sent(side: Side) -> Delivery:
    """Inside ``owner()``: the side's list, sent by the system."""
    delivery = send(lists=[side.pay_list], by=COUNTRY)[0]
    # The database's clock does not stand still with the test's.
    Delivery.objects.filter(pk=delivery.pk).update(sent_at=timezone.now())
    delivery.refresh_from_db()
    return delivery


__all__ = ["MONTH", "Payer", "Payers", "make_payers", "release_again", "scope_for", "sent"]
