"""Closing lists: who is owed money that no regular line will bring gets it, once, netted; lists of one-off benefits from draft to the ledger."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.urls import reverse

from beneficiaries.models import Case, Decision, DecisionDocument
from households.models import Person
from households.operations import confirm_death
from payments import queries
from payments.accounts import Account, SourceKind
from payments.documents import kept
from payments.models import PaymentLine, PaymentList, Receiver
from payments.operations import closing, ledger, release, supplementary
from payments.operations.proving import prove
from payments.queries.anomalies import anomalies
from payments.queries.waiting import left_behind, waiting_lines
from posasoft.core.models import AuditEvent, Role
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
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
    people,
    release_all,
    run,
)
from tests.corrections.test_pages import officer
from tests.households.cast import Cast
from tests.payments.money import resulted, standing
from tests.payments.test_steps import chair, lan, minh, province, step
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def draw_up(month: datetime.date, *, whole_year: bool = False) -> list[PaymentList]:
    with acting(COUNTRY):
        return closing.draw_up(month=month, lo=0, hi=WHOLE_COUNTRY[1], by=COUNTRY, whole_year=whole_year)


def uncollected(month: datetime.date) -> PaymentList:
    """Xã Đồng Văn's list of a month was released and sent; nobody came, the money waits."""
    run(month)
    release_all()
    pay_list = PaymentList.objects.get(month=month, commune__code="00721", kind="regular")
    with acting(COUNTRY):
        lines = ledger.Lines.of_lists([pay_list.pk])
        for book in (ledger.book_sent, ledger.book_returned, ledger.book_carried):
            book(lines, source=ledger.Source(SourceKind.HAND, pay_list.pk))
    resulted(pay_list, "unpaid", "absent")
    return pay_list


def end_everything(on: datetime.date) -> None:
    Decision.objects.filter(benefit__in=("TCXH-5.6", "PENSION-SOCIAL")).update(until_month=on)


def released(made: list[PaymentList]) -> PaymentList:
    with acting(COUNTRY):
        (done,) = release(lists=approved(made), by=COUNTRY)
    return done


def test_money_of_a_family_whose_benefits_ended_is_paid_by_a_closing_list_once(people: Cast) -> None:
    """November's 1.620.000 were not collected; nothing is due from December on."""
    old = uncollected(NOVEMBER)
    end_everything(DECEMBER)
    run(DECEMBER)
    (made,) = draw_up(DECEMBER)
    assert (made.kind, made.households, made.amount, made.carried) == ("closing", 1, 0, 1_620_000)
    assert draw_up(DECEMBER) == []
    run(DECEMBER)
    assert [row.list_id for row in PaymentLine.objects.filter(month=DECEMBER, household_id=people.family.pk)] == [made.pk]
    done = released([made])
    assert done.number == "202612-00721-POST-TT1"
    assert standing(old) == {Account.FORWARDED: 1_620_000}
    assert standing(done) == {Account.ORDERED: 1_620_000, Account.FORWARDED: -1_620_000}
    assert [check.findings for _, check in prove()] == [[]]
    assert AuditEvent.objects.filter(verb="draw_up", object_id=str(made.pk)).count() == 1


def test_a_family_that_goes_on_receiving_waits_for_its_regular_line_except_at_the_end_of_a_year(people: Cast) -> None:
    uncollected(DECEMBER)
    assert draw_up(DECEMBER) == []
    (made,) = draw_up(DECEMBER, whole_year=True)
    assert (made.carried, made.arrears) == (1_620_000, 0)
    released([made])
    run(NEW_YEAR)
    found = line(NEW_YEAR, people.family.pk)
    assert found is not None
    assert (found["amount"], found["total"]) == (1_620_000, 1_620_000)


def test_what_is_still_owed_is_netted_against_what_is_to_be_recovered(people: Cast) -> None:
    """The boy was ordered nothing though 1.080.000 were due in November and December; the grandmother had died in October, and her 540.000 of
    both months are to come back: 2 × 1.080.000 − 2 × 540.000 = 1.080.000, all at once, because no later line can bear the recovery."""
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    for month in (NOVEMBER, DECEMBER):
        run(month)
        release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", NOVEMBER)
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=NEW_YEAR)
        Decision.objects.filter(benefit="PENSION-SOCIAL").update(until_month=NOVEMBER)
    run(NEW_YEAR)
    draft = line(NEW_YEAR, people.family.pk)
    assert draft is not None
    assert (draft["arrears"], draft["recovery"]) == (2_160_000, 1_080_000)
    (made,) = draw_up(NEW_YEAR)
    assert (made.arrears, made.recovery) == (2_160_000, 1_080_000)
    released([made])
    run(NEW_YEAR.replace(month=2))
    assert line(NEW_YEAR.replace(month=2), people.family.pk) is None


def test_a_family_that_left_the_province_is_paid_by_the_commune_that_listed_it(people: Cast) -> None:
    uncollected(NOVEMBER)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE households_household SET province_no = 4, area_pos = 40010010000, village_id = NULL WHERE id = %s", [people.family.pk]
        )
        cursor.execute("UPDATE households_person SET province_no = 4, area_pos = 40010010000 WHERE household_id = %s", [people.family.pk])
    with acting(COUNTRY):
        (left,) = left_behind(people.dong_van.position or 0, people.dong_van.position_end or 0)
        (waits,) = waiting_lines(people.family.pk)
    assert (left.household, left.commune, left.amount, waits.left_in) == (people.family.code, "Xã Đồng Văn", 1_620_000, "Xã Đồng Văn")
    page = officer(Role.COMMUNE_OFFICER, people.dong_van).get(reverse("portal:uncollected")).content.decode()
    assert "Gia đình đã chuyển sang tỉnh khác" in page
    with owner():
        assert AuditEvent.objects.filter(object_kind="household", detail__page="uncollected_left").exists()
    assert people.family.code in page
    assert (
        people.family.code not in officer(Role.COMMUNE_OFFICER, people.pho_bang, "ben").get(reverse("portal:uncollected")).content.decode()
    )
    run(DECEMBER)
    (made,) = draw_up(DECEMBER)
    assert (made.commune.code, made.carried, made.province_no) == ("00721", 1_620_000, 3)
    done = released([made])
    with acting(COUNTRY):
        (file, _) = kept.sign_off(lists=[done])
    assert file.format == "pdf"


