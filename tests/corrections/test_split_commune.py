"""A commune is split between two others while its families' months are being corrected: each family's money goes on where it was placed."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from beneficiaries.models import Decision, Entitlement, Package
from households.models import UnplacedHousehold
from households.operations import set_fact, start_change
from households.reform import placing
from payments.models import Correction
from payments.operations.proving import prove
from posasoft.core.models import Area
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting
from tests.areas_reform.country import JANUARY, SPLIT, Country, make_country, reformed
from tests.corrections.scene import OCTOBER, SEPTEMBER, compute, open_corrections, pay
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER = add_months(OCTOBER, 1)
DECEMBER = add_months(OCTOBER, 2)
NOTHING_MORE = {"class": "none", "b1": None, "b2": None}


def told(country: Country, home: str, degree: str, since: datetime.date) -> None:
    """The head's degree of disability from a day on."""
    with acting(COUNTRY):
        held = country.homes[home]
        held.refresh_from_db()
        change = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=held.area_pos, reason="giấy xác nhận mới")
        value = {"degree": degree, "type": "mobility", "certified": since.isoformat()}
        person = held.members.get(relation="head")
        set_fact(subject="p", subject_id=person.pk, fact="disability", value=value, since=since, change=change, by=COUNTRY)


@pytest.fixture
def country(transactional_db: None) -> Country:
    """The country of the reform's tests, its families neither poor nor at school; three heads of Xã Tả Lủng are disabled. Its placeholders for
    computed money go, so that months are computed here."""
    made = make_country()
    with owner():
        Entitlement.objects.all().delete()
        Package.objects.all().delete()
        Decision.objects.update(from_month=SEPTEMBER)
        with acting(COUNTRY):
            change = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=made.ta_lung.position or 0, reason="rà soát")
            for home in made.homes.values():
                set_fact(subject="h", subject_id=home.pk, fact="poverty", value=NOTHING_MORE, since=JANUARY, change=change, by=COUNTRY)
                child = home.members.get(relation="child").pk
                set_fact(subject="p", subject_id=child, fact="studying", value=None, since=JANUARY, change=change, by=COUNTRY)
    for name, degree in (("tl_one", "severe"), ("tl_two", "extremely_severe"), ("tl_bare", "severe")):
        told(made, name, degree, JANUARY)
    return made


def lines(country: Country, month: datetime.date) -> dict[str, tuple[str, int, int, int, int]]:
    """Family → commune of its list, this month's money, arrears, recovery and total, đồng."""
    names = {home.pk: name for name, home in country.homes.items()}
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.household_id, a.name, p.amount, p.arrears, p.recovery, p.total FROM payments_paymentline p"
            " JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month JOIN core_area a ON a.id = l.commune_id"
            " WHERE p.month = %s ORDER BY p.id",
            [month],
        )
        found = cursor.fetchall()
    assert len({row[0] for row in found}) == len(found), "one line a household"
    return {names[row[0]]: (row[1], row[2], row[3], row[4], row[5]) for row in found}


def ordered(country: Country, home: str) -> dict[datetime.date, list[int]]:
    """Month → every order of it for a family, đồng, the oldest first."""
    found: dict[datetime.date, list[int]] = {}
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT for_month, amount FROM payments_ordered WHERE household_id = %s ORDER BY for_month, round", [country.homes[home].pk]
        )
        for month, amount in cursor.fetchall():
            found.setdefault(month, []).append(amount)
    return found


