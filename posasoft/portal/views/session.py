"""Signing in and out, the acting role, theme."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from posasoft.core import audit, invitations, second_factor
from posasoft.core.access import ANYONE, SESSION_KEY, SIGNED_IN, allow, assignments_of
from posasoft.core.addresses import address_of
from posasoft.core.models import User
from posasoft.core.numbers import whole
from posasoft.core.scope import NOWHERE, Scope
from posasoft.portal.context_processors import THEMES
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.sign_in_forms import NewPasswordForm

ONE_YEAR = 365 * 24 * 3600


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """The door. Successes and failures are audited by posasoft.core.sign_in."""

    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lost = settings.SESSION_COOKIE_NAME in self.request.COOKIES and self.request.session.is_empty()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"next": self.get_next_url() or "", "session_ended": lost and self.request.method == "GET"}


class Code(AuthenticateView):  # type: ignore[misc]  # allauth ships no types
    """The second step of whoever has a second factor."""

    template_name = "mfa/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = second_factor.present_code(self.stage.login.user) if settings.DEMONSTRATION else None
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"demonstration_code": shown}


class SignOut(LogoutView):
    """Leaves, and has the browser forget what it stored."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            audit.record(verb="sign_out", kind="user", object_id=request.user.pk, by=Scope("none", 0, 0, user_id=request.user.pk))
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def locked(request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Too many wrong passwords of one user at one address: what happened, how long it lasts, what to do."""
    known = User.objects.filter(username=(credentials or {}).get("username", "")).first()
    audit.record(verb="sign_in_locked", kind="core_user", object_id=known.pk if known else "", by=NOWHERE, address=address_of(request))
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "account/locked.html", {"minutes": minutes, "wrong": settings.AXES_FAILURE_LIMIT}, status=429)


@allow(*ANYONE)
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest, link: str) -> HttpResponse:
    """Choose a password by a link from the administrator; then the door as for everybody, second factor included."""
    invitation = invitations.open_invitation(link)
    if invitation is None:
        return render(request, "account/link_ended.html", status=410)
    form = NewPasswordForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid() and invitations.accept(link=link, password=form.cleaned_data["password"]):
        return render(request, "account/password_chosen.html")
    return render(request, "account/first_password.html", {"form": form, "username": invitation.user.get_username()})


def _back(request: OfficerRequest) -> str:
    """The page the form names, if it is one of ours."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()) else "/"


@allow(*ANYONE)
@require_POST
def theme(request: OfficerRequest) -> HttpResponse:
    """Keep light, dark or the system's theme for a year in a cookie, so that the server draws the page right at once."""
    response = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            settings.THEME_COOKIE_NAME, chosen, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@allow(*SIGNED_IN)
@require_POST
def switch_role(request: OfficerRequest) -> HttpResponse:
    """Act in another of one's own roles from now on; anything else changes nothing."""
    user = request.user
    wanted = whole(request.POST.get("assignment", ""))
    if isinstance(user, User) and wanted is not None:
        held = assignments_of(user, timezone.localdate()).filter(pk=wanted).first()
        if held:
            request.session[SESSION_KEY] = held.pk
    return redirect("portal:home")
