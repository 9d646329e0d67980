"""Sessions that people can see and end: kept in one table, limited in idle time, in length and in number.

The row is the session. Ending one, a user's other ones, or all of a user who was deactivated, is a DELETE and works with the next request.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from posasoft.core import audit
from posasoft.core.addresses import address_of
from posasoft.core.models import User, UserSession
from posasoft.core.scope import NOWHERE, Scope

View = TypeVar("View", bound=Callable[..., Any])
# A row is not written for every click: the end of a session is known to a minute.
TOUCH_AFTER = datetime.timedelta(minutes=1)
DEVICE, ADDRESS = "device", "address"


def passive(view: View) -> View:
    """Mark a view that pages call by themselves: it does not keep a session alive."""
    view.passive = True  # type: ignore[attr-defined]  # views are functions; the middleware reads it back
    return view


def idle_limit() -> datetime.timedelta:
    return datetime.timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def digest_of(key: str) -> str:
    """The name of a session in pages and in the audit trail; it does not let anybody in."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


class SessionStore(DatabaseStore):
    """Django's store on our table; a session past its idle or absolute limit is not found."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: UserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def _get_session_from_db(self) -> UserSession | None:
        now = timezone.now()
        self.row = UserSession.objects.filter(
            session_key=self.session_key,
            expire_date__gt=now,
            last_seen_at__gt=now - idle_limit(),
            started_at__gt=now - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE),
        ).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def create(self) -> None:
        self.row = None
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        row: UserSession = super().create_model_instance(data)  # type: ignore[assignment]  # built by the class named above
        now = timezone.now()
        row.user_id = int(data["_auth_user_id"]) if data.get("_auth_user_id") else None
        row.digest = digest_of(row.session_key)
        row.device, row.address = data.get(DEVICE, ""), data.get(ADDRESS)
        row.started_at = self.row.started_at if self.row else now
        row.last_seen_at = self.row.last_seen_at if self.row else now
        self.row = row
        return row

    @classmethod
    def clear_expired(cls) -> None:
        """Remove what has ended, by whichever limit."""
        now = timezone.now()
        UserSession.objects.filter(expire_date__lt=now).delete()
        UserSession.objects.filter(last_seen_at__lt=now - idle_limit()).delete()


def left(request: HttpRequest) -> int:
    """Seconds until the session ends if nothing more is done; 0 without a session."""
    row = getattr(request.session, "row", None)
    if row is None:
        return 0
    now = timezone.now()
    ends = min(row.last_seen_at + idle_limit(), row.started_at + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE))
    return max(0, int((ends - now).total_seconds()))


def begin(request: HttpRequest, user: User) -> None:
    """Note where a fresh session comes from and end the user's oldest ones beyond the number allowed."""
    request.session[DEVICE] = device_of(request.META.get("HTTP_USER_AGENT", ""))
    request.session[ADDRESS] = address_of(request)
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key).order_by("-last_seen_at")
    too_many = list(others.values_list("session_key", flat=True)[settings.SESSIONS_AT_ONCE - 1 :])
    if too_many:
        UserSession.objects.filter(session_key__in=too_many).delete()
        audit.record(verb="end_session", kind="core_user", object_id=user.pk, by=Scope("none", 0, 0, user_id=user.pk), number=len(too_many))


def of(user: User) -> list[UserSession]:
    """Living sessions of a user, the one last used first."""
    return list(UserSession.objects.filter(user=user, last_seen_at__gt=timezone.now() - idle_limit()).order_by("-last_seen_at"))


def end_all(*, user_id: int, by: Scope = NOWHERE, keep: str | None = None) -> int:
    """End a user's sessions but the one with the key ``keep``; how many. The next request of each is a stranger's."""
    ended, _tables = UserSession.objects.filter(user_id=user_id).exclude(session_key=keep or "").delete()
    if ended:
        audit.record(verb="end_session", kind="core_user", object_id=user_id, by=by, number=ended)
    return ended


def end_one(*, user_id: int, digest: str, by: Scope) -> bool:
    """End one session of a user by its public name; False when there is none."""
    ended, _tables = UserSession.objects.filter(user_id=user_id, digest=digest).delete()
    if ended:
        audit.record(verb="end_session", kind="core_user", object_id=user_id, by=by, number=1)
    return bool(ended)


def touch(request: HttpRequest, *, at_once: bool = False) -> None:
    """The session is in use now."""
    row, now = getattr(request.session, "row", None), timezone.now()
    if row is not None and (at_once or row.last_seen_at < now - TOUCH_AFTER):
        row.last_seen_at = now
        UserSession.objects.filter(session_key=row.session_key).update(last_seen_at=now)


class SessionUseMiddleware:
    """Every page that a person asked for keeps the session alive; what pages ask for by themselves does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if request.user.is_authenticated and not getattr(view, "passive", False):
            touch(request)


BROWSERS = (("Edg", "Edge"), ("coc_coc", "Cốc Cốc"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def device_of(agent: str) -> str:
    """Browser and system, as in Chrome · Windows: enough to know one's own machine by, not enough to tell machines apart."""
    browser = next((name for mark, name in BROWSERS if mark.lower() in agent.lower()), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)
