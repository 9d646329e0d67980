"""A province officer's morning: what waits, where cases are late, what the engine finds in which commune, what the month changed, and a list
of more than a thousand people that leaves the house only with a second person's word."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from beneficiaries.models import Case
from beneficiaries.operations import findings
from beneficiaries.operations.compute import Place
from households.models import Household, Person
from posasoft.core.models import ExportRequest, Role
from posasoft.core.names import fold, sort_key
from posasoft.core.scope import Scope, acting
from tests.browser import cast
from tests.browser.cast import PROVINCE_NO, Places
from tests.support.database import owner

pytestmark = pytest.mark.browser
MORE_THAN_A_THOUSAND = 1_001


@pytest.fixture
def province(places: Places, computed: datetime.date) -> Places:
    """Two months are computed, the engine has looked, and one case in each commune is late or runs."""
    late(places.commune, "08-00721-91001942", "HS-00721-2026-000001", "2026-11-10")
    late(places.neighbour, "08-00724-000001", "HS-00724-2026-000001", "2026-12-10")
    with owner():
        # Seventy-six, without a pension: the engine must find her.
        home = cast.make_household("08-00721-900500", places.commune, places.village, cast.make_change(places.village, "Hồ sơ mới"))
        cast.make_person(home, "Lầu Thị Chở", "head", "1950-03-03", sex="female")
    by = Scope("area", places.province.position or 0, places.province.position_end or 0, role="system")
    with acting(by):
        findings.find(month=computed, place=Place(PROVINCE_NO, by.lo, by.hi), province_code="08")
    return places


def late(commune: cast.Area, code: str, number: str, due: str) -> None:
    with owner():
        home = Household.objects.get(code=code)
        person = Person.objects.get(household=home, relation="head")
        Case.objects.create(
            form="335-01", commune=commune, household=home, person=person, applicant=person.full_name, status="received", number=number,
            received_on=cast.day("2026-10-20"), due_on=cast.day(due), benefits=["TCXH-5.6"], province_no=PROVINCE_NO, area_pos=home.area_pos,
        )  # fmt: skip


def test_the_desk_leads_to_late_cases_findings_by_commune_and_the_month(province: Places, sign_in: Callable[[str], Page]) -> None:
    page = sign_in("tinh")
    piles = page.get_by_role("navigation", name="Đang chờ bạn")
    expect(piles.get_by_role("link", name="Hồ sơ quá hạn")).to_contain_text("1")
    piles.get_by_role("link", name="Hồ sơ quá hạn").click()
    expect(page.get_by_role("table")).to_contain_text("HS-00721-2026-000001")
    expect(page.get_by_role("table")).not_to_contain_text("HS-00724-2026-000001")
    expect(page.get_by_role("table")).to_contain_text("Quá hạn")

    page.goto("/")
    piles.get_by_role("link", name="Đối tượng hệ thống tìm thấy").click()
    communes = page.get_by_role("table", name="Số việc theo xã")
    expect(communes).to_contain_text("Xã Đồng Văn")
    expected = int(communes.get_by_role("row", name="Xã Đồng Văn").get_by_role("cell").inner_text())
    communes.get_by_role("link", name="Xã Đồng Văn").click()
    expect(page.get_by_role("table", name="Từng việc").locator("tbody tr")).to_have_count(expected)
    # The province looks; the commune acts.
    expect(page.get_by_role("columnheader", name="Xử lý")).to_have_count(0)

    page.get_by_role("link", name="Tính trợ cấp tháng").click()
    page.locator("main a.go").first.click()
    expect(page.locator("main")).to_contain_text("so với tháng trước")
    compared = page.get_by_role("region", name="So với tháng trước").get_by_role("row").filter(has_text="khuyết tật").first
    compared.get_by_role("link", name="xem từng người").click()
    expect(page.get_by_role("table")).to_contain_text("Sùng A Chơ")


def test_a_list_of_more_than_a_thousand_goes_out_with_a_second_persons_word_only(
    places: Places, desk: Callable[[str], Page], work: Callable[[], int]
) -> None:
    with owner():
        cast.make_officer("pho", "Trần Thị Phó", Role.PROVINCE_OFFICER, places.province)
        crowd(places)
    asking, second = desk("tinh"), desk("pho")
    asking.goto("/downloads/new/persons/")
    expect(asking.locator("main")).to_contain_text("Cần người thứ hai duyệt")
    asking.get_by_label("Lý do").fill("Báo cáo quý IV theo công văn 12/LĐTBXH")
    asking.get_by_role("button", name="Gửi yêu cầu duyệt").click()
    expect(asking.get_by_role("heading", level=1)).to_have_text("Tệp của tôi")
    expect(asking.get_by_role("table")).to_contain_text("Chờ người thứ hai")
    assert work() == 0
    # The asker has no button to agree with himself.
    with owner():
        asked = ExportRequest.objects.get()
    asking.goto(f"/downloads/{asked.public_id}/decide/")
    expect(asking.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)

    second.goto("/downloads/")
    second.get_by_role("table", name="Yêu cầu xuất dữ liệu chờ duyệt").get_by_role("link", name="Nguyễn Văn Tỉnh").click()
    expect(second.locator("main")).to_contain_text("Báo cáo quý IV")
    expect(second.locator("main")).not_to_contain_text("Giàng")
    second.get_by_role("button", name="Duyệt", exact=True).click()
    assert work() == 1

    asking.goto("/downloads/")
    with asking.expect_download() as download:
        asking.get_by_role("button", name="Tải về").click()
    sheet = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert sheet.testzip() is None
    written = [sheet.read(name).count(b"<row ") for name in sheet.namelist() if name.startswith("xl/worksheets/")]
    assert max(written) > MORE_THAN_A_THOUSAND


def crowd(places: Places) -> None:
    """A household of the review with more people than one person may take out alone; the second fence is a number of persons, not of rows."""
    home = cast.make_household("08-00721-900900", places.commune, places.village, cast.make_change(places.village, "Danh sách thử"))
    name = "Lý Văn Đông"
    Person.objects.bulk_create(
        Person(
            household=home, full_name=name, name_key=fold(name), name_sort=sort_key(name), relation="other", born=cast.day("1990-01-01"),
            change=home.change, province_no=PROVINCE_NO, area_pos=home.area_pos, household_since=cast.day("2018-01-01"), ethnicity="01",
        )
        for _number in range(MORE_THAN_A_THOUSAND)
    )  # fmt: skip
