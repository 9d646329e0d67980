"""Verification after payment: sizes by the book, the same seed the same families, answers added once, shares with honest intervals."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction

from payments.models import PaymentList, VerificationAnswer, VerificationPlan, VerificationSample
from payments.operations import verification
from payments.operations.verification import Told, VerificationRefused, sample_size
from payments.queries.verification import interval, of_finite, results
from posasoft.core.models import Area, WorkItem
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import NOVEMBER, people, run
from tests.households.cast import Cast
from tests.people.world import lan, minh, pays, sent
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]
TODAY = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("population", "confidence", "margin", "size"),
    [
        (10**9, 95, 500, 385),
        (1000, 95, 500, 278),
        (100, 95, 500, 80),
        (10, 95, 500, 10),
        (1000, 99, 500, 400),
        (3_400_000, 95, 200, 2400),
        (0, 95, 500, 0),
    ],
)
def test_sample_size_is_the_textbooks_with_the_correction_for_a_finite_population(
    population: int, confidence: int, margin: int, size: int
) -> None:
    """385 = 1,96² · ¼ / 0,05² rounded up; 278 of 1.000; see any table of sample sizes."""
    assert sample_size(population, confidence=confidence, margin=margin) == size


def test_intervals_are_wilsons() -> None:
    """Nobody of 50 was charged: with 95 % confidence at most 7,1 % were; half of 100: 40,4 to 59,6 %."""
    low, high = interval(0.0, 50, 95)
    assert (round(low, 3), round(high, 3)) == (0.0, 0.071)
    low, high = interval(0.5, 100, 95)
    assert (round(low, 3), round(high, 3)) == (0.404, 0.596)
    assert interval(0.0, 0, 95) == (0.0, 1.0)


def test_intervals_shrink_as_the_sample_becomes_everybody() -> None:
    """Half of 100 asked: of no end of lines ± 9,6 points; of 200 lines as if 199 had been asked, ± 6,9; of 100 lines it is no estimate any more."""
    low, high = interval(0.5, of_finite(100.0, 100, 200.0), 95)
    assert (round(low, 3), round(high, 3)) == (0.431, 0.569)
    assert interval(0.5, of_finite(100.0, 100, 100.0), 95) == (0.5, 0.5)
    assert round(of_finite(100.0, 100, 3_400_000.0)) == 100
    assert interval(0.0, of_finite(0.0, 0, 50.0), 95) == (0.0, 1.0)


def many(cast: Cast, number: int) -> None:
    """So many lines beside the family's, on its list of November; only what the drawing reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, amount, total, components, province_no, area_pos, person_id)"
            " SELECT p.month, p.list_id, p.household_id, p.payee_id, 1, 1, '[]', p.province_no, p.area_pos, -n"
            " FROM payments_paymentline p, generate_series(1, %s) n WHERE p.month = %s AND p.household_id = %s",
            [number, NOVEMBER, cast.family.pk],
        )


@pytest.fixture
def plan(people: Cast) -> VerificationPlan:
    pays(people, "post", "Bưu điện")
    sent(NOVEMBER)
    return drawn(people.dong_van)


def drawn(area: Area, seed: int | None = None, strata: tuple[str, ...] = ()) -> VerificationPlan:
    with acting(COUNTRY):
        return verification.draw(month=NOVEMBER, area=area, strata=strata, confidence=95, margin=500, seed=seed, by=lan())


def test_the_same_seed_draws_the_same_families_and_another_seed_others(people: Cast) -> None:
    run(NOVEMBER)
    many(people, 300)
    sent(NOVEMBER)
    one, same, other = drawn(people.dong_van, 7), drawn(people.dong_van, 7), drawn(people.dong_van, 8)
    lines = [set(VerificationSample.objects.filter(plan=p).values_list("line_id", flat=True)) for p in (one, same, other)]
    assert (one.population, one.size, len(lines[0])) == (301, 170, 170)
    assert lines[0] == lines[1] != lines[2]
    with acting(COUNTRY):
        assert verification.drawn_again(one) == lines[0]


def test_a_plan_is_drawn_from_lists_that_were_sent_and_tells_the_commune(plan: VerificationPlan) -> None:
    assert (plan.population, plan.size) == (1, 1)
    assert WorkItem.objects.get(kind="verification.ask").reason == "1 hộ trong mẫu của xã"


def test_nothing_sent_nothing_drawn(people: Cast) -> None:
    with pytest.raises(VerificationRefused, match="chưa có danh sách"):
        drawn(people.dong_van)
    assert not VerificationPlan.objects.exists()


def ask(plan: VerificationPlan, told: Told, key: uuid.UUID | None = None) -> VerificationAnswer:
    with acting(COUNTRY):
        sample = VerificationSample.objects.select_related("plan").get(plan=plan, number=1)
        return verification.record(sample=sample, told=told, client_key=key or uuid.uuid4(), by=minh())


def test_an_answer_sent_twice_is_one_and_a_family_is_asked_until_reached(plan: VerificationPlan) -> None:
    ask(plan, Told("call", TODAY, reached=False))
    key = uuid.uuid4()
    told = Told("visit", TODAY, reached=True, received=True, amount=1_620_000, collected_by="self", was_charged=False)
    assert ask(plan, told, key).pk == ask(plan, told, key).pk
    with pytest.raises(VerificationRefused, match="đã có câu trả lời"):
        ask(plan, told)
    assert VerificationAnswer.objects.count() == 2
    (every, post) = results(plan)
    assert (every.agency, every.drawn, every.reached, every.received.percent, every.whole.percent, every.charged.count) == (
        "",
        1,
        1,
        100,
        100,
        0,
    )
    assert post.agency == "–"


