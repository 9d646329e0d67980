"""A family moves to a province that pays more: each month is paid once, by one of the two, and nobody asks back what the other paid."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.db import connection

from beneficiaries.models import Decision
from households.models import Transfer
from households.operations import NewPerson, register_household, requests, start_change
from payments.models import Correction, PaymentLine, PaymentList
from payments.operations import release
from payments.operations.proving import prove
from policy import load_law, loader
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY, acting
from posasoft.portal import changing
from tests.beneficiaries.test_month_run import DECEMBER, NOVEMBER, line
from tests.changes.cast import Town, draft, scope
from tests.changes.cast import town as make_town
from tests.changes.test_money_before_sending import DO, decide
from tests.corrections.scene import OCTOBER, SEPTEMBER, compute, law_without, pay
from tests.support.database import as_scope, owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

TOP_UP = """province: "22"
overrides:
  - {parameter: social_pension, value: 700000, from_month: 2025-07, article: "Nghị quyết của Hội đồng nhân dân tỉnh"}
"""


@pytest.fixture
def town(transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """Tuyên Quang pays the pension of 540.000, Quảng Ninh 700.000 by its council's resolution."""
    law_without(monkeypatch, tmp_path / "law")
    (tmp_path / "law" / "provinces" / "22.yaml").write_text(TOP_UP, encoding="utf-8")
    load_law.cache_clear()
    assert tmp_path / "law" == loader.LAW_FOLDER
    with as_scope(COUNTRY):
        made = make_town()
        decide(made, DO, "PENSION-SOCIAL")
    return made


def quang_ninh() -> Area:
    with owner():
        province = Area.objects.create(
            level="province", code="22", name="Tỉnh Quảng Ninh", name_key="quang ninh", kind="Tỉnh", province_no=9, position=9 * 10**10,
            position_end=10 * 10**10, valid_from=datetime.date(2025, 7, 1),
        )  # fmt: skip
        return Area.objects.create(
            level="commune", code="06900", name="Xã Ba Chẽ", name_key="ba che", kind="Xã", province_no=9, position=90_010_010_000,
            position_end=90_010_020_000, parent=province, valid_from=datetime.date(2025, 7, 1),
        )  # fmt: skip


def move(town: Town, to: Area, day: datetime.date) -> None:
    """Asked, approved by the chair, accepted by the other side."""
    with owner():
        there = scope("ba.che", "commune_officer", to)
    with as_scope(town.mai):
        row = draft(town, "transfer", town.mai, household=town.family, payload={"to_area": to.pk}, day=day)
        row = requests.submit(request=row, by=town.mai)
    with as_scope(town.chair):
        changing.approve(request=row, by=town.chair)
    with owner():
        transfer = Transfer.objects.get(request=row)
    with as_scope(there):
        changing.accept_transfer(transfer=transfer, by=there, village=None, residence_kind="rural")


def ordered(household: int | None = None) -> dict[datetime.date, list[tuple[int, int]]]:
    """Month → (province, đồng) of every order of the pension, of one household or all."""
    found: dict[datetime.date, list[tuple[int, int]]] = {}
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT for_month, province_no, amount FROM payments_ordered"
            " WHERE benefit = 'PENSION-SOCIAL' AND household_id = coalesce(%s, household_id) ORDER BY 1, round",
            [household],
        )
        for month, province, amount in cursor.fetchall():
            found.setdefault(month, []).append((province, amount))
    return found


def test_told_late_the_old_provinces_months_stay_its_own_and_the_new_rate_follows(town: Town) -> None:
    """Moved on 10 September, told in November. September and October were paid in Tuyên Quang, 540.000 each, and stay: the new place pays at its own
    rate from the month payment stopped at the old one (Decree 335/2026, Articles 8-9 and 31.2). November: 700.000 in Quảng Ninh, no arrears of the
    difference of 160.000, no recovery, no order twice."""
    there = quang_ninh()
    pay(SEPTEMBER, OCTOBER)
    move(town, there, datetime.date(2026, 9, 10))
    pay(NOVEMBER, DECEMBER)
    with as_scope(COUNTRY):
        for month in (NOVEMBER, DECEMBER):
            found = line(month, town.base.family.pk)
            assert found is not None
            assert {key: value for key, value in found["components"].items() if key[0] == "PENSION-SOCIAL"} == {
                ("PENSION-SOCIAL", f"{month:%Y-%m}"): 700_000
            }
        assert not Correction.objects.filter(benefit="PENSION-SOCIAL").exists()
    assert ordered() == {SEPTEMBER: [(3, 540_000)], OCTOBER: [(3, 540_000)], NOVEMBER: [(9, 700_000)], DECEMBER: [(9, 700_000)]}
    broken = [check.findings for _area, check in prove() if check.findings]
    assert not broken, str(broken)


