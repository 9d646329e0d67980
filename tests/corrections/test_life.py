"""What life brings late: a death, a birthday, a move, a reform of communes, a month whose list was not out yet. The money is worked out in each."""

from __future__ import annotations

import datetime

import pytest

from beneficiaries.models import Decision
from households.operations import confirm_death, set_fact
from households.operations.corrections import correct_person
from payments.models import Correction, CycleRule, PaymentList, Waiver
from payments.operations import release
from payments.operations.proving import prove
from payments.operations.waiving import WaiverRefused, waive
from posasoft.core.models import AuditEvent
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import (
    BOY,
    DECEMBER,
    GRANDMOTHER,
    NEW_YEAR,
    NOVEMBER,
    correct,
    decide,
    line,
    named,
    run,
)  # fmt: skip
from tests.corrections.scene import OCTOBER, SEPTEMBER, causes, open_corrections, pay
from tests.households.cast import Cast
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)


def amounts(month: datetime.date, people: Cast) -> tuple[int, int, int, int]:
    found = line(month, people.family.pk)
    assert found is not None
    return found["amount"], found["arrears"], found["recovery"], found["total"]


def chair(people: Cast) -> Scope:
    return Scope("area", people.dong_van.position or 0, people.dong_van.position_end or 0, None, "commune_chair")


def balanced() -> bool:
    return all(not check.findings for _area, check in prove())


def test_a_death_reported_two_months_late_is_recovered_share_by_share(people: Cast) -> None:
    """The grandmother died on 12 August; September and October were paid, 540.000 each; it is entered in November.

    Owed back 1.080.000. The boy's line is 1.080.000 a month; a province that keeps 30 % takes 324.000 in November, December and January and the
    rest, 1.080.000 - 3 × 324.000 = 108.000, in February. The family never gets less than 756.000.
    August's funeral, 20 × 540.000 = 10.800.000, is for a month before the first one computed here and is not paid by this.
    """
    CycleRule.objects.create(province_no=people.family.province_no, since=SEPTEMBER, recovery_share_percent=30)
    pay(SEPTEMBER, OCTOBER)
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 8, 12), change=correct(people), by=COUNTRY)
    taken = []
    for month in (NOVEMBER, DECEMBER, NEW_YEAR, datetime.date(2027, 2, 1)):
        pay(month)
        amount, arrears, recovery, total = amounts(month, people)
        assert (amount, arrears, total) == (1_080_000, 0, 1_080_000 - recovery)
        taken.append(recovery)
    assert taken == [324_000, 324_000, 324_000, 108_000]
    run(datetime.date(2027, 3, 1))
    assert open_corrections() == {}
    assert balanced()


def test_its_cause_names_the_death_its_day_and_the_change_that_brought_it(people: Cast) -> None:
    pay(SEPTEMBER, OCTOBER)
    change = correct(people)
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 8, 12), change=change, by=COUNTRY)
    run(NOVEMBER)
    assert causes() == dict.fromkeys((SEPTEMBER, OCTOBER), {"kind": "death", "on": "2026-08-12", "change": change.pk})


def test_when_nobody_is_left_to_recover_from_it_is_given_up_by_name(people: Cast) -> None:
    """Only the grandmother's pension was paid, 540.000 a month; she died in August. The 1.080.000 of September and October have no line to come out
    of: nothing is due to this family. The chair gives them up with a reason; the books balance, and no later run asks again."""
    with acting(COUNTRY):
        Decision.objects.filter(benefit="TCXH-5.6").delete()
    pay(SEPTEMBER, OCTOBER)
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 8, 12), change=correct(people), by=COUNTRY)
    run(NOVEMBER)
    assert line(NOVEMBER, people.family.pk) is None
    owed = list(Correction.objects.filter(settled_at=None))
    with acting(chair(people)):
        assert waive(corrections=owed, reason="Hộ không còn người hưởng", by=chair(people)) == 1_080_000
    run(DECEMBER)
    assert open_corrections() == {}
    assert sorted(Waiver.objects.values_list("month", "amount")) == [(SEPTEMBER, 540_000), (OCTOBER, 540_000)]
    assert AuditEvent.objects.filter(verb="waive", object_kind="correction").count() == 2
    assert balanced()


def test_what_a_list_has_taken_back_meanwhile_is_not_given_up_as_well(people: Cast) -> None:
    """The grandmother's 1.080.000 of September and October are owed back; November takes 540.000, half of the boy's 1.080.000. The list is approved
    when his benefit ends, too: while it waits nothing may be given up; the day it is released, before any other run, what is left is 540.000."""
    pay(SEPTEMBER, OCTOBER)
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 8, 12), change=correct(people), by=COUNTRY)
    run(NOVEMBER)
    assert amounts(NOVEMBER, people) == (1_080_000, 0, 540_000, 540_000)
    with acting(COUNTRY):
        waiting = approved(PaymentList.objects.filter(month=NOVEMBER, status="draft"))
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=NOVEMBER)
    run(NOVEMBER)
    owed = list(Correction.objects.filter(settled_at=None))
    with acting(chair(people)), pytest.raises(WaiverRefused, match="danh sách tháng 11/2026"):
        waive(corrections=owed, reason="Không còn người hưởng", by=chair(people))
    with acting(COUNTRY):
        release(lists=waiting, by=COUNTRY)
    with acting(chair(people)), pytest.raises(WaiverRefused, match="thu đủ"):
        waive(corrections=owed, reason="Không còn người hưởng", by=chair(people))
    left = [row for row in owed if row.month == OCTOBER]
    with acting(chair(people)):
        assert waive(corrections=left, reason="Không còn người hưởng", by=chair(people)) == 540_000
    run(DECEMBER)
    assert open_corrections() == {("TCXH-5.6", NOVEMBER): -1_080_000}
    assert balanced()


