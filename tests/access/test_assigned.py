"""What a role is given to see: exactly that, from a day and to a day, by whoever may grant the role."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from django.test import Client

from households.models import Household
from payments.models import PaymentList, ServicePoint
from posasoft.core.access import scope_of
from posasoft.core.models import AssignedItem, AuditEvent, Handover, Role, RoleAssignment, User
from posasoft.core.roles import RoleRefused
from posasoft.core.scope import Scope
from posasoft.portal.administration import assigning
from tests.access import things
from tests.access.world import BENEFIT, World
from tests.browser import cast
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
TODAY = cast.day("2026-11-21")


def held(world: World, role: str) -> RoleAssignment:
    with owner():
        return RoleAssignment.objects.select_related("area", "user").get(user=world.users[role])


def emptied(world: World, role: str) -> RoleAssignment:
    found = held(world, role)
    with owner():
        AssignedItem.objects.filter(assignment=found).delete()
    return found


def address(found: RoleAssignment) -> str:
    return f"/users/{found.user_id}/roles/{found.pk}/assigned/"


def households(scope: Scope) -> set[int]:
    with as_scope(scope):
        return set(Household.objects.values_list("pk", flat=True))


def test_a_collaborator_sees_the_households_given_and_not_the_neighbours_until_they_are_taken(world: World, enter: Enter) -> None:
    found = emptied(world, Role.COLLABORATOR)
    scope = scope_of(found)
    assert households(scope) == set()
    client = enter(world.users[Role.PROVINCE_OFFICER])
    own = {"text": world.own.household.code, "since": "20/11/2026"}
    assert client.post(f"{address(found)}change/", own | {"do": "assign"}).status_code == 302
    assert households(scope) == {world.own.household.pk}
    refused = client.post(f"{address(found)}change/", {"text": world.sibling.household.code, "since": "20/11/2026", "do": "assign"})
    assert world.sibling.household.code in refused.content.decode()
    assert households(scope) == {world.own.household.pk}
    assert client.post(f"{address(found)}change/", own | {"since": "21/11/2026", "do": "end"}).status_code == 302
    assert households(scope) == set()
    with owner():
        assert AuditEvent.objects.filter(verb__in=["assign_items", "end_items"], object_id=str(found.user_id)).count() == 2


def test_a_village_is_given_at_once(world: World, enter: Enter) -> None:
    found = emptied(world, Role.COLLABORATOR)
    with owner():
        village = Household.objects.select_related("village").get(pk=world.own.household.pk).village
        assert village is not None
        every = set(Household.objects.filter(village=village).values_list("pk", flat=True))
    client = enter(world.users[Role.ADMINISTRATOR])
    client.post(f"{address(found)}change/", {"text": village.code, "since": "21/11/2026", "do": "assign"})
    assert households(scope_of(found)) == every
    assert village.name in client.get(address(found)).content.decode()


def test_a_province_officer_of_elsewhere_assigns_nothing(world: World) -> None:
    found = emptied(world, Role.COLLABORATOR)
    held_scope = scope_of(held(world, Role.PROVINCE_OFFICER))
    elsewhere = dataclasses.replace(held_scope, lo=1, hi=2)
    with as_scope(elsewhere), pytest.raises(RoleRefused):
        assigning.assign_households(assignment=found, text=world.own.household.code, since=TODAY, by=elsewhere)
    assert households(scope_of(found)) == set()


def test_a_line_ministry_sees_the_benefits_given(world: World, enter: Enter) -> None:
    found = emptied(world, Role.LINE_MINISTRY)
    client = enter(world.users[Role.ADMINISTRATOR])
    assert client.post(f"{address(found)}change/", {"benefits": [BENEFIT]}).status_code == 302
    assert world.own.household.pk in households(scope_of(found))
    client.post(f"{address(found)}change/", {"benefits": []})
    assert households(scope_of(found)) == set()


def test_a_clerk_granted_later_sees_nothing_until_posted_to_the_counter_that_has_the_list(world: World, enter: Enter) -> None:
    with owner():
        late = User.objects.create(username="den.sau", full_name="Người đến sau", password="!")
        agency_id = things.agency(world.own, world.users[Role.AGENCY_CLERK])["agency_id"]
        things.delivery(world.own, world.users[Role.AGENCY_CLERK])
    code = world.own.commune.code
    grant = {"role": "agency_clerk", "area": code, "since": "21/11/2026", "until": ""}
    client = enter(world.users[Role.ADMINISTRATOR])
    assert client.post(f"/users/{late.pk}/grant/", grant).status_code == 302
    with owner():
        assignment = RoleAssignment.objects.select_related("area").get(user=late)
        point = ServicePoint.objects.get(agency_id=agency_id)
    with as_scope(scope_of(assignment)):
        assert not PaymentList.objects.exists()
    assert client.post(f"/agencies/{agency_id}/clerks/", {"post-assignment": assignment.pk, "post-point": point.pk}).status_code == 302
    with as_scope(scope_of(assignment)):
        assert list(PaymentList.objects.values_list("pk", flat=True)) == [world.own.pay_list.pk]


def test_a_collaborator_reads_the_own_hand_over_and_no_other(world: World) -> None:
    found = held(world, Role.COLLABORATOR)
    other = held(world, Role.COMMUNE_OFFICER)
    place = {"province_no": world.own.household.province_no, "area_pos": world.own.household.area_pos}
    with owner():
        officer, chair = world.users[Role.COMMUNE_OFFICER], world.users[Role.COMMUNE_CHAIR]
        mine = Handover.objects.create(
            assignment=found, from_user=found.user, to_user=officer, made_by=officer, effective_on=TODAY, **place
        )
        Handover.objects.create(assignment=other, from_user=officer, to_user=chair, made_by=chair, effective_on=TODAY, **place)
    with as_scope(scope_of(found)):
        assert list(Handover.objects.values_list("pk", flat=True)) == [mine.pk]
