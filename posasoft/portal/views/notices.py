"""Notices of the acting user, and how they want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import notifications
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import NotificationSettings
from posasoft.core.numbers import whole
from posasoft.portal.requests import OfficerRequest

PAGE = 50


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """The latest notices, and how to be told."""
    after = whole(request.GET.get("after", ""))
    found = notifications.of_user(request.scope)
    rows = list((found if after is None else found.filter(pk__lt=after))[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "after": str(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "chosen": notifications.settings_of(request.scope),
        "digests": NotificationSettings.Digest.choices,
        "address": getattr(request.user, "email", ""),
    }
    return render(request, "portal/notifications.html", context)


@allow(*SIGNED_IN)
@require_POST
def read(request: OfficerRequest) -> HttpResponse:
    """Mark one notice read and go where it leads, or mark them all."""
    one = whole(request.POST.get("notice", ""))
    if one is None:
        notifications.mark_read(by=request.scope)
        return redirect("portal:notifications")
    notice = notifications.of_user(request.scope).filter(pk=one).first()
    notifications.mark_read(ids=[one], by=request.scope)
    link = notice.link if notice else ""
    return redirect(link if link and url_has_allowed_host_and_scheme(link, allowed_hosts=None) else "portal:notifications")


@allow(*SIGNED_IN)
@require_POST
def choose(request: OfficerRequest) -> HttpResponse:
    """Keep how the user wants to be told."""
    try:
        notifications.choose(in_page="in_page" in request.POST, digest=request.POST.get("digest", ""), by=request.scope)
        messages.success(request, _("Đã lưu cách nhận thông báo."))
    except ValueError:
        messages.error(request, _("Hãy chọn một cách nhận thư trong danh sách."))
    return redirect("portal:notifications")
