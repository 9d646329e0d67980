"""The counter, made for a phone: find a payment by code, household, paper or name, mark it, take a mark back, close the day, print the sheet."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.documents.cash_sheet import cash_sheet
from payments.models import PaymentList, ServicePoint
from payments.operations import results
from payments.operations.results import ResultRefused
from payments.outcomes import PAID, UNPAID
from payments.queries import cash, counter
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.headers import PERMISSIONS
from posasoft.core.models import Role
from posasoft.core.money import format_dong
from posasoft.core.numbers import whole
from posasoft.core.traces import shows
from posasoft.portal.forms_of_results import PaidForm, SheetForm, UndoForm, UnpaidForm
from posasoft.portal.queries import counter as found_at
from posasoft.portal.queries.counter import Card
from posasoft.portal.queries.months import lists_in_scope
from posasoft.portal.requests import OfficerRequest

# The only pages that may use a camera: they read the code of a letter.
WITH_CAMERA = PERMISSIONS.replace("camera=()", "camera=(self)")


def _point(request: OfficerRequest) -> ServicePoint:
    """The clerk's counter, else 404."""
    point = found_at.point_of(request.scope)
    if point is None:
        raise Http404
    return point


def _card(request: OfficerRequest, line: uuid.UUID) -> Card:
    """The payment if it is one of the clerk's counter, else 404."""
    card = found_at.card(_point(request), line)
    if card is None:
        raise Http404
    return card


def _seeing(response: HttpResponse) -> HttpResponse:
    response.headers["Permissions-Policy"] = WITH_CAMERA
    return response


@allow(Role.AGENCY_CLERK)
@shows("payment_line")
def index(request: OfficerRequest) -> HttpResponse:
    """The day at the counter: one box, what was marked last, villages with what is left; a search is a POST, so that no name stands in an address."""
    point = found_at.point_of(request.scope)
    if point is None:
        return render(request, "portal/results/counter.html", {"point": None})
    text = request.POST.get("q", "").strip()[:200]
    hits = found_at.look(point, text) if text else []
    if text:
        audit.searched(
            by=request.scope, words=text, hits=len(hits), kind="payment_line", ids=[hit.public_id for hit in hits], page="counter"
        )
    if len(hits) == 1:
        return redirect("portal:counter_line", hits[0].public_id)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    latest = counter.marked(point.pk, midnight)
    if latest and not text:
        audit.seen(by=request.scope, kind="payment_line", ids=[line.public_id for line in latest], count=len(latest), page="counter")
    context = {
        "point": point,
        "text": text,
        "hits": hits,
        "latest": latest,
        "villages": counter.villages(point.pk),
        "lists": counter.lists(point.pk),
        "days": counter.open_days(point.pk),
        "today": timezone.localdate(),
        "sheet": SheetForm(),
    }
    return _seeing(render(request, "portal/results/counter.html", context))


@allow(Role.AGENCY_CLERK)
@shows("payment_line")
def village(request: OfficerRequest, village_id: int) -> HttpResponse:
    """A village's payments in one state; the commune's id stands for households in no village."""
    point = _point(request)
    pile = next((pile for pile in counter.villages(point.pk) if pile.key == village_id), None)
    if pile is None:
        raise Http404
    state = request.GET.get("state", "")
    state = state if state in counter.STATES else counter.WAITING
    skip = whole(request.GET.get("after", "")) or 0
    rows = counter.lines(point.pk, village=village_id, state=state, skip=min(skip, 1_000_000))
    after = str(skip + counter.PAGE) if len(rows) > counter.PAGE else ""
    rows = rows[: counter.PAGE]
    audit.seen(by=request.scope, kind="payment_line", ids=[row.public_id for row in rows], count=len(rows), page="counter_village")
    return render(request, "portal/results/village.html", {"point": point, "pile": pile, "state": state, "rows": rows, "after": after})


@allow(Role.AGENCY_CLERK)
@shows("payment_line")
def line(request: OfficerRequest, line: uuid.UUID) -> HttpResponse:
    """One payment: who, how much and for what, which paper to compare, and the buttons."""
    return _shown(request, _card(request, line))


