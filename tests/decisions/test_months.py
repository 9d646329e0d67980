"""What signed papers do to the months: adjust, stop, suspend, resume, annul, with the money worked out.

Standard level 540.000 đồng from 07/2026. Severe, child: 2,0 → 1.080.000; extremely severe, child: 2,5 → 1.350.000. Social pension: 540.000.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection

from beneficiaries import operations
from beneficiaries.models import Decision, Entitlement, Suspension
from beneficiaries.operations import decision_documents
from beneficiaries.operations.decision_documents import DecisionRefused
from households.models import Raising
from households.operations import NewPerson, confirm_death, register_person, set_fact
from payments.models import PaymentList
from payments.operations import release, work_run
from posasoft.core.scope import COUNTRY, acting
from tests.decisions import cast
from tests.decisions.cast import BOY, GRANDMOTHER, Decided, noon
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)
D = datetime.date
OCTOBER, NOVEMBER, DECEMBER, JANUARY = D(2026, 10, 1), D(2026, 11, 1), D(2026, 12, 1), D(2027, 1, 1)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(noon("2026-11-05"), tick=False):
        yield


@pytest.fixture
def made() -> Decided:
    """The boy's allowance and the grandmother's pension have been decided since January 2026."""
    made = cast.make()
    cast.decided(made, BOY, "TCXH-5.6", D(2026, 1, 1), "11/QĐ-UBND")
    cast.decided(made, GRANDMOTHER, "PENSION-SOCIAL", D(2026, 1, 1), "12/QĐ-UBND")
    return made


def run(month: datetime.date) -> None:
    with time_machine.travel(noon(month.replace(day=6).isoformat()), tick=True):
        with acting(COUNTRY):
            started = operations.start_run(month=month, by=COUNTRY)
        work_run(started.pk)
    assert set(started.shards.values_list("status", flat=True)) == {"done"}


def release_all() -> None:
    with acting(COUNTRY):
        release(lists=approved(PaymentList.objects.filter(status="draft")), by=COUNTRY)


def ordered(month: datetime.date) -> list[tuple[str, str, int]]:
    """(benefit, month, đồng) of the family's line in a month's list, without what follows from the poverty list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT components FROM payments_paymentline WHERE month = %s", [month])
        rows: list[Any] = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
    found = [(part["b"], part["m"], part["a"]) for parts in rows for part in parts]
    return sorted(part for part in found if part[0].startswith(("TCXH", "PENSION")))


PENSION, BOYS = ("PENSION-SOCIAL", "2026-11", 540_000), ("TCXH-5.6", "2026-11", 1_080_000)


def test_a_suspended_benefit_is_due_but_not_ordered_and_comes_as_arrears_when_resumed(made: Decided) -> None:
    """Suspended in November, resumed in January: January's list orders January, and November and December as arrears: 3 × 1.080.000 = 3.240.000."""
    cast.signed(made, cast.prepared(made, "suspend", BOY, ground="uncollected"))
    run(NOVEMBER)
    assert ordered(NOVEMBER) == [PENSION]
    assert Entitlement.objects.filter(benefit="TCXH-5.6", superseded_by_run=None, amount=1_080_000).exists()
    release_all()
    run(DECEMBER)
    assert ordered(DECEMBER) == [("PENSION-SOCIAL", "2026-12", 540_000)]
    release_all()
    with time_machine.travel(noon("2027-01-05"), tick=False):
        (done,) = cast.signed(made, cast.prepared(made, "resume", BOY))
        run(JANUARY)
    assert sum(span["months"] * span["amount"] for span in done.lines[0]["past"]) == 2_160_000
    assert ordered(JANUARY) == [
        ("PENSION-SOCIAL", "2027-01", 540_000),
        ("TCXH-5.6", "2026-11", 1_080_000),
        ("TCXH-5.6", "2026-12", 1_080_000),
        ("TCXH-5.6", "2027-01", 1_080_000),
    ]


def test_a_benefit_suspended_after_its_list_was_released_is_withheld_from_the_next_month(made: Decided) -> None:
    """November is paid and stays paid: nothing is recovered; December is withheld."""
    run(NOVEMBER)
    release_all()
    (done,) = cast.signed(made, cast.prepared(made, "suspend", BOY, ground="detained"))
    assert done.lines[0]["from_month"] == "2026-12-01"
    run(DECEMBER)
    assert ordered(DECEMBER) == [("PENSION-SOCIAL", "2026-12", 540_000)]


def test_stopped_after_a_suspension_nothing_of_the_suspended_months_is_due(made: Decided) -> None:
    """Withheld since November, ineligible in the review of December: stopped from November, no arrears ever."""
    cast.signed(made, cast.prepared(made, "suspend", BOY, ground="uncooperative"))
    run(NOVEMBER)
    release_all()
    with time_machine.travel(noon("2026-12-04"), tick=False):
        (done,) = cast.signed(made, cast.prepared(made, "stop", BOY, ground="declined", event_on=D(2026, 12, 1)))
        run(DECEMBER)
    assert done.lines[0]["from_month"] == "2026-11-01"
    assert ordered(DECEMBER) == [("PENSION-SOCIAL", "2026-12", 540_000)]
    assert not Entitlement.objects.filter(benefit="TCXH-5.6", superseded_by_run=None, from_month__gte=NOVEMBER).exists()


