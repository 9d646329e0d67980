"""Practice mode: enter, leave, begin anew, and what to try."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import practice
from posasoft.core.access import SIGNED_IN, allow
from posasoft.portal import practice as space
from posasoft.portal.requests import OfficerRequest


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """What practice is, the way in and out, and the exercises with what is done already."""
    context = {
        "practising": request.practice,
        "roles": [(role.value, role.label) for role in practice.ROLES],
        "acting": request.scope.role,
        "exercises": space.standing(request.scope) if request.practice else space.standing(None),
    }
    return render(request, "portal/practice.html", context)


@allow(*SIGNED_IN)
@require_POST
def enter(request: OfficerRequest) -> HttpResponse:
    """Step into one's own practice commune, as the officer or as the chair; the same button changes sides."""
    role = request.POST.get("role", "")
    if role not in practice.ROLES:
        role = practice.ROLES[0].value
    space.enter(by=request.scope, role=role)
    request.session[practice.SESSION_KEY] = role
    messages.success(request, _("Bạn đang ở chế độ thực hành. Mọi hộ và mọi số tiền ở đây đều là bịa; cứ thử thoải mái."))
    return redirect("portal:practice")


@allow(*SIGNED_IN)
@require_POST
def leave(request: OfficerRequest) -> HttpResponse:
    """Back to real work."""
    space.leave(by=request.scope)
    request.session.pop(practice.SESSION_KEY, None)
    messages.success(request, _("Đã thoát chế độ thực hành. Từ đây mọi thao tác là thật."))
    return redirect("portal:home")


@allow(*SIGNED_IN)
@require_POST
def reset(request: OfficerRequest) -> HttpResponse:
    """Throw the practice commune away and get a fresh one, in the same role."""
    role = request.session.get(practice.SESSION_KEY, practice.ROLES[0].value)
    space.give_up(by=request.scope)
    space.enter(by=request.scope, role=role)
    request.session[practice.SESSION_KEY] = role
    messages.success(request, _("Đã làm lại xã thực hành từ đầu."))
    return redirect("portal:practice")
