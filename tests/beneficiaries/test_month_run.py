"""The monthly run, from registry to draft list: once however often it is started, right after corrections, nobody noted as dead paid."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.db import connection

from beneficiaries import operations, queries
from beneficiaries.models import Decision, Entitlement, Package, Run, RunShard
from beneficiaries.statuses import DONE
from households.models import Person
from households.operations import confirm_death, set_fact, start_change
from payments.models import Correction, CycleRule, PaymentList
from payments.operations import release, work_run
from posasoft.core.models import Hold
from posasoft.core.scope import COUNTRY, acting
from tests.households.cast import JANUARY, Cast, cast
from tests.support.database import as_scope
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER, DECEMBER, NEW_YEAR = datetime.date(2026, 11, 1), datetime.date(2026, 12, 1), datetime.date(2027, 1, 1)
GRANDMOTHER, BOY = "Giàng Thị Dợ", "Giàng Mí Sính"


@pytest.fixture
def people() -> Cast:
    """The cast's family, neither poor nor at school: the grandmother of 78 has a pension; the boy, severely disabled, an allowance."""
    made = cast()
    with acting(COUNTRY):
        left = {"class": "none", "b1": None, "b2": None}
        set_fact(subject="h", subject_id=made.family.pk, fact="poverty", value=left, since=JANUARY, change=made.change, by=COUNTRY)
        set_fact(subject="p", subject_id=named(BOY).pk, fact="studying", value=None, since=JANUARY, change=made.change, by=COUNTRY)
        degree = {"degree": "severe", "type": "mobility", "certified": "2025-02-03"}
        set_fact(subject="p", subject_id=named(BOY).pk, fact="disability", value=degree, since=JANUARY, change=made.change, by=COUNTRY)
        decide(made, GRANDMOTHER, "PENSION-SOCIAL")
        decide(made, BOY, "TCXH-5.6")
    return made


def named(name: str) -> Person:
    return Person.objects.get(full_name=name)


def decide(made: Cast, name: str, benefit: str, since: datetime.date = datetime.date(2026, 1, 1)) -> Decision:
    person = named(name)
    return Decision.objects.create(
        person=person, household_id=person.household_id, benefit=benefit, signed_on=since, from_month=since, source="decision",
        change=made.change, province_no=person.province_no, area_pos=person.area_pos,
    )  # fmt: skip


def run(month: datetime.date) -> Run:
    with acting(COUNTRY):
        started = operations.start_run(month=month, by=COUNTRY)
    work_run(started.pk)
    started.refresh_from_db()
    assert [shard.status for shard in started.shards.all()] == [DONE], [shard.error_id for shard in started.shards.all()]
    return started


def release_all() -> None:
    with acting(COUNTRY):
        release(lists=approved(PaymentList.objects.filter(status="draft")), by=COUNTRY)


def line(month: datetime.date, household_id: int) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount, arrears, recovery, total, payee_id, components FROM payments_paymentline WHERE month = %s AND household_id = %s",
            [month, household_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    found = dict(zip(("amount", "arrears", "recovery", "total", "payee", "components"), row, strict=True))
    found["components"] = {(part["b"], part["m"]): part["a"] for part in json.loads(row[5])}
    return found


def correct(made: Cast) -> Any:
    return start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=made.family.area_pos, reason="đính chính")


def test_a_family_gets_one_line_with_every_benefit_and_its_head_as_payee(people: Cast) -> None:
    run(NOVEMBER)
    found = line(NOVEMBER, people.family.pk)
    # 540.000 × 2,0 for the severely disabled boy under 16, and the pension of 540.000.
    assert found == {
        "amount": 1_620_000, "arrears": 0, "recovery": 0, "total": 1_620_000, "payee": named("Giàng Mí Páo").pk,
        "components": {("TCXH-5.6", "2026-11"): 1_080_000, ("PENSION-SOCIAL", "2026-11"): 540_000},
    }  # fmt: skip
    package = queries.package_on(people.family.pk, NOVEMBER)
    assert package is not None
    assert package.amount == 1_620_000
    assert line(NOVEMBER, people.neighbours.pk) is None


def test_two_clicks_make_one_run(people: Cast) -> None:
    with acting(COUNTRY):
        first = operations.start_run(month=NOVEMBER, by=COUNTRY)
    with acting(COUNTRY):
        assert operations.start_run(month=NOVEMBER, by=COUNTRY) == first
    assert RunShard.objects.count() == 1


def test_a_second_run_of_a_month_writes_no_row(people: Cast) -> None:
    run(NOVEMBER)
    before = everything()
    second = run(NOVEMBER)
    assert everything() == before
    assert (second.shards.get().opened, second.shards.get().closed) == (0, 0)


