import pytest
from django.db import ProgrammingError, connection, transaction

from posasoft.core.models import AuditEvent, WorkItem
from posasoft.core.scope import NOWHERE, Scope
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db


def work_at(position: int) -> WorkItem:
    return WorkItem.objects.create(kind="visit", title="Thăm hộ", province_no=2, area_pos=position)


def test_tests_act_as_the_serving_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, current_user FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, "posasoft_app")


def test_an_officer_sees_her_commune_and_not_the_neighbours() -> None:
    mine, theirs = work_at(1000), work_at(2000)
    with as_scope(Scope("area", 1000, 2000)):
        assert list(WorkItem.objects.all()) == [mine]
    assert set(WorkItem.objects.all()) == {mine, theirs}


def test_without_a_scope_nothing_is_seen_and_nothing_can_be_added() -> None:
    work_at(1000)
    with as_scope(NOWHERE):
        assert not WorkItem.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic():
            work_at(1000)


def test_the_audit_record_cannot_be_changed_by_the_serving_role_but_the_owner_can_arrange_it() -> None:
    AuditEvent.objects.create(verb="see", object_kind="household")
    with pytest.raises(ProgrammingError), transaction.atomic():
        AuditEvent.objects.update(verb="hide")
    with owner():
        AuditEvent.objects.update(verb="arranged")
    assert AuditEvent.objects.get().verb == "arranged"


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_flushed_between_tests() -> None:
    assert not WorkItem.objects.exists()
    work_at(1000)
