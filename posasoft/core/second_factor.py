"""The second factor: a code of an authenticator app (RFC 6238), ten recovery codes, and who cannot do without (ASVS 6.3.3).

Enrolment is kept in django-allauth's table. Codes are checked here, because its own check lets a code pass twice when a clock may be
half a minute off: the step of the last accepted code is kept with the secret, and only a later step counts (ASVS 6.5.1).
"""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt, encrypt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from posasoft.core import audit, notifications, quotas, sessions
from posasoft.core.models import Role, RoleAssignment, User
from posasoft.core.scope import Scope

# Who signs, sees a province or more, moves money, or opens doors for others.
REQUIRED = frozenset({Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST, Role.AGENCY_CLERK, Role.ADMINISTRATOR})
RECOVERY_CODES = 10
# Without letters and digits that are read as one another.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_TOTP, _RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
_WRONG = "wrong_code"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps secrets encrypted under the key that encrypts national ids."""

    def encrypt(self, text: str) -> str:
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), b"")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ImproperlyConfigured when the key is not the one that encrypted."""
        raw = base64.b64decode(encrypted_text)
        try:
            return _cipher().decrypt(raw[:12], raw[12:], b"").decode()
        except InvalidTag as error:
            raise ImproperlyConfigured("NATIONAL_ID_KEY is not the key that second factors were encrypted with.") from error

    def get_totp_issuer(self) -> str:
        return "POSASoft"

    def get_totp_label(self, user: Any) -> str:
        return f"POSASoft:{user.get_username()}"


def _cipher() -> AESGCM:
    master = bytes.fromhex(settings.NATIONAL_ID_KEY)
    return AESGCM(HKDF(hashes.SHA256(), 32, None, b"posasoft second factor 1").derive(master))


def required_of(user: User) -> bool:
    """Whether a role that the user holds today asks for a second factor."""
    day = timezone.localdate()
    in_force = Q(until__isnull=True) | Q(until__gt=day)
    return RoleAssignment.objects.filter(in_force, user=user, since__lte=day, role__in=REQUIRED).exists()


def has(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=_TOTP).exists())


def missing(user: User) -> bool:
    """Whether a role of today asks for a factor that the user does not have; one query."""
    day = timezone.localdate()
    in_force = Q(until__isnull=True) | Q(until__gt=day)
    enrolled = Authenticator.objects.filter(user_id=OuterRef("user_id"), type=_TOTP)
    return RoleAssignment.objects.filter(in_force, ~Exists(enrolled), user_id=user.pk, since__lte=day, role__in=REQUIRED).exists()


def new_secret() -> str:
    """160 random bits in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address_for_app(user: User, secret: str) -> str:
    """What the QR code says to the authenticator app."""
    return str(Adapter().build_totp_url(user, secret))


def step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is: the present one or one of its neighbours; None for any other code."""
    digits = re.sub(r"\s", "", code)
    steps = sorted(yield_hotp_counters_from_time())
    return next((step for step in steps if secrets.compare_digest(format_hotp_value(hotp_value(secret, step)), _ascii(digits))), None)


def _ascii(text: str) -> str:
    return text if text.isascii() else ""


@transaction.atomic
def enrol(*, user: User, secret: str, code: str, by: Scope, keep_session: str | None) -> list[str] | None:
    """Make an app the user's second factor; the recovery codes, or None when the code is wrong.

    Ends the user's other sessions: one of them may be somebody's who has only the password.
    """
    step = step_of(secret, code)
    if step is None:
        return None
    Authenticator.objects.filter(user=user, type=_TOTP).delete()
    Authenticator.objects.create(user=user, type=_TOTP, data={"secret": encrypt(secret), "step": step})
    sessions.end_all(user_id=user.pk, by=by, keep=keep_session)
    audit.record(verb="enrol_second_factor", kind="core_user", object_id=user.pk, by=by)
    return make_recovery_codes(user=user, by=by)


