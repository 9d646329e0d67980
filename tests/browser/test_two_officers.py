"""Two people at one thing, each in a browser of their own: nothing is overwritten silently, and nobody signs what they prepared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from beneficiaries.models import Case, DecisionDocument
from beneficiaries.operations import decision_documents
from households.models import ChangeRequest, Household, Person
from posasoft.core.models import Role, RoleAssignment
from posasoft.core.scope import Scope, acting
from tests.browser import cast
from tests.browser.cast import PROVINCE_NO, Places
from tests.support.database import owner
from tests.support.second_factor import enrol

pytestmark = pytest.mark.browser
Desk = Callable[[str], Page]


@pytest.fixture
def officers(places: Places) -> Places:
    """Mai has a colleague, Dính; the chair signs for both."""
    with owner():
        cast.make_officer("dinh", "Ly Thị Dính", Role.COMMUNE_OFFICER, places.commune)
        cast.make_officer("chutich", "Sùng Mí Lử", Role.COMMUNE_CHAIR, places.commune)
    return places


def see_schooling(page: Page, child: Person, level: str) -> None:
    """As far as the preview of a change of schooling, which a commune officer writes without asking."""
    page.goto(f"/persons/{child.public_id}/")
    page.get_by_role("button", name="Báo thay đổi").click()
    page.get_by_role("button", name="Đi học", exact=True).click()
    page.get_by_label("Bậc học").select_option(level)
    page.get_by_label("Từ ngày").fill("05/09/2026")
    page.get_by_label("Căn cứ, lý do").fill("Danh sách của trường")
    page.get_by_role("button", name="Xem trước khi gửi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước khi gửi")


def test_the_second_of_two_who_change_one_fact_sees_what_the_first_wrote_and_chooses(officers: Places, desk: Desk) -> None:
    with owner():
        child = Person.objects.get(full_name="Giàng Mí Sính")
    mai, dinh = desk("mai"), desk("dinh")
    see_schooling(mai, child, "lower_secondary")
    see_schooling(dinh, child, "upper_secondary")
    mai.get_by_role("button", name="Ghi vào sổ").click()
    expect(mai.locator("main")).to_contain_text("Đã ghi vào sổ.")
    dinh.get_by_role("button", name="Ghi vào sổ").click()
    expect(dinh.get_by_role("alert").first).to_contain_text("người khác đã sửa sổ")
    with owner():
        child.refresh_from_db()
        assert child.studying == "lower_secondary"
    row = dinh.get_by_role("row", name="Bậc học").filter(has=dinh.get_by_role("radio"))
    expect(row.get_by_role("cell")).to_have_text(["Tiểu học", "Trung học cơ sở", "Trung học phổ thông"])
    for each in dinh.get_by_role("table", name="Những ô khác nhau").locator("tbody tr").all():
        each.get_by_role("radio").last.check()
    dinh.get_by_role("button", name="Ghi vào sổ").click()
    expect(dinh.locator("main")).to_contain_text("Đã ghi vào sổ.")
    with owner():
        child.refresh_from_db()
        assert child.studying == "upper_secondary"
        assert [row.status for row in ChangeRequest.objects.order_by("applied_at")] == ["applied", "applied"]


def test_what_two_officers_ask_about_one_household_is_chosen_field_by_field_by_the_chair(officers: Places, desk: Desk) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
    for username, b1 in (("mai", "141"), ("dinh", "155")):
        ask_for_near_poor(desk(username), home, b1)
    chair = desk("chutich")
    for number in range(2):
        chair.goto("/changes/?tab=approve")
        chair.locator("main a.go").first.click()
        if number:
            table = chair.get_by_role("table", name="Những ô khác nhau")
            expect(table).to_be_visible()
            before, registered, asked = table.get_by_role("row", name="Điểm B1").get_by_role("cell").all_inner_texts()
            assert (before.strip(), {registered.strip(), asked.strip()}) == ("119", {"141", "155"})
            for each in table.locator("tbody tr").all():
                each.get_by_role("radio").first.check()
        chair.get_by_role("button", name="Duyệt", exact=True).click()
        expect(chair.locator("main")).to_contain_text("Đã duyệt và ghi vào sổ.")
    with owner():
        home.refresh_from_db()
        assert (home.poverty, home.b1) == ("near_poor", int(registered))


def ask_for_near_poor(page: Page, home: Household, b1: str) -> None:
    page.goto(f"/households/{home.public_id}/")
    page.get_by_role("button", name="Báo thay đổi").click()
    page.get_by_role("button", name="Phân loại hộ", exact=True).click()
    page.get_by_label("Phân loại", exact=True).select_option("near_poor")
    page.get_by_label("Điểm B1").fill(b1)
    page.get_by_label("Căn cứ", exact=True).select_option(index=1)
    page.get_by_label("Phân loại có hiệu lực từ ngày").fill("01/10/2026")
    page.get_by_label("Căn cứ, lý do").fill(f"Biên bản, {b1} điểm")
    page.get_by_role("button", name="Xem trước khi gửi").click()
    page.get_by_role("button", name="Gửi để duyệt").click()
    expect(page.locator("main")).to_contain_text("Đã gửi.")


def test_the_second_at_a_case_is_told_who_was_first_and_where_it_stands(officers: Places, desk: Desk) -> None:
    with owner():
        person = Person.objects.get(full_name="Giàng Mí Páo")
        case = Case.objects.create(
            form="335-01", commune=officers.commune, household=person.household, person=person, applicant=person.full_name,
            status="received", number="HS-00721-2026-000001", received_on=cast.day("2026-11-20"), due_on=cast.day("2026-12-08"),
            benefits=["TCXH-5.6"], province_no=PROVINCE_NO, area_pos=person.area_pos,
        )  # fmt: skip
    mai, dinh = desk("mai"), desk("dinh")
    for page in (mai, dinh):
        page.goto(f"/cases/{case.public_id}/")
        expect(page.get_by_role("button", name="Hồ sơ hợp lệ, chuyển thẩm định")).to_be_visible()
    mai.get_by_role("button", name="Hồ sơ hợp lệ, chuyển thẩm định").click()
    expect(mai.locator("main")).to_contain_text("HS-00721-2026-000001: Hồ sơ hợp lệ, chuyển thẩm định.")
    dinh.get_by_role("button", name="Hồ sơ hợp lệ, chuyển thẩm định").click()
    told = dinh.locator("main")
    expect(told).to_contain_text("không làm được việc này")
    expect(told).to_contain_text("Hồ sơ đang ở bước “Đã kiểm tra” (Hầu Thị Mai, ")
    # The page shows where the case stands now: the next move can be made from here.
    expect(dinh.get_by_label("1. Đủ điều kiện")).to_be_visible()
    expect(dinh.get_by_role("button", name="Hồ sơ hợp lệ, chuyển thẩm định")).to_have_count(0)
    with owner():
        assert case.steps.count() == 1


def test_who_prepared_a_decision_has_no_pen_and_a_forged_form_signs_nothing(officers: Places, desk: Desk) -> None:
    paper = prepared_by_mai(officers)
    mai, chair = desk("mai"), desk("chutich")
    for page in (mai, chair):
        page.goto("/decisions/waiting/")
        expect(page.get_by_role("link", name="Lầu Thị Chở", exact=True)).to_be_visible()
    expect(chair.get_by_role("button", name="Ký các quyết định đã chọn")).to_be_visible()
    expect(mai.get_by_role("button", name="Ký các quyết định đã chọn")).to_have_count(0)
    expect(mai.get_by_role("checkbox")).to_have_count(0)
    assert forged(mai, paper) == 403
    # Mai is given the chair's role for a week of leave: what she prepared herself stays out of her reach.
    with owner():
        held = RoleAssignment.objects.get(user__username="mai")
        RoleAssignment.objects.filter(pk=held.pk).update(role=Role.COMMUNE_CHAIR)
        enrol(held.user)
    mai = desk("mai")
    mai.goto("/decisions/waiting/")
    expect(mai.get_by_role("row", name="Lầu Thị Chở")).to_contain_text("tự soạn")
    expect(mai.get_by_label("Chọn Lầu Thị Chở")).to_have_count(0)
    assert forged(mai, paper) == 200
    expect_unsigned(paper)
    chair.get_by_label("Chọn Lầu Thị Chở").check()
    chair.get_by_role("button", name="Ký các quyết định đã chọn").click()
    expect(chair.locator("main")).to_contain_text("Đã ký 1 quyết định: 01/QĐ-UBND.")


def prepared_by_mai(places: Places) -> DecisionDocument:
    """A paper for a woman of 76 without a pension, on the chair's desk."""
    with owner():
        held = RoleAssignment.objects.get(user__username="mai")
        home = cast.make_household("08-00721-900700", places.commune, places.village, cast.make_change(places.village, "Hồ sơ mới"))
        person = cast.make_person(home, "Lầu Thị Chở", "head", "1950-03-03", sex="female")
    by = Scope("area", places.commune.position or 0, places.commune.position_end or 0, held.user_id, held.role, held.pk)
    with acting(by):
        draft = decision_documents.prepare(kind="grant", person=person, by=by)
        return decision_documents.submit(document=draft, by=by)


def forged(page: Page, paper: DecisionDocument) -> int:
    """The answer to the form of the desk, sent by hand with this browser's cookies and token."""
    token = next(cookie["value"] for cookie in page.context.cookies() if "csrf" in cookie["name"])
    answer = page.context.request.post(
        "/decisions/sign/", form={"id": str(paper.public_id), "csrfmiddlewaretoken": token}, headers={"Referer": page.url}
    )
    return answer.status


def expect_unsigned(paper: DecisionDocument) -> None:
    with owner():
        paper.refresh_from_db()
        assert (paper.status, paper.signed_by_id) == ("prepared", None)