def test_what_was_given_up_is_not_paid_when_it_was_due_after_all(people: Cast) -> None:
    """The boy's benefit was ended from September on, 2 × 1.080.000 were given up; the ending was a mistake. He has had that money: no arrears."""
    with acting(COUNTRY):
        Decision.objects.filter(benefit="PENSION-SOCIAL").delete()
    pay(SEPTEMBER, OCTOBER)
    with acting(COUNTRY):
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=SEPTEMBER)
    run(NOVEMBER)
    owed = list(Correction.objects.filter(settled_at=None))
    with acting(chair(people)):
        assert waive(corrections=owed, reason="Không còn người hưởng", by=chair(people)) == 2_160_000
    with acting(COUNTRY):
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=None)
    run(NOVEMBER)
    assert amounts(NOVEMBER, people) == (1_080_000, 0, 0, 1_080_000)
    assert open_corrections() == {}


def test_nothing_is_given_up_while_the_family_still_gets_money_or_without_a_reason(people: Cast) -> None:
    pay(SEPTEMBER, OCTOBER)
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 8, 12), change=correct(people), by=COUNTRY)
    run(NOVEMBER)
    owed = list(Correction.objects.filter(settled_at=None))
    for by, reason, says in ((chair(people), "x", "còn đang hưởng"), (chair(people), " ", "lý do"), (COUNTRY, "x", "chủ tịch")):
        with acting(by), pytest.raises(WaiverRefused, match=says):
            waive(corrections=owed, reason=reason, by=by)
    assert not Waiver.objects.exists()


def test_a_birthday_that_the_record_had_wrong_corrects_the_months_since(people: Cast) -> None:
    """The boy's record said 10 March 2016; his birth certificate says 10 September 2010. He turned 16 in September: severely disabled, 2,0 for a
    child and 1,5 for an adult. September is adjusted from the month the condition changes (Article 8 of 20/2021 and of 335/2026): 540.000 × 0,5 =
    270.000 too much in September and October, 540.000 in all, out of November's 810.000 + 540.000: half of it is 675.000, so at once."""
    pay(SEPTEMBER, OCTOBER)
    change = correct(people)
    with acting(COUNTRY):
        correct_person(person_id=named(BOY).pk, born=datetime.date(2010, 9, 10), change=change, by=COUNTRY)
    pay(NOVEMBER)
    assert amounts(NOVEMBER, people) == (1_350_000, 0, 540_000, 810_000)
    assert causes() == dict.fromkeys((SEPTEMBER, OCTOBER), {"kind": "born", "change": change.pk})
    run(DECEMBER)
    assert open_corrections() == {}


def test_a_birthday_nobody_thought_of_brings_arrears_only_from_the_signature(people: Cast) -> None:
    """The grandmother turned 75 years ago and nobody asked. The social pension is due from the month the chair signs (Decree 176/2025; 335/2026,
    Article 31.2), not from the birthday: a decision signed in November that the officer enters in December brings November, 540.000, and nothing of
    the months before."""
    with acting(COUNTRY):
        Decision.objects.filter(benefit="PENSION-SOCIAL").delete()
    pay(SEPTEMBER, OCTOBER, NOVEMBER)
    with acting(COUNTRY):
        made = decide(people, GRANDMOTHER, "PENSION-SOCIAL", NOVEMBER)
    pay(DECEMBER)
    assert amounts(DECEMBER, people) == (1_620_000, 540_000, 0, 2_160_000)
    (cause,) = causes().values()
    assert (cause["kind"], cause["decision"]) == ("decision", made.pk)


def test_a_fact_told_late_is_named_with_its_change(people: Cast) -> None:
    """Extremely severe since 5 October, told in November: 2,5 instead of 2,0 from the month of the change: 270.000 for October."""
    pay(OCTOBER)
    change = correct(people)
    degree = {"degree": "extremely_severe", "type": "mobility", "certified": "2026-10-05"}
    with acting(COUNTRY):
        set_fact(
            subject="p",
            subject_id=named(BOY).pk,
            fact="disability",
            value=degree,
            since=datetime.date(2026, 10, 5),
            change=change,
            by=COUNTRY,
        )
    run(NOVEMBER)
    assert {key: value for key, value in open_corrections().items() if key[0] == "TCXH-5.6"} == {("TCXH-5.6", OCTOBER): 270_000}
    cause = Correction.objects.get(benefit="TCXH-5.6").cause
    assert (cause["kind"], cause["change"]) == ("disability", change.pk)


def test_a_month_whose_list_is_still_a_draft_is_rewritten_and_one_released_is_corrected(people: Cast) -> None:
    """Entered while October's list is a draft: the list pays 1.350.000 + 540.000 at once and nothing is corrected. Entered a second time, back to
    severe, after October's release: 270.000 too much, out of November's 1.620.000."""

    def degree(name: str) -> None:
        with acting(COUNTRY):
            set_fact(
                subject="p", subject_id=named(BOY).pk, fact="disability", since=datetime.date(2026, 10, 5), change=correct(people), by=COUNTRY,
                value={"degree": name, "type": "mobility", "certified": "2026-10-05"},
            )  # fmt: skip

    pay(SEPTEMBER)
    run(OCTOBER)
    degree("extremely_severe")
    run(OCTOBER)
    found = line(OCTOBER, people.family.pk)
    assert found is not None
    assert found["components"][("TCXH-5.6", "2026-10")] == 1_350_000
    assert not Correction.objects.exists()
    pay(OCTOBER)
    degree("severe")
    run(NOVEMBER)
    assert open_corrections()[("TCXH-5.6", OCTOBER)] == -270_000
    assert balanced()
