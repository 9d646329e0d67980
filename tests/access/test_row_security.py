"""What once went wrong with row-level security elsewhere (reference/reliability.md, section 4), tried here."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from households.models import Household, Person
from posasoft.core import audit, outbox
from posasoft.core.models import AuditEvent, Job, OutboxMessage
from posasoft.core.scope import COUNTRY, NOWHERE, Scope
from tests.access.world import World
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db


def asked(statement: str, parameters: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_setting_shows_nothing(world: World, value: str) -> None:
    with as_scope(world.places.commune), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope_lo', %s, true), set_config('app.scope_hi', %s, true)", [value, value])
        if value:
            # A blank is no number: refused, not read as anything.
            with pytest.raises(Exception, match="invalid input syntax"), transaction.atomic():
                asked("SELECT count(*) FROM households_person")
        else:
            assert asked("SELECT count(*) FROM households_person") == 0


def test_half_a_setting_shows_nothing(world: World) -> None:
    with as_scope(world.places.commune):
        asked("SELECT set_config('app.scope_hi', '', true)")
        assert not Person.objects.exists()
    with as_scope(world.places.commune):
        asked("SELECT set_config('app.scope_lo', '', true)")
        assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_missing_setting_shows_nothing(world: World) -> None:
    """A connection on which nobody ever set a scope; the tests' own begins with the whole country."""
    address = {
        name: value for name, value in connection.get_connection_params().items() if name in ("host", "port", "user", "password", "dbname")
    }
    with psycopg.connect(**address) as fresh:
        assert fresh.execute("SELECT count(*) FROM households_person").fetchone() != (0,)
        fresh.execute("SET ROLE posasoft_app")
        assert fresh.execute("SELECT count(*) FROM households_person").fetchone() == (0,)
        for kind in ("households", "lists", "programmes", "self"):
            fresh.execute(f"SET ROLE posasoft_{kind}")
            assert fresh.execute("SELECT count(*) FROM households_person").fetchone() == (0,)


def test_parallel_workers_see_what_their_leader_sees(world: World) -> None:
    with owner():
        asked("SELECT count(*) FROM (SELECT generate_series(1, 1)) x")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_hold (effect, subject_kind, subject_id, reason, placed_by_kind, placed_by_id, province_no, area_pos, created_at)"
                " SELECT 'no_undo', 'test', n, '', 'test', 1, 2, CASE WHEN n % 2 = 0 THEN 1100 ELSE 1200 END, now() FROM generate_series(1, 20000) n"
            )
            cursor.execute("ANALYZE core_hold")
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        asked("SELECT set_config(%s, '0', true)", [setting])
    asked("SELECT set_config('max_parallel_workers_per_gather', '2', true), set_config('enable_indexscan', 'off', true)")
    counted = "SELECT count(*) FROM core_hold WHERE subject_id % 1 = 0"
    with as_scope(world.places.commune), connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + counted)
        assert "Gather" in "\n".join(row[0] for row in cursor.fetchall())
        assert {asked(counted) for _ in range(3)} == {10_000}
    with as_scope(NOWHERE):
        assert asked(counted) == 0


def test_nothing_is_written_into_or_moved_to_the_neighbour(world: World) -> None:
    neighbour = world.places.neighbour.position
    with as_scope(world.places.commune):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Person.objects.filter(pk=world.own.person.pk).update(area_pos=neighbour)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Household.objects.create(
                code="x", commune=world.places.neighbour, residence_kind="rural", change=world.own.household.change, province_no=2,
                area_pos=neighbour,
            )  # fmt: skip
        assert Person.objects.filter(pk=world.sibling.person.pk).update(full_name="x") == 0
        assert Person.objects.filter(pk=world.sibling.person.pk).delete()[0] == 0


def test_an_area_officers_plan_is_a_range_of_the_index_and_nothing_else(world: World) -> None:
    asked("SELECT set_config('enable_seqscan', 'off', true)")
    with as_scope(world.places.commune), connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT * FROM households_household ORDER BY area_pos, id LIMIT 50")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: ((area_pos >= " in plan
    assert "core_assigneditem" not in plan
    assert "Sort" not in plan


def test_an_own_household_is_found_by_its_key_not_by_reading_all(world: World) -> None:
    asked("SELECT set_config('enable_seqscan', 'off', true)")
    scope = Scope("households", 0, 0, world.users["collaborator"].pk, "collaborator", 1)
    with as_scope(scope), connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT * FROM households_person")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "household_id = ANY" in plan
    assert "Index" in plan


def test_jobs_of_the_neighbour_are_not_there_and_ones_own_are(world: World) -> None:
    user = world.users["commune_officer"]
    scope = Scope("area", world.places.commune.position or 0, world.places.commune.position_end or 0, user.pk, "commune_officer", 1)
    with as_scope(scope):
        assert list(Job.objects.values_list("pk", flat=True)) == [world.own.job.pk]
        mine = Job.objects.create(kind="test", created_by=user, scope_lo=0, scope_hi=0)
        assert Job.objects.filter(pk=mine.pk).exists()
        assert Job.objects.filter(pk=world.sibling.job.pk).update(cancel_requested=True) == 0


def test_a_message_is_posted_by_everybody_and_read_by_the_sender_alone(world: World) -> None:
    with as_scope(world.places.commune):
        outbox.publish(topic="test.nothing", payload={"job_id": 1})
        assert not OutboxMessage.objects.exists()
    assert json.loads(json.dumps(OutboxMessage.objects.get(topic="test.nothing").payload)) == {"job_id": 1}


def test_traces_of_the_neighbours_rows_are_not_read(world: World) -> None:
    neighbour = (2, world.places.neighbour.position or 0)
    with as_scope(world.places.neighbour):
        audit.record(verb="read", kind="household", object_id="canary", by=COUNTRY, area=neighbour)
    with as_scope(world.places.commune):
        assert not AuditEvent.objects.filter(object_id="canary").exists()
    with as_scope(world.places.neighbour):
        assert AuditEvent.objects.filter(object_id="canary").exists()
