"""The steps of payment lists: prepare, check, approve with a second factor, reject, release; what strikes; supplementary lists."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from payments.models import PaymentList
from payments.operations import ReleaseRefused, closing, release, steps, supplementary
from payments.operations.open_months import MonthRefused
from payments.operations.steps import MoveRefused
from payments.queries.anomalies import anomalies
from payments.statuses import CLOSING, ONE_OFF, SUPPLEMENTARY
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import iso_month, parse_month
from posasoft.core.numbers import wholes
from posasoft.core.reauthentication import with_second_factor
from posasoft.core.scope import Scope, unbound
from posasoft.core.traces import shows
from posasoft.portal.queries.months import lists_in_scope
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.lists import found_list

PREPARING = (Role.COMMUNE_OFFICER, Role.CLUSTER_OFFICER)
SIGNING = (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER)
# A closing list of everybody with uncollected money, at the end of a year.
YEAR_END = "year_end"
STEP_ROLES = (*PREPARING, *SIGNING)


def _done(request: OfficerRequest, lists: Sequence[PaymentList], name: str, reason: str = "") -> None:
    """Make a move and say how it ended."""
    try:
        if name == "release":
            release(lists=lists, by=request.scope)
        else:
            lists = steps.move(lists=lists, name=name, by=request.scope, reason=reason)
    except (MoveRefused, ReleaseRefused) as error:
        messages.error(request, str(error))
        return
    if name == "approve" and any(pay_list.status != "approved" for pay_list in lists):
        messages.warning(request, _("Đã ghi nhận lần duyệt thứ nhất; danh sách lớn cần người thứ hai duyệt."))
        return
    said = ngettext("Đã xử lý %(n)s danh sách.", "Đã xử lý %(n)s danh sách.", len(lists)) % {"n": len(lists)}
    messages.success(request, said)


@allow(*STEP_ROLES)
@require_POST
def step(request: OfficerRequest, list_id: int, move: str) -> HttpResponse:
    """Prepare, check or reject one list."""
    if move not in ("prepare", "check", "reject"):
        raise Http404
    _done(request, [found_list(request, list_id)], move, request.POST.get("reason", ""))
    return redirect("portal:list", list_id)


@allow(*SIGNING)
@require_POST
def sign(request: OfficerRequest, list_id: int, move: str) -> HttpResponse:
    """Approve or release one list, after the second factor; nobody is asked for a code for a list out of reach."""
    if move not in ("approve", "release"):
        raise Http404
    return _signed(request, found_list(request, list_id), move)


@with_second_factor
def _signed(request: OfficerRequest, pay_list: PaymentList, move: str) -> HttpResponse:
    _done(request, [pay_list], move)
    return redirect("portal:list", pay_list.pk)


@allow(*SIGNING)
@require_POST
@with_second_factor
def sign_many(request: OfficerRequest) -> HttpResponse:
    """Approve or release the ticked lists, all or none, with one second factor."""
    name = request.POST.get("name", "")
    ids = wholes(request.POST.getlist("list"))
    lists = list(lists_in_scope(request.scope).filter(pk__in=ids).select_related("commune"))
    if name not in ("approve", "release") or not lists or len(lists) != len(set(ids)):
        messages.error(request, _("Chọn ít nhất một danh sách trong địa bàn của bạn."))
        return redirect("portal:lists")
    _done(request, lists, name)
    return redirect(f"{reverse('portal:lists')}?month={iso_month(lists[0].month)}")


@allow(*STEP_ROLES)
@shows("payment_list")
def striking(request: OfficerRequest, list_id: int) -> HttpResponse:
    """What strikes in a list; the reading is written down by the POST of its button."""
    pay_list = found_list(request, list_id)
    audit.record(verb="read", kind="payment_list", object_id=pay_list.pk, by=request.scope, area=(pay_list.province_no, pay_list.area_pos))
    # A payee or an account that another commune's families share strikes too; only this list's people are named.
    with unbound(request.scope):
        found = anomalies(pay_list)
    context = {"list": pay_list, "found": found, "read": steps.has_read(pay_list, request.scope.user_id)}
    return render(request, "portal/list_striking.html", context)


@allow(*STEP_ROLES)
@require_POST
def read(request: OfficerRequest, list_id: int) -> HttpResponse:
    """Keep that the acting person has looked at what strikes."""
    steps.note_read(pay_list=found_list(request, list_id), by=request.scope)
    return redirect("portal:list", list_id)


def _drawn(kind: str, month: datetime.date, scope: Scope) -> list[PaymentList]:
    if kind in (SUPPLEMENTARY, ONE_OFF):
        return supplementary.draw_up(month=month, kind=kind, lo=scope.lo, hi=scope.hi, by=scope)
    return closing.draw_up(month=month, lo=scope.lo, hi=scope.hi, by=scope, whole_year=kind == YEAR_END)


@allow(Role.COMMUNE_OFFICER)
@require_POST
def draw_up(request: OfficerRequest) -> HttpResponse:
    """Supplementary, one-off or closing lists of the communes in scope for a month."""
    kind = request.POST.get("kind", "")
    try:
        month = parse_month(request.POST.get("month", ""))
    except ValueError as error:
        raise Http404 from error
    if kind not in (SUPPLEMENTARY, ONE_OFF, CLOSING, YEAR_END):
        raise Http404
    try:
        made = _drawn(kind, month, request.scope)
    except MonthRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:lists")
    if made:
        messages.success(request, _("Đã lập danh sách dự thảo; xem và trình ở dưới."))
    else:
        messages.info(
            request, _("Không có ai phải lập thêm: mọi khoản đã có trong danh sách, hoặc danh sách thường kỳ của tháng chưa phát hành.")
        )
    return redirect(f"{reverse('portal:lists')}?month={iso_month(month)}")
