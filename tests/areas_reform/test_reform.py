"""Communes merge, split and are renamed: everything follows at once, nothing is forgotten, and it can be taken back exactly."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from households.models import AreaReform, FactSpell, Household, ImportBatch, Person, SearchToken, UnplacedHousehold, Workbook
from households.operations import register_household, set_fact, start_change
from households.operations.registry import NewPerson
from households.queries.state import household_on
from households.reform import operations, placing, undoing
from households.reform.operations import Line
from households.reform.plan import ReformRefused, check
from households.reform.tables import KEPT_LINKS, LINKS, STAYS, links_to_areas, placed_tables
from posasoft.core.areas import descendants
from posasoft.core.models import Area, AreaSuccession, Hold, Job, Role, RoleAssignment, WorkItem
from posasoft.core.operations import add_village
from posasoft.core.scope import COUNTRY
from tests.areas_reform.country import JANUARY, JULY, MERGER, SPLIT, Country, make_country, picture, reformed, rows_inside, taken_back
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def country() -> Country:
    return make_country()


def now(code: str) -> Area:
    return Area.objects.get(level="commune", code=code, valid_to__isnull=True)


def test_every_table_with_a_place_follows_or_says_why_not() -> None:
    tables = {placed.table for placed in placed_tables()}
    assert tables & set(STAYS) == set()
    assert {"households_household", "households_person", "households_searchtoken", "beneficiaries_entitlement", "core_workitem"} <= tables
    assert all(len(reason) > 20 for reason in STAYS.values())


def test_every_reference_to_an_area_is_decided_upon() -> None:
    assert links_to_areas() - KEPT_LINKS - set(LINKS) == set()
    assert set(LINKS) - links_to_areas() == set()


def test_after_a_merger_no_row_lies_where_the_old_commune_was(country: Country) -> None:
    lo, hi = country.ta_lung.position or 0, country.ta_lung.position_end or 0
    assert len(rows_inside(lo, hi)) > 12
    canary = rows_inside(country.pho_cao.position or 0, country.pho_cao.position_end or 0)
    reform = reformed(*MERGER)
    assert reform.status == "done"
    assert rows_inside(lo, hi) == {}
    assert rows_inside(country.pho_cao.position or 0, country.pho_cao.position_end or 0) == canary


def test_a_merger_makes_new_versions_with_successions_villages_and_clusters(country: Country) -> None:
    reformed(*MERGER)
    new = now("00721")
    assert (new.valid_from, new.position, new.parent) == (JULY, country.dong_van.position, country.province)
    old = Area.objects.get(pk=country.ta_lung.pk)
    assert (old.valid_to, old.position) == (JULY, None)
    assert set(AreaSuccession.objects.filter(to_area=new).values_list("from_area__code", "part")) == {
        ("00721", "whole"),
        ("00724", "whole"),
    }
    villages = list(Area.objects.filter(parent=new, level="village").order_by("position").values_list("name", flat=True))
    assert villages == ["Thôn Má Lủng", "Địa bàn Xã Tả Lủng (cũ)", "Thôn Má Lủng (Xã Tả Lủng cũ)", "Thôn Há Đề"]
    assert {a.name for a in descendants(country.ta_lung, dt.date(2026, 6, 30))} == {"Thôn Má Lủng", "Thôn Há Đề"}
    assert new.cluster_memberships.get(until__isnull=True).cluster.code == "C1"


def test_households_are_found_in_the_new_commune_and_their_past_stays_dated(country: Country) -> None:
    reformed(*MERGER)
    new = now("00721")
    home = Household.objects.select_related("village").get(pk=country.homes["tl_two"].pk)
    assert (home.commune, home.village and home.village.name) == (new, "Thôn Há Đề")
    assert home.area_pos == (home.village.position if home.village else 0)
    head = Person.objects.get(household=home, relation="head")
    assert head.area_pos == home.area_pos
    assert SearchToken.objects.filter(person_id=head.pk).values_list("area_pos", flat=True).distinct().get() == home.area_pos
    before, after = household_on(home.pk, dt.date(2026, 6, 30)), household_on(home.pk, JULY)
    assert before is not None
    assert after is not None
    assert before.facts["residence"]["commune_id"] == country.ta_lung.pk
    assert after.facts["residence"]["commune_id"] == new.pk
    assert after.facts["residence"]["difficulty"] == "extremely_difficult"
    assert FactSpell.objects.filter(fact="residence").count() == 5


def test_the_successors_officer_sees_them_and_reads_their_history(country: Country) -> None:
    home = country.homes["tl_one"]
    Household.objects.filter(pk=home.pk).update(b1=77)
    reformed(*MERGER)
    with as_scope(now("00721")):
        assert Household.objects.count() == 5
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM households_householdevent WHERE id = %s AND b1 = 119", [home.pk])
            assert cursor.fetchone()[0] == 1
        assert Person.objects.filter(full_name="Lầu Mí Chá").exists()
    with as_scope(country.pho_cao):
        assert Household.objects.count() == 1


def test_roles_follow_and_pending_work_names_the_new_commune(country: Country) -> None:
    reformed(*MERGER)
    new = now("00721")
    roles = {(role.area_id, role.since, role.until) for role in RoleAssignment.objects.filter(user=country.officer)}
    assert roles == {(country.ta_lung.pk, JANUARY, JULY), (new.pk, JULY, None)}
    assert ImportBatch.objects.get(file_name="x.xlsx").area == new
    assert Workbook.objects.get().area == new


def test_taking_it_back_restores_positions_units_roles_and_residences_exactly(country: Country) -> None:
    before = picture()
    reform = taken_back(reformed(*MERGER))
    assert reform.status == "undone"
    after = picture()
    for name in before:
        assert after[name] == before[name], name


def test_a_rename_is_the_simple_case(country: Country) -> None:
    before = picture()
    reform = reformed(Line("00763", "00763", "Phường Phố Cáo", True, True))
    renamed = now("00763")
    assert (renamed.name, renamed.kind, renamed.position) == ("Phường Phố Cáo", "Phường", country.pho_cao.position)
    assert Household.objects.get(pk=country.homes["pc"].pk).commune == renamed
    taken_back(reform)
    assert picture() == before


def test_who_registered_after_the_merger_goes_back_with_the_ground(country: Country) -> None:
    reform = reformed(*MERGER)
    new = now("00721")
    change = start_change(kind="request", by=COUNTRY, province_no=3, area_pos=new.position or 0)
    village = Area.objects.get(parent=new, name="Thôn Há Đề")
    home = register_household(
        commune=new, village=village, residence_kind="rural", since=dt.date(2026, 8, 1), change=change, by=COUNTRY,
        members=[NewPerson("Hờ Mí Mới", "male", dt.date(1990, 1, 1), relation="head")],
    )  # fmt: skip
    taken_back(reform)
    home.refresh_from_db()
    assert (home.commune, home.village and home.village.name) == (country.ta_lung, "Thôn Há Đề")
    assert home.area_pos == (home.village.position if home.village else 0)


def test_a_split_leaves_households_waiting_in_the_default_and_asks_its_officers(country: Country) -> None:
    reform = reformed(*SPLIT)
    assert reform.status == "done", Job.objects.get(pk=reform.job_id).message
    waiting = set(UnplacedHousehold.objects.filter(reform=reform).values_list("household", flat=True))
    assert waiting == {country.homes[name].pk for name in ("tl_one", "tl_two", "tl_bare")}
    assert Household.objects.filter(commune=now("00721")).count() == 5
    task = WorkItem.objects.get(kind="place_split_households")
    assert (task.role, task.area_pos) == (Role.COMMUNE_OFFICER, now("00721").position)
    assert RoleAssignment.objects.get(user=country.officer, until__isnull=True).area == now("00721")


def test_villages_and_single_households_are_placed_with_all_that_is_theirs(country: Country) -> None:
    before = picture()
    reform = reformed(*SPLIT)
    other = now("00763")
    village = Area.objects.get(parent=now("00721"), name="Thôn Há Đề")
    assert placing.place_village(reform=reform, village=village, to=other, by=COUNTRY) == 1
    placed = placing.place_households(reform=reform, households=[country.homes["tl_bare"].pk], to=other, village=None, by=COUNTRY)
    assert placed == 1
    with as_scope(other):
        names = set(Person.objects.filter(relation="head").values_list("full_name", flat=True))
        assert names == {"Thò Mí Canary", "Ly Mí Lử", "Sùng Mí Vừ"}
    assert UnplacedHousehold.objects.filter(reform=reform, placed_at__isnull=True).count() == 1
    stayed = placing.place_households(reform=reform, households=[country.homes["tl_one"].pk], to=now("00721"), village=None, by=COUNTRY)
    assert stayed == 1
    with pytest.raises(ReformRefused):
        placing.place_village(reform=reform, village=village, to=country.dong_van, by=COUNTRY)
    taken_back(reform)
    after = picture()
    for name in before:
        assert after[name] == before[name], name


def test_it_is_not_taken_back_once_a_month_was_released(country: Country) -> None:
    reform = reformed(*MERGER)
    Hold.objects.create(
        effect="no_undo", subject_kind="month", subject_id=202608, reason="đã chốt", placed_by_kind="payments.paymentlist", placed_by_id=1,
        province_no=3, area_pos=now("00721").position,
    )  # fmt: skip
    with pytest.raises(ReformRefused, match="chốt"):
        operations.undo(reform=reform, by=COUNTRY)


def test_it_is_not_taken_back_once_somebody_moved_or_a_village_was_added(country: Country) -> None:
    reform = reformed(*MERGER)
    add_village(commune=now("00721"), name="Thôn Mới", since=dt.date(2026, 8, 1), by=COUNTRY)
    home = Household.objects.get(pk=country.homes["tl_one"].pk)
    change = start_change(kind="request", by=COUNTRY, province_no=3, area_pos=home.area_pos)
    value = {"commune_id": home.commune_id, "village_id": None, "difficulty": None, "kind": "urban"}
    set_fact(subject="h", subject_id=home.pk, fact="residence", value=value, since=dt.date(2026, 9, 1), change=change, by=COUNTRY)
    assert [line[:2] for line in undoing.refusals(reform)] == ["Đã", "1 "]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ((Line("00724", "00721", "Xã Đồng Văn", True, True),), "phải có trong cột đơn vị cũ"),
        ((Line("00724", "724", "Xã Mới", True, True),), "5 chữ số"),
        ((Line("00724", "09999", "Xã Mới", True, True), Line("00721", "09999", "Xã Khác", True, True)), "hai tên"),
        ((Line("00724", "09999", "Xã Mới", True, True), Line("00724", "09998", "Xã Khác", False, False)), "đã chuyển toàn bộ"),
        ((Line("00724", "09999", "Xã Mới", False, False), Line("00724", "09998", "Xã Khác", False, False)), "mặc định"),
        ((), "chưa có dòng"),
    ],
)
def test_a_table_with_mistakes_is_told_in_sentences(country: Country, lines: tuple[Line, ...], wrong: str) -> None:
    reform = operations.draft(title="Thử", document="NQ 1", effective=JULY, lines=lines, by=COUNTRY)
    assert wrong in " ".join(check(reform))
    with pytest.raises(ReformRefused):
        operations.start(reform=reform, by=COUNTRY)
    assert AreaReform.objects.get(pk=reform.pk).status == "draft"


def test_an_unknown_old_unit_and_a_day_to_come_are_refused(country: Country) -> None:
    with pytest.raises(ReformRefused, match="99999"):
        operations.draft(title="Thử", document="NQ", effective=JULY, lines=[Line("99999", "00721", "Xã", True, True)], by=COUNTRY)
    reform = operations.draft(title="Thử", document="NQ", effective=dt.date(2090, 1, 1), lines=MERGER, by=COUNTRY)
    with pytest.raises(ReformRefused, match="từ ngày có hiệu lực"):
        operations.start(reform=reform, by=COUNTRY)


def test_the_preview_counts_what_hangs_on_each_line(country: Country) -> None:
    reform = operations.draft(title="Thử", document="NQ", effective=JULY, lines=MERGER, by=COUNTRY)
    counts = {entry.pair.from_area.code: entry.counts for entry in operations.preview(reform)}
    assert counts["00724"] == {"households": 3, "persons": 6, "villages": 2, "tasks": 3, "users": 1}


def test_independent_groups_are_steps_of_their_own_and_a_new_unit_gets_a_place(country: Country) -> None:
    reform = reformed(
        Line("00763", "00763", "Phường Phố Cáo", True, True),
        Line("00724", "00721", "Xã Đồng Văn", False, True), Line("00724", "09999", "Xã Lũng Phìn", False, False),
        Line("00721", "00721", "Xã Đồng Văn", True, True),
    )  # fmt: skip
    assert reform.steps.count() == 2
    fresh = now("09999")
    assert (fresh.position, fresh.position_end) == (30_010_040_000, 30_010_050_000)
    village = Area.objects.get(parent=now("00721"), name="Thôn Há Đề")
    placing.place_village(reform=reform, village=village, to=fresh, by=COUNTRY)
    with as_scope(fresh):
        assert Household.objects.get().pk == country.homes["tl_two"].pk
