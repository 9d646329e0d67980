"""The second factor: required by role, good once, recoverable, taken away with a reason (tests 2, 3)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from posasoft.core import second_factor
from posasoft.core.models import AuditEvent, Notification, Role, RoleAssignment, User
from posasoft.core.scope import Scope
from tests.browser import cast
from tests.browser.cast import Places
from tests.support import second_factor as support
from tests.support.database import owner
from tests.support.second_factor import code_for

pytestmark = pytest.mark.django_db
HALF_MINUTE = datetime.timedelta(seconds=30)
ADMINISTRATOR = Scope("area", 0, 1, user_id=1, role=Role.ADMINISTRATOR)


@pytest.fixture
def fresh(places: Places) -> Callable[[Role], User]:
    """Somebody in a role who has not enrolled yet."""

    def make(role: Role) -> User:
        with owner():
            user = User.objects.create_user(f"moi.{role}", password=cast.PASSWORD, full_name="Người Mới")
            RoleAssignment.objects.create(user=user, role=role, area=places.commune, since=cast.day("2026-01-01"))
        return user

    return make


@pytest.mark.parametrize("role", sorted(second_factor.REQUIRED))
def test_without_a_second_factor_these_roles_reach_nothing_but_its_enrolment(
    fresh: Callable[[Role], User], come_in: Callable[..., Client], role: Role
) -> None:
    client = come_in(fresh(role).username)
    addresses = [
        "/",
        "/households/",
        "/lists/",
        "/runs/",
        "/areas/",
        "/jobs/",
        "/account/",
        "/account/password/",
        "/confirm/",
        "/second-factor/codes/",
    ]
    assert {client.get(address).headers.get("Location") for address in addresses} == {"/second-factor/"}
    assert client.post("/runs/start/", {"month": "2026-11"})["Location"] == "/second-factor/"
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/second-factor/"
    assert client.get("/second-factor/").status_code == 200


def test_a_role_that_comes_later_asks_for_it_with_the_next_page(mai: User, come_in: Callable[..., Client], places: Places) -> None:
    client = come_in("mai")
    assert client.get("/households/").status_code == 200
    with owner():
        RoleAssignment.objects.create(user=mai, role=Role.COMMUNE_CHAIR, area=places.commune, since=cast.day("2026-11-01"))
    assert client.get("/households/")["Location"] == "/second-factor/"


def enrol_by_hand(client: Client) -> tuple[str, str]:
    """Enrol as a person does; the secret typed into the app, and the page with the recovery codes."""
    body = client.get("/second-factor/").content.decode()
    shown = re.search(r"<details>.*?<code>([A-Z2-7 ]+)</code>", body, re.DOTALL)
    assert shown
    secret = shown[1].replace(" ", "")
    support.SECRET, before = secret, support.SECRET
    try:
        answer = client.post("/second-factor/", {"code": code_for()}, follow=True)
    finally:
        support.SECRET = before
    return secret, answer.content.decode()


def test_enrolment_opens_the_door_and_shows_ten_recovery_codes_once(fresh: Callable[[Role], User], come_in: Callable[..., Client]) -> None:
    user = fresh(Role.COMMUNE_CHAIR)
    client = come_in(user.username)
    _secret, body = enrol_by_hand(client)
    codes = re.findall(r"<li><code>([a-z2-9]{5}-[a-z2-9]{5})</code></li>", body)
    assert len(set(codes)) == 10
    file = client.post("/second-factor/codes/file/")
    assert file["Content-Disposition"].startswith("attachment")
    assert all(code in file.content.decode() for code in codes)
    client.post("/second-factor/codes/kept/")
    assert codes[0] not in client.get("/second-factor/codes/").content.decode()
    assert client.post("/second-factor/codes/file/").status_code == 302
    assert client.get("/households/").status_code == 200


def test_enrolment_with_a_wrong_code_enrols_nobody(fresh: Callable[[Role], User], come_in: Callable[..., Client]) -> None:
    user = fresh(Role.COMMUNE_CHAIR)
    client = come_in(user.username)
    client.get("/second-factor/")
    assert "Mã không đúng" in client.post("/second-factor/", {"code": "000000"}).content.decode()
    assert not second_factor.has(user)


def test_enrolment_ends_a_session_that_somebody_opened_with_the_password_alone(
    fresh: Callable[[Role], User], come_in: Callable[..., Client]
) -> None:
    user = fresh(Role.COMMUNE_CHAIR)
    thief, owner_of_it = come_in(user.username, address="10.6.6.6"), come_in(user.username)
    enrol_by_hand(owner_of_it)
    assert owner_of_it.get("/households/").status_code == 200
    assert thief.get("/households/")["Location"].startswith("/sign-in/")


def test_the_qr_code_is_drawn_in_the_page_without_what_the_content_policy_refuses(
    fresh: Callable[[Role], User], come_in: Callable[..., Client]
) -> None:
    body = come_in(fresh(Role.COMMUNE_CHAIR).username).get("/second-factor/").content.decode()
    assert "<svg" in body
    assert "data:image" not in body
    assert " style=" not in body


def test_a_code_lets_one_in_once(lenh: User, knock: Callable[..., Client], clock: time_machine.Traveller) -> None:
    first, second = knock("lenh"), knock("lenh", address="10.0.0.2")
    code = code_for()
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    refused = second.post("/sign-in/code/", {"code": code})
    assert "đã dùng rồi" in refused.content.decode()
    # Half a minute later the code is still within the tolerance for slow clocks, and still used up.
    clock.shift(HALF_MINUTE)
    assert "đã dùng rồi" in second.post("/sign-in/code/", {"code": code}).content.decode()
    assert second.post("/sign-in/code/", {"code": code_for()}).status_code == 302


@pytest.mark.parametrize(("later", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(lenh: User, later: int, accepted: bool) -> None:
    assert (second_factor.accept(user=lenh, code=code_for(later=later)) is not None) == accepted


def test_an_older_code_is_refused_after_a_newer_one(lenh: User) -> None:
    assert second_factor.accept(user=lenh, code=code_for(later=1))
    assert second_factor.accept(user=lenh, code=code_for()) is None


def test_a_recovery_code_replaces_the_phone_once(
    lenh: User, knock: Callable[..., Client], trail: Callable[[str], list[AuditEvent]]
) -> None:
    codes = second_factor.make_recovery_codes(user=lenh, by=Scope("none", 0, 0, user_id=lenh.pk))
    client = knock("lenh")
    assert client.post("/sign-in/code/", {"code": f" {codes[3].upper()} "}).status_code == 302
    again = knock("lenh", address="10.0.0.2")
    assert again.post("/sign-in/code/", {"code": codes[3]}).status_code == 200
    assert second_factor.recovery_codes_left(lenh) == 9
    assert [row.detail["left"] for row in trail("use_recovery_code")] == [9]


def test_secrets_and_recovery_codes_cannot_be_read_in_the_database(lenh: User) -> None:
    codes = second_factor.make_recovery_codes(user=lenh, by=Scope("none", 0, 0))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert support.SECRET not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert "argon2id" in kept


def test_a_wrong_key_fails_closed(lenh: User, settings: object) -> None:
    settings.NATIONAL_ID_KEY = "ff" * 32  # type: ignore[attr-defined]  # a setting
    with pytest.raises(ImproperlyConfigured):
        second_factor.accept(user=lenh, code=code_for())


def test_a_reset_by_the_administrator_ends_the_sessions_and_asks_for_enrolment(
    lenh: User, come_in: Callable[..., Client], knock: Callable[..., Client], trail: Callable[[str], list[AuditEvent]]
) -> None:
    client = come_in("lenh")
    second_factor.reset_second_factor(user=lenh, by=ADMINISTRATOR, reason="Mất điện thoại, đã xác minh tại trụ sở")
    assert client.get("/households/")["Location"].startswith("/sign-in/")
    after = knock("lenh")
    assert after.get("/households/")["Location"] == "/second-factor/"
    assert [(row.actor_id, row.object_id) for row in trail("reset_second_factor")] == [(1, str(lenh.pk))]
    with owner():
        assert Notification.objects.filter(user=lenh, kind="second_factor_reset").count() == 1


def test_a_reset_needs_a_reason(lenh: User) -> None:
    with pytest.raises(ValueError, match="reason"):
        second_factor.reset_second_factor(user=lenh, by=ADMINISTRATOR, reason="  ")
    assert second_factor.has(lenh)


def test_codes_are_told_in_a_demonstration_only(lenh: User, knock: Callable[..., Client], settings: object) -> None:
    assert not settings.DEMONSTRATION  # type: ignore[attr-defined]  # a setting
    body = knock("lenh").get("/sign-in/code/").content.decode()
    assert "Bản trình diễn" not in body
    with pytest.raises(ImproperlyConfigured):
        second_factor.present_code(lenh)
    with pytest.raises(CommandError):
        call_command("demo_code", "lenh")
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]  # a setting
    client = knock("lenh")
    shown = re.search(r"<code>(\d{6})</code>", client.get("/sign-in/code/").content.decode())
    assert shown
    assert client.post("/sign-in/code/", {"code": shown[1]}).status_code == 302


def test_in_the_demonstration_one_signs_in_twice_within_half_a_minute(lenh: User, knock: Callable[..., Client], settings: object) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]  # a setting
    for address in ("10.0.0.1", "10.0.0.2"):
        code = second_factor.present_code(lenh)
        assert knock("lenh", address=address).post("/sign-in/code/", {"code": code}).status_code == 302


def test_production_has_no_demonstration() -> None:
    assert settings.DEMONSTRATION is False