def test_a_range_that_is_not_ones_own_is_refused(people: Cast) -> None:
    own = Scope("area", people.dong_van.position or 0, people.dong_van.position_end or 0, lan().user_id, "commune_officer", 1)
    with acting(own), pytest.raises(ValueError, match="0"):
        closing.draw_up(month=NOVEMBER, lo=0, hi=WHOLE_COUNTRY[1], by=own)


def test_funeral_costs_and_an_emergency_go_through_their_hands_on_a_one_off_list_once(people: Cast) -> None:
    """The grandmother died on 10 November, after the list: 20 × 540.000 for the funeral. The boy was injured: 10 × 540.000 by decision."""
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 11, 10), change=correct(people), by=COUNTRY)
        decide(people, BOY, "EMERGENCY-INJURY", NOVEMBER)
    run(NOVEMBER)
    with acting(COUNTRY):
        (made,) = supplementary.draw_up(month=NOVEMBER, kind="one_off", lo=0, hi=WHOLE_COUNTRY[1], by=lan())
        assert supplementary.draw_up(month=NOVEMBER, kind="supplementary", lo=0, hi=WHOLE_COUNTRY[1], by=lan()) == []
    assert (made.households, made.amount) == (1, 16_200_000)
    for name, by in (("prepare", lan()), ("check", minh()), ("approve", chair())):
        made = step(made, name, by)
    with acting(COUNTRY):
        (done,) = release(lists=[made], by=province())
        assert supplementary.draw_up(month=NOVEMBER, kind="one_off", lo=0, hi=WHOLE_COUNTRY[1], by=lan()) == []
    assert done.number == "202611-00721-POST-ML1"
    assert standing(done) == {Account.ORDERED: 16_200_000}
    run(DECEMBER)
    december = line(DECEMBER, people.family.pk)
    assert december is not None
    assert december["total"] == 1_080_000


def buried_by(people: Cast, status: str) -> Case:
    """A neighbour buried the grandmother and asks for the support."""
    place = {"province_no": 3, "area_pos": people.family.area_pos, "commune": people.dong_van, "household": people.family}
    return Case.objects.create(
        person=named(GRANDMOTHER), form="335-03", number="HS-1", status=status, received_on=datetime.date(2026, 11, 12),
        payload={"organiser_kind": "person", "organiser_name": "Ly Mí Vừ", "organiser_id": "002075000123", "organiser_relation": "hàng xóm"}, **place,
    )  # fmt: skip


def test_funeral_support_waits_for_its_case_and_goes_to_who_organised_it(people: Cast) -> None:
    """20 × 540.000 = 10.800.000; the neighbour's name and paper stand on the line, in cash; the family's head does not collect it."""
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 11, 10), change=correct(people), by=COUNTRY)
        case = buried_by(people, "checked")
    run(NOVEMBER)
    with acting(COUNTRY):
        assert supplementary.draw_up(month=NOVEMBER, kind="one_off", lo=0, hi=WHOLE_COUNTRY[1], by=lan()) == []
        Case.objects.filter(pk=case.pk).update(status="decided")
        DecisionDocument.objects.create(
            commune=people.dong_van, kind="grant", status="signed", case=case, person=case.person, household=people.family, year=2026, sequence=1,
            number="1/QĐ-UBND", signed_on=datetime.date(2026, 11, 14), content={}, sha256="0" * 64, prepared_by_id=minh().user_id,
            signed_by_id=chair().user_id, province_no=3, area_pos=people.family.area_pos,
        )  # fmt: skip
        (made,) = supplementary.draw_up(month=NOVEMBER, kind="one_off", lo=0, hi=WHOLE_COUNTRY[1], by=lan())
        row = PaymentLine.objects.get(list_id=made.pk)
        receiver = Receiver.objects.get()
        assert (row.total, row.receiver_id, row.payee_id, made.channel) == (10_800_000, receiver.pk, case.person_id, "post")
        assert (receiver.full_name, receiver.tail, receiver.paper) == ("Ly Mí Vừ", "123", "funeral")
        assert [one.kind for one in anomalies(made).rows if one.kind in ("dead", "nobody", "no_id")] == []
        (line_of_list,) = list(queries.lines(made))
        assert line_of_list.receiver == "Ly Mí Vừ"


def test_money_of_a_family_nobody_is_left_of_has_no_payee_and_strikes(people: Cast) -> None:
    """The whole family died in November, after its list: the funeral supports of the two who were paid, 2 × 10.800.000, have nobody to go to."""
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        for person in Person.objects.filter(household=people.family):
            confirm_death(person_id=person.pk, died_on=datetime.date(2026, 11, 10), change=correct(people), by=COUNTRY)
    run(NOVEMBER)
    with acting(COUNTRY):
        (made,) = supplementary.draw_up(month=NOVEMBER, kind="one_off", lo=0, hi=WHOLE_COUNTRY[1], by=lan())
        assert (PaymentLine.objects.get(list_id=made.pk).payee_id, made.amount) == (None, 21_600_000)
        assert "nobody" in [row.kind for row in anomalies(made).rows]
