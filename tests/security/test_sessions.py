"""Sessions end by time, by hand, by the end of a role, and are seen by their owner (tests 8–11, 44)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from posasoft.core import sessions
from posasoft.core.models import RoleAssignment, User, UserSession
from posasoft.core.scope import Scope
from posasoft.core.tasks import sweep_sessions
from tests.security.conftest import PASSWORD
from tests.support.database import owner

pytestmark = pytest.mark.django_db
BY = Scope("none", 0, 0)


def alive(client: Client) -> bool:
    return client.get("/households/").status_code == 200


def test_a_session_ends_after_half_an_hour_without_use(mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller) -> None:
    client = come_in("mai")
    clock.shift(datetime.timedelta(minutes=29))
    assert alive(client)
    clock.shift(datetime.timedelta(minutes=29))
    assert alive(client)
    clock.shift(datetime.timedelta(minutes=31))
    answer = client.get("/households/")
    assert answer["Location"].startswith("/sign-in/")
    assert "Phiên làm việc đã kết thúc" in client.get("/sign-in/").content.decode()


def test_a_session_ends_after_ten_hours_however_busy(mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller) -> None:
    client = come_in("mai")
    for _ in range(29):
        clock.shift(datetime.timedelta(minutes=20))
        assert alive(client)
    clock.shift(datetime.timedelta(minutes=25))
    assert not alive(client)


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(
    mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller
) -> None:
    client = come_in("mai")
    for minutes in range(5, 30, 5):
        clock.shift(datetime.timedelta(minutes=5))
        assert client.get("/session/left/").json()["left"] == (30 - minutes) * 60
    clock.shift(datetime.timedelta(minutes=6))
    assert client.get("/session/left/").status_code == 302


def test_saying_that_one_is_still_there_begins_the_half_hour_anew(
    mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller
) -> None:
    client = come_in("mai")
    clock.shift(datetime.timedelta(minutes=28, seconds=30))
    assert client.post("/session/stay/").json()["left"] == 1800
    clock.shift(datetime.timedelta(minutes=28))
    assert alive(client)


def test_a_deactivated_user_is_out_with_the_next_click(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    with owner():
        User.objects.filter(pk=mai.pk).update(is_active=False)
    assert not alive(client)


def test_a_user_whose_roles_ended_sees_nothing_more_with_the_next_click(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    with owner():
        RoleAssignment.objects.filter(user=mai).update(until=datetime.date(2026, 11, 21))
    assert client.get("/households/").status_code in (302, 403)


def test_ending_all_sessions_of_a_user_ends_them_everywhere(mai: User, lenh: User, come_in: Callable[..., Client]) -> None:
    office, home, chair = come_in("mai"), come_in("mai", address="10.9.9.9"), come_in("lenh")
    assert sessions.end_all(user_id=mai.pk, by=BY) == 2
    assert [alive(client) for client in (office, home, chair)] == [False, False, True]


def test_a_change_of_password_ends_the_other_sessions_and_keeps_this_one(mai: User, come_in: Callable[..., Client]) -> None:
    office, home = come_in("mai"), come_in("mai", address="10.9.9.9")
    chosen = {"present": PASSWORD, "password": "sương mù phủ kín cao nguyên", "again": "sương mù phủ kín cao nguyên"}
    assert office.post("/account/password/", chosen)["Location"] == "/account/"
    assert [alive(office), alive(home)] == [True, False]
    assert alive(come_in("mai", password=chosen["password"]))


def test_a_change_of_password_needs_the_present_one(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    chosen = {"present": "không phải mật khẩu", "password": "sương mù phủ kín cao nguyên", "again": "sương mù phủ kín cao nguyên"}
    assert "Mật khẩu không đúng" in client.post("/account/password/", chosen).content.decode()
    assert User.objects.get(pk=mai.pk).check_password(PASSWORD)


def test_a_fourth_session_ends_the_one_unused_longest(mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller) -> None:
    clients = []
    for number in range(4):
        clients.append(come_in("mai", address=f"10.0.0.{number}"))
        clock.shift(datetime.timedelta(minutes=2))
    assert [alive(client) for client in clients] == [False, True, True, True]


def test_one_sees_ones_sessions_and_ends_a_strange_one(mai: User, lenh: User, come_in: Callable[..., Client]) -> None:
    office, strange, chair = come_in("mai"), come_in("mai", address="203.0.113.7"), come_in("lenh", address="198.51.100.1")
    body = office.get("/account/").content.decode()
    assert "203.0.113.7" in body
    assert "198.51.100.1" not in body
    assert "Máy này" in body
    names = re.findall(r"/account/sessions/([0-9a-f]{32})/end/", body)
    assert len(names) == 1
    office.post(f"/account/sessions/{names[0]}/end/")
    assert [alive(client) for client in (office, strange, chair)] == [True, False, True]


def test_nobody_ends_somebody_elses_session(mai: User, lenh: User, come_in: Callable[..., Client]) -> None:
    office, chair = come_in("mai"), come_in("lenh")
    of_the_chair = UserSession.objects.get(user=lenh).digest
    office.post(f"/account/sessions/{of_the_chair}/end/")
    assert alive(chair)


def test_the_name_of_a_session_does_not_let_anybody_in(mai: User, come_in: Callable[..., Client]) -> None:
    come_in("mai")
    session = UserSession.objects.get(user=mai)
    assert session.session_key not in session.digest
    stranger = Client()
    stranger.cookies["session"] = session.digest
    assert not alive(stranger)


def test_signing_out_ends_the_session_and_clears_what_the_browser_kept(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    key = client.session.session_key
    answer = client.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not UserSession.objects.filter(session_key=key).exists()
    client.cookies["session"] = key
    assert not alive(client)
    assert client.get("/sign-out/").status_code == 405


def test_ended_sessions_are_swept_away(mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller) -> None:
    come_in("mai")
    clock.shift(datetime.timedelta(hours=1))
    sweep_sessions()
    assert not UserSession.objects.exists()