@transaction.atomic
def make_recovery_codes(*, user: User, by: Scope) -> list[str]:
    """Ten new codes, each good once; the old ones are void. Only their hashes are kept."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    Authenticator.objects.filter(user=user, type=_RECOVERY).delete()
    Authenticator.objects.create(user=user, type=_RECOVERY, data={"hashes": [make_password(code) for code in codes]})
    audit.record(verb="make_recovery_codes", kind="core_user", object_id=user.pk, by=by)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user=user, type=_RECOVERY).first()
    return len(row.data["hashes"]) if row else 0


def too_many_wrong(user: User) -> bool:
    """Five wrong codes in five minutes: the next ones are not looked at."""
    return quotas.spent(user_id=user.pk, kind=_WRONG, within=settings.WRONG_CODES_WITHIN) >= settings.WRONG_CODES_LIMIT


def note_wrong(*, user: User) -> None:
    """Count a wrong code, or a wrong password of somebody who is signed in."""
    quotas.spend(user_id=user.pk, kind=_WRONG)
    audit.record(verb="wrong_code", kind="core_user", object_id=user.pk, by=Scope("none", 0, 0, user_id=user.pk))


@transaction.atomic
def accept(*, user: User, code: str) -> Authenticator | None:
    """The factor that a code belongs to, with the code used up; None for a wrong code, one used before, or after too many wrong ones."""
    if too_many_wrong(user):
        return None
    factor = _accept_app(user, code) or _accept_recovery(user, code)
    by = Scope("none", 0, 0, user_id=user.pk)
    if factor is None:
        note_wrong(user=user)
        return None
    quotas.forgive(user_id=user.pk, kind=_WRONG)
    factor.record_usage()
    if factor.type == _RECOVERY:
        audit.record(verb="use_recovery_code", kind="core_user", object_id=user.pk, by=by, left=len(factor.data["hashes"]))
    return factor


def _locked(user: User, kind: str) -> Authenticator | None:
    """The factor's row, held until the end of the transaction: two requests cannot use one code."""
    return Authenticator.objects.select_for_update().filter(user=user, type=kind).first()


def _accept_app(user: User, code: str) -> Authenticator | None:
    factor = _locked(user, _TOTP)
    if factor is None:
        return None
    step = step_of(decrypt(factor.data["secret"]), code)
    if step is None or step <= factor.data.get("step", 0):
        return None
    factor.data["step"] = step
    factor.save(update_fields=["data"])
    return factor


def _accept_recovery(user: User, code: str) -> Authenticator | None:
    plain = "".join(letter for letter in code.lower() if letter in ALPHABET)
    factor = _locked(user, _RECOVERY) if len(plain) == 10 else None
    if factor is None:
        return None
    used = next((hashed for hashed in factor.data["hashes"] if check_password(plain, hashed)), None)
    if used is None:
        return None
    factor.data["hashes"] = [hashed for hashed in factor.data["hashes"] if hashed != used]
    factor.save(update_fields=["data"])
    return factor


@transaction.atomic
def reset_second_factor(*, user: User, by: Scope, reason: str) -> None:
    """Take a lost factor away: the user is out everywhere and enrols anew at the next sign-in. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a reset of a second factor needs a reason")
    Authenticator.objects.filter(user=user).delete()
    sessions.end_all(user_id=user.pk, by=by)
    audit.record(verb="reset_second_factor", kind="core_user", object_id=user.pk, by=by, reason=reason.strip()[:300])
    title = gettext("Người quản trị đã đặt lại xác thực hai lớp của bạn. Nếu bạn không yêu cầu, hãy báo ngay.")
    notifications.notify(users=[user.pk], kind="second_factor_reset", title=title, link=reverse("portal:account"))


def enrol_invented(*, user: User) -> None:
    """Give an invented user of the demonstration an app whose codes `present_code` tells; one that is there stays."""
    _refuse_outside_demonstration()
    Authenticator.objects.get_or_create(user=user, type=_TOTP, defaults={"data": {"secret": encrypt(new_secret()), "step": 0}})


def _refuse_outside_demonstration() -> None:
    if not settings.DEMONSTRATION:
        raise ImproperlyConfigured("Second factors of invented people are for a demonstration only (DEMO=1 and HTTPS=0).")


def present_code(user: User) -> str | None:
    """The code an app would show now, for the demonstration only. Raises ImproperlyConfigured anywhere else."""
    _refuse_outside_demonstration()
    factor = Authenticator.objects.filter(user=user, type=_TOTP).first()
    if factor is None:
        return None
    steps = sorted(yield_hotp_counters_from_time())
    # The code of a step is good once; whoever signs in twice in half a minute takes the next one.
    step = next((step for step in steps[1:] if step > factor.data.get("step", 0)), steps[-1])
    return str(format_hotp_value(hotp_value(decrypt(factor.data["secret"]), step)))
