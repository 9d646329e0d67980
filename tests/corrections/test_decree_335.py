"""Decree 335/2026 was signed on 21 August 2026 and counts from July: what was paid by the old level is shown, agreed to, and made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from households.operations import confirm_death
from payments.models import Correction, LawCorrection
from payments.operations import law_corrections
from payments.operations.law_corrections import LawCorrectionRefused, compute_effects, decide
from payments.operations.proving import prove
from policy import load_law
from posasoft.core.models import Area, AuditEvent, User, WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import GRANDMOTHER, NOVEMBER, correct, line, named, run
from tests.corrections.scene import AUGUST, DECREE_335, JULY, OCTOBER, SEPTEMBER, causes, law_without, open_corrections, pay
from tests.households.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

DECREE = "335/2026/NĐ-CP"
LATER = """instrument: 999/2026/NĐ-CP
title: {vi: Mức khác, en: Another level}
signed: 2026-10-20
in_force_from: 2026-10-20
certainty: found
values:
  - {parameter: base_wage, value: 2600000, money_applies_from: 2026-10-01, article: Điều 1}
"""


@pytest.fixture
def paid_by_the_old_law(people: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cast:
    """July to September by the level of 500.000: the boy 2,0 × 500.000 and his grandmother's pension of 500.000; then the decree comes."""
    bring_the_decree = law_without(monkeypatch, tmp_path / "law", DECREE_335)
    pay(JULY, AUGUST, SEPTEMBER)
    bring_the_decree()
    return people


def officer(name: str, role: str, area: Area | None = None) -> Scope:
    user = User.objects.create(username=name, full_name=name)
    at = area or Area.objects.get(level="province")
    return Scope("area", at.position or 0, at.position_end or 0, user.pk, role)


def effects(by: Scope = COUNTRY) -> LawCorrection:
    with acting(by):
        return compute_effects(instrument=DECREE, area=Area.objects.get(level="province"), by=by)


def agree(row: LawCorrection, move: str = "agree") -> None:
    by = officer(f"tinh.{move}", "province_officer")
    with acting(by):
        decide(rows=[row], move=move, reason="Công văn của Sở", by=by)