def test_a_month_whose_list_was_a_draft_when_they_moved_is_paid_by_the_new_province(town: Town) -> None:
    """Moved on 10 September, told while October's list of Tuyên Quang, 540.000, is a draft. Nothing of October was paid yet, so the run after the
    move leaves them out there and Quảng Ninh pays October on its own list: 700.000, no arrears, and 700.000 of November."""
    there = quang_ninh()
    pay(SEPTEMBER)
    compute(OCTOBER)
    assert pension_of(town, OCTOBER) == (3, {"2026-10": 540_000})
    move(town, there, datetime.date(2026, 9, 10))
    pay(OCTOBER, NOVEMBER)
    assert pension_of(town, OCTOBER) == (9, {"2026-10": 700_000})
    assert pension_of(town, NOVEMBER) == (9, {"2026-11": 700_000})
    assert ordered() == {SEPTEMBER: [(3, 540_000)], OCTOBER: [(9, 700_000)], NOVEMBER: [(9, 700_000)]}
    with acting(COUNTRY):
        assert not Correction.objects.filter(benefit="PENSION-SOCIAL").exists()
    found = [check.findings for _area, check in prove() if check.findings]
    assert not found, str(found)


def test_a_month_that_neither_paid_comes_as_arrears_once_from_the_new_province(town: Town) -> None:
    """Quảng Ninh has released October when they come; the run after the move leaves them out of October's draft of Tuyên Quang. Nobody paid
    October: Quảng Ninh's November pays 700.000 and October's 700.000 as arrears, and December nothing more of it."""
    there = quang_ninh()
    with owner(), acting(COUNTRY):
        change = start_change(kind="correction", by=COUNTRY, province_no=9, area_pos=there.position or 0, reason="rà soát")
        home = register_household(
            commune=there, village=None, residence_kind="rural", since=datetime.date(2026, 1, 1), poverty={"class": "none"}, change=change,
            by=COUNTRY, members=[NewPerson("Chíu Sùi Múi", "female", datetime.date(1940, 1, 1), relation="head")],
        )  # fmt: skip
        Decision.objects.create(
            person=home.members.get(), household=home, benefit="PENSION-SOCIAL", signed_on=SEPTEMBER, from_month=OCTOBER, source="decision",
            change=change, province_no=9, area_pos=home.area_pos,
        )  # fmt: skip
    pay(SEPTEMBER)
    compute(OCTOBER)
    with acting(COUNTRY):
        release(lists=approved(PaymentList.objects.filter(month=OCTOBER, province_no=9)), by=COUNTRY)
    move(town, there, datetime.date(2026, 9, 10))
    pay(OCTOBER)
    assert pension_of(town, OCTOBER) is None
    pay(NOVEMBER, DECEMBER)
    assert pension_of(town, NOVEMBER) == (9, {"2026-10": 700_000, "2026-11": 700_000})
    assert pension_of(town, DECEMBER) == (9, {"2026-12": 700_000})
    theirs = {month: orders for month, orders in ordered(town.base.family.pk).items() if month <= NOVEMBER}
    assert theirs == {SEPTEMBER: [(3, 540_000)], OCTOBER: [(9, 700_000)], NOVEMBER: [(9, 700_000)]}
    with acting(COUNTRY):
        assert not Correction.objects.filter(benefit="PENSION-SOCIAL", settled_at=None).exists()
    broken = [check.findings for _area, check in prove() if check.findings]
    assert not broken, str(broken)


def pension_of(town: Town, month: datetime.date) -> tuple[int, dict[str, int]] | None:
    """The province of the family's list of a month, and đồng of the pension by month in its line; None without a line that pays a pension."""
    with as_scope(COUNTRY):
        found = line(month, town.base.family.pk)
        parts = {when: amount for (benefit, when), amount in found["components"].items() if benefit == "PENSION-SOCIAL"} if found else {}
        held = PaymentLine.objects.filter(month=month, household_id=town.base.family.pk).values_list("province_no", flat=True)
        return (held.get(), parts) if parts else None
