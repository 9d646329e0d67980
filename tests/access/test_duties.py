"""Four eyes: the one who prepared, enrolled or signed does not release, in whatever role, in however many sessions."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import Run
from households.models import Change
from payments.models import PaymentList
from payments.operations import ReleaseRefused, release, separation
from posasoft.core import duties
from posasoft.core.duties import Duty, SamePersonError
from posasoft.core.models import DutyDone, Role, User
from posasoft.core.scope import WHOLE_COUNTRY, Scope, acting
from tests.access.world import World
from tests.support.database import as_scope, owner, thawed


def scope(user: User, role: str = Role.PROVINCE_OFFICER) -> Scope:
    return Scope("area", *WHOLE_COUNTRY, user.pk, role, 1)


@pytest.fixture
def draft(world: World) -> PaymentList:
    """The own commune's list of the month, from the month's open run, which the ministry's analyst started."""
    with owner():
        run = Run.objects.get(month=world.own.pay_list.month, finished_at=None)
        Run.objects.filter(pk=run.pk).update(started_by=world.users[Role.MINISTRY_ANALYST])
        with thawed("payments_paymentlist"), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_paymentlist SET status = 'approved', prepared_at = now(), checked_at = now(), approved_at = now(),"
                " released_at = NULL, checksum = '', run_id = %s",
                [run.pk],
            )
        Change.objects.filter(pk=world.own.decision.change_id).update(made_by_id=world.users[Role.COMMUNE_OFFICER].pk)
    return PaymentList.objects.get(pk=world.own.pay_list.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("earlier", [Role.MINISTRY_ANALYST, Role.COMMUNE_OFFICER])
@pytest.mark.parametrize("acting_as", [Role.PROVINCE_OFFICER, Role.ADMINISTRATOR])
def test_who_prepared_a_list_or_enrolled_its_people_does_not_release_it_in_any_role(
    world: World, draft: PaymentList, earlier: str, acting_as: str
) -> None:
    by = scope(world.users[earlier], acting_as)
    with as_scope(by), pytest.raises(ReleaseRefused, match="Cần một người khác"):
        release(lists=[draft], by=by)
    with owner():
        assert PaymentList.objects.get(pk=draft.pk).status == "approved"


@pytest.mark.django_db
def test_another_person_releases_and_the_agency_then_holds_the_list(world: World, draft: PaymentList) -> None:
    by = scope(world.users[Role.PROVINCE_OFFICER])
    with as_scope(by):
        release(lists=[draft], by=by)
    with owner():
        assert {(row.duty, row.user_id) for row in DutyDone.objects.filter(object_kind="payment_list")} == {
            ("prepare", world.users[Role.MINISTRY_ANALYST].pk),
            ("release", world.users[Role.PROVINCE_OFFICER].pk),
        }
        clerk = world.users[Role.AGENCY_CLERK].roles.get()
        assert clerk.items.filter(kind="lists", object_id=draft.pk, until__isnull=True).count() == 1


@pytest.mark.django_db
def test_the_table_refuses_the_same_person_even_when_nobody_asks(world: World, draft: PaymentList) -> None:
    same = scope(world.users[Role.MINISTRY_ANALYST])
    with as_scope(same), pytest.raises(IntegrityError, match="core_duty_one_per_person"), transaction.atomic():
        separation.write_down_release([draft.pk], same)


@pytest.mark.django_db
def test_a_duty_may_be_repeated_but_not_joined_by_an_incompatible_one(world: World) -> None:
    one, other = scope(world.users[Role.COMMUNE_OFFICER]), scope(world.users[Role.COMMUNE_CHAIR])
    for _ in range(2):
        duties.done(kind="case", object_id=1, duty=Duty.PREPARE, by=one)
    with pytest.raises(SamePersonError):
        duties.done(kind="case", object_id=1, duty=Duty.SIGN, by=one)
    duties.done(kind="case", object_id=1, duty=Duty.SIGN, by=other)
    assert duties.doers(kind="case", object_id=1) == {Duty.PREPARE: {one.user_id}, Duty.SIGN: {other.user_id}}
    with pytest.raises(SamePersonError):
        duties.require_other_person(by=one, duty=Duty.RELEASE, before=duties.doers(kind="case", object_id=1))


def in_two_sessions(*calls: Callable[[], None]) -> list[str]:
    """Run the calls at once, each on a connection of its own; what each ended with."""
    ends: list[str] = []
    start = threading.Barrier(len(calls))

    def work(call: Callable[[], None]) -> None:
        try:
            start.wait()
            call()
            ends.append("done")
        except SamePersonError:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_sessions_at_once_does_one_of_two_incompatible_duties(world: World) -> None:
    by = scope(world.users[Role.COMMUNE_CHAIR])

    def act(duty: Duty) -> None:
        with acting(by):
            duties.done(kind="case", object_id=7, duty=duty, by=by)

    for _ in range(5):
        assert in_two_sessions(lambda: act(Duty.PREPARE), lambda: act(Duty.SIGN)) == ["done", "refused"]
        with owner(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_dutydone")
            assert cursor.fetchone() == (1,)
            cursor.execute("DELETE FROM core_dutydone")


@pytest.mark.django_db
def test_a_duty_done_is_not_unmade_by_the_serving_role(world: World) -> None:
    by = scope(world.users[Role.COMMUNE_CHAIR])
    duties.done(kind="case", object_id=1, duty=Duty.SIGN, by=by)
    with as_scope(by):
        for statement in ("DELETE FROM core_dutydone", "UPDATE core_dutydone SET user_id = 0"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