def test_a_death_stops_from_the_month_after(made: Decided) -> None:
    """Died on 03/11: November is paid (540.000), December is not. The paper proposes itself without a ground."""
    with acting(COUNTRY):
        confirm_death(person_id=cast.named(GRANDMOTHER).pk, died_on=D(2026, 11, 3), change=made.people.change, by=COUNTRY)
    (done,) = cast.signed(made, cast.prepared(made, "stop", GRANDMOTHER))
    assert (done.ground, done.lines[0]["from_month"]) == ("death", "2026-12-01")
    assert Decision.objects.get(person__full_name=GRANDMOTHER).until_month == DECEMBER


def test_stopping_for_a_condition_counts_from_the_month_after_it_was_last_met(made: Decided) -> None:
    """The grandmother has a pension since 10/09: September is still due, October is the first month that is not."""
    with acting(COUNTRY):
        person = cast.named(GRANDMOTHER)
        change = made.people.change
        set_fact(subject="p", subject_id=person.pk, fact="pension", value=3_000_000, since=D(2026, 9, 10), change=change, by=COUNTRY)
    (done,) = cast.signed(made, cast.prepared(made, "stop", GRANDMOTHER))
    assert (done.ground, done.lines[0]["from_month"], done.lines[0]["amount"]) == ("ineligible", "2026-10-01", 540_000)


def test_nobody_is_stopped_whose_conditions_hold(made: Decided) -> None:
    with pytest.raises(DecisionRefused, match="vẫn còn đủ"):
        cast.prepared(made, "stop", GRANDMOTHER)


def test_a_new_degree_is_adjusted_from_its_month(made: Decided) -> None:
    """Extremely severe since 10/09/2026: 540.000 × 2,5 = 1.350.000 from September, before it 1.080.000."""
    with acting(COUNTRY):
        degree = {"degree": "extremely_severe", "type": "mobility", "certified": "2026-09-10"}
        person = cast.named(BOY)
        change = made.people.change
        set_fact(subject="p", subject_id=person.pk, fact="disability", value=degree, since=D(2026, 9, 10), change=change, by=COUNTRY)
    (done,) = cast.signed(made, cast.prepared(made, "adjust", BOY))
    [line] = done.lines
    assert (line["from_month"], line["before"], line["amount"]) == ("2026-09-01", 1_080_000, 1_350_000)
    assert [effect.what for effect in done.effects.all()] == ["confirmed"]


def test_a_higher_benefit_replaces_the_lower_from_the_month_of_its_condition(made: Decided) -> None:
    """The grandmother, poor, nobody to support her since 05/10: Article 5.5a, 75 and over: 540.000 × 2,0 = 1.080.000 instead of 540.000."""
    with acting(COUNTRY):
        person = cast.named(GRANDMOTHER)
        change = made.people.change
        set_fact(subject="p", subject_id=person.pk, fact="no_supporter", value=True, since=D(2026, 10, 5), change=change, by=COUNTRY)
    (done,) = cast.signed(made, cast.prepared(made, "adjust", GRANDMOTHER))
    old, new = Decision.objects.filter(person=person).order_by("pk")
    assert (old.benefit, old.until_month) == ("PENSION-SOCIAL", OCTOBER)
    assert (new.benefit, new.from_month, done.lines[0]["amount"]) == ("TCXH-5.5a", OCTOBER, 1_080_000)
    run(NOVEMBER)
    assert ("TCXH-5.5a", "2026-11", 1_080_000) in ordered(NOVEMBER)


def test_an_annulled_stop_is_as_if_it_had_never_been(made: Decided) -> None:
    (stop,) = cast.signed(made, cast.prepared(made, "stop", BOY, ground="declined", event_on=D(2026, 10, 20)))
    assert Decision.objects.get(person__full_name=BOY).until_month == NOVEMBER
    with acting(made.officer):
        paper = decision_documents.annul(document=stop, reason="Gia đình rút đơn từ chối", by=made.officer)
    (annulment,) = cast.signed(made, paper)
    stop.refresh_from_db()
    assert (stop.status, annulment.number) == ("annulled", "02/QĐ-UBND")
    assert Decision.objects.get(person__full_name=BOY).until_month is None
    run(NOVEMBER)
    assert ordered(NOVEMBER) == [PENSION, BOYS]


def test_an_annulled_suspension_gives_the_withheld_month_back(made: Decided) -> None:
    (suspend,) = cast.signed(made, cast.prepared(made, "suspend", BOY, ground="uncollected"))
    run(NOVEMBER)
    release_all()
    with time_machine.travel(noon("2026-12-04"), tick=False):
        with acting(made.officer):
            paper = decision_documents.annul(document=suspend, reason="Đã nhận đủ tiền", by=made.officer)
        cast.signed(made, paper)
        run(DECEMBER)
    assert Suspension.objects.get().ended_how == "annulled"
    assert ordered(DECEMBER) == [
        ("PENSION-SOCIAL", "2026-12", 540_000),
        ("TCXH-5.6", "2026-11", 1_080_000),
        ("TCXH-5.6", "2026-12", 1_080_000),
    ]