def test_july_to_september_are_arrears_of_october_once_the_province_agrees(paid_by_the_old_law: Cast) -> None:
    """Each month: boy 2,0 × (540.000 - 500.000) = 80.000, grandmother 40.000; three months: 360.000 beside October's own 1.620.000."""
    row = effects()
    assert (row.from_month, row.through_month, row.households, row.arrears, row.recovery) == (JULY, SEPTEMBER, 1, 360_000, 0)
    assert [(each["month"], each["benefit"], each["arrears"]) for each in row.totals] == [
        (month, benefit, amount)
        for month in ("2026-07", "2026-08", "2026-09")
        for benefit, amount in (("PENSION-SOCIAL", 40_000), ("TCXH-5.6", 80_000))
    ]
    agree(row)
    run(OCTOBER)
    found = line(OCTOBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"], found["recovery"], found["total"]) == (1_620_000, 360_000, 0, 1_980_000)
    assert found["components"][("TCXH-5.6", "2026-07")] == 80_000
    assert {cause["kind"] for cause in causes().values()} == {"law"}


def test_nothing_is_carried_before_somebody_agrees_and_october_pays_the_new_level(paid_by_the_old_law: Cast) -> None:
    """October alone: 1.620.000. The 360.000 stand in six open corrections, which the proof of the books accepts as explained."""
    effects()
    pay(OCTOBER)
    found = line(OCTOBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"]) == (1_620_000, 0)
    assert sum(open_corrections().values()) == 360_000
    assert all(not check.findings for _area, check in prove())


def test_agreed_late_the_next_draft_carries_it_once(paid_by_the_old_law: Cast) -> None:
    """Agreed after October was released: November pays 1.620.000 and the 360.000, the list after it nothing of them."""
    row = effects()
    pay(OCTOBER)
    agree(row)
    pay(NOVEMBER)
    found = line(NOVEMBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert (found["arrears"], found["total"]) == (360_000, 1_980_000)
    assert all(not check.findings for _area, check in prove())
    run(NOVEMBER.replace(month=12))
    assert open_corrections() == {}
    later = line(NOVEMBER.replace(month=12), paid_by_the_old_law.family.pk)
    assert later is not None
    assert later["arrears"] == 0


def test_a_family_that_a_fact_brings_here_first_waits_for_the_agreement_all_the_same(paid_by_the_old_law: Cast) -> None:
    """The grandmother died on 20 July; entered in October, before anybody computed the decree. Her funeral, 20 × 540.000 = 10.800.000, is due for
    July and never was ordered. August and September are recovered as they were paid, 2 × 500.000. July itself owes her 40.000 by the law, like the
    boy's 3 × 80.000: these 280.000 wait, the rest does not.
    October: 1.080.000 + 10.800.000 - 1.000.000 = 10.880.000, and with the agreement 280.000 more: 11.160.000."""
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=JULY.replace(day=20), change=correct(paid_by_the_old_law), by=COUNTRY)
    run(OCTOBER)
    found = line(OCTOBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"], found["recovery"]) == (1_080_000, 10_800_000, 1_000_000)
    kinds = {(row.benefit, row.month): row.cause["kind"] for row in Correction.objects.filter(settled_at=None)}
    assert kinds == {
        ("FUNERAL", JULY): "death", ("PENSION-SOCIAL", JULY): "law", ("PENSION-SOCIAL", AUGUST): "death", ("PENSION-SOCIAL", SEPTEMBER): "death",
        ("TCXH-5.6", JULY): "law", ("TCXH-5.6", AUGUST): "law", ("TCXH-5.6", SEPTEMBER): "law",
    }  # fmt: skip
    row = effects()
    assert (row.households, row.arrears, row.recovery) == (1, 280_000, 0)
    agree(row)
    run(OCTOBER)
    found = line(OCTOBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert (found["arrears"], found["recovery"], found["total"]) == (11_080_000, 1_000_000, 11_160_000)


def test_computed_twice_it_is_the_same_row_and_agreed_it_is_computed_no_more(paid_by_the_old_law: Cast) -> None:
    first, second = effects(), effects()
    assert (first.pk, first.totals) == (second.pk, second.totals)
    assert WorkItem.objects.filter(kind=law_corrections.TASK, done_at=None).count() == 1
    agree(second)
    assert not WorkItem.objects.filter(kind=law_corrections.TASK, done_at=None).exists()
    with pytest.raises(LawCorrectionRefused, match="đã đồng ý"):
        effects()
    event = AuditEvent.objects.get(object_kind="law_correction", verb="agree")
    assert event.detail["arrears"] == 360_000


def test_who_had_it_computed_does_not_agree_and_no_commune_does(paid_by_the_old_law: Cast) -> None:
    by = officer("tinh.mot", "province_officer")
    row = effects(by)
    with acting(by), pytest.raises(LawCorrectionRefused, match="người khác"):
        decide(rows=[row], move="agree", reason="tự duyệt", by=by)
    commune = officer("xa.mot", "commune_chair", paid_by_the_old_law.dong_van)
    with acting(commune), pytest.raises(LawCorrectionRefused):
        decide(rows=[row], move="agree", reason="xã duyệt", by=commune)
    with acting(COUNTRY):
        assert LawCorrection.objects.get().status == "shown"


def test_what_is_set_aside_is_not_paid_until_it_is_agreed_after_all(paid_by_the_old_law: Cast) -> None:
    row = effects()
    agree(row, "set_aside")
    pay(OCTOBER)
    found = line(OCTOBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert found["arrears"] == 0
    by = officer("tinh.hai", "province_officer")
    with acting(by):
        decide(rows=[row], move="agree", reason="Đã có nguồn", by=by)
    run(NOVEMBER)
    found = line(NOVEMBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert found["arrears"] == 360_000


def test_the_decree_is_offered_by_its_first_month_of_money_not_of_signature(paid_by_the_old_law: Cast) -> None:
    first = law_corrections.instruments()[0]
    assert (first.name, first.from_month) == (DECREE, JULY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_lawcorrection")
        assert cursor.fetchone() == (0,)


def test_computed_again_months_later_while_still_shown_it_is_the_same_row_with_all_its_money(
    paid_by_the_old_law: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Shown in October; the province says nothing. Before November another document has changed the law of the last month, and it is computed
    again: the same row with the same 360.000, now of the new version, and one task. Agreed to, November carries the 360.000."""
    first = effects()
    pay(OCTOBER)
    law_without(monkeypatch, tmp_path / "later")
    (tmp_path / "later" / "2026-999-muc-moi.yaml").write_text(LATER, encoding="utf-8")
    load_law.cache_clear()
    second = effects()
    assert second.law_version != first.law_version
    assert (second.pk, second.arrears, second.totals) == (first.pk, 360_000, first.totals)
    assert (LawCorrection.objects.count(), WorkItem.objects.filter(kind=law_corrections.TASK, done_at=None).count()) == (1, 1)
    agree(second)
    run(NOVEMBER)
    found = line(NOVEMBER, paid_by_the_old_law.family.pk)
    assert found is not None
    assert found["arrears"] == 360_000
