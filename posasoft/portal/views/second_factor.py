"""Enrolling an authenticator app, recovery codes, and confirming again who is there."""

from __future__ import annotations

import time
from typing import cast

import segno
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posasoft.core import reauthentication, second_factor
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.enrolment import before_enrolment
from posasoft.core.models import User
from posasoft.core.reauthentication import recently_confirmed, with_second_factor
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.sign_in_forms import ConfirmForm, EnrolForm

SECRET, CODES = "enrolment_secret", "recovery_codes"
# Codes wait in the session until their owner says that they are kept, and not longer than this.
CODES_SHOWN_FOR = 15 * 60


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


@allow(*SIGNED_IN)
@before_enrolment
@require_http_methods(["GET", "POST"])
def enrol(request: OfficerRequest) -> HttpResponse:
    """The QR code for an app and the field for its first code. A change of an app that is there asks for a confirmation first."""
    user = _user(request)
    if not recently_confirmed(request) and not second_factor.missing(user):
        return reauthentication.ask(request)
    secret = request.session.get(SECRET)
    if secret is None:
        secret = request.session[SECRET] = second_factor.new_secret()
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, key = form.cleaned_data["code"], request.session.session_key
        codes = second_factor.enrol(user=user, secret=secret, code=code, by=request.scope, keep_session=key)
        if codes:
            request.session.cycle_key()
            del request.session[SECRET]
            request.session[CODES] = {"codes": codes, "at": time.time()}
            record_authentication(request, user, "mfa", type="totp")
            return redirect("portal:recovery_codes")
        form.add_error("code", gettext("Mã không đúng. Kiểm tra giờ trên điện thoại (để tự động) rồi nhập mã đang hiện."))
    qr = segno.make(second_factor.address_for_app(user, secret), error="m").svg_inline(scale=4, light="#fff", dark="#000")
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "qr": qr, "secret": groups, "required": second_factor.required_of(user), "replaces": second_factor.has(user)}
    return render(request, "mfa/enrol.html", context)


def _shown_codes(request: HttpRequest) -> list[str]:
    kept = request.session.get(CODES)
    return list(kept["codes"]) if kept and kept["at"] > time.time() - CODES_SHOWN_FOR else []


@allow(*SIGNED_IN)
@require_safe
def recovery_codes(request: OfficerRequest) -> HttpResponse:
    """Fresh recovery codes, until their owner says that they are kept; otherwise how many are left."""
    user = _user(request)
    return render(
        request,
        "mfa/recovery_codes.html",
        {"codes": _shown_codes(request), "left": second_factor.recovery_codes_left(user), "enrolled": second_factor.has(user)},
    )


@allow(*SIGNED_IN)
@require_POST
def recovery_codes_file(request: OfficerRequest) -> HttpResponse:
    """The same codes as a text file."""
    codes = _shown_codes(request)
    if not codes:
        return redirect("portal:recovery_codes")
    head = gettext("Mã dự phòng POSASoft của %(user)s. Mỗi mã dùng được một lần; cất nơi chỉ bạn mở được.") % {
        "user": _user(request).username
    }
    response = HttpResponse("\r\n".join([head, "", *codes, ""]), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ma-du-phong-posasoft.txt"'
    return response


@allow(*SIGNED_IN)
@require_POST
def recovery_codes_kept(request: OfficerRequest) -> HttpResponse:
    """They are kept: they are not shown again."""
    request.session.pop(CODES, None)
    messages.success(request, gettext("Xác thực hai lớp đã bật. Từ nay đăng nhập cần mật khẩu và mã trên điện thoại."))
    return redirect("portal:home")


@allow(*SIGNED_IN)
@require_POST
@with_second_factor
def recovery_codes_new(request: OfficerRequest) -> HttpResponse:
    """Ten new recovery codes; the old ones are void."""
    user = _user(request)
    if second_factor.has(user):
        request.session[CODES] = {"codes": second_factor.make_recovery_codes(user=user, by=request.scope), "at": time.time()}
    return redirect("portal:recovery_codes")


def _way_back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@allow(*SIGNED_IN)
@require_http_methods(["GET", "POST"])
def confirm(request: OfficerRequest) -> HttpResponse:
    """Password and code once more, then back; what was sent too early is sent again by the person's own press."""
    user, back, name = _user(request), _way_back(request), request.POST.get("held") or request.GET.get("held") or ""
    form = ConfirmForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        request.session.cycle_key()
        record_authentication(request, user, "password", reauthenticated=True)
        if form.factor:
            form.factor.user = user
            post_authentication(request, form.factor, reauthenticated=True)
        kept = reauthentication.held(request, name)
        if kept:
            reauthentication.release(request)
            return render(request, "account/send_again.html", {"kept": kept})
        return HttpResponseRedirect(back)
    shown = second_factor.present_code(user) if settings.DEMONSTRATION and "code" in form.fields else None
    return render(request, "account/confirm.html", {"form": form, "next": back, "held": name, "demonstration_code": shown})