def everything() -> list[Any]:
    """Rows with the transactions that wrote them: a row written again would show."""
    found = []
    with connection.cursor() as cursor:
        for table in ("beneficiaries_entitlement", "beneficiaries_package", "payments_paymentline", "payments_paymentlist"):
            cursor.execute(f"SELECT x.xmin::text, x.* FROM {table} x ORDER BY id")
            found.append(cursor.fetchall())
    return found


def test_an_earlier_month_is_not_run_again_but_corrected(people: Cast) -> None:
    run(DECEMBER)
    with acting(COUNTRY), pytest.raises(operations.RunRefused):
        operations.start_run(month=NOVEMBER, by=COUNTRY)


def test_a_death_reported_late_is_recovered_from_the_next_line(people: Cast) -> None:
    """Died on 20 October: the pension of November, ordered and paid, 540.000, comes back out of December's 1.080.000."""
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 10, 20), change=correct(people), by=COUNTRY)
    run(DECEMBER)
    found = line(DECEMBER, people.family.pk)
    assert found is not None
    assert (found["amount"], found["recovery"], found["total"]) == (1_080_000, 540_000, 540_000)
    assert found["components"][("PENSION-SOCIAL", "2026-11")] == -540_000
    assert Correction.objects.get(settled_at=None).month == NOVEMBER
    release_all()
    run(NEW_YEAR)
    january = line(NEW_YEAR, people.family.pk)
    assert january is not None
    assert january["recovery"] == 0
    assert not Correction.objects.filter(settled_at=None).exists()


def test_a_recovery_takes_its_share_of_each_line_and_its_rest_is_carried(people: Cast) -> None:
    """The boy's certificate proves false: 1.080.000 of November is owed back. December and January pay the pension of 540.000 and keep half of it
    each, 270.000, so that the grandmother goes on being paid; 1.080.000 - 270.000 - 270.000 = 540.000 stay open for the lists after."""
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=datetime.date(2026, 11, 1))
    for month in (DECEMBER, NEW_YEAR):
        run(month)
        found = line(month, people.family.pk)
        assert found is not None
        assert (found["amount"], found["recovery"], found["total"]) == (540_000, 270_000, 270_000)
        release_all()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round, amount FROM payments_ordered WHERE for_month = %s AND benefit = 'TCXH-5.6' ORDER BY round", [NOVEMBER]
        )
        assert cursor.fetchall() == [(0, 1_080_000), (1, -270_000), (2, -270_000)]


def test_a_province_may_keep_the_whole_line_and_never_more(people: Cast) -> None:
    """With a share of 100 % December's 540.000 go wholly to the 1.080.000 owed, and January's 540.000 are the rest."""
    CycleRule.objects.create(province_no=people.family.province_no, since=NOVEMBER, recovery_share_percent=100)
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=datetime.date(2026, 11, 1))
    for month in (DECEMBER, NEW_YEAR):
        run(month)
        found = line(month, people.family.pk)
        assert found is not None
        assert (found["amount"], found["recovery"], found["total"]) == (540_000, 540_000, 0)
        release_all()


def test_a_decision_that_began_earlier_brings_arrears_traced_to_their_month(people: Cast) -> None:
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", NOVEMBER)
    run(DECEMBER)
    found = line(DECEMBER, people.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"], found["total"]) == (1_620_000, 1_080_000, 2_700_000)
    assert found["components"][("TCXH-5.6", "2026-11")] == 1_080_000


def test_a_month_is_not_asked_twice_for_the_same_arrears(people: Cast) -> None:
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", NOVEMBER)
    run(DECEMBER)
    run(DECEMBER)
    release_all()
    run(NEW_YEAR)
    found = line(NEW_YEAR, people.family.pk)
    assert found is not None
    assert found["arrears"] == 0


def test_nobody_noted_as_dead_is_paid_until_somebody_has_looked(people: Cast) -> None:
    grandmother = named(GRANDMOTHER)
    hold = Hold.objects.create(
        effect="no_payment", subject_kind="person", subject_id=grandmother.pk, reason="Danh sách ghi đã chết",
        placed_by_kind="households.importeddeath", placed_by_id=1, province_no=3, area_pos=grandmother.area_pos,
    )  # fmt: skip
    run(NOVEMBER)
    found = line(NOVEMBER, people.family.pk)
    assert found is not None
    assert found["components"] == {("TCXH-5.6", "2026-11"): 1_080_000}
    release_all()
    Hold.objects.filter(pk=hold.pk).update(lifted_at=datetime.datetime.now(datetime.UTC))
    run(DECEMBER)
    later = line(DECEMBER, people.family.pk)
    assert later is not None
    assert later["arrears"] == 540_000


def test_without_a_head_the_oldest_signs(people: Cast) -> None:
    with acting(COUNTRY):
        confirm_death(person_id=named("Giàng Mí Páo").pk, died_on=datetime.date(2026, 9, 1), change=correct(people), by=COUNTRY)
    run(NOVEMBER)
    assert Package.objects.get(household=people.family).payee == named(GRANDMOTHER)


def test_a_released_list_never_changes_and_a_later_fact_goes_to_the_next(people: Cast) -> None:
    run(NOVEMBER)
    release_all()
    released = everything()[2:]
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 10, 20), change=correct(people), by=COUNTRY)
    run(NOVEMBER)
    assert everything()[2:] == released
    run(DECEMBER)
    found = line(DECEMBER, people.family.pk)
    assert found is not None
    assert found["recovery"] == 540_000


