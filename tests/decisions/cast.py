"""People of the tests of decisions: the family of the months' tests, an officer who prepares, two chairs who sign, and the neighbour's canary."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from beneficiaries.models import Decision, DecisionDocument
from beneficiaries.operations import decision_documents
from households.models import Household, Person
from households.operations import NewPerson, register_household, set_fact
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.households.cast import JANUARY, POOR, Cast, cast
from tests.support.database import owner

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GRANDMOTHER, BOY, FATHER = "Giàng Thị Dợ", "Giàng Mí Sính", "Giàng Mí Páo"


def noon(text: str) -> datetime.datetime:
    """Noon of a day in Viet Nam."""
    return datetime.datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=ZONE)


@dataclass(frozen=True)
class Decided:
    """The cast with its scopes: ``officer`` prepares, ``chair`` and ``deputy`` sign for Đồng Văn, ``other_chair`` for Phố Bảng."""

    people: Cast
    officer: Scope
    chair: Scope
    deputy: Scope
    other_chair: Scope


def user(username: str, full_name: str) -> User:
    # Nobody of them types a password: hashing one takes a tenth of a second.
    return User.objects.create(username=username, password="!", full_name=full_name)


def scope_of(name: str, full_name: str, role: Role, area: Area) -> Scope:
    person = user(name, full_name)
    held = RoleAssignment.objects.create(user=person, role=role, area=area, since=datetime.date(2020, 1, 1))
    return Scope("area", area.position or 0, area.position_end or 0, person.pk, role, held.pk)


def make() -> Decided:
    """The family of Giàng Mí Páo, poor: a mother of 78 and a boy of ten with a severe disability certified in February 2025; nobody decided."""
    with owner():
        people = cast()
        with acting(COUNTRY):
            degree = {"degree": "severe", "type": "mobility", "certified": "2025-02-03"}
            set_fact(
                subject="p", subject_id=named(BOY).pk, fact="disability", value=degree, since=JANUARY, change=people.change, by=COUNTRY
            )
            set_fact(subject="p", subject_id=named(BOY).pk, fact="studying", value=None, since=JANUARY, change=people.change, by=COUNTRY)
        return Decided(
            people,
            scope_of("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, people.dong_van),
            scope_of("sung", "Sùng Mí Lử", Role.COMMUNE_CHAIR, people.dong_van),
            scope_of("va", "Vừ Mí Vá", Role.COMMUNE_CHAIR, people.dong_van),
            scope_of("pho", "Vàng Mí Phổ", Role.COMMUNE_CHAIR, people.pho_bang),
        )


def named(name: str) -> Person:
    return Person.objects.get(full_name=name)


def add_family(people: Cast, head: str, born: datetime.date, **facts: object) -> Household:
    """One more poor household of one person in Đồng Văn."""
    with owner(), acting(COUNTRY):
        return register_household(
            commune=people.dong_van, village=None, residence_kind="rural", since=JANUARY, poverty=POOR, change=people.change, by=COUNTRY,
            members=[NewPerson(head, "female", born, relation="head", facts=facts)],
        )  # fmt: skip


def decided(made: Decided, name: str, benefit: str, since: datetime.date, number: str = "") -> Decision:
    """A decision from before this register."""
    person = named(name)
    with owner():
        return Decision.objects.create(
            person=person, household_id=person.household_id, benefit=benefit, signed_on=since, from_month=since, source="decision", number=number,
            change=made.people.change, province_no=person.province_no, area_pos=person.area_pos,
        )  # fmt: skip


def prepared(made: Decided, kind: str, name: str, **options: object) -> DecisionDocument:
    """A paper that waits for the chair."""
    with acting(made.officer):
        draft = decision_documents.prepare(kind=kind, person=named(name), by=made.officer, **options)  # type: ignore[arg-type]  # what the test says
        return decision_documents.submit(document=draft, by=made.officer)


def signed(made: Decided, *documents: DecisionDocument) -> list[DecisionDocument]:
    """Papers signed by the chair; a paper held back fails the test with its reason."""
    with acting(made.chair):
        done = decision_documents.sign(documents=documents, by=made.chair)
    assert not done.held, done.held
    return done.signed
