"""Two communes of one province and one of the next, everything a role may be shown in each, one officer for each role. The others' rows are canaries.

Built on the browser's cast; the neighbour's household is `CANARY` in every name, so that one word finds every leak.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from beneficiaries.models import Decision, Entitlement, Run
from households.models import Household, ImportBatch, Person
from payments.models import PaymentList
from posasoft.core import vault
from posasoft.core.models import Area, AssignedItem, Job, Role, RoleAssignment, ScopeKind, User, WorkItem
from posasoft.core.operations import KINDS
from tests.browser import cast
from tests.browser.cast import PROVINCE_NO, Places, day
from tests.support.second_factor import enrol_if_required

SAMPLE = next((Path(__file__).resolve().parent.parent.parent / "samples").glob("*.xlsx"))
MONTH = day("2026-11-01")
CANARY = "Canary"
CANARY_ID = "002080000999"
CANARY_CODE = "08-00724-000001"
# Of another province: told apart from the neighbouring commune, which a province officer may see.
FAR, FAR_ID, FAR_CODE, FAR_NO = "Falcon", "004079000888", "04-01321-000007", 4
BENEFIT = "TCXH-5.6"
PROVINCIAL = frozenset({Role.PROVINCE_OFFICER, Role.HOTLINE, Role.AUDITOR})
COUNTRYWIDE = frozenset({Role.MINISTRY_ANALYST, Role.ADMINISTRATOR})


@dataclass
class Side:
    """One commune's rows."""

    commune: Area
    household: Household
    person: Person
    decision: Decision
    entitlement: Entitlement
    pay_list: PaymentList
    batch: ImportBatch
    work: WorkItem
    job: Job
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """`sibling` is the next commune, `far` a commune of the next province: what the roles of a province must not see."""

    places: Places
    own: Side
    sibling: Side
    far: Side
    users: dict[str, User] = field(default_factory=dict)
    sibling_users: dict[str, User] = field(default_factory=dict)

    def other(self, role: str) -> Side | None:
        """Whose rows a role must not see; None for a role of the whole country."""
        if role in COUNTRYWIDE:
            return None
        return self.far if role in PROVINCIAL else self.sibling


def make_world() -> World:
    """Call inside ``owner()``."""
    places = cast.make_places()
    home = cast.make_pao_family(places)
    canary = cast.make_canary(places)
    away = make_far_places()
    far = make_far_household(away)
    world = World(places, _side(places.commune, home, "Đồng Văn"), _side(places.neighbour, canary, CANARY), _side(away.commune, far, FAR))
    Run.objects.create(month=MONTH, law_version="x")
    for role in Role:
        world.users[role] = make_user(role, world.own, places)
        other = world.other(role) or world.sibling
        world.sibling_users[role] = make_user(role, other, away if other is world.far else places, prefix="ben")
    return world


def make_far_places() -> Places:
    """The next province: Cao Bằng with the commune of Bảo Lạc."""
    province = cast._area("province", "04", "Cao Bằng", "Tỉnh", None, 3_000, 4_000)
    commune = cast._area("commune", "01321", "Xã Bảo Lạc", "Xã", province, 3_100, 3_200)
    for area in (province, commune):
        Area.objects.filter(pk=area.pk).update(province_no=FAR_NO)
        area.province_no = FAR_NO
    return Places(province, commune, commune, commune)


def make_far_household(places: Places) -> Household:
    """The canary of another province, with the same words in its name."""
    home = cast.make_household(FAR_CODE, places.commune, None, cast.make_change(places.commune, f"Rà soát {FAR}"))
    cast.make_person(home, f"Nông Văn {FAR}", "head", "1979-05-05", number=FAR_ID, sex="male")
    for table in (Household, Person):
        table.objects.filter(area_pos=home.area_pos).update(province_no=FAR_NO)
    home.province_no = FAR_NO
    return home


def area_of(role: str, side: Side, places: Places) -> Area | None:
    """Where a role of that kind stands: commune roles in the commune, province roles in the province, the others in the country."""
    if role in (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.COLLABORATOR, Role.AGENCY_CLERK, Role.LINE_MINISTRY, Role.CLUSTER_OFFICER):
        return side.commune
    return places.province if role in PROVINCIAL else None


