"""The same cast as the browser's, for pages read without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from posasoft.core.models import Role, User
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner


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


@pytest.fixture
def officer(places: Places) -> User:
    with owner():
        return cast.make_officer("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, places.commune)


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        with owner():
            client.force_login(user)
        return client

    return sign_in
