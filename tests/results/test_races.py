"""Two at once: clerks at one line, one file delivered twice, a file beside the counter. Each line ends with one result and one payment."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from payments.accounts import Account
from payments.models import LedgerEntry, LineResult, ResultBatch
from payments.operations.results import ResultRefused, apply, close_day, mark, receive, stage
from posasoft.core.scope import COUNTRY, acting
from tests.access.world import World
from tests.browser.cast import TODAY
from tests.results.world import Counter, make_counter, paid, results, taken
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_counter(world: World) -> Counter:
    """One that other connections see."""
    with owner():
        return make_counter(world)


def at_once(*works: Callable[[], object]) -> list[str]:
    """How each ended: "done", or the refusal."""
    gate, ends = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            work()
            ends.append("done")
        except ResultRefused as refusal:
            ends.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(ends)


def test_each_line_is_paid_once_whoever_says_so_at_the_same_moment(open_counter: Counter) -> None:
    """Two clerks at the first line; one press delivered twice at the second; one file delivered twice, beside the counter at the third."""
    counter = open_counter
    with owner():
        clerk, boss = counter.clerk, counter.boss

    def press(line: int, key: uuid.UUID) -> Callable[[], object]:
        def work() -> None:
            with acting(clerk):
                mark(line=counter.lines[line], outcome="paid", client_key=key, by=clerk)

        return work

    ends = at_once(press(0, uuid.uuid4()), press(0, uuid.uuid4()))
    assert ends.count("done") == 1
    key = uuid.uuid4()
    assert at_once(press(1, key), press(1, key)) == ["done", "done"]

    batch = taken(counter, [paid(line) for line in counter.lines[2:]])

    def book() -> None:
        with acting(boss):
            apply(batch=batch, by=boss)

    assert at_once(book, book, press(2, uuid.uuid4())).count("done") >= 2
    with acting(clerk):
        close_day(service_point=counter.own.point, day=TODAY.date(), by=clerk)
    with acting(COUNTRY):
        assert results(counter) == ["paid"] * 6
        assert LineResult.objects.filter(list_id=counter.delivery.pay_list_id).count() == 6
        assert LedgerEntry.objects.filter(list_id=counter.delivery.pay_list_id, credit=Account.PAID).count() == 6
        assert counter.pay_list.status == "results_in"


def test_a_file_received_twice_at_once_is_one_batch(open_counter: Counter) -> None:
    with owner():
        boss, agency = open_counter.boss, open_counter.own.agency

    def send() -> None:
        with acting(boss):
            batch = receive(agency=agency, content=b"[]", format="json", client_key=str(uuid.uuid4()), by=boss)
            stage(batch=batch, by=boss)

    assert at_once(send, send) == ["done", "done"]
    with acting(COUNTRY):
        assert ResultBatch.objects.values_list("status", flat=True).get() == "refused"


@pytest.mark.parametrize(
    ("opens", "table"),
    [
        ("payments_open_month", "payments_paymentline"), ("payments_open_ordered", "payments_ordered"),
        ("payments_open_ledger", "payments_ledgerentry"), ("payments_open_results", "payments_lineresult"),
    ],
)  # fmt: skip
def test_two_who_open_a_month_at_once_both_go_on(opens: str, table: str) -> None:
    """Both have read the table, so neither may ask for it alone; who comes second waits for the first's commit and finds the month there."""
    gate = threading.Barrier(2)

    def work() -> None:
        with acting(COUNTRY), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            gate.wait(10)
            cursor.execute(f"SELECT {opens}('2031-05-01')")
            # The one that made it holds it until the other waits.
            cursor.execute("SELECT pg_sleep(0.2)")
            cursor.execute(f"SELECT count(*) FROM {table}")

    try:
        assert at_once(work, work) == ["done", "done"]
    finally:
        with owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table}_203105")
