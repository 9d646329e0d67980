"""The people and places of the screens' tests. All invented; the neighbouring commune's family must never be seen."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from beneficiaries.models import Decision
from households.crypto import seal
from households.models import Change, Document, FactSpell, Household, NationalId, Person, Raising, SearchToken
from payments.models import Agency, AgencyPost, ServiceArea, ServicePoint
from posasoft.core.models import Area, AreaClass, Role, RoleAssignment, User, WorkItem
from posasoft.core.names import fold, fold_tokens, sort_key
from tests.support.second_factor import enrol_if_required

# The screens' tests live on this day: the law pays other things in other months (learning costs in November, electricity by quarter).
TODAY = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PASSWORD = "mot-mat-khau-dai-2026"
PROVINCE_NO = 2


@dataclass(frozen=True)
class Places:
    province: Area
    commune: Area
    village: Area
    neighbour: Area


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def make_places() -> Places:
    """Đồng Văn with a village, and the commune next to it, in one province."""
    province = _area("province", "08", "Tuyên Quang", "Tỉnh", None, 1_000, 2_000)
    commune = _area("commune", "00721", "Xã Đồng Văn", "Xã", province, 1_100, 1_200)
    neighbour = _area("commune", "00724", "Xã Sà Phìn", "Xã", province, 1_200, 1_300)
    village = _area("village", "00721-01", "Thôn Má Lủng", "Thôn", commune, 1_101, 1_102)
    AreaClass.objects.create(area=commune, difficulty="extremely_difficult", since=day("2021-07-01"), source="Số liệu minh họa")
    return Places(province, commune, village, neighbour)


def _area(level: str, code: str, name: str, kind: str, parent: Area | None, position: int, end: int) -> Area:
    return Area.objects.create(
        level=level,
        code=code,
        name=name,
        name_key=fold(name),
        kind=kind,
        parent=parent,
        valid_from=day("2025-07-01"),
        province_no=PROVINCE_NO,
        position=position,
        position_end=end,
    )


def make_officer(username: str, full_name: str, role: Role, area: Area | None) -> User:
    user = User.objects.create_user(username, password=PASSWORD, full_name=full_name)
    RoleAssignment.objects.create(user=user, role=role, area=area, since=day("2026-01-01"))
    return enrol_if_required(user)


def make_change(area: Area, reason: str) -> Change:
    return Change.objects.create(
        kind="import", reason=reason, source="danh-sach-2025.xlsx", province_no=PROVINCE_NO, area_pos=area.position
    )


def make_household(code: str, commune: Area, village: Area | None, change: Change, **facts: object) -> Household:
    place = village or commune
    base: dict[str, object] = {
        "poverty": "poor",
        "poverty_since": day("2026-01-01"),
        "difficulty": "extremely_difficult",
        "residence_kind": "rural",
        "b1": 119,
        "b2": 60,
    }
    return Household.objects.create(
        code=code, commune=commune, village=village, change=change, province_no=PROVINCE_NO, area_pos=place.position, **(base | facts)
    )


def make_person(household: Household, full_name: str, relation: str, born: str, *, number: str = "", **facts: object) -> Person:
    person = Person.objects.create(
        household=household,
        full_name=full_name,
        name_key=fold(full_name),
        name_sort=sort_key(full_name),
        relation=relation,
        born=day(born),
        change=household.change,
        province_no=PROVINCE_NO,
        area_pos=household.area_pos,
        **({"household_since": day("2018-01-01"), "ethnicity": "08"} | facts),
    )
    SearchToken.objects.bulk_create(
        [SearchToken(token=t, area_pos=household.area_pos, person_id=person.pk) for t in set(fold_tokens(full_name))]
    )
    if number:
        sealed = seal(number)
        NationalId.objects.create(
            person=person,
            kind="cccd",
            number_enc=sealed.number_enc,
            number_index=sealed.number_index,
            tail=sealed.tail,
            change=household.change,
            province_no=PROVINCE_NO,
            area_pos=household.area_pos,
        )
    return person


def close_spell(subject: str, row: Household | Person, fact: str, value: object, since: str | None, until: str) -> None:
    FactSpell.objects.create(
        subject=subject,
        subject_id=row.pk,
        fact=fact,
        value=value,
        since=day(since) if since else None,
        until=day(until),
        change=row.change,
        province_no=PROVINCE_NO,
        area_pos=row.area_pos,
    )


def decide(person: Person, benefit: str, month: str, number: str) -> Decision:
    signed = day(month)
    return Decision.objects.create(
        person=person,
        household=person.household,
        benefit=benefit,
        signed_on=signed,
        from_month=signed.replace(day=1),
        number=number,
        source="decision",
        change=person.change,
        province_no=PROVINCE_NO,
        area_pos=person.area_pos,
    )


def make_pao_family(places: Places) -> Household:
    """Giàng Mí Páo's: poor again since 2026; a mother of 78, a child of ten with a very severe disability, a girl under three."""
    change = make_change(places.village, "Rà soát hộ nghèo cuối năm 2025")
    home = make_household("08-00721-91001942", places.commune, places.village, change)
    close_spell("h", home, "poverty", {"class": "poor", "b1": 120, "b2": 50}, "2022-01-01", "2024-01-01")
    close_spell("h", home, "poverty", {"class": "near_poor", "b1": 142, "b2": 30}, "2024-01-01", "2026-01-01")
    make_person(home, "Giàng Mí Páo", "head", "1988-04-12", number="002088014571", sex="male")
    make_person(home, "Vừ Thị Mỷ", "spouse", "1991-08-02", number="002191009204", sex="female")
    mother = make_person(home, "Giàng Thị Dợ", "parent", "1948-01-01", sex="female", born_precision="year")
    child = make_person(
        home,
        "Giàng Mí Sính",
        "child",
        "2016-03-09",
        number="002216004319",
        sex="male",
        disability_degree="extremely_severe",
        disability_type="mobility",
        disability_certified_on=day("2024-12-12"),
        disability_since=day("2024-12-12"),
        studying="primary",
        studying_since=day("2022-09-05"),
    )
    close_spell("p", child, "disability", {"degree": "severe", "type": "mobility", "certified": "2022-08-20"}, "2022-08-20", "2024-12-12")
    girl = make_person(home, "Giàng Thị Sua", "child", "2025-01-14", sex="female", household_since=day("2025-01-14"))
    Document.objects.create(
        person=child,
        kind="disability_certificate",
        number="118",
        issued_on=day("2024-12-12"),
        issuer="UBND xã Sà Phìn (cũ)",
        change=change,
        province_no=PROVINCE_NO,
        area_pos=home.area_pos,
    )
    decide(child, "TCXH-5.6", "2024-12-20", "45/QĐ-UBND")
    decide(girl, "TCXH-5.7", "2025-02-10", "12/QĐ-UBND")
    decide(mother, "PENSION-SOCIAL", "2025-07-15", "88/QĐ-UBND")
    return home


