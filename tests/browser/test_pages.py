"""The pages about a household, a person, workbooks and reforms: both themes, both widths, no axe violation, nothing wider than the screen."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from households.models import AreaReform, Household, ImportBatch, Person
from households.operations import set_fact, start_change
from households.reform import operations as reform
from households.reform.reading import from_text
from households.staging.operations import receive_list
from households.workbooks.making import make_workbook
from posasoft.core.models import Role
from posasoft.core.scope import COUNTRY
from tests.browser import cast
from tests.browser.cast import Places
from tests.browser.test_accessible import problems_everywhere
from tests.roundtrip.edited import downloaded
from tests.support.database import owner

pytestmark = pytest.mark.browser
TABLE = "00721; 00724; Xã Sà Phìn; một phần\n00721; 00721; Xã Đồng Văn; một phần; mặc định\n00724; 00724; Xã Sà Phìn; toàn bộ"


@pytest.fixture
def returned(places: Places, work: Callable[[], int], settings: object, tmp_path: Path) -> ImportBatch:
    """A workbook that came back with a change, a conflict, a wrong cell, a new person and a missing line."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    with owner():
        pao = Person.objects.get(full_name="Giàng Mí Páo")
        paper = downloaded(make_workbook(area=places.commune, reason="Rà soát hộ nghèo cuối năm 2026", by=COUNTRY))
        change = start_change(kind="request", by=COUNTRY, province_no=2, area_pos=pao.area_pos, reason="Đính chính dân tộc")
        set_fact(subject="p", subject_id=pao.pk, fact="ethnicity", value="09", since=None, change=change, by=COUNTRY)
        Household.objects.filter(code="08-00721-91001942").update(b1=131)
    paper.set("Giàng Mí Páo", "ethnicity", "Tày")
    paper.set("Giàng Mí Sính", "studying", "Trung học cơ sở")
    paper.set("Vừ Thị Mỷ", "sex", "Chưa rõ")
    paper.clear("Giàng Thị Sua")
    paper.add(code="MỚI 1", full_name="Sùng Mí Vừ", relation="Chủ hộ", sex="Nam", born="1990", poverty="Hộ nghèo")
    with owner():
        batch = receive_list(
            file=io.BytesIO(paper.bytes()), name="ho-00721.xlsx", area=places.commune, area_date=datetime.date(2026, 11, 21), by=COUNTRY
        )
    work()
    return batch


def addresses(batch: ImportBatch) -> list[str]:
    with owner():
        batch.refresh_from_db()
        home = Household.objects.get(code="08-00721-91001942")
        child = Person.objects.get(full_name="Giàng Mí Sính")
    tabs = ("", "money/", "papers/", "history/", "looks/")
    return [
        *(f"/households/{home.public_id}/{tab}" for tab in tabs),
        *(f"/persons/{child.public_id}/{tab}" for tab in tabs),
        "/workbooks/",
        f"/imports/{batch.public_id}/",
        f"/imports/{batch.public_id}/?show=conflict",
        f"/imports/{batch.public_id}/?show=gone",
    ]


def test_pages_about_people_break_no_rule_of_axe(returned: ImportBatch, computed: datetime.date, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    assert [text for address in addresses(returned) for text in problems_everywhere(page, address)] == []


def test_pages_of_a_reform_break_no_rule_of_axe(places: Places, work: Callable[[], int], sign_in: Callable[[str], Page]) -> None:
    with owner():
        cast.make_officer("quantri", "Trần Quản Trị", Role.ADMINISTRATOR, None)
        table = reform.draft(
            title="Sắp xếp xã năm 2026",
            document="NQ 1700/NQ-UBTVQH15",
            effective=datetime.date(2026, 11, 1),
            lines=from_text(TABLE),
            by=COUNTRY,
        )
        reform.start(reform=table, by=COUNTRY)
    work()
    with owner():
        assert AreaReform.objects.get().status == "done"
    page = sign_in("quantri")
    own = ["/areas/", "/areas/reforms/", f"/areas/reforms/{table.public_id}/", f"/areas/reforms/{table.public_id}/unplaced/"]
    assert [text for address in own for text in problems_everywhere(page, address)] == []
