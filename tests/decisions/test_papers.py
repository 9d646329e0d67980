"""A decision from the engine's proposal to the signed paper: months, money, numbers, and who may not sign."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from beneficiaries.models import Decision, DecisionDocument
from households.models import Household, Person
from posasoft.core.models import Job, WorkItem
from tests.decisions import cast
from tests.decisions.cast import BOY, GRANDMOTHER, Decided, noon
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
D = datetime.date


@pytest.fixture
def made() -> Decided:
    return cast.make()


def test_a_grant_is_numbered_opens_the_decision_and_schedules_the_months(made: Decided) -> None:
    with time_machine.travel(noon("2026-11-21")):
        paper = cast.prepared(made, "grant", GRANDMOTHER)
        assert WorkItem.objects.filter(kind="decisions.waiting", role="commune_chair", done_at=None).count() == 1
        (done,) = cast.signed(made, paper)
    assert (done.number, done.sequence, done.year, done.status) == ("01/QĐ-UBND", 1, 2026, "signed")
    [opened] = Decision.objects.filter(person__full_name=GRANDMOTHER)
    assert (opened.benefit, opened.from_month, opened.until_month, opened.number) == ("PENSION-SOCIAL", D(2026, 11, 1), None, "01/QĐ-UBND")
    assert [(e.what, e.decision_id) for e in done.effects.all()] == [("opened", opened.pk)]
    assert Job.objects.filter(kind="beneficiaries.recalculate_signed").count() == 1
    assert not WorkItem.objects.filter(kind="decisions.waiting", done_at=None).exists()


START_CASES = [
    # 20/2021: the month of the certificate (February 2025), whenever it is signed: 500.000 × 2,0 (severe, child) = 1.000.000.
    ("2025-06-20", D(2025, 2, 1), 1_000_000, 4),
    # 147/2025: the month of signature, the certificate of February does not count any more.
    ("2025-07-10", D(2025, 7, 1), 1_000_000, 0),
    # 335/2026: the month of signature: 540.000 × 2,0 = 1.080.000.
    ("2026-11-21", D(2026, 11, 1), 1_080_000, 0),
]


@pytest.mark.parametrize(("day", "start", "amount", "arrears"), START_CASES)
def test_a_disabled_child_is_paid_from_the_month_of_the_rule_in_force_at_signature(
    made: Decided, day: str, start: datetime.date, amount: int, arrears: int
) -> None:
    """Certificate of 03/02/2025. Signed on 20/06/2025 the paper pays February to May as arrears: 4 × 1.000.000 = 4.000.000 đồng."""
    with owner():
        Person.objects.filter(full_name=BOY).update(disability_since=D(2025, 2, 3), household_since=D(2020, 1, 1))
        Household.objects.update(poverty_since=D(2020, 1, 1), residence_since=D(2020, 1, 1))
    with time_machine.travel(noon(day)):
        (done,) = cast.signed(made, cast.prepared(made, "grant", BOY))
    [line] = done.lines
    assert (line["benefit"], line["from_month"], line["amount"]) == ("TCXH-5.6", start.isoformat(), amount)
    assert sum(span["months"] for span in line["past"]) == arrears
    assert sum(span["months"] * span["amount"] for span in line["past"]) == arrears * amount
    assert Decision.objects.get(person__full_name=BOY).from_month == start


def test_the_text_says_money_in_words_and_cites_the_law_of_the_day(made: Decided) -> None:
    with time_machine.travel(noon("2026-11-21")):
        (done,) = cast.signed(made, cast.prepared(made, "grant", BOY))
    content = done.content
    assert content["subject"] == "Về việc hưởng trợ cấp xã hội hằng tháng"
    text = "\n".join(content["articles"][0])
    assert "1.080.000 đồng/tháng (Bằng chữ: Một triệu không trăm tám mươi nghìn đồng mỗi tháng)" in text
    assert "kể từ tháng 11 năm 2026" in text
    assert any("335/2026/NĐ-CP" in ground for ground in content["grounds"])
    assert not any("20/2021/NĐ-CP" in ground for ground in content["grounds"])


def test_nobody_is_left_twice_in_the_register(made: Decided) -> None:
    with time_machine.travel(noon("2026-11-21")):
        cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER))
        with pytest.raises(ValueError, match="Không có khoản nào"):
            cast.prepared(made, "grant", GRANDMOTHER)
    assert DecisionDocument.objects.count() == 1
