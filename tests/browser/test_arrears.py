"""Decree 335/2026 in the browser: signed in August, its level counts from July; the first list after it pays July to October's difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from payments.models import LawCorrection, PaymentList
from payments.operations import law_corrections
from policy import load_law
from posasoft.core.models import Role
from posasoft.core.scope import Scope, acting
from tests.browser import cast
from tests.browser.cast import Places
from tests.corrections.scene import AUGUST, DECREE_335, JULY, OCTOBER, SEPTEMBER, compute, law_without, pay
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER = cast.TODAY.date().replace(day=1)


@pytest.fixture
def paid_by_the_old_law(places: Places, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Places:
    """July to October computed and released by the level of 500.000; the program that knows the decree comes in November."""
    bring_the_decree = law_without(monkeypatch, tmp_path / "law", DECREE_335)
    pay(JULY, AUGUST, SEPTEMBER, OCTOBER)
    bring_the_decree()
    yield places
    load_law.cache_clear()


def agreed(places: Places) -> None:
    with owner():
        second = cast.make_officer("tinh2", "Đỗ Thị Hai", Role.PROVINCE_OFFICER, places.province)
    by = Scope("area", places.province.position or 0, places.province.position_end or 0, second.pk, "province_officer")
    with acting(by):
        law_corrections.decide(rows=list(LawCorrection.objects.all()), move="agree", reason="Theo công văn của Sở Y tế", by=by)


def test_from_the_effects_of_the_decree_to_a_familys_arrears_on_paper(
    paid_by_the_old_law: Places, desk: Callable[[str], Page], work: Callable[[], int], tmp_path: Path
) -> None:
    """The single mother of one child: 1,0 × (540.000 - 500.000) = 40.000 a month, July to October 160.000; months and decree are on paper."""
    province = desk("tinh")
    province.goto("/paying/effects/")
    province.get_by_label("Văn bản", exact=True).select_option("335/2026/NĐ-CP")
    province.get_by_role("button", name="Tính tác động").click()
    work()
    province.goto("/paying/effects/")
    expect(province.get_by_text("Tháng 07/2026 đến 10/2026")).to_be_visible()
    expect(province.get_by_text("cần một người khác đồng ý")).to_be_visible()
    agreed(paid_by_the_old_law)
    compute(NOVEMBER)

    mai = desk("mai")
    mai.goto("/paying/corrections/?cause=law")
    expect(mai.get_by_text("Văn bản hoặc mức chuẩn mới: 335/2026/NĐ-CP").first).to_be_visible()
    with owner():
        made = PaymentList.objects.get(month=NOVEMBER, commune=paid_by_the_old_law.commune)
    assert made.arrears > 0
    mai.goto(f"/lists/{made.pk}/")
    expect(mai.get_by_text("Truy lĩnh").first).to_be_visible()
    with mai.expect_download() as download:
        mai.get_by_role("link", name="Bản in để ký").first.click()
    file = tmp_path / "danh-sach.pdf"
    download.value.save_as(file)
    text = " ".join("\n".join(sheet.extract_text() for sheet in PdfReader(file).pages).split())
    assert "truy lĩnh từ 07/2026 đến 10/2026 (văn bản mới 335/2026/NĐ-CP) 160.000" in text
    mai.goto("/paying/corrections/?cause=law")
    mai.get_by_role("link", name="Lò Thị Mai").first.click()
    expect(mai.get_by_role("heading", name="Đường đi của tiền")).to_be_visible()
    expect(mai.get_by_text("07/2026").first).to_be_visible()
