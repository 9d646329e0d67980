"""Officers who sign in through the door itself, password and code, at the address they sit at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from posasoft.core.models import AuditEvent, Role, User
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner
from tests.support.second_factor import code_for

PASSWORD = cast.PASSWORD


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The screens' day, standing still until a test moves it."""
    with time_machine.travel(cast.TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def places(db: None, clock: time_machine.Traveller) -> Places:
    with owner():
        places = cast.make_places()
        cast.make_pao_family(places)
        cast.make_canary(places)
    return places


@pytest.fixture
def mai(places: Places) -> User:
    """A commune officer, without a second factor."""
    with owner():
        return cast.make_officer("mai", "Hầu Thị Mai", Role.COMMUNE_OFFICER, places.commune)


@pytest.fixture
def lenh(places: Places) -> User:
    """The chair of the commune, with a second factor."""
    with owner():
        return cast.make_officer("lenh", "Sùng Mí Lềnh", Role.COMMUNE_CHAIR, places.commune)


@pytest.fixture
def knock() -> Callable[..., Client]:
    """A browser of its own that tries a password at the door."""

    def try_password(username: str, password: str = PASSWORD, *, address: str = "10.0.0.1", client: Client | None = None) -> Client:
        client = client or Client(REMOTE_ADDR=address)
        client.answer = client.post("/sign-in/", {"username": username, "password": password})  # type: ignore[attr-defined]  # kept on the client for the test to read
        return client

    return try_password


@pytest.fixture
def come_in(knock: Callable[..., Client]) -> Callable[..., Client]:
    """A browser in which somebody signed in, code included if asked."""

    def sign_in(username: str, **options: str) -> Client:
        client = knock(username, **options)
        answer = client.answer  # type: ignore[attr-defined]  # kept on the client for the test to read
        if answer.get("Location") == "/sign-in/code/":
            answer = client.post("/sign-in/code/", {"code": code_for()})
        assert answer.status_code == 302, answer.content.decode()
        assert client.get("/account/").status_code in (200, 302)
        return client

    return sign_in


@pytest.fixture
def trail() -> Callable[[str], list[AuditEvent]]:
    """The audit rows of a verb, oldest first."""

    def read(verb: str) -> list[AuditEvent]:
        with owner():
            return list(AuditEvent.objects.filter(verb=verb).order_by("id"))

    return read