def test_an_earlier_paper_is_not_annulled_before_the_later_one(made: Decided) -> None:
    (suspend,) = cast.signed(made, cast.prepared(made, "suspend", BOY, ground="uncollected"))
    cast.signed(made, cast.prepared(made, "resume", BOY))
    with acting(made.officer):
        paper = decision_documents.annul(document=suspend, reason="Nhầm người", by=made.officer)
    with acting(made.chair):
        done = decision_documents.sign(documents=[paper], by=made.chair)
    assert "hãy hủy bỏ quyết định đó trước" in done.held[0][1]


def test_a_refusal_has_the_engines_reasons_and_never_none(made: Decided) -> None:
    paper = cast.prepared(made, "refuse", "Giàng Mí Páo", benefits=["PENSION-SOCIAL"])
    assert "Từ đủ 75 tuổi" in paper.reasons
    with acting(made.officer):
        draft = decision_documents.prepare(kind="refuse", person=cast.named("Giàng Mí Páo"), benefits=["TCXH-5.6"], by=made.officer)
        decision_documents.edit(document=draft, reasons="  ", by=made.officer)
        with pytest.raises(DecisionRefused, match="lý do"):
            decision_documents.submit(document=draft, by=made.officer)


def test_what_is_due_cannot_be_refused(made: Decided) -> None:
    with pytest.raises(DecisionRefused, match="không thể từ chối"):
        cast.prepared(made, "refuse", BOY, benefits=["TCXH-5.6"])


def test_a_funeral_is_decided_for_the_month_of_death(made: Decided) -> None:
    """20 × 540.000 = 10.800.000 đồng, once, in the month of death."""
    with acting(COUNTRY):
        confirm_death(person_id=cast.named(GRANDMOTHER).pk, died_on=D(2026, 11, 3), change=made.people.change, by=COUNTRY)
    (done,) = cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER, benefits=["FUNERAL"]))
    [line] = done.lines
    assert (line["amount"], line["from_month"], line["until_month"]) == (10_800_000, "2026-11-01", "2026-12-01")
    assert "hỗ trợ chi phí mai táng" in done.content["subject"]


def test_whoever_moved_is_paid_on_by_the_new_commune_from_the_month_the_old_one_stopped(made: Decided) -> None:
    """Moved on 20/10/2026: the old paper stops from November; the new one, signed in December, pays November as arrears: 1 × 540.000."""
    cast.signed(made, cast.prepared(made, "stop", GRANDMOTHER, ground="moved", event_on=D(2026, 10, 20)))
    with time_machine.travel(noon("2026-12-10"), tick=False):
        (done,) = cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER))
    [line] = done.lines
    assert (line["from_month"], line["past"]) == (
        "2026-11-01",
        [{"from_month": "2026-11-01", "until_month": "2026-12-01", "months": 1, "amount": 540_000}],
    )


def test_a_single_parents_benefit_stands_beside_the_other_and_replaces_nothing(made: Decided) -> None:
    """Severely disabled (1,5 → 810.000) and raising a child alone (1,0 → 540.000): both (Article 6.2); a grant, never an adjustment."""
    home = cast.add_family(made.people, "Lò Thị Mai", D(1990, 1, 1))
    with acting(COUNTRY):
        change, mother = made.people.change, cast.named("Lò Thị Mai")
        degree = {"degree": "severe", "type": "sight", "certified": "2026-02-01"}
        set_fact(subject="p", subject_id=mother.pk, fact="disability", value=degree, since=D(2026, 2, 1), change=change, by=COUNTRY)
        child = register_person(
            household=home, person=NewPerson("Lò Văn Nam", "male", D(2019, 3, 3), relation="child"), since=D(2026, 1, 1), change=change, by=COUNTRY
        )  # fmt: skip
        Raising.objects.create(
            kind="alone",
            adult=mother,
            child=child,
            since=D(2026, 1, 1),
            change=change,
            province_no=home.province_no,
            area_pos=home.area_pos,
        )
    cast.decided(made, "Lò Thị Mai", "TCXH-5.6", D(2026, 3, 1))
    adjusted = cast.prepared(made, "adjust", "Lò Thị Mai")
    # Only the standard level of July (500.000 → 540.000) is there to be adjusted.
    assert [(line["benefit"], line["before"], line["amount"], line.get("replaces")) for line in adjusted.lines] == [
        ("TCXH-5.6", 750_000, 810_000, None)
    ]
    (done,) = cast.signed(made, cast.prepared(made, "grant", "Lò Thị Mai"))
    assert [(line["benefit"], line["amount"]) for line in done.lines] == [("TCXH-5.4", 540_000)]
