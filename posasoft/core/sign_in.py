"""How django-allauth signs people in here: by user name, without sign-up, e-mail walls or messages of its own."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from posasoft.core import audit, sessions
from posasoft.core.addresses import address_of
from posasoft.core.models import User
from posasoft.core.scope import Scope


def _as(user_id: int | None) -> Scope:
    return Scope("none", 0, 0, user_id=user_id)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Every success and every failure leaves an audit row; a fresh session says where it comes from."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa, chữ thường."),
        "incorrect_code": gettext_lazy("Mã không đúng, đã dùng rồi hoặc đã hết hạn. Hãy chờ mã mới trên điện thoại rồi nhập lại."),
        "too_many_login_attempts": gettext_lazy("Nhập sai quá nhiều lần. Hãy thử lại sau vài phút."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def add_message(self, *_arguments: Any, **_options: Any) -> None:
        """The portal has its own words for what happened."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "0.0.0.0"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by django-axes, for a user at an address."""

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing was counted above."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # What was typed is not kept: it may be a password in the wrong field.
        known = get_user_model().objects.filter(username=credentials.get("username", "")).first()
        locked = bool(getattr(request, "axes_locked_out", False))
        audit.record(
            verb="sign_in_failed",
            kind="core_user",
            object_id=known.pk if known else "",
            by=_as(None),
            address=address_of(request),
            locked=locked,
        )

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request, user)
        audit.record(verb="sign_in", kind="user", object_id=user.pk, by=_as(user.pk), address=address_of(request))
