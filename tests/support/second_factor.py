"""Second factors for the cast: enrolled once, with a secret that a test can count codes of."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.test import Client

from posasoft.core import second_factor
from posasoft.core.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrol(user: User) -> User:
    """Give a user an authenticator app whose codes `code_for` knows."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(SECRET), "step": 0}})
    return user


def enrol_if_required(user: User) -> User:
    return enrol(user) if second_factor.required_of(user) else user


def code_for(_user: User | None = None, *, later: int = 0) -> str:
    """The code that the app shows now, or `later` half minutes from now."""
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + later)))


def confirm(client: Client, *, minutes_ago: float = 0) -> None:
    """As if the signed-in user had given password and code that long ago."""
    session = client.session
    at = time.time() - minutes_ago * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}, {"method": "mfa", "at": at, "type": "totp"}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
