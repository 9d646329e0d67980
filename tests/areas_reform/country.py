"""Three communes of one cluster with villages, families, money, lists and officers; Phố Cáo is the canary that no reform touches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from beneficiaries.models import Decision, Entitlement, Package
from households.models import AreaReform, Document, Household, ImportBatch
from households.operations import NewPerson, register_household, set_fact, start_change
from households.reform import operations
from households.reform.operations import Line
from households.reform.tables import STAYS, placed_tables
from households.workbooks.making import make_workbook
from posasoft.core import jobs
from posasoft.core.models import Area, AreaClass, ClusterMembership, Role, RoleAssignment, User, WorkItem
from posasoft.core.operations import add_village
from posasoft.core.scope import COUNTRY
from tests.support.database import owner

JANUARY = dt.date(2026, 1, 1)
JULY = dt.date(2026, 7, 1)
POOR = {"class": "poor", "b1": 119, "b2": 60}


@dataclass(frozen=True)
class Country:
    province: Area
    dong_van: Area
    ta_lung: Area
    pho_cao: Area
    homes: dict[str, Household]
    officer: User


def _area(level: str, code: str, name: str, position: int, span: int, parent: Area | None) -> Area:
    return Area.objects.create(
        level=level, code=code, name=name, name_key=name.lower(), kind=name.split()[0], province_no=3, position=position,
        position_end=position + span, parent=parent, valid_from=dt.date(2025, 7, 1),
    )  # fmt: skip


def _family(commune: Area, village: Area | None, name: str, number: str) -> Household:
    change = start_change(kind="import", by=COUNTRY, province_no=3, area_pos=commune.position or 0, reason="rà soát")
    home = register_household(
        commune=commune, village=village, residence_kind="rural", since=JANUARY, poverty=POOR, change=change, by=COUNTRY,
        members=[
            NewPerson(name, "male", dt.date(1988, 5, 2), relation="head", national_id=number),
            NewPerson(name + " Con", "female", dt.date(2016, 3, 10), relation="child", facts={"studying": "primary"}),
        ],
    )  # fmt: skip
    place = {"province_no": 3, "area_pos": home.area_pos}
    child = home.members.get(relation="child")
    set_fact(
        subject="p", subject_id=child.pk, fact="studying", value="lower_secondary", since=dt.date(2026, 5, 1), change=change, by=COUNTRY
    )
    head = home.members.get(relation="head")
    Document.objects.create(household=home, kind="survey", change=change, **place)
    Decision.objects.create(
        person=head,
        household=home,
        benefit="TCXH-5.6",
        signed_on=JANUARY,
        from_month=JANUARY,
        number="1",
        source="decision",
        change=change,
        **place,
    )
    Entitlement.objects.create(
        household=home, person=head, benefit="TCXH-5.6", amount=1, from_month=JANUARY, law_version="x", run_id=1, **place
    )
    Package.objects.create(household=home, amount=1, lines=1, from_month=JANUARY, run_id=1, **place)
    WorkItem.objects.create(kind=f"t{home.pk}", title="việc", **place)
    return home


def make_country() -> Country:
    province = _area("province", "08", "Tỉnh Tuyên Quang", 3 * 10**10, 10**10, None)
    cluster = _area("cluster", "C1", "Cụm Đồng Văn", 30_010_000_000, 10**7, province)
    dong_van = _area("commune", "00721", "Xã Đồng Văn", 30_010_010_000, 10**4, province)
    ta_lung = _area("commune", "00724", "Xã Tả Lủng", 30_010_020_000, 10**4, province)
    pho_cao = _area("commune", "00763", "Xã Phố Cáo", 30_010_030_000, 10**4, province)
    for commune in (dong_van, ta_lung, pho_cao):
        ClusterMembership.objects.create(cluster=cluster, commune=commune, since=dt.date(2025, 7, 1))
    AreaClass.objects.create(area=ta_lung, difficulty="extremely_difficult", since=dt.date(2025, 7, 1), source="QĐ 1")
    ma_lung = add_village(commune=dong_van, name="Thôn Má Lủng", since=JANUARY, by=COUNTRY)
    one = add_village(commune=ta_lung, name="Thôn Má Lủng", since=JANUARY, by=COUNTRY)
    two = add_village(commune=ta_lung, name="Thôn Há Đề", since=JANUARY, by=COUNTRY)
    homes = {
        "dv_village": _family(dong_van, ma_lung, "Giàng Mí Páo", "002088000571"),
        "dv_bare": _family(dong_van, None, "Vừ Mí Sùng", "002088000572"),
        "tl_one": _family(ta_lung, one, "Lầu Mí Chá", "002088000573"),
        "tl_two": _family(ta_lung, two, "Ly Mí Lử", "002088000574"),
        "tl_bare": _family(ta_lung, None, "Sùng Mí Vừ", "002088000575"),
        "pc": _family(pho_cao, None, "Thò Mí Canary", "002088000576"),
    }
    make_workbook(area=ta_lung, reason="rà soát", by=COUNTRY)
    ImportBatch.objects.create(
        area=ta_lung, area_date=JANUARY, file="x", file_name="x.xlsx", sha256="0" * 64, size=1, status="staged", province_no=3,
        area_pos=ta_lung.position,
    )  # fmt: skip
    officer = User.objects.create_user("chung", password="mot-mat-khau-dai-2026", full_name="Chứ Thị Chung")
    RoleAssignment.objects.create(user=officer, role=Role.COMMUNE_OFFICER, area=ta_lung, since=JANUARY)
    return Country(province, dong_van, ta_lung, pho_cao, homes, officer)


def reformed(*lines: Line, effective: dt.date = JULY) -> AreaReform:
    """A table drafted, started and carried out."""
    reform = operations.draft(title="Sắp xếp xã", document="Nghị quyết 1700/NQ-UBTVQH15", effective=effective, lines=lines, by=COUNTRY)
    operations.start(reform=reform, by=COUNTRY)
    jobs.run_all(beating=False)
    reform.refresh_from_db()
    return reform


def taken_back(reform: AreaReform) -> AreaReform:
    operations.undo(reform=reform, by=COUNTRY)
    jobs.run_all(beating=False)
    reform.refresh_from_db()
    return reform


MERGER = (Line("00721", "00721", "Xã Đồng Văn", True, True), Line("00724", "00721", "Xã Đồng Văn", True, True))
SPLIT = (
    Line("00724", "00721", "Xã Đồng Văn", False, True), Line("00724", "00763", "Xã Phố Cáo", False, False),
    Line("00721", "00721", "Xã Đồng Văn", True, True), Line("00763", "00763", "Xã Phố Cáo", True, True),
)  # fmt: skip


def rows_inside(lo: int, hi: int) -> dict[str, int]:
    """Located tables, history included, with rows in a range, but for those that stay by intention."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attname = 'area_pos' AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"
        )
        found = {}
        for (table,) in cursor.fetchall():
            if table in STAYS or table.startswith("core_audit"):
                continue
            cursor.execute(f"SELECT count(*) FROM {table} WHERE area_pos >= %s AND area_pos < %s", [lo, hi])
            number = cursor.fetchone()[0]
            if number:
                found[table] = number
        return found


def picture() -> dict[str, list[object]]:
    """Everything that a reform writes, as it is: positions of every row, areas, roles, residences."""
    with owner(), connection.cursor() as cursor:
        found: dict[str, list[object]] = {}
        for placed in placed_tables():
            if placed.table in ("households_changefeed", "households_change", "core_workitem", "households_unplacedhousehold"):
                continue
            key = "(to_jsonb(t) - 'area_pos')::text" if placed.table.endswith("token") else "id"
            cursor.execute(f"SELECT {key}, area_pos FROM {placed.table} t ORDER BY 1")
            found[placed.table] = cursor.fetchall()
        cursor.execute("SELECT id, commune_id, village_id, residence_since, difficulty, province_no FROM households_household ORDER BY id")
        found["residence"] = cursor.fetchall()
        cursor.execute("SELECT id, code, name, parent_id, valid_from, valid_to, position, position_end FROM core_area ORDER BY id")
        found["areas"] = cursor.fetchall()
        for table in ("core_roleassignment", "core_areaclass", "core_areasuccession", "core_clustermembership", "households_factspell"):
            cursor.execute(f"SELECT to_jsonb(t) - 'area_pos' FROM {table} t ORDER BY id")
            found[table] = cursor.fetchall()
        return found
