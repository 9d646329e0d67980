"""Who keeps agencies: contracts the administrator, counters and communes the province; clerks stand where they are posted; keys are shown once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from lxml import etree

from households.crypto import seal
from payments.channels import ChannelRefused, face
from payments.channels.bank.checking import check, parse
from payments.models import Account, Agency, AgencyPost, ApiKey, Delivery, PaymentLine, PaymentList, ServiceArea, ServicePoint
from payments.operations import agencies, keys
from payments.operations.agencies import AgencyRefused
from payments.operations.sending import SendRefused, send
from posasoft.core import jobs, vault
from posasoft.core.models import AuditEvent, Job, JobLogLine, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope
from posasoft.portal.views import deliveries
from tests.access.world import World
from tests.payer.cast import Payers, release_again, scope_for, sent
from tests.support.database import as_scope, owner, thawed
from tests.support.second_factor import confirm

STANDING = True
DECEMBER, MARCH = datetime.date(2026, 12, 1), datetime.date(2027, 3, 1)


def province(world: World) -> Scope:
    area = world.places.province
    return Scope("area", area.position or 0, area.position_end or 0, world.users[Role.PROVINCE_OFFICER].pk, Role.PROVINCE_OFFICER, 1)


def test_a_commune_changes_hands_with_a_month_and_what_was_planned_gives_way(world: World, payers: Payers) -> None:
    by, commune = province(world), world.own.commune
    with as_scope(by):
        for agency, since in ((payers.neighbour.agency, MARCH), (payers.neighbour.agency, DECEMBER), (payers.own.agency, DECEMBER)):
            agencies.assign_area(agency=agency, commune=commune, point=None, since=since, by=by)
    with owner():
        rows = ServiceArea.objects.filter(commune=commune).order_by("since").values_list("agency__code", "since", "until")
        assert list(rows) == [("VNPOST", datetime.date(2026, 1, 1), DECEMBER), ("VNPOST", DECEMBER, None)]
        assert AuditEvent.objects.filter(verb="set_payer", actor_id=by.user_id).count() == 3


def test_the_province_reaches_no_other_province_and_no_other_agencys_counter(world: World, payers: Payers) -> None:
    by = province(world)
    with as_scope(by):
        with pytest.raises(AgencyRefused, match="không thuộc phạm vi"):
            agencies.assign_area(agency=payers.own.agency, commune=world.far.commune, point=None, since=DECEMBER, by=by)
        with pytest.raises(AgencyRefused, match="không thuộc đơn vị này"):
            agencies.assign_area(agency=payers.own.agency, commune=world.own.commune, point=payers.neighbour.point, since=DECEMBER, by=by)
        with pytest.raises(AgencyRefused, match="Chỉ quản trị hệ thống"):
            agencies.save_agency(agency=payers.own.agency, terms={}, by=by)


def test_a_clerk_moved_to_another_counter_loses_the_lists_of_the_first_at_once(world: World, payers: Payers) -> None:
    with owner():
        sent(world.own), sent(world.sibling)
        held = payers.own.clerk.roles.get()
        agencies.set_post(assignment=held, agency=payers.neighbour.agency, point=payers.neighbour.point, by=COUNTRY)
    with as_scope(scope_for(payers.own.clerk)):
        assert set(PaymentLine.objects.values_list("list_id", flat=True)) == {world.sibling.pay_list.pk}
        assert Delivery.objects.count() == 1


def test_only_a_clerks_role_is_posted(world: World, payers: Payers) -> None:
    with owner(), pytest.raises(AgencyRefused, match="Chỉ nhân viên chi trả"):
        agencies.set_post(assignment=world.users[Role.COMMUNE_OFFICER].roles.get(), agency=payers.own.agency, point=None, by=COUNTRY)


def test_no_province_posts_anybody_to_the_headquarters_or_out_of_it(world: World, payers: Payers, enter: Callable[[User], Client]) -> None:
    """The headquarters holds the files of every province that the agency pays: that is not one province's to give."""
    by, held, boss = province(world), payers.own.clerk.roles.get(), payers.own.boss.roles.get()
    client = enter(world.users[Role.PROVINCE_OFFICER])
    client.post(reverse("portal:agency_post", args=[payers.own.agency.pk]), {"post-assignment": held.pk, "post-point": ""})
    with as_scope(by):
        for assignment, point in ((held, None), (boss, payers.own.point)):
            with pytest.raises(AgencyRefused, match="chỉ quản trị hệ thống"):
                agencies.set_post(assignment=assignment, agency=payers.own.agency, point=point, by=by)
    with owner():
        far = ServicePoint.objects.create(
            agency=payers.own.agency, code="xa", name="Xa", commune=world.far.commune, province_no=4, area_pos=world.far.commune.position
        )
    with as_scope(by), pytest.raises(AgencyRefused, match="không thuộc phạm vi"):
        agencies.set_post(assignment=held, agency=payers.own.agency, point=far, by=by)
    with owner():
        assert dict(AgencyPost.objects.filter(agency=payers.own.agency).values_list("assignment_id", "service_point_id")) == {
            held.pk: payers.own.point.pk, boss.pk: None,
        }  # fmt: skip