def make_new_recipient(places: Places, month: datetime.date) -> None:
    """Sùng A Chơ, severely disabled: his decision begins in `month`. Made once."""
    if Household.objects.filter(code="08-00721-900300").exists():
        return
    home = make_household("08-00721-900300", places.commune, places.village, make_change(places.village, "Hồ sơ mới"))
    since = day("2026-01-05")
    person = make_person(
        home, "Sùng A Chơ", "head", "1975-06-01", sex="male", disability_degree="severe", disability_type="sight", disability_since=since
    )
    decide(person, "TCXH-5.6", month.isoformat(), "77/QĐ-UBND")


def make_canary(places: Places) -> Household:
    """The neighbours' family, with a name close to ours: whoever sees it sees too much."""
    change = make_change(places.neighbour, "Rà soát của xã bên")
    home = make_household("08-00724-000001", places.neighbour, None, change)
    make_person(home, "Giàng Mí Páo Canary", "head", "1980-01-01", number="002080000999", sex="male")
    return home


def make_single_mother(places: Places) -> Household:
    """Lò Thị Mai raises one child alone: near-poor."""
    change = make_change(places.village, "Hồ sơ năm 2024")
    home = make_household("08-00721-900117", places.commune, places.village, change, poverty="near_poor", poverty_since=day("2024-01-01"))
    mother = make_person(home, "Lò Thị Mai", "head", "1995-05-05", number="002195000312", sex="female", ethnicity="03")
    child = make_person(home, "Lò Văn Nam", "child", "2019-11-02", sex="male", ethnicity="03")
    Raising.objects.create(
        kind="alone", adult=mother, child=child, since=day("2020-01-01"), change=change, province_no=PROVINCE_NO, area_pos=home.area_pos
    )
    decide(mother, "TCXH-5.4", "2024-03-04", "31/QĐ-UBND")
    return home


def make_work(area: Area, today: datetime.date) -> None:
    """Three tasks: overdue, this week, without a day."""
    rows = (
        ("Xem danh sách vừa nhập", "danh-sach-ho-ngheo-2025.xlsx: 12 dòng cần xem, 6 lỗi", today - datetime.timedelta(days=2)),
        ("Soát danh sách chi trả tháng này", "+14 mới, 9 thôi hưởng, 31 đổi mức so với tháng trước", today + datetime.timedelta(days=2)),
        ("Đủ điều kiện, chưa hưởng", "Từ đủ 75 tuổi, không lương hưu", None),
    )
    for number, (title, reason, due_on) in enumerate(rows, start=1):
        WorkItem.objects.create(
            kind=f"test.{number}",
            title=title,
            reason=reason,
            link="/households/",
            due_on=due_on,
            province_no=PROVINCE_NO,
            area_pos=area.position,
        )


def make_payer(places: Places) -> ServicePoint:
    """The post pays Đồng Văn from January on: `buu` at its counter there, `truso` in its headquarters. Call inside ``owner()``."""
    located = {"province_no": PROVINCE_NO, "area_pos": places.commune.position or 0}
    agency = Agency.objects.create(
        code="VNPOST", name="Bưu điện Việt Nam", kind="post", contract_no="01/2026/HĐ-BĐ", contract_from=day("2026-01-01"),
        contract_until=day("2028-01-01"), fee_per_payment=9_500,
    )  # fmt: skip
    point = ServicePoint.objects.create(
        agency=agency, code="BD00721", name="Bưu điện Xã Đồng Văn", commune=places.commune, address="Trung tâm xã", phone="0219 3856 001",
        hours="7 giờ 30 đến 17 giờ", **located,
    )  # fmt: skip
    ServiceArea.objects.create(
        agency=agency, service_point=point, commune=places.commune, channel="post", since=day("2026-01-01"), **located
    )
    for username, full_name, area, counter in (
        ("buu", "Lù Thị Sen", places.commune, point),
        ("truso", "Hà Văn Lực", places.province, None),
    ):
        held = make_officer(username, full_name, Role.AGENCY_CLERK, area).roles.get()
        RoleAssignment.objects.filter(pk=held.pk).update(scope_kind="lists")
        AgencyPost.objects.create(assignment=held, agency=agency, service_point=counter)
    return point
