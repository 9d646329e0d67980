"""Who agrees to what a law changes, when, and how often; a resolution of the province's own council goes the same way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from payments.models import LawCorrection, ListDrift, PaymentList
from payments.operations.law_corrections import LawCorrectionRefused, compute_effects, decide, instruments
from policy import load_law, loader
from posasoft.core.models import Area, AuditEvent
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import NOVEMBER, line, run
from tests.corrections.scene import AUGUST, JULY, OCTOBER, SEPTEMBER, law_without, pay
from tests.corrections.test_decree_335 import agree, effects, officer, paid_by_the_old_law
from tests.households.cast import Cast
from tests.payments.money import list_of
from tests.support.database import owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["paid_by_the_old_law"]
RESOLUTION = "Nghị quyết 21/2026/NQ-HĐND"
OWN_LEVEL = f"""province: "08"
overrides:
  - {{parameter: social_pension, value: 650000, from_month: 2026-08, article: "{RESOLUTION}"}}
"""


def test_agreed_while_octobers_lists_are_drafts_they_carry_it_once_approved_they_are_left_alone(paid_by_the_old_law: Cast) -> None:
    """October's draft is 1.620.000 without arrears. Agreed while it is a draft, the next run of October writes the 360.000 into it.

    Agreed while it is approved, the run leaves it at 1.620.000 and says so beside it; November carries the 360.000: 1.980.000, once."""
    row = effects()
    run(OCTOBER)
    assert _money(paid_by_the_old_law) == (1_620_000, 0)
    with acting(COUNTRY):
        approved(PaymentList.objects.filter(month=OCTOBER))
    agree(row)
    assert _money(paid_by_the_old_law) == (1_620_000, 0)
    run(OCTOBER)
    assert _money(paid_by_the_old_law) == (1_620_000, 0)
    with owner():
        assert [(drift.was, drift.now) for drift in ListDrift.objects.filter(pay_list=list_of(OCTOBER))] == [(1_620_000, 1_980_000)]
        PaymentList.objects.filter(month=OCTOBER).update(status="draft")
    run(OCTOBER)
    assert _money(paid_by_the_old_law) == (1_620_000, 360_000)
    pay(OCTOBER)
    run(NOVEMBER)
    found = line(NOVEMBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert found["arrears"] == 0


def _money(people: Cast) -> tuple[int, int]:
    found = line(OCTOBER, people.family.pk)
    assert found is not None
    return int(found["amount"]), int(found["arrears"])


def test_of_two_who_agree_at_once_one_is_heard_and_a_third_time_nobody(paid_by_the_old_law: Cast) -> None:
    row = effects()
    told: list[str] = []
    start = threading.Barrier(2)

    def say(by: Scope) -> None:
        try:
            start.wait(10)
            with acting(by):
                decide(rows=[row], move="agree", reason="cùng lúc", by=by)
            told.append("agreed")
        except LawCorrectionRefused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    hands = [threading.Thread(target=say, args=(officer(name, "province_officer"),)) for name in ("tinh.mot", "tinh.hai")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(told) == ["Có mục không còn chờ quyết định.", "agreed"]
    with pytest.raises(LawCorrectionRefused, match="không còn chờ"):
        agree(row)
    with owner():
        assert AuditEvent.objects.filter(object_kind="law_correction", verb="agree").count() == 1


def test_the_next_province_and_other_roles_have_no_say(paid_by_the_old_law: Cast) -> None:
    row = effects()
    here = Area.objects.get(level="province")
    beside = officer("tinh.ben", "province_officer")
    beside = Scope("area", here.position_end or 0, (here.position_end or 0) + 10**10, beside.user_id, beside.role)
    strangers = [
        beside,
        *(officer(role, role, here) for role in ("commune_chair", "cluster_officer", "auditor", "hotline", "agency_clerk")),
    ]
    for by in strangers:
        with acting(by), pytest.raises(LawCorrectionRefused):
            decide(rows=[row], move="agree", reason="thử", by=by)
    with owner():
        assert LawCorrection.objects.get().status == "shown"


@pytest.fixture
def a_resolution_comes(people: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cast]:
    """July to September paid by the country's amounts; then the files hold the province's own for the pension, from August."""
    pay(JULY, AUGUST, SEPTEMBER)
    law_without(monkeypatch, tmp_path / "law")
    (loader.LAW_FOLDER / "provinces" / "08.yaml").write_text(OWN_LEVEL, encoding="utf-8")
    load_law.cache_clear()
    yield people
    load_law.cache_clear()


def test_a_councils_resolution_is_chosen_shown_agreed_to_and_carried_with_its_name(a_resolution_comes: Cast) -> None:
    """The grandmother's pension is 650.000 instead of 540.000 from August: 2 × 110.000 = 220.000 for August and September. October is her
    650.000 and the boy's 2,0 × 540.000: 1.730.000, with the arrears 1.950.000."""
    assert RESOLUTION not in [each.name for each in instruments()]
    assert [(each.name, each.from_month) for each in instruments(["08"]) if each.province] == [(RESOLUTION, AUGUST)]
    assert not [each for each in instruments(["01"]) if each.province]
    with acting(COUNTRY):
        row = compute_effects(instrument=RESOLUTION, area=Area.objects.get(level="province"), by=COUNTRY)
    assert (row.from_month, row.through_month, row.households, row.arrears, row.recovery) == (AUGUST, SEPTEMBER, 1, 220_000, 0)
    agree(row)
    run(OCTOBER)
    found = line(OCTOBER, a_resolution_comes.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"], found["total"]) == (1_730_000, 220_000, 1_950_000)