def test_no_month_that_is_over_changes_hands(world: World, payers: Payers) -> None:
    by = province(world)
    with as_scope(by), pytest.raises(AgencyRefused, match="Tháng đã qua"):
        agencies.assign_area(agency=payers.neighbour.agency, commune=world.own.commune, point=None, since=datetime.date(2026, 10, 1), by=by)


def test_the_province_adds_a_counter_and_gives_it_the_commune_on_the_page(
    world: World, payers: Payers, enter: Callable[[User], Client]
) -> None:
    client = enter(world.users[Role.PROVINCE_OFFICER])
    to = [payers.own.agency.pk]
    wrong = client.post(reverse("portal:agency_point", args=to), {"point-code": "2", "point-name": "Quầy chợ", "point-commune": "99999"})
    assert "Không tìm thấy đúng một xã “99999”" in wrong.content.decode()
    assert 'value="Quầy chợ"' in wrong.content.decode()
    client.post(reverse("portal:agency_point", args=to), {"point-code": "2", "point-name": "Quầy chợ", "point-commune": "00721"})
    with owner():
        point = ServicePoint.objects.get(code="2")
    client.post(
        reverse("portal:agency_service", args=to), {"service-commune": "Xã Đồng Văn", "service-point": point.pk, "service-since": "12/2026"}
    )
    with owner():
        assert ServiceArea.objects.get(commune=world.own.commune, since=DECEMBER).service_point == point


def test_a_key_is_shown_once_after_a_second_factor(world: World, payers: Payers, enter: Callable[[User], Client]) -> None:
    client = enter(world.users[Role.ADMINISTRATOR])
    address = reverse("portal:agency_key", args=[payers.own.agency.pk])
    form = {"key-name": "Phần mềm", "key-scopes": ["deliveries.read"], "key-expires_on": "01/06/2027"}
    asked = client.post(address, form)
    assert asked.status_code == 302
    with owner():
        assert not ApiKey.objects.exists()
    confirm(client)
    secret = re.search(r"psk_[0-9a-f]{12}_[\w-]{43}", client.post(address, form).content.decode())
    assert secret
    page = client.get(reverse("portal:agency", args=[payers.own.agency.pk])).content.decode()
    assert secret[0] not in page
    with owner():
        key = keys.find(secret[0])
        assert key is not None
        assert key.prefix in page
        client.post(reverse("portal:agency_key_revoke", args=[payers.own.agency.pk, key.pk]))
        assert keys.find(secret[0]) is None


def test_the_chair_sends_on_the_lists_page_and_the_clerk_confirms(world: World, payers: Payers, client: Client) -> None:
    with owner():
        client.force_login(world.users[Role.COMMUNE_CHAIR])
    page = client.get(reverse("portal:list", args=[world.own.pay_list.pk])).content.decode()
    assert "Gửi danh sách" in page
    client.post(reverse("portal:list_send", args=[world.own.pay_list.pk]))
    with owner():
        delivery = Delivery.objects.get()
        client.force_login(payers.own.clerk)
    address = reverse("portal:delivery", args=[delivery.public_id])
    page = client.get(address).content.decode()
    assert all(one["sha256"] in page for one in delivery.files)
    client.post(reverse("portal:delivery_confirm", args=[delivery.public_id]))
    assert "Xác nhận đã nhận danh sách" not in client.get(address).content.decode()
    with owner():
        client.force_login(payers.neighbour.clerk)
    assert client.get(address).status_code == 404
    assert client.get(reverse("portal:delivery_file", args=[delivery.public_id, "csv"])).status_code == 404


