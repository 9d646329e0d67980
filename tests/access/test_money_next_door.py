"""The neighbour's money in requests that name it anywhere but in the address: bulk forms, bodies, query strings, page keys, months of nobody."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from payments.models import (
    Budget,
    Correction,
    Cycle,
    CycleProposal,
    Delivery,
    LawCorrection,
    PaymentList,
    VerificationPlan,
    VerificationSample,
)
from payments.operations import sending, verification
from payments.operations.sending import SendRefused
from payments.operations.verification import VerificationRefused
from posasoft.core.access import scope_of
from posasoft.core.models import Role, User
from posasoft.portal.queries import payments, settling
from posasoft.portal.views import uncollected as uncollected_views
from tests.access.reading import text_of
from tests.access.things import delivery, uncollected
from tests.access.world import BENEFIT, FAR_NO, MONTH, Side, World
from tests.browser.cast import PROVINCE_NO, day
from tests.support.database import as_scope, owner
from tests.support.second_factor import confirm

STANDING = True
Enter = Callable[[User], Client]
NOT_YOURS = ("trong địa bàn của bạn", "trong phạm vi của bạn")


def _correction(side: Side) -> int:
    found = Correction.objects.create(
        household_id=side.household.pk, person_id=side.person.pk, benefit=BENEFIT, month=day("2026-09-01"), due=0, ordered=1, run_id=1,
        cause={"kind": "death"}, province_no=side.household.province_no, area_pos=side.household.area_pos,
    )  # fmt: skip
    return found.pk


def _effect(side: Side) -> int:
    province = side.commune.parent
    assert province is not None
    found = LawCorrection.objects.create(
        instrument=f"NĐ {side.commune.code}", law_version="x", from_month=MONTH, through_month=MONTH, run_id=1,
        province_no=side.household.province_no, area_pos=province.position or 0,
    )  # fmt: skip
    return found.pk


# Address, field, what else the form says, whose row of a side, by whom.
BULK: tuple[tuple[str, str, dict[str, str], Callable[[Side], int], str], ...] = (
    ("lists_sign", "list", {"name": "approve"}, lambda side: side.pay_list.pk, Role.COMMUNE_CHAIR),
    ("lists_send", "list", {}, lambda side: side.pay_list.pk, Role.COMMUNE_CHAIR),
    ("settling_step", "list", {"name": "reconcile"}, lambda side: side.pay_list.pk, Role.COMMUNE_CHAIR),
    ("correction_waive", "correction", {"reason": "Hộ đã mất"}, _correction, Role.COMMUNE_CHAIR),
    ("law_effects_decide", "row", {"move": "agree", "reason": "Theo nghị định"}, _effect, Role.PROVINCE_OFFICER),
)


@pytest.mark.parametrize(("name", "field", "more", "thing", "role"), BULK, ids=[row[0] for row in BULK])
def test_one_foreign_row_in_a_bulk_form_stops_the_whole_form(
    world: World, enter: Enter, name: str, field: str, more: dict[str, str], thing: Callable[[Side], int], role: str
) -> None:
    other = world.other(role)
    assert other is not None
    with owner():
        own, foreign = thing(world.own), thing(other)
        before = sorted(PaymentList.objects.values_list("pk", "status")), sorted(Correction.objects.values_list("pk", "settled_at"))
        effects = sorted(LawCorrection.objects.values_list("pk", "status"))
    client = enter(world.users[role])
    confirm(client)
    mixed = text_of(client.post(reverse(f"portal:{name}"), {field: [own, foreign], **more}, follow=True))
    assert any(words in mixed for words in NOT_YOURS), "a form with a foreign row is refused as such"
    with owner():
        assert (
            sorted(PaymentList.objects.values_list("pk", "status")),
            sorted(Correction.objects.values_list("pk", "settled_at")),
        ) == before
        assert sorted(LawCorrection.objects.values_list("pk", "status")) == effects
    alone = text_of(client.post(reverse(f"portal:{name}"), {field: [own], **more}, follow=True))
    assert not any(words in alone for words in NOT_YOURS), "and the own row alone is not"


def test_no_body_or_query_names_a_province_next_door(world: World, enter: Enter) -> None:
    client = enter(world.users[Role.PROVINCE_OFFICER])
    rule = {"since": "01/2027", "cut_off_day": "15", "list_by_day": "24", "pay_from_day": "1", "pay_to_day": "10", "report_by_day": "19",
            "recovery_share_percent": "50", "second_approval_above": "5000000000", "reason": "Thay lịch của tỉnh bên"}  # fmt: skip
    budget = {"programme": "tcxh", "year": "2026", "amount": "1000", "source": "QĐ 45/QĐ-UBND"}
    sample = {"month": "2026-11", "area": str(world.far.commune.pk), "confidence": "95", "margin": "5"}
    answers = {
        "own calendar": client.get(reverse("portal:paying_calendar"), {"province": "08"}).status_code,
        "calendar": client.get(reverse("portal:paying_calendar"), {"province": "04"}).status_code,
        "budgets": client.get(reverse("portal:budgets"), {"province": "04"}).status_code,
        "propose": client.post(reverse("portal:paying_calendar_propose"), {"province": "04", "act": "propose", **rule}).status_code,
        "propose for all": client.post(reverse("portal:paying_calendar_propose"), {"whole": "1", "act": "propose", **rule}).status_code,
        "set": client.post(reverse("portal:budget_set"), {"province": "04", **budget}).status_code,
        "set nothing": client.post(reverse("portal:budget_set"), {**budget, "programme": "x" * 500}).status_code,
        "draw": client.post(reverse("portal:verification_new"), sample).status_code,
    }
    assert answers == {
        "own calendar": 200, "calendar": 404, "budgets": 404, "propose": 404, "propose for all": 422, "set": 404, "set nothing": 422,
        "draw": 422,
    }  # fmt: skip
    with owner():
        assert not Budget.objects.exists()
        assert not CycleProposal.objects.exists()
        assert not VerificationPlan.objects.exists()


def test_who_sees_a_few_families_of_a_sample_does_not_end_it_for_the_others(world: World) -> None:
    with owner():
        plan = VerificationPlan.objects.create(month=MONTH, area=world.places.province, seed=1, population=2, size=2)
        for number, side in enumerate((world.own, world.sibling), start=1):
            VerificationSample.objects.create(
                plan=plan, number=number, month=MONTH, line_id=number, household=side.household, stratum_size=1,
                province_no=PROVINCE_NO, area_pos=side.household.area_pos,
            )  # fmt: skip
        local, whole = (
            scope_of(world.users[role].roles.select_related("area").get()) for role in (Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
        )
    with as_scope(local), pytest.raises(VerificationRefused, match="rộng hơn phạm vi"):
        verification.close(plan=plan, by=local)
    with as_scope(whole):
        assert verification.close(plan=plan, by=whole).closed_at is not None


def test_whoever_sent_a_list_does_not_confirm_it_in_another_role(world: World) -> None:
    chair, clerk = world.users[Role.COMMUNE_CHAIR], world.users[Role.AGENCY_CLERK]
    with owner():
        delivery(world.own, clerk)
        Delivery.objects.update(sent_by=chair)
        held = clerk.roles.select_related("area").get()
        held.user = chair
        held.save()
        found, by = Delivery.objects.get(), scope_of(held)
    with as_scope(by), pytest.raises(SendRefused, match="không tự xác nhận"):
        sending.confirm(delivery=found, by=by)


def test_no_list_is_drawn_up_for_a_month_never_computed_or_closed(world: World, enter: Enter) -> None:
    """A slip of the year would open tables for it: only the owner could take them away again."""
    client = enter(world.users[Role.COMMUNE_OFFICER])
    with owner():
        number = PaymentList.objects.count()
    for kind in ("supplementary", "one_off", "closing", "year_end"):
        answer = client.post(reverse("portal:lists_draw_up"), {"month": "2035-01", "kind": kind}, follow=True)
        assert "chưa tính trợ cấp" in text_of(answer), kind
    with owner():
        days: dict[str, Any] = dict.fromkeys(("cut_off_on", "list_by", "pay_from", "pay_to", "report_by"), datetime.date(2026, 11, 2))
        Cycle.objects.create(month=MONTH, province_no=FAR_NO, closed_at="2026-11-20T00:00:00+07:00", **days)
    open_month = client.post(reverse("portal:lists_draw_up"), {"month": "2026-11", "kind": "closing"}, follow=True)
    assert "Không có ai phải lập thêm" in text_of(open_month), "another province's month says nothing"
    with owner():
        Cycle.objects.update(province_no=PROVINCE_NO)
    assert "đã đóng" in text_of(client.post(reverse("portal:lists_draw_up"), {"month": "2026-11", "kind": "closing"}, follow=True))
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname ~ '^payments_.*_203501$'")
        assert cursor.fetchone() == (0,)
        assert PaymentList.objects.count() == number


@pytest.mark.parametrize("which", ["lists", "settling"])
def test_lists_of_one_commune_are_not_lost_between_two_pages(world: World, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    """They share one position of the tree; a page may end between them."""
    monkeypatch.setattr(payments, "PAGE", 1)
    monkeypatch.setattr(settling, "PAGE", 1)
    scope = scope_of(world.users[Role.PROVINCE_OFFICER].roles.select_related("area").get())
    with owner():
        for channel in ("bank", "ewallet"):
            PaymentList.objects.create(
                month=MONTH, commune=world.own.commune, channel=channel, households=1, amount=1, arrears=0, recovery=0, run_id=1,
                province_no=PROVINCE_NO, area_pos=world.own.commune.position or 0, status="sent", released_at="2026-10-20T00:00:00Z",
                checksum="x",
            )  # fmt: skip
        inside = PaymentList.objects.filter(month=MONTH, province_no=PROVINCE_NO)
        wanted = set((inside if which == "lists" else inside.filter(status="sent")).values_list("pk", flat=True))
    found: list[int] = []
    after = ""
    with as_scope(scope):
        for _page in range(len(wanted)):
            if which == "lists":
                page = payments.page_of_lists(scope, MONTH, after)
                found, after = [*found, *(row.pk for row in page.rows)], page.after
            else:
                rows, after = settling.lists_after(scope, MONTH, "", after)
                found = [*found, *(row.list.pk for row in rows)]
    assert (len(found), set(found), after) == (len(wanted), wanted, "")
    assert len(wanted) >= 2


def test_more_families_than_a_page_are_on_the_next_one(world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncollected_views, "PAGE", 1)
    with owner():
        for side in (world.own, world.sibling):
            uncollected(side, world.users[Role.PROVINCE_OFFICER])
    client = enter(world.users[Role.PROVINCE_OFFICER])
    first, second = (text_of(client.get(reverse("portal:uncollected"), {"after": after})) for after in ("", "1"))
    codes = {world.own.household.code, world.sibling.household.code}
    assert [{code for code in codes if code in page} for page in (first, second)] in ([{a}, codes - {a}] for a in codes)
    assert "after=1" in first
