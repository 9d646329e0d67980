"""Each kind of scope sees its own rows and no others, whatever the query says; it writes nothing of the registry."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction

from beneficiaries.models import Decision, Entitlement
from households.models import FactSpell, Household, NationalId, Person, SearchToken
from payments.models import PaymentLine, PaymentList
from posasoft.core.access import scope_of
from posasoft.core.models import AssignedItem, Role, RoleAssignment, ScopeKind, WorkItem
from posasoft.core.scope import COUNTRY, NOWHERE, Scope, acting, apply
from tests.access.world import World, assign
from tests.browser import cast
from tests.support.database import as_scope, owner, thawed

pytestmark = pytest.mark.django_db
KINDS = {Role.COLLABORATOR: "households", Role.AGENCY_CLERK: "lists", Role.LINE_MINISTRY: "programmes"}


def scope_of_role(world: World, role: str) -> Scope:
    with owner():
        return scope_of(RoleAssignment.objects.select_related("area").get(user=world.users[role]))


def acting_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(("role", "kind"), KINDS.items())
def test_a_kind_acts_as_its_own_database_role_and_gives_it_back(world: World, role: str, kind: str) -> None:
    with as_scope(scope_of_role(world, role)):
        assert acting_role() == f"posasoft_{kind}"
        with as_scope(world.places.commune):
            assert acting_role() == "posasoft_app"
        assert acting_role() == f"posasoft_{kind}"
    assert acting_role() == "posasoft_app"


def test_a_collaborator_sees_the_own_households_their_people_and_nobody_else(world: World) -> None:
    with as_scope(scope_of_role(world, Role.COLLABORATOR)):
        assert list(Household.objects.values_list("pk", flat=True)) == [world.own.household.pk]
        assert set(Person.objects.values_list("household_id", flat=True)) == {world.own.household.pk}
        assert set(Decision.objects.values_list("household_id", flat=True)) == {world.own.household.pk}
        assert set(SearchToken.objects.values_list("person_id", flat=True)) <= set(Person.objects.values_list("pk", flat=True))
        assert FactSpell.objects.filter(subject="h").count() == 2
        assert not NationalId.objects.exists()
        assert not PaymentList.objects.exists()


def test_an_agency_sees_its_released_lists_their_payees_and_nobody_else(world: World) -> None:
    with as_scope(scope_of_role(world, Role.AGENCY_CLERK)):
        assert list(PaymentList.objects.values_list("pk", flat=True)) == [world.own.pay_list.pk]
        assert set(PaymentLine.objects.values_list("household_id", flat=True)) == {world.own.household.pk}
        assert list(Person.objects.values_list("pk", flat=True)) == [world.own.person.pk]
        assert list(NationalId.objects.values_list("person_id", flat=True)) == [world.own.person.pk]
        assert not Decision.objects.exists()


def test_an_agency_does_not_see_a_draft(world: World) -> None:
    with thawed("payments_paymentlist"):
        PaymentLine.objects.all()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE payments_paymentlist SET status = 'draft', released_at = NULL, checksum = ''")
    with as_scope(scope_of_role(world, Role.AGENCY_CLERK)):
        assert not PaymentList.objects.exists()
        assert not PaymentLine.objects.exists()
        assert not Person.objects.exists()


def test_a_line_ministry_sees_only_people_of_its_programmes_inside_its_area(world: World) -> None:
    with owner():
        other = Person.objects.filter(household=world.own.household).exclude(pk=world.own.entitlement.person_id).count()
    assert other > 0
    with as_scope(scope_of_role(world, Role.LINE_MINISTRY)):
        assert list(Entitlement.objects.values_list("pk", flat=True)) == [world.own.entitlement.pk]
        assert list(Person.objects.values_list("pk", flat=True)) == [world.own.entitlement.person_id]
        assert set(Decision.objects.values_list("benefit", flat=True)) == {world.own.entitlement.benefit}
        assert not PaymentLine.objects.exists()
        assert not NationalId.objects.exists()


def test_a_person_sees_the_own_data_and_not_the_familys(world: World) -> None:
    with owner():
        assignment = RoleAssignment.objects.create(
            user=world.users[Role.HOTLINE], role=Role.COLLABORATOR, scope_kind=ScopeKind.SELF, since=cast.day("2026-01-01")
        )
        assign(assignment, ScopeKind.SELF, world.own)
    with as_scope(scope_of(assignment)):
        assert list(Person.objects.values_list("pk", flat=True)) == [world.own.person.pk]
        assert list(Household.objects.values_list("pk", flat=True)) == [world.own.household.pk]
        assert set(PaymentLine.objects.values_list("payee_id", flat=True)) == {world.own.person.pk}
        assert list(NationalId.objects.values_list("person_id", flat=True)) == [world.own.person.pk]


@pytest.mark.parametrize("role", KINDS)
def test_no_kind_but_area_writes_the_registry_money_areas_or_roles(world: World, role: str) -> None:
    statements = (
        "UPDATE households_household SET address = 'x'",
        "UPDATE households_person SET full_name = 'x'",
        "DELETE FROM beneficiaries_decision",
        "UPDATE payments_paymentlist SET amount = 0",
        "INSERT INTO core_assigneditem (assignment_id, kind, object_id, code, since) VALUES (1, 'households', 1, '', now())",
        "UPDATE core_roleassignment SET area_id = NULL",
        "UPDATE core_area SET position = 0",
        "INSERT INTO core_areapermission (user_id, permission_id, content_object_id, of_role) VALUES (1, 1, 1, false)",
        "DELETE FROM core_auditevent",
        "UPDATE payments_budget SET amount = 0",
        "UPDATE payments_cyclerule SET recovery_share_percent = 0",
        "DELETE FROM payments_cycle",
    )
    with as_scope(scope_of_role(world, role)):
        for statement in statements:
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_a_task_is_seen_by_its_assignee_whatever_the_kind(world: World) -> None:
    with owner():
        WorkItem.objects.filter(pk=world.own.work.pk).update(assignee=world.users[Role.COLLABORATOR])
    with as_scope(scope_of_role(world, Role.COLLABORATOR)):
        assert list(WorkItem.objects.values_list("pk", flat=True)) == [world.own.work.pk]


def test_what_is_assigned_counts_from_and_to_its_day(world: World) -> None:
    scope = scope_of_role(world, Role.COLLABORATOR)
    with owner():
        AssignedItem.objects.filter(assignment_id=scope.assignment_id).update(until=cast.day("2026-11-22"))
    with as_scope(scope):
        assert Household.objects.count() == 1
    with time_machine.travel(datetime.datetime(2026, 11, 21, 17, 30, tzinfo=datetime.UTC)), as_scope(scope):
        # Half past midnight of the 22nd in Ha Noi, still the 21st in UTC.
        assert not Household.objects.exists()


def test_the_role_that_serves_inherits_nothing_from_the_kinds(world: World) -> None:
    with as_scope(NOWHERE):
        assert not Household.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.assignment_id', %s, true)", [str(scope_of_role(world, Role.COLLABORATOR).assignment_id)])
        cursor.execute("SELECT set_config('app.scope_lo', '', true), set_config('app.scope_hi', '', true)")
        cursor.execute("SELECT count(*) FROM households_household")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_scope_is_left_in_the_connection_for_the_next_transaction(world: World) -> None:
    """Behind a pooler the next transaction of a connection is another user's."""
    scope = scope_of_role(world, Role.AGENCY_CLERK)
    with acting(scope):
        assert acting_role() == "posasoft_lists"
    assert acting_role() == "posasoft_app"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.assignment_id', true), current_setting('app.user_id', true)")
        assert set(cursor.fetchone()) <= {"", None}
    with acting(NOWHERE):
        assert not Household.objects.exists()
        assert not PaymentList.objects.exists()
    with acting(COUNTRY):
        assert Household.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_leaves_no_scope_behind_either(world: World) -> None:
    with pytest.raises(ZeroDivisionError), acting(scope_of_role(world, Role.AGENCY_CLERK)):
        raise ZeroDivisionError
    assert acting_role() == "posasoft_app"


def test_a_scope_outside_a_transaction_is_refused() -> None:
    connection.in_atomic_block = False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            apply(COUNTRY)
    finally:
        connection.in_atomic_block = True
