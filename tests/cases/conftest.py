"""The cast of the screens, with a commune's officers; everything happens on cast.TODAY unless a test travels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from beneficiaries.models import Case
from beneficiaries.operations import cases
from households.models import Person
from posasoft.core.models import Role, RoleAssignment, User
from posasoft.core.scope import Scope
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

# A father of five says: severely disabled since October, poor.
ANSWERS: dict[str, Any] = {
    "full_name": "GIÀNG MÍ PÁO", "born": "12041988", "sex": "1", "ethnicity": "08", "id_number": "002 088 014 571", "address": "Thôn Má Lủng",
    "poverty": "poor", "health_insurance": "1", "schooling": "left", "disabled": "1", "certificate_number": "12/GXN",
    "disability_certified_on": "05102026", "certificate_issuer": "UBND xã Đồng Văn", "disability_type": "1", "disability_degree": "2",
    "declared_on": "20112026", "pledged": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(cast.TODAY, tick=True):
        yield


@pytest.fixture
def places(db: None) -> Places:
    with owner():
        places = cast.make_places()
        cast.make_pao_family(places)
        cast.make_single_mother(places)
        cast.make_canary(places)
    return places


def scope_of(user: User) -> Scope:
    """The scope of a user's only role."""
    with owner():
        held = RoleAssignment.objects.select_related("area").get(user=user)
    lo, hi = (held.area.position or 0, held.area.position_end or 0) if held.area else (0, 9_000_000_000_000_000)
    return Scope("area", lo, hi, user.pk, held.role, held.pk)


@pytest.fixture
def officer(places: Places) -> User:
    with owner():
        return cast.make_officer("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, places.commune)


@pytest.fixture
def chair(places: Places) -> User:
    with owner():
        return cast.make_officer("chutich", "Vàng A Chính", Role.COMMUNE_CHAIR, places.commune)


@pytest.fixture
def by(officer: User) -> Scope:
    return scope_of(officer)


@pytest.fixture
def by_chair(chair: User) -> Scope:
    return scope_of(chair)


@pytest.fixture
def pao(places: Places) -> Person:
    return Person.objects.select_related("household__commune").get(full_name="Giàng Mí Páo")


@pytest.fixture
def draft(pao: Person, by: Scope) -> Callable[..., Case]:
    """A draft for Páo on Form 01, keyed in full; `changes` replace answers."""

    def make(benefits: tuple[str, ...] = ("TCXH-5.6",), form: str = "335-01", **changes: Any) -> Case:
        case = cases.open_case(form=form, commune=pao.household.commune, person=pao, by=by, benefits=benefits)
        cases.save_draft(case=case, answers={**case.payload, **ANSWERS, **changes}, benefits=benefits, channel="desk", by=by)
        return case

    return make


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        with owner():
            client.force_login(user)
        return client

    return sign_in