def test_comparison_says_what_is_new_stopped_and_changed_and_why(people: Cast) -> None:
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 11, 20), change=correct(people), by=COUNTRY)
        degree = {"degree": "extremely_severe", "type": "mobility", "certified": "2026-12-05"}
        set_fact(
            subject="p",
            subject_id=named(BOY).pk,
            fact="disability",
            value=degree,
            since=datetime.date(2026, 12, 5),
            change=correct(people),
            by=COUNTRY,
        )
    run(DECEMBER)
    seen = {
        (count.kind, count.benefit, count.cause)
        for count in queries.comparison(DECEMBER, lo=people.dong_van.position, hi=people.dong_van.position_end)
    }
    assert ("stopped", "PENSION-SOCIAL", "death") in seen
    assert ("changed", "TCXH-5.6", "disability") in seen
    beyond = queries.comparison(DECEMBER, lo=people.pho_bang.position, hi=people.pho_bang.position_end)
    assert {count.benefit for count in beyond} == {"POWER"}
    named_lines = queries.comparison_lines(DECEMBER, lo=people.dong_van.position, hi=people.dong_van.position_end, kind="stopped")
    assert [(row.full_name, row.before, row.after) for row in named_lines if row.benefit == "PENSION-SOCIAL"] == [(GRANDMOTHER, 540_000, 0)]


def test_progress_counts_households_and_a_cancelled_run_keeps_what_is_done(people: Cast) -> None:
    with acting(COUNTRY):
        started = operations.start_run(month=NOVEMBER, by=COUNTRY)
    assert (queries.progress(started).households_done, queries.progress(started).households_total) == (0, 2)
    with acting(COUNTRY):
        operations.cancel_run(run=started, by=COUNTRY)
    assert work_run(started.pk) == 0
    assert queries.progress_of(started.pk).status == "cancelled"
    with acting(COUNTRY):
        assert operations.requeue_run(run=started, by=COUNTRY) == 1
    work_run(started.pk)
    assert queries.progress_of(started.pk).status == "done"


def test_a_worker_that_was_overtaken_writes_nothing(people: Cast) -> None:
    with acting(COUNTRY):
        started = operations.start_run(month=NOVEMBER, by=COUNTRY)
    slow = operations.claim(started.pk)
    assert slow is not None
    RunShard.objects.filter(pk=slow.id).update(fence=slow.fence + 1)
    assert operations.work(slow, then=lambda shard, computed: None) is False
    assert Entitlement.objects.count() == 0


def test_a_province_that_fails_is_tried_three_times_and_then_shown_as_failed(people: Cast) -> None:
    def break_down(shard: Any, computed: Any) -> None:
        raise ValueError("no")

    with acting(COUNTRY):
        started = operations.start_run(month=NOVEMBER, by=COUNTRY)
    for _ in range(3):
        shard = operations.claim(started.pk)
        assert shard is not None
        operations.work(shard, then=break_down)
    row = started.shards.get()
    assert (row.status, row.attempts, bool(row.error_id)) == ("failed", 3, True)
    assert queries.progress_of(started.pk).status == "failed"
    assert Entitlement.objects.count() == 0


def test_recalculation_on_request_corrects_the_spans_now_and_the_money_next(people: Cast) -> None:
    run(NOVEMBER)
    release_all()
    boy = named(BOY)
    with acting(COUNTRY):
        Decision.objects.filter(person=boy).update(until_month=NOVEMBER)
        operations.recalculate(household_ids=[people.family.pk], from_month=NOVEMBER, by=COUNTRY, reason="kiểm tra")
    assert not Entitlement.objects.filter(person=boy, superseded_by_run=None).exists()
    assert Entitlement.objects.filter(person=boy).exclude(superseded_by_run=None).count() == 1


def test_entitlements_of_the_neighbouring_commune_are_out_of_sight(people: Cast) -> None:
    run(NOVEMBER)
    with as_scope(people.pho_bang):
        assert Entitlement.objects.count() == 0
        assert PaymentList.objects.count() == 0
    with as_scope(people.dong_van):
        assert Entitlement.objects.count() == 2
