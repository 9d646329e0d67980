"""The payment cycle under faults, with one oracle: the client's own log. `./run bench faults` plays as many rounds as one likes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests.faults import oracle
from tests.faults.cycle import KINDS, Round, kinds_of
from tests.faults.stage import Stage
from tests.faults.theatre import Theatre
from tests.support.database import owner

pytestmark = pytest.mark.faults

SEED = 20_261_122
ROUNDS = 5


@pytest.fixture(scope="module")
def theatre(servers: Stage, django_db_blocker: Any) -> Iterator[Theatre]:
    with django_db_blocker.unblock():
        made = Theatre(servers)
        made.settle()
        yield made


@pytest.mark.parametrize("number", range(ROUNDS))
def test_nothing_is_lost_or_paid_twice_and_the_replayed_log_changes_nothing(theatre: Theatre, number: int) -> None:
    """Killed web, worker and PostgreSQL, flushed Valkey, a full disk, everything delivered twice, two approvers at once."""
    played = Round(theatre, SEED + number, kinds_of(number, without_disk=theatre.stage.full_disk))
    found = played.play()
    sys.stdout.write(f"seed {played.seed}: {', '.join(map(str, played.faults))}\n")
    if theatre.stage.full_disk:
        sys.stdout.write(f"no full disk: {theatre.stage.full_disk}\n")
    assert found == []


def test_the_five_rounds_meet_every_fault() -> None:
    assert {kind for number in range(ROUNDS) for kind in kinds_of(number)} == set(KINDS)


CORRUPTIONS = {
    "an acknowledged step is lost": ("DELETE FROM payments_liststep WHERE move = 'check'", "check of list"),
    "a step is there that was refused": (
        "INSERT INTO payments_liststep (pay_list_id, move, by_id, reason, province_no, area_pos)"
        " SELECT pay_list_id, 'approve', (SELECT min(id) FROM core_user WHERE username LIKE 'cum-%'), '', province_no, area_pos"
        " FROM payments_liststep WHERE move = 'approve'",
        "approve of list",
    ),
    "a release without its order": ("DELETE FROM payments_ordered", "released in part"),
    "money that nobody booked": ("DELETE FROM payments_ledgerentry WHERE debit = 2 AND credit = 3", "released in part"),
    "a result that nobody sent": (
        "UPDATE payments_lineresult SET reason = 'moved' WHERE reason = 'absent'",
        "the client was told",
    ),
    "money that came twice": (
        "UPDATE payments_paymentline SET components = components || components WHERE id = (SELECT min(line_id) FROM payments_ledgerentry"
        " WHERE credit = 5)",
        "was paid 2 times",
    ),
    "a list that stands where no step led": ("UPDATE payments_paymentlist SET status = 'sent'", "its steps lead to"),
}


def test_the_oracle_names_each_thing_that_is_made_wrong(theatre: Theatre) -> None:
    """After a round without faults, one thing after the other is damaged by the tables' owner, looked at, and taken back."""
    played = Round(theatre, SEED, ())
    assert played.play() == []
    for name, (damage, named) in CORRUPTIONS.items():
        with owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in (
                "payments_liststep",
                "payments_ordered",
                "payments_ledgerentry",
                "payments_paymentlist",
                "payments_paymentline",
                "payments_lineresult",
            ):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(damage)
            seen = oracle.problems(played.office.log, played.lists)
            transaction.set_rollback(True)
        assert any(named in one for one in seen), name
    assert oracle.problems(played.office.log, played.lists) == []