def test_corrections_across_a_split_are_paid_and_recovered_where_each_family_was_placed(country: Country) -> None:
    """Severely disabled adults get 540.000 × 1,5 = 810.000 a month, extremely severely disabled ones 540.000 × 2,0 = 1.080.000.

    September and October are paid by Tả Lủng. On 1 November a part of it goes to Đồng Văn (where all lie until they are placed) and a part to
    Phố Cáo: the village Há Đề with Ly Mí Lử (tl_two), and Sùng Mí Vừ (tl_bare), asked by himself; Lầu Mí Chá (tl_one) is not asked yet.
    After the split two certificates of 5 October are entered. The month of the change is adjusted, so October is corrected by 270.000:

    * tl_bare is extremely severe: 1.080.000 of November + 270.000 of October = 1.350.000, by Phố Cáo;
    * tl_two is only severe: 810.000 of November - 270.000 of October (less than half of the line: at once) = 540.000, by Phố Cáo;
    * tl_one: 810.000, by Đồng Văn.

    December pays 1.080.000, 810.000 and 810.000 and corrects nothing: 12 months of money, each ordered once and corrected once at most.
    """
    pay(SEPTEMBER, OCTOBER)
    before = {"tl_one": 810_000, "tl_two": 1_080_000, "tl_bare": 810_000}
    for month in (SEPTEMBER, OCTOBER):
        assert lines(country, month) == {home: ("Xã Tả Lủng", money, 0, 0, money) for home, money in before.items()}

    reform = reformed(*SPLIT, effective=NOVEMBER)
    assert reform.status == "done", reform.status
    dong_van, pho_cao = (Area.objects.get(level="commune", code=code, valid_to__isnull=True) for code in ("00721", "00763"))
    village = Area.objects.get(parent=dong_van, name="Thôn Há Đề")
    assert placing.place_village(reform=reform, village=village, to=pho_cao, by=COUNTRY) == 1
    assert placing.place_households(reform=reform, households=[country.homes["tl_bare"].pk], to=pho_cao, village=None, by=COUNTRY) == 1
    assert UnplacedHousehold.objects.get(reform=reform, placed_at__isnull=True).household == country.homes["tl_one"]

    told(country, "tl_bare", "extremely_severe", datetime.date(2026, 10, 5))
    told(country, "tl_two", "severe", datetime.date(2026, 10, 5))
    compute(NOVEMBER)
    assert open_corrections_by_home(country) == {("tl_bare", OCTOBER): 270_000, ("tl_two", OCTOBER): -270_000}
    pay(NOVEMBER)
    assert lines(country, NOVEMBER) == {
        "tl_one": ("Xã Đồng Văn", 810_000, 0, 0, 810_000),
        "tl_two": ("Xã Phố Cáo", 810_000, 0, 270_000, 540_000),
        "tl_bare": ("Xã Phố Cáo", 1_080_000, 270_000, 0, 1_350_000),
    }
    pay(DECEMBER)
    assert lines(country, DECEMBER) == {
        "tl_one": ("Xã Đồng Văn", 810_000, 0, 0, 810_000),
        "tl_two": ("Xã Phố Cáo", 810_000, 0, 0, 810_000),
        "tl_bare": ("Xã Phố Cáo", 1_080_000, 0, 0, 1_080_000),
    }
    assert open_corrections() == {}
    assert ordered(country, "tl_one") == {month: [810_000] for month in (SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)}
    assert ordered(country, "tl_two") == {
        SEPTEMBER: [1_080_000], OCTOBER: [1_080_000, -270_000], NOVEMBER: [810_000], DECEMBER: [810_000],
    }  # fmt: skip
    assert ordered(country, "tl_bare") == {
        SEPTEMBER: [810_000], OCTOBER: [810_000, 270_000], NOVEMBER: [1_080_000], DECEMBER: [1_080_000],
    }  # fmt: skip
    found = [check.findings for _area, check in prove() if check.findings]
    assert not found, str(found)


def open_corrections_by_home(country: Country) -> dict[tuple[str, datetime.date], int]:
    """(family, month) → đồng still owed to (positive) or by (negative) it."""
    names = {home.pk: name for name, home in country.homes.items()}
    return {(names[row.household_id], row.month): row.due - row.ordered for row in Correction.objects.filter(settled_at=None)}
