"""The household page, the run and the lists show the same money, and say why."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from beneficiaries import operations
from households.models import Household, Person
from payments.models import PaymentList
from posasoft.core import jobs
from posasoft.core.models import AuditEvent, Role, User
from posasoft.core.months import add_months, first_of_month, iso_month
from posasoft.core.scope import COUNTRY
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import as_scope, owner

# Really committed: a run's work is one transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def month(places: Places) -> datetime.date:
    """The month before and this one are computed; a third family began in between."""
    this = first_of_month(timezone.localdate())
    for step in (-1, 0):
        with as_scope(COUNTRY):
            operations.start_run(month=add_months(this, step), by=COUNTRY)
            jobs.run_all(beating=False)
        with owner():
            cast.make_new_recipient(places, this)
    return this


def page(code: str) -> str:
    with owner():
        return f"/households/{Household.objects.get(code=code).public_id}/"


def test_package_list_and_run_agree(enter: Callable[[User], Client], officer: User, month: datetime.date) -> None:
    client = enter(officer)
    assert "3.300.000\u00a0đ" in client.get(page("08-00721-91001942")).content.decode()
    lists = client.get("/lists/").context
    assert lists["pulse"].amount == 3_300_000 + 540_000 + 810_000
    assert lists["pulse"].households == 3
    run = client.get(f"/runs/{iso_month(month)}/").context
    assert run["pulse"] == lists["pulse"]


def test_the_comparison_names_the_new_recipient_and_why(enter: Callable[[User], Client], officer: User, month: datetime.date) -> None:
    body = enter(officer).get(f"/runs/{iso_month(month)}/changes/?kind=new").content.decode()
    assert "Sùng A Chơ" in body
    assert "Quyết định mới" in body


def test_a_months_changes_stay_inside_the_commune(enter: Callable[[User], Client], places: Places, month: datetime.date) -> None:
    with owner():
        user = cast.make_officer("ben", "Lù Thị Bên", Role.COMMUNE_OFFICER, places.neighbour)
    client = enter(user)
    assert "Sùng A Chơ" not in client.get(f"/runs/{iso_month(month)}/changes/").content.decode()
    with owner():
        ours = PaymentList.objects.get(month=month, commune=places.commune)
    for address in (f"/lists/{ours.pk}/", f"/lists/{ours.pk}/pdf/", f"/lists/{ours.pk}/xlsx/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_download_is_a_file_with_a_name_and_leaves_a_trace(
    enter: Callable[[User], Client], officer: User, places: Places, month: datetime.date, kind: str
) -> None:
    with owner():
        ours = PaymentList.objects.get(month=month, commune=places.commune)
    response = enter(officer).get(f"/lists/{ours.pk}/{kind}/")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    with owner():
        assert AuditEvent.objects.filter(verb="export", object_id=str(ours.pk), actor_id=officer.pk).count() == 1


def test_why_answers_for_a_payment_and_for_refusals(enter: Callable[[User], Client], officer: User, month: datetime.date) -> None:
    with owner():
        child = Person.objects.get(full_name="Giàng Mí Sính")
    address = f"{page('08-00721-91001942')}why/?month={iso_month(month)}&person={child.public_id}&benefit=TCXH-5.6"
    client = enter(officer)
    panel = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "540.000 đồng × 2,5 = 1.350.000 đồng" in panel
    assert "<html" not in panel
    assert "Không đủ điều kiện" in panel
    assert "<html" in client.get(address).content.decode()


def test_why_is_not_answered_about_people_of_another_household(
    enter: Callable[[User], Client], officer: User, month: datetime.date
) -> None:
    with owner():
        stranger = Person.objects.get(full_name="Lò Văn Nam")
    client = enter(officer)
    for wrong in (stranger.public_id, "khong-phai-uuid"):
        assert client.get(f"{page('08-00721-91001942')}why/?person={wrong}").status_code == 404


def test_rules_that_read_a_diagnosis_are_left_out_for_those_who_only_count(
    enter: Callable[[User], Client], places: Places, month: datetime.date
) -> None:
    with owner():
        analyst = cast.make_officer("bo", "Trần Thị Bộ", Role.MINISTRY_ANALYST, None)
        child = Person.objects.get(full_name="Lò Văn Nam")
    body = enter(analyst).get(f"{page('08-00721-900117')}why/?person={child.public_id}").content.decode()
    assert "HIV" not in body
    assert "Không đủ điều kiện" in body


def test_the_eligible_without_a_decision_are_listed_for_the_commune_only(
    enter: Callable[[User], Client], officer: User, places: Places
) -> None:
    with owner():
        change = cast.make_change(places.village, "Thêm")
        for commune, code, name in (
            (places.commune, "08-00721-900400", "Mua Chứ Dũng"),
            (places.neighbour, "08-00724-000400", "Mua Canary"),
        ):
            home = cast.make_household(code, commune, None, change)
            cast.make_person(home, name, "head", "1945-02-02", sex="male")
    body = enter(officer).get("/review/").content.decode()
    assert "Mua Chứ Dũng" in body
    assert "Canary" not in body
    assert "Canary" not in enter(officer).get(f"/review/?area={places.neighbour.pk}").content.decode()


def test_a_run_is_started_once_by_two_clicks_and_only_from_the_latest_month_on(
    enter: Callable[[User], Client], places: Places, month: datetime.date
) -> None:
    with owner():
        user = cast.make_officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province)
    client = enter(user)
    following = iso_month(add_months(month, 1))
    for _click in range(2):
        assert client.post("/runs/start/", {"month": following})["Location"] == f"/runs/{following}/"
    assert "Đã tính đến tháng" in client.post("/runs/start/", {"month": iso_month(month)}, follow=True).content.decode()
    assert client.post("/runs/start/", {"month": "mười một"}, follow=True).status_code == 200


@pytest.mark.parametrize("month_text", ["2026-13", "khong", "1999-01"])
def test_a_month_that_was_never_computed_is_not_found(enter: Callable[[User], Client], officer: User, month_text: str) -> None:
    assert enter(officer).get(f"/runs/{month_text}/").status_code == 404


def test_the_household_page_asks_the_same_number_of_questions_for_a_big_family(
    enter: Callable[[User], Client],
    officer: User,
    places: Places,
    month: datetime.date,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    with owner():
        home = Household.objects.get(code="08-00721-900117")
        for number in range(12):
            cast.make_person(home, f"Lò Thị {number}", "child", "2015-01-01")
    client = enter(officer)
    with django_assert_max_num_queries(38):
        assert client.get(page("08-00721-900117")).status_code == 200


def test_a_commune_is_shown_no_other_areas_totals(enter: Callable[[User], Client], officer: User, month: datetime.date) -> None:
    client = enter(officer)
    for address in (f"/runs/{iso_month(month)}/", f"/runs/{iso_month(month)}/status/"):
        body = client.get(address).content.decode()
        assert "Tiến độ" in body
        assert "Từng tỉnh" not in body
