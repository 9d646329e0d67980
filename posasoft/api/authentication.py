"""Who calls: the key of an agency's program. It binds the request's transaction to that agency, counts, and refuses whoever tries keys."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from payments.models import ApiCall, ApiKey
from payments.operations import keys
from posasoft.core import audit
from posasoft.core.addresses import address_of
from posasoft.core.scope import NOWHERE, Scope, apply, unbound

ROLE = "agency_api"
MINUTE, WRONG_WITHIN = datetime.timedelta(minutes=1), datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class Program:
    """The caller: stands where a user stands in other requests."""

    key: ApiKey
    scope: Scope
    is_authenticated: bool = True


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer psk_…`."""

    def authenticate(self, request: Request) -> tuple[Program, ApiKey]:
        """Always one or the other: there is nothing here for nobody. Raises AuthenticationFailed, Throttled."""
        address = address_of(request._request)
        _refuse_guessing(address)
        word, _space, secret = request.headers.get("Authorization", "").partition(" ")
        key = keys.find(secret.strip()) if word.lower() == "bearer" else None
        if key is None:
            ApiCall.objects.create(address=address, refused=True)
            audit.record(verb="denied", kind="api_key", by=NOWHERE, address=address)
            raise AuthenticationFailed(_("Khóa không đúng, hết hạn hoặc đã thu hồi."))
        _count(key, address)
        scope = Scope("lists", 0, 0, role=ROLE, agency_id=key.agency_id)
        apply(scope)
        return Program(key, scope), key

    def authenticate_header(self, request: Request) -> str:
        """Named so that the answer is 401 and says how to ask."""
        return "Bearer"


class MayDo(BasePermission):
    """The key holds what the view says in `needs`."""

    message = gettext_lazy("Khóa này không được làm việc đó.")

    def has_permission(self, request: Request, view: Any) -> bool:
        key: Any = request.auth
        return isinstance(key, ApiKey) and getattr(view, "needs", "") in key.scopes


def caller(request: Request) -> Program:
    """Who calls; the framework knows only that somebody was authenticated."""
    return cast("Program", request.user)


def writing(program: Program) -> Any:
    """The frame for what the system writes at a program's request; the object was found in the program's own sight before."""
    return unbound(program.scope)


def _refuse_guessing(address: str | None) -> None:
    wrong = ApiCall.objects.filter(address=address, refused=True, at__gt=timezone.now() - WRONG_WITHIN).count()
    if wrong >= settings.API_WRONG_KEYS:
        raise Throttled(wait=WRONG_WITHIN.seconds, detail=_("Sai khóa quá nhiều lần từ địa chỉ này."))


def _count(key: ApiKey, address: str | None) -> None:
    calls = ApiCall.objects.filter(key=key, at__gt=timezone.now() - MINUTE).count()
    if calls >= settings.API_CALLS_PER_MINUTE:
        raise Throttled(wait=MINUTE.seconds)
    ApiCall.objects.create(key=key, address=address)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=Now())


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself by being declared
    """How the description names it."""

    target_class = "posasoft.api.authentication.KeyAuthentication"
    name = "agency_key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An HTTP bearer scheme."""
        return {"type": "http", "scheme": "bearer", "description": "Khóa do quản trị hệ thống cấp cho từng đơn vị."}