def bank(world: World, account: bool = False, **terms: Any) -> PaymentList:
    """Inside ``owner()``: the own list as one of a bank's; with ``account`` the payee's confirmed account stands on its line."""
    agency = Agency.objects.create(code="BANK", name="Ngân hàng Thử", kind="bank", **terms)
    place = {"province_no": world.own.pay_list.province_no, "area_pos": world.own.pay_list.area_pos}
    ServiceArea.objects.create(agency=agency, commune=world.own.commune, channel="bank", since="2026-01-01", **place)
    with thawed("payments_paymentlist"):
        PaymentList.objects.filter(pk=world.own.pay_list.pk).update(status="draft", released_at=None, checksum="", channel="bank")
    if account:
        number, day = seal("101004567890"), datetime.date(2026, 1, 5)
        made = Account.objects.create(
            person=world.own.person, kind="bank", provider="VIETINBANK", number_enc=number.number_enc, number_index=number.number_index,
            tail=number.tail, holder_name="GIANG MI PAO", name_matches=True, consent="paper", consent_on=day, consent_no="12", since=day,
            cooling_until=day, **place,
        )  # fmt: skip
        PaymentLine.objects.filter(month=world.own.pay_list.month, list_id=world.own.pay_list.pk).update(account_id=made.pk)
    return release_again(PaymentList.objects.get(pk=world.own.pay_list.pk))


def test_a_bank_without_its_account_in_the_contract_gets_nothing(world: World) -> None:
    with owner(), pytest.raises(SendRefused, match="Ngân hàng Thử: chưa nhập Tài khoản chi"):
        send(lists=[bank(world)], by=COUNTRY)


def test_a_line_without_an_account_is_named(world: World) -> None:
    with owner():
        held = bank(world, bic="LVBKVNVX", paying_account="9527101234567")
        with pytest.raises(ChannelRefused, match=rf"Danh sách số {held.number}, dòng .*: thiếu tên chủ tài khoản"):
            face("bank").write(held.pk)


def test_a_banks_list_goes_out_as_orders_that_fit_the_schema_and_comes_back_by_the_lines_id(world: World) -> None:
    with owner():
        held = bank(world, account=True, bic="LVBKVNVX", paying_account="9527101234567")
        (delivery,) = send(lists=[held], by=COUNTRY)
        (line,) = PaymentLine.objects.filter(month=held.month, list_id=held.pk)
    assert [one["format"] for one in delivery.files] == ["xlsx", "csv", "xml"]
    with vault.open_file(delivery.files[2]["file"]) as file:
        root = parse(file.read())
    check(root, "pain.001.001.03")
    found = {etree.QName(one).localname: one.text for one in root.iter() if one.text and one.text.strip()}
    assert (found["EndToEndId"], found["InstdAmt"], found["CtrlSum"]) == (line.public_id.hex, "1000000", "1000000")
    assert [one.text for one in root.iter("{*}BIC")] == ["LVBKVNVX", "ICBVVNVX"]
    assert [one.text for one in root.iterfind(".//{*}Othr/{*}Id")] == ["9527101234567", "101004567890"]


@override_settings(DEMONSTRATION=True)
def test_the_demonstrations_agencies_are_made_once(world: World, payers: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "trinh-dien-2026")
    with owner():
        for _ in range(2):
            call_command("demonstration_agencies", commune="00721")
        assert Agency.objects.filter(code__in=["LPBANK", "VIETTEL"]).count() == 2
        assert ServiceArea.objects.filter(agency__code="LPBANK").count() == 2
        assert AgencyPost.objects.filter(assignment__user__username__startswith="buudien").count() == 2
        assert RoleAssignment.objects.get(user__username="buudien.xa").scope_kind == "lists"


def test_many_lists_go_in_the_background_and_one_that_cannot_is_named(
    world: World, payers: Payers, enter: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 1)
    monkeypatch.setattr(Celery, "send_task", lambda *_arguments, **_options: None)
    with owner():
        ServiceArea.objects.filter(commune=world.sibling.commune).delete()
    client = enter(world.users[Role.PROVINCE_OFFICER])
    answer = client.post(reverse("portal:lists_send"), {"list": [world.own.pay_list.pk, world.sibling.pay_list.pk]})
    assert answer["Location"].startswith("/jobs/")
    jobs.run_all(beating=False)
    with owner():
        job = Job.objects.get(kind="payments.send")
        assert (job.status, job.result) == ("done", {"lists": 1, "refused": 1})
        assert "Sà Phìn" in JobLogLine.objects.get(job=job, level="warning").text
        assert PaymentList.objects.get(pk=world.own.pay_list.pk).status == "sent"
        assert PaymentList.objects.get(pk=world.sibling.pay_list.pk).status == "released"
