"""A chair in the commune's own range: the province's budget, what strikes across communes, the dead; and what even the owner cannot change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from households.operations import set_fact
from payments.models import Budget, PaymentLine, PaymentList
from payments.operations import release, steps
from payments.operations.proving import prove
from payments.operations.steps import MoveRefused, move
from payments.queries.added import added
from payments.queries.anomalies import anomalies
from posasoft.core.models import Area, Role, User
from posasoft.core.scope import COUNTRY, Scope, acting, unbound
from tests.beneficiaries.test_month_run import BOY, DECEMBER, NEW_YEAR, NOVEMBER, decide, line, named, people, release_all, run
from tests.corrections.test_pages import officer
from tests.households.cast import JANUARY, Cast
from tests.payments.test_steps import after_cut_off, lan, minh, step
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]
NEIGHBOUR, HEAD = "Vàng Thị Pà", "Giàng Mí Páo"


def chair_of(area: Area) -> Scope:
    user, _ = User.objects.get_or_create(username="chair")
    return Scope("area", area.position or 0, area.position_end or 0, user.pk, Role.COMMUNE_CHAIR, 1)


@pytest.fixture
def two_communes(people: Cast) -> Cast:
    """The neighbour of the canary commune, severely disabled: 540.000 × 1,5 = 810.000; the own family has 1.620.000."""
    with acting(COUNTRY):
        degree = {"degree": "severe", "type": "mobility", "certified": "2025-02-03"}
        set_fact(
            subject="p", subject_id=named(NEIGHBOUR).pk, fact="disability", value=degree, since=JANUARY, change=people.change, by=COUNTRY
        )
        decide(people, NEIGHBOUR, "TCXH-5.6")
    run(NOVEMBER)
    return people


def own(people: Cast) -> PaymentList:
    return PaymentList.objects.select_related("commune").get(commune=people.dong_van)


def test_a_chairs_approval_counts_what_other_communes_have_ordered_in_the_year(two_communes: Cast) -> None:
    """Of 2.000.000 the neighbours' list has taken 810.000; 1.620.000 more are too much, which the chair's own range alone would not show."""
    with acting(COUNTRY):
        release(lists=approved([PaymentList.objects.get(commune=two_communes.pho_bang)]), by=COUNTRY)
        Budget.objects.create(province_no=3, programme="tcxh", year=2026, amount=2_000_000, source="x")
    mine, chair = own(two_communes), chair_of(two_communes.dong_van)
    step(mine, "prepare", lan())
    step(mine, "check", minh())
    with acting(chair):
        steps.note_read(pay_list=mine, by=chair)
    with acting(chair), pytest.raises(MoveRefused, match=r"đã duyệt 810\.000.*danh sách này 1\.620\.000"):
        move(lists=[mine], name="approve", by=chair)


def test_a_payee_shared_with_another_commune_and_a_dead_one_strike(two_communes: Cast) -> None:
    mine, chair = own(two_communes), chair_of(two_communes.dong_van)
    with owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_paymentline SET payee_id = %s", [named(HEAD).pk])
        cursor.execute("UPDATE households_person SET died_on = '2026-10-20' WHERE id = ANY (%s)", [[named(HEAD).pk, named(BOY).pk]])
    with acting(chair), unbound(chair):
        found = {(row.kind, row.who, row.one, row.money) for row in anomalies(mine).rows}
    assert {("shared", HEAD, 2, 1_620_000), ("dead", HEAD, 0, 1_620_000), ("dead_due", BOY, 0, 1_080_000)} <= found
    assert not [row for row in found if row[1] == NEIGHBOUR]


def test_of_a_released_list_even_the_owner_changes_nothing_but_its_state(two_communes: Cast) -> None:
    release_all()
    refused = (
        "UPDATE payments_paymentlist SET amount = amount + 1", "UPDATE payments_paymentlist SET number = 'x'",
        "UPDATE payments_paymentlist SET checksum = 'x'", "UPDATE payments_paymentlist SET status = 'draft', released_at = NULL",
        "UPDATE payments_paymentlist SET released_at = now()", "UPDATE payments_ordered SET amount = 1", "DELETE FROM payments_ordered",
        "INSERT INTO payments_ordered SELECT * FROM payments_ordered",
        "INSERT INTO payments_paymentline (month, list_id, household_id, amount, total, components, province_no, area_pos)"
        " SELECT month, list_id, household_id + 9, 1, 1, '[]', province_no, area_pos FROM payments_paymentline",
    )  # fmt: skip
    with owner():
        for statement in refused:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        PaymentList.objects.update(status="closed")
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            PaymentList.objects.update(status="sent")


def test_arrears_that_stand_on_a_prepared_list_are_not_asked_for_again_by_the_next_month(people: Cast) -> None:
    """The boy's 1.080.000 of November are on December's list, which lies with the chair when January is computed: January pays 1.620.000 and no
    arrears; on two open lists the checker would name them."""
    after_cut_off(people)
    with acting(COUNTRY):
        PaymentLine.objects.filter(list_id__in=PaymentList.objects.filter(kind="supplementary").values("pk")).delete()
        PaymentList.objects.filter(kind="supplementary").delete()
    run(DECEMBER)
    december = PaymentList.objects.select_related("commune").get(month=DECEMBER, commune__code="00721")
    assert december.arrears == 1_080_000
    step(december, "prepare", lan())
    run(NEW_YEAR)
    found = line(NEW_YEAR, people.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"]) == (1_620_000, 0)
    assert [check.findings for _area, check in prove()] == [[]]


def test_a_supplementary_list_is_held_against_the_months_regular_list(people: Cast) -> None:
    """The family had 540.000 for November; the list after the cut-off adds 1.080.000 for a decision entered since."""
    made = after_cut_off(people)
    with acting(COUNTRY):
        found = added(made)
    (row,) = found.rows
    assert (row.kind, row.was, row.now, row.difference) == ("up", 540_000, 1_620_000, 1_080_000)
    assert ("adds", "TCXH-5.6", 1_080_000) in [(reason.code, reason.what, reason.money) for reason in row.reasons]
    assert "entered" in [reason.code for reason in row.reasons]
    assert found.has_before
    client = officer(Role.COMMUNE_OFFICER, people.dong_van)
    page = client.get(reverse("portal:list", args=[made.pk])).content.decode()
    for words in ("Thêm vào trong tháng", "Trong tháng đã có 540.000", "sau khi lập danh sách thường kỳ", "1.080.000"):
        assert words in page, words
    assert "Trang đầu" in client.get(reverse("portal:list", args=[made.pk]), {"after": "0"}).content.decode()
    assert "Không có điểm bất thường" in client.get(reverse("portal:list_striking", args=[made.pk])).content.decode()
    calendar = officer(Role.PROVINCE_OFFICER, Area.objects.get(level="province"))
    assert "ngày làm việc" in calendar.get(reverse("portal:paying_calendar")).content.decode()


def test_the_communes_total_strikes_over_all_its_channels_not_when_a_few_go_over_to_the_bank(people: Cast) -> None:
    """1.620.000 in November. In December 540.000 in cash and 1.080.000 by bank are the same; the cash alone would be a fall by two thirds."""
    run(NOVEMBER)
    release_all()
    run(DECEMBER)
    cash = PaymentList.objects.select_related("commune").get(month=DECEMBER, commune__code="00721")
    with owner():
        PaymentLine.objects.filter(month=DECEMBER, list_id=cash.pk).update(amount=540_000, total=540_000)
        PaymentList.objects.filter(pk=cash.pk).update(amount=540_000)
        bank = PaymentList.objects.get(pk=cash.pk)
        bank.pk, bank.channel, bank.amount, bank._state.adding = None, "bank", 1_080_000, True
        bank.save()
    with acting(COUNTRY):
        assert [row for row in anomalies(cash).rows if row.kind == "commune"] == []
        PaymentList.objects.filter(pk=bank.pk).delete()
        (row,) = [row for row in anomalies(cash).rows if row.kind == "commune"]
    assert (row.one, row.other) == (1_620_000, 540_000)
