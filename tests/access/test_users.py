"""Users and roles by the administrator and the province officer: what each may grant, and that nobody raises oneself."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from posasoft.core import access, permissions, roles
from posasoft.core.access import Verb, may, scope_of
from posasoft.core.models import AreaPermission, AuditEvent, Role, RoleAssignment, User
from posasoft.core.roles import RoleRefused
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope
from tests.access.world import CANARY, World
from tests.browser import cast
from tests.support.database import as_scope, owner
from tests.support.second_factor import enrol

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
NEW = {"full_name": "Vừ Thị Mới", "username": "moi.vu", "email": "", "since": "21/11/2026", "until": ""}


def scope_for(world: World, role: str) -> Scope:
    with owner():
        return scope_of(RoleAssignment.objects.select_related("area").get(user=world.users[role]))


def latest() -> User:
    with owner():
        return User.objects.get(username="moi.vu")


def test_a_province_officer_makes_a_commune_officer_who_then_chooses_a_password(world: World, enter: Enter) -> None:
    client = enter(world.users[Role.PROVINCE_OFFICER])
    page = client.post("/users/new/", NEW | {"role": "commune_officer", "area": "Xã Đồng Văn (00721)"})
    body = page.content.decode()
    assert "/sign-in/first/" in body
    user = latest()
    with owner():
        assert not user.has_usable_password()
        assert user.roles.get().area == world.places.commune
        assert AreaPermission.objects.filter(user=user, of_role=True, content_object=world.places.commune).count() == len(
            access.verbs_of("commune_officer")
        )
        assert AuditEvent.objects.filter(verb="grant_role", object_id=str(user.pk)).exists()
    link = body.split('value="http://testserver')[1].split('"')[0]
    client.logout()
    client.post(link, {"password": "ruong-bac-thang-mua-lua-chin", "again": "ruong-bac-thang-mua-lua-chin"})
    with owner():
        assert latest().has_usable_password()
    assert "/sign-in/first/" not in enter(world.users[Role.PROVINCE_OFFICER]).get(f"/users/{user.pk}/").content.decode()


@pytest.mark.parametrize(
    "role", ["province_officer", "ministry_analyst", "administrator", "auditor", "hotline", "agency_clerk", "line_ministry"]
)
def test_a_province_officer_grants_no_role_above_the_commune_and_cluster(world: World, enter: Enter, role: str) -> None:
    by = scope_for(world, Role.PROVINCE_OFFICER)
    with as_scope(by), pytest.raises(RoleRefused):
        roles.grant_role(user=world.users[Role.COMMUNE_CHAIR], role=role, area=world.places.province, since=cast.day("2026-11-21"), by=by)
    page = enter(world.users[Role.PROVINCE_OFFICER]).post("/users/new/", NEW | {"role": role, "area": "08"})
    assert page.status_code == 200
    with owner():
        assert not User.objects.filter(username="moi.vu").exists()


def test_a_province_officer_grants_nothing_in_another_province(world: World, enter: Enter) -> None:
    with owner():
        other = cast._area("province", "09", "Lào Cai", "Tỉnh", None, 5_000, 6_000)
        far = cast._area("commune", "09001", "Xã Xa Lắc", "Xã", other, 5_100, 5_200)
        stranger = cast.make_officer("xa", f"Người {CANARY}", Role.COMMUNE_OFFICER, far)
    by = scope_for(world, Role.PROVINCE_OFFICER)
    with as_scope(by), pytest.raises(RoleRefused):
        roles.grant_role(user=stranger, role="commune_officer", area=far, since=cast.day("2026-11-22"), by=by)
    client = enter(world.users[Role.PROVINCE_OFFICER])
    assert "Người Canary" not in client.get("/users/").content.decode()
    assert "Xa Lắc" not in client.get("/users/new/").content.decode()
    for part in ("", "grant/", "switch/", "invite/", "second-factor/"):
        assert client.post(f"/users/{stranger.pk}/{part}").status_code in (404, 405)
    assert client.get(f"/users/{stranger.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PROVINCE_OFFICER])
def test_nobody_grants_ends_or_closes_anything_of_oneself(world: World, enter: Enter, role: str) -> None:
    me = world.users[role]
    by = scope_for(world, role)
    held = RoleAssignment.objects.get(user=me)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: roles.grant_role(user=me, role="commune_chair", area=world.places.commune, since=cast.day("2026-11-21"), by=by),
        lambda: roles.end_role(assignment=held, on=cast.day("2026-11-21"), by=by),
        lambda: roles.deactivate(user=me, by=by),
    )
    with as_scope(by):
        for attempt in attempts:
            with pytest.raises(RoleRefused):
                attempt()
        with pytest.raises(PermissionError):
            permissions.give(user=me, verb=Verb.SIGN, area=world.places.commune, until=None, by=by)
    with owner(), pytest.raises(Exception, match="core_role_not_to_oneself"):
        RoleAssignment.objects.create(user=me, role="hotline", since=cast.day("2026-11-21"), granted_by_id=me.pk)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"administrator", "province_officer"}))
def test_no_other_role_administers(world: World, role: str) -> None:
    by = Scope("area", *WHOLE_COUNTRY, world.users[role].pk, role, 1)
    with pytest.raises(RoleRefused):
        roles.create_user(username="moi.vu", full_name="Mới", email="", by=by)
    with pytest.raises(RoleRefused):
        roles.deactivate(user=world.users[Role.HOTLINE], by=by)


def test_closing_an_account_ends_its_sessions_at_once(world: World, client: Client) -> None:
    victim = world.users[Role.COMMUNE_OFFICER]
    other = Client()
    with owner():
        other.force_login(victim)
        client.force_login(world.users[Role.ADMINISTRATOR])
    assert other.get("/households/").status_code == 200
    assert client.post(f"/users/{victim.pk}/switch/", {"to": "closed"}).status_code == 302
    assert other.get("/households/").status_code == 302
    with owner():
        assert not AreaPermission.objects.filter(user=victim, of_role=True).exists()
    client.post(f"/users/{victim.pk}/switch/", {"to": "open"})
    with owner():
        assert User.objects.get(pk=victim.pk).is_active
        assert AreaPermission.objects.filter(user=victim, of_role=True).exists()


def test_a_role_ends_with_the_next_request_and_begins_on_its_day(world: World, enter: Enter) -> None:
    officer = world.users[Role.COMMUNE_OFFICER]
    with owner():
        held = RoleAssignment.objects.get(user=officer)
        roles.grant_role(user=officer, role="commune_officer", area=world.places.neighbour, since=cast.day("2026-11-23"), by=COUNTRY)
    client = enter(officer)
    assert "Giàng Mí Páo" in client.get("/households/").content.decode()
    with owner():
        roles.end_role(assignment=held, on=cast.day("2026-11-21"), by=COUNTRY)
    # Moved to the neighbouring commune from the 23rd: the old one is gone with the next request, the new one is not there yet.
    assert client.get("/households/").status_code == 403
    assert client.get(f"/households/{world.own.household.public_id}/").status_code == 403
    with time_machine.travel(datetime.datetime(2026, 11, 23, 2, 0, tzinfo=datetime.UTC)):
        client = enter(officer)
        assert CANARY in client.get("/households/").content.decode()
        assert client.get(f"/households/{world.own.household.public_id}/").status_code == 404


def test_a_role_narrowed_to_some_verbs_may_do_those_only(world: World) -> None:
    with owner():
        helper = cast.make_officer("phu", "Người Phụ", Role.HOTLINE, None)
        assignment = roles.grant_role(
            user=helper,
            role="commune_officer",
            area=world.places.commune,
            since=cast.day("2026-11-01"),
            by=COUNTRY,
            verbs=["use", "update"],
        )
    scope = scope_of(assignment)
    here = world.places.commune.position
    assert may(scope, Verb.UPDATE, here)
    assert not may(scope, Verb.DECIDE, here)
    assert not may(scope, Verb.UPDATE, world.places.neighbour.position)
    with pytest.raises(RoleRefused):
        roles.grant_role(
            user=helper, role="commune_officer", area=world.places.neighbour, since=cast.day("2026-11-01"), by=COUNTRY, verbs=["sign"]
        )


def test_a_verb_given_on_an_area_holds_below_it_inside_the_role_and_until_its_day(world: World, enter: Enter) -> None:
    cluster = world.users[Role.CLUSTER_OFFICER]
    scope = scope_for(world, Role.CLUSTER_OFFICER)
    village = world.places.village.position
    assert not may(scope, Verb.UPDATE, village)
    client = enter(world.users[Role.ADMINISTRATOR])
    client.post(f"/users/{cluster.pk}/give/", {"verb": "update", "area": "00721", "until": "01/12/2026"})
    assert may(scope, Verb.UPDATE, village)
    assert not may(scope, Verb.UPDATE, world.places.neighbour.position)
    assert not may(scope, Verb.SIGN, village)
    with owner():
        assert cluster.has_perm("core.may_update", world.places.commune)
        given = AreaPermission.objects.get(user=cluster, of_role=False)
    with time_machine.travel(datetime.datetime(2026, 12, 1, 2, 0, tzinfo=datetime.UTC)):
        assert not may(scope, Verb.UPDATE, village)
    client.post(f"/users/{cluster.pk}/permissions/{given.pk}/take-back/")
    assert not may(scope, Verb.UPDATE, village)


def test_a_scope_that_outlived_its_role_may_nothing(world: World) -> None:
    scope = scope_for(world, Role.COMMUNE_OFFICER)
    assert may(scope, Verb.UPDATE)
    with owner():
        RoleAssignment.objects.filter(pk=scope.assignment_id).update(until=cast.day("2026-11-21"))
    assert not may(scope, Verb.UPDATE)


def test_the_nightly_work_makes_permissions_those_of_the_roles_in_force(world: World) -> None:
    officer = world.users[Role.COMMUNE_OFFICER]
    with owner():
        permissions.bring_up_to_date()
        assert officer.has_perm("core.may_update", world.places.commune)
        assert world.users[Role.MINISTRY_ANALYST].has_perm("core.may_use", world.places.province)
        RoleAssignment.objects.filter(user=officer).update(until=cast.day("2026-11-21"))
        assert permissions.bring_up_to_date() == len(access.verbs_of("commune_officer"))
        assert permissions.bring_up_to_date() == 0
        assert not User.objects.get(pk=officer.pk).has_perm("core.may_update", world.places.commune)


def test_one_role_at_a_time_and_only_ones_own(world: World, enter: Enter) -> None:
    officer = world.users[Role.COMMUNE_OFFICER]
    with owner():
        second = RoleAssignment.objects.create(
            user=officer, role=Role.COMMUNE_CHAIR, area=world.places.neighbour, since=cast.day("2026-01-01")
        )
        enrol(officer)
        theirs = RoleAssignment.objects.get(user=world.users[Role.ADMINISTRATOR])
    client = enter(officer)
    assert CANARY not in client.get("/households/").content.decode()
    client.post("/role/", {"assignment": str(theirs.pk)})
    assert client.get("/error-reports/").status_code == 403
    client.post("/role/", {"assignment": str(second.pk)})
    body = client.get("/households/").content.decode()
    assert CANARY in body
    assert "Lò Thị Mai" not in body
