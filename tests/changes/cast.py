"""Two communes with their officers. Páo's family lives in Đồng Văn, the canary family Vàng in Phố Bảng."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from households.models import ChangeRequest, Household, Person
from households.operations import NewPerson, register_household, requests
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope
from tests.households.cast import Cast, cast
from tests.support.database import owner

DAY = datetime.date(2026, 9, 10)


@dataclass(frozen=True)
class Town:
    """The cast with its officers as scopes: Mai and the chair of Đồng Văn, Pà and the chair of Phố Bảng, the province's officer."""

    base: Cast
    village: Area
    mai: Scope
    chair: Scope
    pa: Scope
    their_chair: Scope
    province: Scope
    people: dict[str, Person]
    second: Household

    @property
    def family(self) -> Household:
        return Household.objects.get(pk=self.base.family.pk)

    def person(self, name: str) -> Person:
        return Person.objects.get(pk=self.people[name].pk)


def scope(username: str, role: str, area: Area) -> Scope:
    """A user with a role on an area, acting."""
    user = User.objects.filter(username=username).first() or User.objects.create_user(username, full_name=username.title())
    held = RoleAssignment.objects.create(user=user, role=role, area=area, since=datetime.date(2026, 1, 1))
    return Scope("area", area.position or 0, area.position_end or 0, user.pk, role, held.pk)


def town() -> Town:
    """Everybody, in the registry since January 2026."""
    with owner():
        c = cast()
        province = Area.objects.get(level="province")
        village = Area.objects.create(
            level="village", code="00721-01", name="Thôn Má Lủng", name_key="thon ma lung", kind="Thôn", province_no=3, parent=c.dong_van,
            position=(c.dong_van.position or 0) + 1, position_end=(c.dong_van.position or 0) + 2, valid_from=datetime.date(2025, 7, 1),
        )  # fmt: skip
        officers = [
            scope("mai", Role.COMMUNE_OFFICER, c.dong_van), scope("chair", Role.COMMUNE_CHAIR, c.dong_van),
            scope("pa", Role.COMMUNE_OFFICER, c.pho_bang), scope("theirs", Role.COMMUNE_CHAIR, c.pho_bang),
            scope("tinh", Role.PROVINCE_OFFICER, province),
        ]  # fmt: skip
    second = register_household(
        commune=c.dong_van, village=None, residence_kind="rural", since=datetime.date(2026, 1, 1), poverty={"class": "near_poor"},
        change=c.change, by=COUNTRY,
        members=[NewPerson("Lò Thị Mai", "female", datetime.date(1995, 5, 5), relation="head"),
                 NewPerson("Lò Văn Nam", "male", datetime.date(2019, 11, 2), relation="child")],
    )  # fmt: skip
    people = {p.full_name: p for p in Person.objects.all()}
    return Town(c, village, *officers, people=people, second=second)


def draft(
    t: Town, kind: str, by: Scope, *, person: str = "", household: Household | None = None, payload: dict[str, Any] | None = None,
    day: datetime.date | None = DAY,
) -> ChangeRequest:  # fmt: skip
    """A declared draft, not sent."""
    subject = t.person(person) if person else None
    row = requests.save_draft(kind=kind, household=household, person=subject, area=t.base.dong_van, by=by)
    documents = [{"kind": "decision", "number": "12/GCN", "issued_on": "2026-09-01", "issuer": "UBND xã"}]
    return requests.declare(
        request=row, payload=payload or {}, effective_on=day, by=by, reason="Theo giấy tờ kèm theo", documents=documents
    )


def report(
    t: Town, kind: str, by: Scope, *, person: str = "", household: Household | None = None, payload: dict[str, Any] | None = None,
    day: datetime.date | None = DAY,
) -> ChangeRequest:  # fmt: skip
    """Declared and sent."""
    return requests.submit(request=draft(t, kind, by, person=person, household=household, payload=payload, day=day), by=by)