def make_user(role: str, side: Side, places: Places, prefix: str = "cua") -> User:
    """Without a password: hashing 22 of them takes longer than the tests."""
    user = User.objects.create(username=f"{prefix}.{role}", full_name=f"Người {prefix} {role}", password="!")
    kind = KINDS.get(Role(role), ScopeKind.AREA)
    assignment = RoleAssignment.objects.create(
        user=user, role=role, area=area_of(role, side, places), scope_kind=kind, since=day("2026-01-01")
    )
    assign(assignment, kind, side)
    return enrol_if_required(user)


def assign(assignment: RoleAssignment, kind: str, side: Side) -> None:
    since = day("2026-01-01")
    items = {
        ScopeKind.HOUSEHOLDS: {"object_id": side.household.pk},
        ScopeKind.LISTS: {"object_id": side.pay_list.pk},
        ScopeKind.PROGRAMMES: {"code": BENEFIT},
        ScopeKind.SELF: {"object_id": side.person.pk},
    }
    if kind in items:
        AssignedItem.objects.create(assignment=assignment, kind=kind, since=since, **items[ScopeKind(kind)])


def _side(commune: Area, household: Household, word: str) -> Side:
    located = {"province_no": household.province_no, "area_pos": household.area_pos}
    person = Person.objects.filter(household=household).order_by("pk").first()
    assert person is not None
    decision = Decision.objects.filter(household=household, benefit=BENEFIT).first() or cast.decide(person, BENEFIT, "2025-01-05", "9/QĐ")
    beneficiary = decision.person
    assert beneficiary is not None
    entitlement = Entitlement.objects.create(
        household=household, person=beneficiary, benefit=BENEFIT, amount=1_000_000, from_month=day("2026-01-01"), law_version="x",
        decision_id=decision.pk, run_id=1, **located,
    )  # fmt: skip
    pay_list = PaymentList.objects.create(
        month=MONTH, commune=commune, households=1, amount=1_000_000, arrears=0, recovery=0, run_id=1,
        province_no=household.province_no, area_pos=commune.position or 0,
    )  # fmt: skip
    _line(pay_list, household, person, located)
    PaymentList.objects.filter(pk=pay_list.pk).update(status="released", released_at=datetime.datetime.now(datetime.UTC), checksum="0" * 64)
    batch = ImportBatch.objects.create(
        area=commune, area_date=day("2025-12-31"), file=vault.store(SAMPLE.read_bytes(), folder="imports", suffix=".xlsx").name,
        file_name=f"danh-sach-{word}.xlsx", status="staged", sha256="0" * 64, size=1,
        **located,
    )  # fmt: skip
    work = WorkItem.objects.create(
        kind=f"test.{word}", title=f"Việc của {word}", province_no=household.province_no, area_pos=commune.position or 0
    )
    job = Job.objects.create(kind="test", title=f"Việc nền {word}", scope_lo=commune.position, scope_hi=commune.position_end)
    return Side(commune, household, person, decision, entitlement, pay_list, batch, work, job)


def _line(
    pay_list: PaymentList,
    household: Household,
    payee: Person,
    located: dict[str, int],
    month: datetime.date = MONTH,
    amount: int = 1_000_000,
) -> None:
    parts = [{"p": payee.pk, "b": BENEFIT, "m": f"{month:%Y-%m}", "c": 2, "a": amount}]
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_open_month(%s)", [month])
        cursor.execute(
            "INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, amount, total, components, province_no, area_pos)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [month, pay_list.pk, household.pk, payee.pk, amount, amount, json.dumps(parts), located["province_no"], located["area_pos"]],
        )


def odd_month(side: Side) -> str:
    """A released list of the month before with an amount like no other; its digits."""
    october = day("2026-10-01")
    listed = PaymentList.objects.create(
        month=october, commune=side.commune, households=1, amount=7_654_321, arrears=0, recovery=0, run_id=1, province_no=PROVINCE_NO,
        area_pos=side.commune.position or 0,
    )  # fmt: skip
    _line(listed, side.household, side.person, {"province_no": PROVINCE_NO, "area_pos": side.household.area_pos}, october, 7_654_321)
    return "7654321"