def _shown(request: OfficerRequest, card: Card, **forms: Any) -> HttpResponse:
    area = (card.paid.province_no, card.paid.area_pos)
    audit.seen(by=request.scope, kind="payment_line", ids=[card.line.public_id], area=area, page="counter_line")
    payee = card.line.payee or card.line.household_code
    context = {
        "card": card,
        "paid_form": forms.get("paid") or PaidForm(payee=payee, receiver=card.receiver, auto_id="paid_%s"),
        "unpaid_form": forms.get("unpaid") or UnpaidForm(auto_id="unpaid_%s"),
        "undo_form": forms.get("undo") or UndoForm(auto_id="undo_%s"),
        "failed": next(iter(forms), ""),
    }
    return render(request, "portal/results/line.html", context)


@allow(Role.AGENCY_CLERK)
@require_POST
def mark(request: OfficerRequest, line: uuid.UUID) -> HttpResponse:
    """Paid, or not paid with the reason. The form's own key makes a second press of the same form the first one again."""
    card = _card(request, line)
    payee = card.line.payee or card.line.household_code
    form: PaidForm | UnpaidForm
    if request.POST.get("outcome") == UNPAID:
        form = UnpaidForm(request.POST, auto_id="unpaid_%s")
        if not form.is_valid():
            return _shown(request, card, unpaid=form)
        said = {"outcome": UNPAID, "reason": form.cleaned_data["reason"], "note": form.cleaned_data["note"]}
    else:
        form = PaidForm(request.POST, payee=payee, receiver=card.receiver, auto_id="paid_%s")
        if not form.is_valid():
            return _shown(request, card, paid=form)
        said = {"outcome": PAID, **form.proxy()}
    try:
        results.mark(line=card.paid, client_key=form.cleaned_data["client_key"], by=request.scope, **said)
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:counter_line", line)
    words = _("Đã trả %(money)s cho %(name)s.") if said["outcome"] == PAID else _("Đã ghi %(name)s chưa nhận %(money)s.")
    messages.success(request, words % {"money": format_dong(card.paid.total), "name": payee})
    return redirect("portal:counter")


@allow(Role.AGENCY_CLERK)
@require_POST
def undo(request: OfficerRequest, line: uuid.UUID) -> HttpResponse:
    """Take a mark back, with the reason; until the day is closed."""
    card = _card(request, line)
    form = UndoForm(request.POST, auto_id="undo_%s")
    if not form.is_valid():
        return _shown(request, card, undo=form)
    try:
        results.undo(line=card.paid, reason=form.cleaned_data["reason"], client_key=form.cleaned_data["client_key"], by=request.scope)
        messages.success(request, _("Đã bỏ lần ghi trước; khoản này lại chờ trả."))
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:counter_line", line)


@allow(Role.AGENCY_CLERK)
@require_POST
def close(request: OfficerRequest) -> HttpResponse:
    """Close a day: its payments go into the ledger and can no longer be taken back here."""
    point = _point(request)
    try:
        day = datetime.date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        closed = results.close_day(service_point=point, day=day, by=request.scope)
        told = {"day": f"{day:%d/%m/%Y}", "n": closed.lines, "money": format_dong(closed.amount)}
        messages.success(request, _("Đã đóng ngày %(day)s: %(n)s lượt trả, %(money)s.") % told)
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:counter")


@allow(Role.AGENCY_CLERK)
@require_POST
def rest(request: OfficerRequest, list_id: int) -> HttpResponse:
    """End the paying of a list: whoever has not come is marked absent, and the list is complete."""
    _point(request)
    pay_list: PaymentList | None = lists_in_scope(request.scope).filter(pk=list_id).first()
    if pay_list is None:
        raise Http404
    try:
        number = results.mark_rest(pay_list=pay_list, by=request.scope)
        messages.success(request, _("Đã ghi vắng mặt %(n)s người; danh sách đã có đủ kết quả.") % {"n": number})
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:counter")


@allow(Role.AGENCY_CLERK)
@shows("payment_line")
def sheet(request: OfficerRequest) -> HttpResponse:
    """The sheet to sign for a payment day, village by village, of all who still wait or of one village."""
    point, form = _point(request), SheetForm(request.GET)
    day = form.cleaned_data["day"] if form.is_valid() else timezone.localdate()
    lines = list(cash.waiting(point.pk, village=whole(request.GET.get("village", ""))))
    content = cash_sheet(point, day, lines)
    audit.exported(
        by=request.scope,
        kind="payment_line",
        object_id=point.pk,
        area=(point.province_no, point.area_pos),
        count=len(lines),
        file="cash_sheet",
    )
    response = HttpResponse(content, content_type="application/pdf")
    # The code is as somebody typed it.
    response["Content-Disposition"] = content_disposition_header(True, f"ky-nhan-{day:%Y-%m-%d}-{point.code}.pdf")
    return response
