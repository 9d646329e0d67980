"""After the results: lists to reconcile and to close, one or many; what keeps a month open; how agencies served."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from payments.operations import reconciling
from payments.operations.reconciling import MonthStillOpen
from payments.operations.steps import MoveRefused
from payments.queries.scorecard import scores
from payments.queries.settling import unfinished_of
from payments.statuses import roles_of
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import iso_month, parse_month
from posasoft.core.numbers import wholes
from posasoft.portal.queries import months, settling
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.settling_words import open_words
from posasoft.portal.views.lists import month_asked

SETTLING = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER)
LOOKING = (*SETTLING, Role.CLUSTER_OFFICER, Role.MINISTRY_ANALYST, Role.AUDITOR)


@allow(*LOOKING)
def index(request: OfficerRequest) -> HttpResponse:
    """Lists of a month that were sent, with paid, returned and carried; buttons for what the role may do."""
    month, status = month_asked(request), request.GET.get("status", "")
    rows, after = settling.lists_after(request.scope, month, status, request.GET.get("after", ""))
    province = settling.province_of(request.scope)
    days = settling.days(request.scope, month)
    context = {
        "month": month,
        "offered": months.months_with_lists(request.scope),
        "rows": rows,
        "after": after,
        "status": status,
        "moves": [move for move in ("reconcile", "close") if request.scope.role in roles_of(move, month_asked(request))],
        "days": days,
        "province": province,
        "closed": getattr(days, "closed_at", None),
        "open": open_words(unfinished_of(province.province_no, month)) if province and province.province_no is not None else [],
        "may_close": province is not None and request.scope.role == Role.PROVINCE_OFFICER,
        "statements": settling.statements_in_sight(request.scope).filter(month=month).order_by("agency__name", "sequence")
        if province
        else [],
    }
    return render(request, "portal/settling/index.html", context)


@allow(*SETTLING)
@require_POST
def step(request: OfficerRequest) -> HttpResponse:
    """Reconcile or close the ticked lists, all or none."""
    name = request.POST.get("name", "")
    ids = set(wholes(request.POST.getlist("list")))
    lists = list(months.lists_in_scope(request.scope).filter(pk__in=ids))
    if name not in ("reconcile", "close") or not lists or len(lists) != len(ids):
        messages.error(request, _("Chọn ít nhất một danh sách trong địa bàn của bạn."))
        return redirect("portal:settling")
    try:
        done = (reconciling.reconcile if name == "reconcile" else reconciling.close)(lists=lists, by=request.scope)
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("Đã xử lý %(n)s danh sách.", "Đã xử lý %(n)s danh sách.", len(done)) % {"n": len(done)}
        messages.success(request, said)
    return redirect(f"{reverse('portal:settling')}?month={iso_month(lists[0].month)}")


@allow(Role.PROVINCE_OFFICER)
@require_POST
def close_month(request: OfficerRequest) -> HttpResponse:
    """Close the province's month; what is still open stands on the page that follows."""
    province = settling.province_of(request.scope)
    try:
        month = parse_month(request.POST.get("month", ""))
    except ValueError:
        return redirect("portal:settling")
    if province is not None and province.province_no is not None:
        try:
            reconciling.close_month(province_no=province.province_no, month=month, by=request.scope)
        except (MonthStillOpen, MoveRefused) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Đã đóng tháng chi trả."))
    return redirect(f"{reverse('portal:settling')}?month={iso_month(month)}")


@allow(Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST, Role.AUDITOR)
def scorecard(request: OfficerRequest) -> HttpResponse:
    """How each agency and service point served in a month, against the contract."""
    month = month_asked(request)
    context = {
        "month": month,
        "offered": months.months_with_lists(request.scope),
        "cards": scores(month, request.scope.lo, request.scope.hi),
    }
    return render(request, "portal/settling/scorecard.html", context)
