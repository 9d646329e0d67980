"""The cast of the screens, and officers of several levels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.test import Client

from posasoft.core import jobs
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import Scope
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner
from tests.support.second_factor import enrol_if_required


@pytest.fixture
def places(db: None) -> Places:
    with owner():
        places = cast.make_places()
        cast.make_pao_family(places)
        cast.make_single_mother(places)
        cast.make_canary(places)
    return places


@pytest.fixture
def people(places: Places) -> dict[str, User]:
    """One officer per role of the story, by user name."""

    # Nobody signs in through the form here, so nobody needs the slow hash of a password.
    def officer(name: str, full_name: str, role: Role, area: Area | None) -> User:
        user = User.objects.create(username=name, full_name=full_name, password="!")
        RoleAssignment.objects.create(user=user, role=role, area=area, since=cast.day("2026-01-01"))
        return enrol_if_required(user)

    with owner():
        return {
            "mai": officer("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, places.commune),
            "chu": officer("chu", "Sùng Mí Lềnh", Role.COMMUNE_CHAIR, places.commune),
            "ben": officer("ben", "Ly Thị Bên", Role.COMMUNE_CHAIR, places.neighbour),
            "tinh": officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province),
            "kiem": officer("kiem", "Phạm Minh Đức", Role.AUDITOR, None),
            "quan": officer("quan", "Đỗ Thanh Sơn", Role.ADMINISTRATOR, None),
            "duong": officer("duong", "Lê Thu Hương", Role.HOTLINE, None),
        }


@pytest.fixture
def enter(people: dict[str, User]) -> Callable[[str], Client]:
    """A client of its own for each user."""

    def sign_in(name: str) -> Client:
        client = Client()
        with owner():
            client.force_login(people[name])
        return client

    return sign_in


@pytest.fixture
def scope_of(people: dict[str, User]) -> Callable[[str], Scope]:
    """The scope in which an officer acts."""

    def find(name: str) -> Scope:
        with owner():
            held = people[name].roles.select_related("area").get()
        lo, hi = (held.area.position, held.area.position_end) if held.area else (0, 9_000_000_000_000_000)
        return Scope("area", lo, hi, people[name].pk, held.role, held.pk)

    return find


@pytest.fixture(autouse=True)
def _files_of_their_own(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Does what is queued, as a worker would; nobody is woken by the broker meanwhile."""
    monkeypatch.setattr(Celery, "send_task", lambda *_arguments, **_options: None)
    return lambda: jobs.run_all(beating=False)
