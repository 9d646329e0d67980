"""Weighty things ask once more who is there, and lose nothing that was typed (test 12)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from posasoft.core.models import User
from posasoft.core.reauthentication import with_second_factor
from tests.security.conftest import PASSWORD
from tests.support.database import owner
from tests.support.second_factor import code_for, confirm

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(minutes=6)


@pytest.mark.parametrize("address", ["/account/password/", "/account/email/", "/second-factor/"])
def test_ones_own_password_address_and_factor_ask_again_after_five_minutes(
    lenh: User, come_in: Callable[..., Client], clock: time_machine.Traveller, address: str
) -> None:
    client = come_in("lenh")
    assert client.get(address).status_code == 200
    clock.shift(LATER)
    answer = client.get(address)
    assert answer["Location"].startswith("/confirm/?next=")
    given = client.post("/confirm/", {"next": address, "held": "", "password": PASSWORD, "code": code_for()})
    assert given["Location"] == address
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("password", "code"), [(PASSWORD, "000000"), ("sai mật khẩu rồi nhé", None), (PASSWORD, "")])
def test_half_a_confirmation_is_none(
    lenh: User, come_in: Callable[..., Client], clock: time_machine.Traveller, password: str, code: str | None
) -> None:
    client = come_in("lenh")
    clock.shift(LATER)
    answer = client.post("/confirm/", {"next": "/", "password": password, "code": code_for() if code is None else code})
    assert answer.status_code == 200
    assert client.get("/account/password/").status_code == 302


def test_whoever_has_no_second_factor_confirms_with_the_password(
    mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller
) -> None:
    client = come_in("mai")
    clock.shift(LATER)
    assert client.get("/account/password/").status_code == 302
    assert client.post("/confirm/", {"next": "/account/password/", "password": PASSWORD})["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200


def test_what_was_sent_too_late_is_kept_and_sent_again(lenh: User, come_in: Callable[..., Client], clock: time_machine.Traveller) -> None:
    client = come_in("lenh")
    clock.shift(LATER)
    answer = client.post("/account/email/", {"email": 'lenh"<b>@xa.example.vn'})
    held = re.search(r"held=([\w-]+)", answer["Location"])
    assert held
    page = client.post("/confirm/", {"next": "/account/email/", "held": held[1], "password": PASSWORD, "code": code_for()})
    body = page.content.decode()
    assert 'action="/account/email/"' in body
    assert 'value="lenh&quot;&lt;b&gt;@xa.example.vn"' in body
    client.post("/account/email/", {"email": "lenh@xa.example.vn"})
    assert User.objects.get(pk=lenh.pk).email == "lenh@xa.example.vn"


def test_a_kept_form_is_given_back_to_its_own_session_only(
    mai: User, lenh: User, come_in: Callable[..., Client], clock: time_machine.Traveller
) -> None:
    client, other = come_in("lenh"), come_in("mai")
    clock.shift(LATER)
    name = client.post("/account/email/", {"email": "lenh@xa.example.vn"})["Location"].rpartition("held=")[2]
    answer = other.post("/confirm/", {"next": "/", "held": name, "password": PASSWORD})
    assert answer["Location"] == "/"


def test_the_way_back_from_a_confirmation_leads_nowhere_else(mai: User, come_in: Callable[..., Client]) -> None:
    answer = come_in("mai").post("/confirm/", {"next": "https://example.org/", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_a_part_of_a_page_sends_the_whole_page_to_confirm(
    lenh: User, come_in: Callable[..., Client], clock: time_machine.Traveller
) -> None:
    client = come_in("lenh")
    clock.shift(LATER)
    assert client.get("/account/password/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/confirm/")


def test_the_key_of_the_session_changes_with_a_confirmation(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    key = client.session.session_key
    client.post("/confirm/", {"next": "/", "password": PASSWORD})
    assert client.session.session_key != key
    assert client.get("/households/").status_code == 200


def test_the_mark_works_on_any_view(lenh: User, client: Client) -> None:
    @with_second_factor
    def sign(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("signed")

    with owner():
        client.force_login(lenh)
    request = RequestFactory().post("/x/", {"decision": "7"})
    request.user, request.session = lenh, client.session
    assert sign(request).status_code == 302
    confirm(client, minutes_ago=6)
    request.session = client.session
    assert sign(request).status_code == 302
    confirm(client)
    request.session = client.session
    assert sign(request).content == b"signed"


def test_every_page_that_changes_ones_own_access_asks_again() -> None:
    for address in (
        "/account/password/",
        "/account/email/",
        "/second-factor/codes/new/",
        "/account/sessions/end/",
        "/account/sessions/x/end/",
    ):
        assert getattr(resolve(address).func, "asks_for_second_factor", False), address
