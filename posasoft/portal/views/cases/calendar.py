"""Days that the Government moved, kept by the ministry: every legal clock counts by them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries.models import MovedDay
from beneficiaries.operations.calendar import forget_day, move_day
from posasoft.core.access import allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Role
from posasoft.core.working_days import holiday_name
from posasoft.portal.requests import OfficerRequest

KEEPERS = (Role.ADMINISTRATOR, Role.MINISTRY_ANALYST)


@allow(*KEEPERS)
def index(request: OfficerRequest) -> HttpResponse:
    """The table, the newest day first."""
    rows = [(row, holiday_name(row.day)) for row in MovedDay.objects.order_by("-day")[:200]]
    return render(request, "portal/cases/moved_days.html", {"rows": rows, "today": timezone.localdate()})


@allow(*KEEPERS)
@require_POST
def save(request: OfficerRequest) -> HttpResponse:
    """Add a day, or remove one."""
    try:
        day = parse_date(request.POST.get("day", ""))
        if request.POST.get("action") == "remove":
            forget_day(day=day, by=request.scope)
        else:
            move_day(day=day, is_working=request.POST.get("kind") == "working", source=request.POST.get("source", ""), by=request.scope)
        messages.success(request, _("Đã lưu. Hạn của hồ sơ nhận từ nay tính theo bảng này."))
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("portal:moved_days")
