"""Signing in and out, the acting role, theme."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from posasoft.core import audit
from posasoft.core.access import ANYONE, SESSION_KEY, SIGNED_IN, allow, assignments_of
from posasoft.core.models import User
from posasoft.core.scope import Scope
from posasoft.portal.context_processors import THEMES
from posasoft.portal.forms import SignInForm
from posasoft.portal.requests import OfficerRequest

ONE_YEAR = 365 * 24 * 3600


class SignIn(LoginView):
    """The door. A success is audited; the guard then asks for a role."""

    template_name = "portal/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        audit.record(verb="sign_in", kind="user", object_id=form.get_user().pk, by=Scope("none", 0, 0, user_id=form.get_user().pk))
        return response


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
        response.set_cookie("theme", chosen, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


@allow(*SIGNED_IN)
@require_POST
def switch_role(request: OfficerRequest) -> HttpResponse:
    """Act in another of one's own roles from now on; anything else changes nothing."""
    user = request.user
    wanted = request.POST.get("assignment", "")
    if isinstance(user, User) and wanted.isdigit():
        held = assignments_of(user, timezone.localdate()).filter(pk=int(wanted)).first()
        if held:
            request.session[SESSION_KEY] = held.pk
    return redirect("portal:home")
