"""A released list goes to the one agency that pays it, once; the money follows, the files say what they hold, and nobody else sees it."""

from __future__ import annotations

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from payments.models import Agency, Delivery, PaymentLine, PaymentList, ServiceArea, ServicePoint
from payments.operations.sending import SendRefused, confirm, hand_sent_to, send
from posasoft.core import vault
from posasoft.core.models import AssignedItem, AuditEvent, Notification, Role, WorkItem
from posasoft.core.scope import COUNTRY, Scope
from tests.access.test_duties import scope
from tests.access.world import World
from tests.payer.cast import Payers, scope_for, sent
from tests.payments.money import standing
from tests.support.database import as_scope, owner, thawed

STANDING = True
AGENCY_ACCOUNT = 4


def chair(world: World) -> Scope:
    return scope(world.users[Role.COMMUNE_CHAIR], Role.COMMUNE_CHAIR)


def test_the_chair_sends_and_the_money_stands_with_the_agency(world: World, payers: Payers) -> None:
    by = chair(world)
    with as_scope(by):
        (delivery,) = send(lists=[world.own.pay_list], by=by)
    with owner():
        pay_list = PaymentList.objects.get(pk=world.own.pay_list.pk)
        assert pay_list.status == "sent"
        assert standing(pay_list) == {AGENCY_ACCOUNT: 1_000_000}
        assert (delivery.agency, delivery.service_point, delivery.sent_by_id) == (payers.own.agency, payers.own.point, by.user_id)
        assert {one["format"] for one in delivery.files} == {"xlsx", "csv"}
        for one in delivery.files:
            with vault.open_file(one["file"]) as file:
                assert hashlib.sha256(file.read()).hexdigest() == one["sha256"]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_sending_twice_changes_nothing(world: World, payers: Payers) -> None:
    by = chair(world)
    with as_scope(by):
        first = send(lists=[world.own.pay_list], by=by)
        again = send(lists=[world.own.pay_list], by=by)
    assert [one.pk for one in first] == [one.pk for one in again]
    with owner():
        assert Delivery.objects.count() == 1
        assert standing(PaymentList.objects.get(pk=world.own.pay_list.pk)) == {AGENCY_ACCOUNT: 1_000_000}
        assert AuditEvent.objects.filter(verb="send", object_id=str(world.own.pay_list.pk)).count() == 1
        assert WorkItem.objects.filter(kind="payments.delivery").count() == 1


def test_a_list_that_is_not_released_is_not_sent(world: World, payers: Payers) -> None:
    with thawed("payments_paymentlist"):
        PaymentList.objects.filter(pk=world.own.pay_list.pk).update(status="approved", released_at=None)
    with as_scope(chair(world)), pytest.raises(SendRefused, match="chưa phát hành"):
        send(lists=[world.own.pay_list], by=chair(world))


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.AGENCY_CLERK, Role.AUDITOR])
def test_only_chair_and_province_send(world: World, payers: Payers, role: str) -> None:
    with as_scope(chair(world)), pytest.raises(SendRefused, match="Vai trò"):
        send(lists=[world.own.pay_list], by=scope(world.users[role], role))


