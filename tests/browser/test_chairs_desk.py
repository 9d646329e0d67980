"""The chair's desk in a real browser: three papers read beside the list and signed at once, with one code."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable

import pytest
import time_machine
from playwright.sync_api import Page, expect

from beneficiaries.models import Decision, DecisionDocument
from beneficiaries.operations import decision_documents, findings
from beneficiaries.operations.compute import Place
from households.models import Person
from posasoft.core.models import Role, RoleAssignment
from posasoft.core.scope import Scope, acting
from tests.browser import cast
from tests.browser.cast import PROVINCE_NO, Places
from tests.browser.test_accessible import problems_everywhere
from tests.support.database import owner
from tests.support.second_factor import code_for

pytestmark = pytest.mark.browser
WOMEN = ("Lầu Thị Chở", "Lầu Thị Máy", "Lầu Thị Súng")


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("KEEP_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def papers(places: Places) -> list[DecisionDocument]:
    """Three women of 76 without a pension; Mai has prepared their papers, and the engine has looked at the month."""
    with owner():
        cast.make_officer("chutich", "Sùng Mí Lử", Role.COMMUNE_CHAIR, places.commune)
        for number, name in enumerate(WOMEN):
            home = cast.make_household(
                f"08-00721-90050{number}", places.commune, places.village, cast.make_change(places.village, "Hồ sơ mới")
            )
            cast.make_person(home, name, "head", "1950-03-03", sex="female")
        held = RoleAssignment.objects.get(user__username="mai")
    commune = places.commune
    by = Scope("area", commune.position or 0, commune.position_end or 0, held.user_id, held.role, held.pk)
    province = places.province
    with acting(Scope("area", province.position or 0, province.position_end or 0, role="system")):
        place = Place(PROVINCE_NO, province.position or 0, province.position_end or 0)
        findings.find(month=datetime.date(2026, 11, 1), place=place, province_code="08")
    with acting(by):
        drafts = [decision_documents.prepare(kind="grant", person=Person.objects.get(full_name=name), by=by) for name in WOMEN]
        return [decision_documents.submit(document=draft, by=by) for draft in drafts]


def test_three_papers_are_read_beside_the_list_and_signed_with_one_code(
    papers: list[DecisionDocument], sign_in: Callable[[str], Page]
) -> None:
    page = sign_in("chutich")
    page.goto("/decisions/waiting/")
    page.get_by_role("link", name=WOMEN[0]).click()
    expect(page.locator("#panel")).to_contain_text("Năm trăm bốn mươi nghìn đồng")
    shoot(page, "waiting")
    page.get_by_label("Chọn tất cả").check()
    # The confirmation of the sign-in has run out meanwhile: the code is asked for once, for all three.
    with time_machine.travel(cast.TODAY + datetime.timedelta(minutes=20), tick=True):
        page.get_by_role("button", name="Ký các quyết định đã chọn").click()
        page.get_by_label("Mật khẩu").fill(cast.PASSWORD)
        page.get_by_label("Mã xác thực").fill(code_for())
        page.locator("main").get_by_role("button").first.click()
        page.get_by_role("button", name="Tiếp tục").click()
        expect(page.locator("main")).to_contain_text("Đã ký 3 quyết định: 01/QĐ-UBND, 02/QĐ-UBND, 03/QĐ-UBND.")
    with owner():
        assert Decision.objects.filter(person__full_name__in=WOMEN, benefit="PENSION-SOCIAL").count() == 3


def test_the_pages_of_decisions_are_accessible(papers: list[DecisionDocument], sign_in: Callable[[str], Page]) -> None:
    page = sign_in("mai")
    person = papers[0].person
    assert person is not None
    with owner(), acting(Scope("area", 0, 10**6, papers[0].prepared_by_id, "commune_officer")):
        decision_documents.send_back(document=papers[2], reason="Thiếu giấy tờ", by=Scope("area", 0, 10**6, 1, "commune_chair"))
    found = []
    for name, address in (
        ("register", "/decisions/"), ("desk", "/decisions/waiting/"), ("paper", f"/decisions/{papers[0].public_id}/"),
        ("draft", f"/decisions/{papers[2].public_id}/"), ("new", f"/decisions/new/?person={person.public_id}"), ("findings", "/findings/"),
        ("check", "/check/KHONGCO/"),
    ):  # fmt: skip
        found += problems_everywhere(page, address)
        shoot(page, name)
    assert found == []
