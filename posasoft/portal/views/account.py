"""One's own account: password, e-mail address, second factor, sessions."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posasoft.core import accounts, second_factor, sessions
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import User
from posasoft.core.reauthentication import with_second_factor
from posasoft.core.sessions import passive
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.sign_in_forms import ChangePasswordForm, EmailForm


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


@allow(*SIGNED_IN)
@require_safe
def show(request: OfficerRequest) -> HttpResponse:
    """What is known of oneself, and every device on which one is signed in."""
    user, here = _user(request), sessions.digest_of(request.session.session_key or "")
    context = {
        "has_factor": second_factor.has(user),
        "needs_factor": second_factor.required_of(user),
        "codes_left": second_factor.recovery_codes_left(user),
        "sessions": [{"row": row, "here": row.digest == here} for row in sessions.of(user)],
    }
    return render(request, "account/show.html", context)


@allow(*SIGNED_IN)
@require_http_methods(["GET", "POST"])
@with_second_factor
def password(request: OfficerRequest) -> HttpResponse:
    """A new password of one's own; ends the other sessions."""
    user = _user(request)
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        accounts.change_password(user=user, password=form.cleaned_data["password"], by=request.scope, keep=request.session.session_key)
        update_session_auth_hash(request, user)
        messages.success(request, gettext("Đã đổi mật khẩu. Các phiên làm việc khác của bạn đã kết thúc."))
        return redirect("portal:account")
    return render(request, "account/password.html", {"form": form})


@allow(*SIGNED_IN)
@require_http_methods(["GET", "POST"])
@with_second_factor
def email(request: OfficerRequest) -> HttpResponse:
    """Where notifications go by e-mail."""
    user = _user(request)
    form = EmailForm(request.POST or None, initial={"email": user.email})
    if request.method == "POST" and form.is_valid():
        accounts.change_email(user=user, email=form.cleaned_data["email"], by=request.scope)
        messages.success(request, gettext("Đã lưu địa chỉ thư điện tử."))
        return redirect("portal:account")
    return render(request, "account/email.html", {"form": form})


@allow(*SIGNED_IN)
@require_POST
@with_second_factor
def end_session(request: OfficerRequest, digest: str) -> HttpResponse:
    """End one session of one's own elsewhere."""
    if sessions.end_one(user_id=_user(request).pk, digest=digest, by=request.scope):
        messages.success(request, gettext("Đã kết thúc phiên làm việc đó."))
    else:
        messages.info(request, gettext("Phiên làm việc đó đã kết thúc từ trước."))
    return redirect("portal:account")


@allow(*SIGNED_IN)
@require_POST
@with_second_factor
def end_other_sessions(request: OfficerRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    number = sessions.end_all(user_id=_user(request).pk, by=request.scope, keep=request.session.session_key)
    messages.success(request, gettext("Đã kết thúc %(number)d phiên làm việc khác.") % {"number": number})
    return redirect("portal:account")


@allow(*SIGNED_IN)
@require_safe
@passive
def session_left(request: OfficerRequest) -> HttpResponse:
    """Seconds until the session ends, for the page that warns of it, and the token of forms, which a new sign-in elsewhere changes."""
    return JsonResponse({"left": sessions.left(request), "token": get_token(request)})


@allow(*SIGNED_IN)
@require_POST
def session_stay(request: OfficerRequest) -> HttpResponse:
    """Still there: the idle time begins anew."""
    sessions.touch(request, at_once=True)
    return JsonResponse({"left": sessions.left(request)})