def test_answers_are_never_changed_not_even_past_the_operation(plan: VerificationPlan) -> None:
    ask(plan, Told("call", TODAY, reached=False))
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        VerificationAnswer.objects.update(reached=True)
    sample = VerificationSample.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        VerificationAnswer.objects.create(
            sample=sample, client_key=uuid.uuid4(), mode="call", asked_on=TODAY, reached=False, received=True, province_no=3,
            area_pos=sample.area_pos,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Told("call", TODAY, reached=True), "received"),
        (Told("call", TODAY, reached=True, received=True), "amount"),
        (Told("call", TODAY, reached=True, received=False, was_charged=True), "fee"),
        (Told("call", datetime.date(2100, 1, 1), reached=False), "asked_on"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_field(plan: VerificationPlan, told: Told, field: str) -> None:
    with pytest.raises(VerificationRefused) as refused:
        ask(plan, told)
    assert refused.value.field == field


def test_a_charge_is_a_task_for_the_province(plan: VerificationPlan) -> None:
    ask(plan, Told("call", TODAY, reached=True, received=True, amount=1_600_000, collected_by="self", was_charged=True, fee=20_000))
    item = WorkItem.objects.get(kind="verification.alarm")
    assert (item.role, item.reason) == ("province_officer", "Gia đình nói bị thu tiền khi nhận trợ cấp")
    every = results(plan)[0]
    assert (every.whole.count, every.charged.percent) == (0, 100)


def test_a_closed_plan_takes_no_more_answers(plan: VerificationPlan) -> None:
    with acting(COUNTRY):
        verification.close(plan=plan, by=lan())
    with pytest.raises(VerificationRefused, match="khép lại"):
        ask(plan, Told("call", TODAY, reached=False))
    assert not WorkItem.objects.filter(kind="verification.ask", done_at=None).exists()


def test_few_lines_of_a_stratum_are_asked_all_the_same(people: Cast) -> None:
    """300 lines by post and one into an account: a sample of 170 would miss the one four times in ten; by channel it is always drawn."""
    run(NOVEMBER)
    many(people, 300)
    (pay_list,) = sent(NOVEMBER)
    other = PaymentList.objects.get(pk=pay_list.pk)
    other.pk, other.channel, other.status, other.released_at = None, "bank", "draft", None
    other.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paymentline (month, list_id, household_id, amount, total, components, province_no, area_pos)"
            " VALUES (%s, %s, %s, 1, 1, '[]', 3, %s)",
            [NOVEMBER, other.pk, people.family.pk, people.family.area_pos],
        )
    PaymentList.objects.filter(pk=other.pk).update(status="sent", released_at=pay_list.released_at)
    plan = drawn(people.dong_van, 3, ("channel",))
    assert VerificationSample.objects.filter(plan=plan, stratum="bank", stratum_size=1).count() == 1
    assert VerificationSample.objects.filter(plan=plan, stratum="post").count() == 170


def test_strata_by_counter_and_by_what_became_of_the_line(people: Cast) -> None:
    """Of 301 lines at one counter 5 were not collected and 10 have no result yet: all three groups are asked, each answer stands for its group.

    A line that pays nothing is nobody's to be asked about.
    """
    point = pays(people, "post", "Bưu điện")
    run(NOVEMBER)
    many(people, 300)
    sent(NOVEMBER)
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT payments_open_results(%s)", [NOVEMBER])
        cursor.execute("ALTER TABLE payments_paymentline DISABLE TRIGGER USER")
        cursor.execute("UPDATE payments_paymentline SET total = 0, amount = 0 WHERE person_id = -300")
        cursor.execute("ALTER TABLE payments_paymentline ENABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO payments_lineresult (month, line_id, list_id, household_id, amount, outcome, reason, paid_on, agency_id, service_point_id,"
            " at, booked, province_no, area_pos) SELECT p.month, p.id, p.list_id, p.household_id, p.total, CASE WHEN n <= 5 THEN 'unpaid' ELSE 'paid'"
            " END, CASE WHEN n <= 5 THEN 'absent' ELSE '' END, CASE WHEN n > 5 THEN p.month END, %s, %s, now(), true, p.province_no, p.area_pos"
            " FROM (SELECT p.*, row_number() OVER (ORDER BY id) AS n FROM payments_paymentline p WHERE month = %s AND total > 0) p WHERE n <= 290",
            [point.agency_id, point.pk, NOVEMBER],
        )
    plan = drawn(people.dong_van, 7, ("point", "reason"))
    groups = dict(VerificationSample.objects.filter(plan=plan).values_list("stratum", "stratum_size"))
    sizes = {stratum.partition("|")[2]: size for stratum, size in groups.items()}
    assert (plan.population, sizes) == (300, {"unpaid:absent": 5, "paid": 285, "-": 10})
    asked = Counter(stratum.partition("|")[2] for stratum in VerificationSample.objects.filter(plan=plan).values_list("stratum", flat=True))
    assert asked == {"unpaid:absent": 3, "-": 6, "paid": 161}
    with acting(COUNTRY):
        assert verification.drawn_again(plan) == set(VerificationSample.objects.filter(plan=plan).values_list("line_id", flat=True))
        for sample in VerificationSample.objects.select_related("plan").filter(plan=plan):
            came = "unpaid" not in sample.stratum
            told = Told(
                "call",
                TODAY,
                reached=True,
                received=came,
                amount=1 if came else None,
                collected_by="self" if came else "",
                was_charged=False,
            )
            verification.record(sample=sample, told=told, client_key=uuid.uuid4(), by=minh())
    every = results(plan)[0]
    # 3 of 170 answers, yet they stand for 5 of 300 lines.
    assert round(every.received.percent, 2) == round(100 * 295 / 300, 2)
    assert every.received.low < every.received.percent < every.received.high
