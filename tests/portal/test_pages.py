"""The pages of a household and a person: everything about them a tab away, light, in scope, and nothing that the role may not know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beneficiaries.models import Package
from households.models import Household, ImportBatch, ImportRow, Person
from households.operations import set_fact, start_change
from payments.models import PaymentLine, PaymentList
from posasoft.core.history import because
from posasoft.core.models import Role, User
from posasoft.core.scope import COUNTRY
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db
PAO, MAI = "08-00721-91001942", "08-00721-900117"
TABS = ("money", "papers", "history", "looks")
CANARY = "Canary"


@pytest.fixture
def client_of_officer(enter: Callable[[User], Client], officer: User) -> Client:
    return enter(officer)


def home(code: str) -> Household:
    with owner():
        return Household.objects.get(code=code)


def person(name: str) -> Person:
    with owner():
        return Person.objects.get(full_name=name)


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


@pytest.mark.parametrize("tab", ["", *(f"{tab}/" for tab in TABS)])
def test_a_neighbours_pages_do_not_exist(client_of_officer: Client, places: Places, tab: str) -> None:
    stranger = person("Giàng Mí Páo Canary")
    assert client_of_officer.get(f"/households/{home('08-00724-000001').public_id}/{tab}").status_code == 404
    assert client_of_officer.get(f"/persons/{stranger.public_id}/{tab}").status_code == 404


@pytest.mark.parametrize("tab", ["", *(f"{tab}/" for tab in TABS)])
def test_every_tab_opens_without_the_neighbour(client_of_officer: Client, places: Places, tab: str) -> None:
    pao = home(PAO)
    assert CANARY not in body(client_of_officer, f"/households/{pao.public_id}/{tab}")
    assert CANARY not in body(client_of_officer, f"/persons/{person('Giàng Mí Páo').public_id}/{tab}")


@pytest.mark.parametrize("tab", ["", *(f"{tab}/" for tab in TABS)])
def test_the_number_of_queries_is_fixed_whatever_the_number_of_members(client_of_officer: Client, places: Places, tab: str) -> None:
    address = f"/households/{home(PAO).public_id}/{tab}"
    body(client_of_officer, address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        body(client_of_officer, address)
    with owner():
        for number in range(25):
            cast.make_person(home(PAO), f"Giàng Thị Thêm {chr(65 + number)}", "child", "2010-01-01", number=f"00221{number:07}")
    with CaptureQueriesContext(connection) as many:
        body(client_of_officer, address)
    assert len(many) == len(few)
    assert len(many) <= 36, "\n".join(query["sql"][:90] for query in many)


def test_the_first_page_stays_light(client_of_officer: Client, places: Places) -> None:
    assert len(body(client_of_officer, f"/households/{home(PAO).public_id}/").encode()) < 60_000


def test_history_tells_before_and_after_who_when_and_why(client_of_officer: Client, officer: User, places: Places) -> None:
    sinh, pao = person("Giàng Mí Sính"), home(PAO)
    with owner():
        change = start_change(kind="request", by=COUNTRY, province_no=2, area_pos=pao.area_pos, reason="Lên cấp hai", source="Học bạ")
        mai = COUNTRY.__class__("area", COUNTRY.lo, COUNTRY.hi, officer.pk, "commune_officer")
        set_fact(
            subject="p", subject_id=sinh.pk, fact="studying", value="lower_secondary", since=cast.day("2026-09-05"), change=change, by=mai
        )
        with because(change=change.pk, by=mai, reason="Đính chính tên"):
            Person.objects.filter(pk=sinh.pk).update(full_name="Giàng Mí Sinh")
    page = body(client_of_officer, f"/households/{pao.public_id}/history/")
    for wanted in (
        "Tiểu học",
        "Trung học cơ sở",
        "Lên cấp hai",
        "Hầu Thị Mai",
        "Học bạ",
        "từ 05/09/2026",
        "Đính chính tên",
        "Giàng Mí Sinh",
    ):
        assert wanted in page, wanted
    studying = body(client_of_officer, f"/persons/{sinh.public_id}/history/?fact=studying")
    assert "Trung học cơ sở" in studying
    assert "Đính chính tên" not in studying
    assert "Trung học cơ sở" not in body(client_of_officer, f"/households/{pao.public_id}/history/?who=household").split("<main")[1]


def test_history_goes_page_by_page_without_a_gap(client_of_officer: Client, places: Places) -> None:
    pao = home(PAO)
    with owner():
        for number in range(65):
            with because(change=None, by=COUNTRY, reason=f"lần {number}"):
                Household.objects.filter(pk=pao.pk).update(b1=number)
    seen: list[str] = []
    address = f"/households/{pao.public_id}/history/"
    for _turn in range(3):
        page = client_of_officer.get(address).context["page"]
        seen += [version.why for version in page.versions]
        address = f"/households/{pao.public_id}/history/?after={page.after}"
    assert page.after == ""
    assert seen == [f"lần {number}" for number in reversed(range(65))]


def test_a_position_that_moved_is_no_change_of_the_household(client_of_officer: Client, places: Places) -> None:
    pao = home(PAO)
    with owner():
        Household.objects.filter(pk=pao.pk).update(area_pos=pao.area_pos)
        Household.objects.filter(pk=pao.pk).update(area_pos=places.commune.position)
    assert client_of_officer.get(f"/households/{pao.public_id}/history/").context["page"].versions == []


def test_former_members_are_told_with_their_time(client_of_officer: Client, places: Places) -> None:
    pao, mai = home(PAO), home(MAI)
    with owner():
        moved = cast.make_person(mai, "Giàng Thị Cũ", "spouse", "2000-02-02", household_since=cast.day("2026-05-01"))
        cast.close_spell("p", moved, "membership", {"household_id": pao.pk, "relation": "child"}, "2018-01-01", "2026-05-01")
    page = body(client_of_officer, f"/households/{pao.public_id}/")
    assert "Từng ở hộ này" in page
    assert "Giàng Thị Cũ" in page


def paid(pao: Household, places: Places, month: str, amount: int, *, released: bool) -> None:
    day = cast.day(month)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_open_month(%s)", [day])
    pay_list = PaymentList.objects.create(
        month=day, commune=places.commune, households=1, amount=amount, arrears=0, recovery=0, run_id=1, province_no=2,
        area_pos=places.commune.position,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paymentline (month, list_id, household_id, amount, arrears, recovery, carried, total, components, province_no,"
            " area_pos) VALUES (%s, %s, %s, %s, 0, 0, 0, %s, '[]', 2, %s)",
            [day, pay_list.pk, pao.pk, amount, amount, pao.area_pos],
        )
    if released:
        PaymentList.objects.filter(pk=pay_list.pk).update(
            status="released", released_at=cast.TODAY, checksum="x" * 64, number=f"{month[:7]}-1"
        )
    assert PaymentLine.objects.filter(household_id=pao.pk, month=day).exists()


def test_any_month_shows_what_was_due_what_was_ordered_and_where_it_stands(client_of_officer: Client, places: Places) -> None:
    pao = home(PAO)
    with owner():
        Package.objects.create(
            household=pao, amount=2_660_000, lines=2, from_month=cast.day("2025-01-01"), run_id=1, province_no=2, area_pos=pao.area_pos
        )
        paid(pao, places, "2026-03-01", 2_660_000, released=True)
        paid(pao, places, "2026-04-01", 2_500_000, released=False)
    months = {m.month.isoformat(): m for m in client_of_officer.get(f"/households/{pao.public_id}/money/?month=2026-06").context["months"]}
    assert len(months) == 12
    assert (months["2026-03-01"].due, months["2026-03-01"].differs) == (2_660_000, False)
    assert (months["2026-04-01"].differs, months["2026-05-01"].line) == (True, None)
    page = body(client_of_officer, f"/households/{pao.public_id}/money/?month=06%2F2026")
    assert 'name="month" inputmode="numeric"' in page
    assert 'value="06/2026"' in page
    for wanted in ("2026-03-1", "Danh sách dự thảo", "Đã tính, chưa lập danh sách", "2.660.000"):
        assert wanted in page


def test_who_looked_is_told_to_those_who_may_look(client_of_officer: Client, officer: User, places: Places) -> None:
    pao = home(PAO)
    body(client_of_officer, f"/households/{pao.public_id}/")
    page = body(client_of_officer, f"/households/{pao.public_id}/looks/").split("<main")[1]
    assert "Hầu Thị Mai" in page
    assert "Mở trang" in page


def test_what_a_list_declares_stands_beside_what_is_accepted(client_of_officer: Client, places: Places) -> None:
    pao, sinh = home(PAO), person("Giàng Mí Sính")
    with owner():
        batch = ImportBatch.objects.create(
            area=places.commune, area_date=cast.day("2026-10-01"), file="x", file_name="ra-soat.xlsx", sha256="0" * 64, size=1, status="staged",
            province_no=2, area_pos=places.commune.position,
        )  # fmt: skip
        ImportRow.objects.create(
            batch=batch, row=5, block=1, full_name=sinh.full_name, name_key="x", name_sort="x", person=sinh, household=pao, match="id",
            verdict="changed", diff={"studying": ["primary", "lower_secondary"]}, province_no=2, area_pos=pao.area_pos,
        )  # fmt: skip
    assert "Xem khai và sổ cạnh nhau" in body(client_of_officer, f"/households/{pao.public_id}/")
    page = body(client_of_officer, f"/households/{pao.public_id}/papers/").split("<main")[1]
    for wanted in ("Tiểu học", "Trung học cơ sở", "ra-soat.xlsx"):
        assert wanted in page


HIV_ROLES = [
    (Role.COMMUNE_OFFICER, True), (Role.COMMUNE_CHAIR, True), (Role.CLUSTER_OFFICER, False), (Role.PROVINCE_OFFICER, False),
    (Role.MINISTRY_ANALYST, False), (Role.AUDITOR, False), (Role.ADMINISTRATOR, False),
]  # fmt: skip


@pytest.mark.parametrize(("role", "may"), HIV_ROLES)
def test_a_diagnosis_is_shown_nowhere_to_a_role_that_may_not_know_it(
    enter: Callable[[User], Client], places: Places, role: Role, may: bool
) -> None:
    child, mai = person("Lò Văn Nam"), home(MAI)
    with owner():
        change = start_change(kind="request", by=COUNTRY, province_no=2, area_pos=mai.area_pos, reason="Bổ sung thông tin")
        set_fact(subject="p", subject_id=child.pk, fact="hiv", value=True, since=cast.day("2025-01-01"), change=change, by=COUNTRY)
        set_fact(
            subject="p", subject_id=child.pk, fact="studying", value="primary", since=cast.day("2025-09-05"), change=change, by=COUNTRY
        )
        cast.decide(child, "TCXH-5.3", "2025-02-10", "14/QĐ-UBND")
        area = places.commune if role in (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR) else places.province
        reader = cast.make_officer("doc", "Người Đọc", role, area)
    client = enter(reader)
    pages = {
        f"/persons/{child.public_id}/": may,
        f"/persons/{child.public_id}/history/": may,
        f"/persons/{child.public_id}/history/?fact=hiv": may,
        f"/persons/{child.public_id}/papers/": may,
        f"/households/{mai.public_id}/papers/": may,
        f"/households/{mai.public_id}/history/": may,
        f"/households/{mai.public_id}/": False,
    }
    for address, told in pages.items():
        found = client.get(address)
        if found.status_code != 200:
            assert role not in (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR), (address, found.status_code)
            continue
        text = found.content.decode().split("<main")[1]
        assert ("HIV" in text) == told, address


def test_the_months_changes_do_not_name_a_diagnosis_to_a_counter(enter: Callable[[User], Client], places: Places) -> None:
    with owner():
        analyst = cast.make_officer("bo", "Trần Thị Bộ", Role.MINISTRY_ANALYST, None)
    client = enter(analyst)
    for address in ("/review/?list=missing", f"/review/?area={places.commune.pk}"):
        response = client.get(address)
        assert "HIV" not in response.content.decode()