def test_without_anybody_to_pay_nothing_is_sent_and_no_file_is_left(world: World, payers: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lists at once: the second has no payer from November on, so the first stays as well."""
    with owner():
        ServiceArea.objects.filter(commune=world.sibling.commune).update(until="2026-10-01")
        with pytest.raises(SendRefused, match="Sà Phìn: chưa giao đơn vị nào"):
            send(lists=[world.own.pay_list, world.sibling.pay_list], by=COUNTRY)
        assert not Delivery.objects.exists()
        assert PaymentList.objects.get(pk=world.own.pay_list.pk).status == "released"


@pytest.mark.parametrize("over", [{"is_active": False}, {"contract_until": "2026-02-01"}])
def test_a_contract_that_is_over_gets_no_money(world: World, payers: Payers, over: dict[str, object]) -> None:
    with owner():
        Agency.objects.filter(pk=payers.own.agency.pk).update(**over)
        with pytest.raises(SendRefused, match="hợp đồng với Bưu điện Việt Nam"):
            send(lists=[world.own.pay_list], by=COUNTRY)


def test_clerks_see_their_list_and_headquarters_the_delivery_without_people(world: World, payers: Payers) -> None:
    with owner():
        own, neighbour = sent(world.own), sent(world.sibling)
    with as_scope(scope_for(payers.own.clerk)):
        assert list(Delivery.objects.values_list("pk", flat=True)) == [own.pk]
        assert list(PaymentList.objects.values_list("pk", flat=True)) == [world.own.pay_list.pk]
        assert set(PaymentLine.objects.values_list("list_id", flat=True)) == {world.own.pay_list.pk}
        assert list(WorkItem.objects.values_list("subject_id", flat=True)) == [own.pk]
    with as_scope(scope_for(payers.own.boss)):
        assert list(Delivery.objects.values_list("pk", flat=True)) == [own.pk]
        assert list(PaymentList.objects.values_list("pk", flat=True)) == [world.own.pay_list.pk]
        assert not PaymentLine.objects.exists()
        assert list(Agency.objects.values_list("pk", flat=True)) == [payers.own.agency.pk]
        assert list(ServicePoint.objects.values_list("pk", flat=True)) == [payers.own.point.pk]
    with as_scope(scope_for(payers.neighbour.clerk)):
        assert list(Delivery.objects.values_list("pk", flat=True)) == [neighbour.pk]
        assert list(Agency.objects.values_list("pk", flat=True)) == [payers.neighbour.agency.pk]


def test_a_released_list_is_nobodys_before_it_is_sent(world: World, payers: Payers) -> None:
    for user in (payers.own.clerk, payers.own.boss):
        with as_scope(scope_for(user)):
            assert not PaymentList.objects.exists()
            assert not PaymentLine.objects.exists()


def test_a_clerk_who_comes_later_finds_what_was_sent(world: World, payers: Payers) -> None:
    with owner():
        sent(world.own)
        post = payers.own.clerk.roles.get().agency_posts.get()
        AssignedItem.objects.filter(assignment=post.assignment).delete()
        for _ in range(2):
            hand_sent_to(post)
    with as_scope(scope_for(payers.own.clerk)):
        assert PaymentLine.objects.count() == 1


def test_receipt_is_confirmed_once_by_the_agency_and_the_sender_is_told(world: World, payers: Payers) -> None:
    by = chair(world)
    with as_scope(by):
        (delivery,) = send(lists=[world.own.pay_list], by=by)
    clerk = scope_for(payers.own.clerk)
    with as_scope(clerk):
        seen = Delivery.objects.get(pk=delivery.pk)
        assert confirm(delivery=seen, by=clerk)
        assert not confirm(delivery=seen, by=scope_for(payers.own.boss))
    with owner():
        delivery.refresh_from_db()
        assert delivery.confirmed_by_id == clerk.user_id
        assert delivery.confirmed_at is not None
        assert not WorkItem.objects.filter(kind="payments.delivery", done_at__isnull=True).exists()
        assert Notification.objects.filter(user_id=by.user_id, kind="payments.delivery").count() == 1
        assert AuditEvent.objects.filter(verb="confirm_delivery", actor_id=clerk.user_id).count() == 1


def test_the_table_refuses_the_senders_own_receipt(world: World, payers: Payers) -> None:
    by = chair(world)
    with as_scope(by):
        (delivery,) = send(lists=[world.own.pay_list], by=by)
    with owner(), pytest.raises(IntegrityError, match="payments_delivery_other_hand"), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(confirmed_at=Now(), confirmed_by_id=by.user_id)


def test_one_payer_at_a_time_and_a_point_of_its_own_agency(world: World, payers: Payers) -> None:
    place = {"province_no": 2, "area_pos": world.own.commune.position}
    with owner():
        with pytest.raises(IntegrityError, match="payments_servicearea_one_payer"), transaction.atomic():
            ServiceArea.objects.create(
                agency=payers.neighbour.agency, commune=world.own.commune, channel="post", since="2026-12-01", **place
            )
        ServiceArea.objects.filter(commune=world.own.commune).update(until="2026-12-01")
        wrong = ServiceArea(
            agency=payers.neighbour.agency, service_point=payers.own.point, commune=world.own.commune, channel="post", since="2026-12-01", **place
        )  # fmt: skip
        with pytest.raises(IntegrityError, match="payments_servicearea_point_agency"), transaction.atomic():
            wrong.save()
