"""Lists on their way to the agencies: sent by chair or province, received, downloaded and confirmed by the agency."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.models import Delivery, PaymentList
from payments.operations import seals, sending
from payments.operations.sending import SendRefused
from posasoft.core import audit, jobs, vault
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import iso_month
from posasoft.core.numbers import wholes
from posasoft.core.traces import shows
from posasoft.portal.queries import payers
from posasoft.portal.queries.months import lists_in_scope
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.lists import found_list

SENDING = (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER)
SEEING = (Role.AGENCY_CLERK, *SENDING, Role.AUDITOR)
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "xml": "application/xml",
    "sha256": "text/plain; charset=utf-8",
    "sig": "application/octet-stream",
}
# More than that takes longer than a person waits for a page.
AT_ONCE = 5


def found(request: OfficerRequest, public_id: uuid.UUID) -> Delivery:
    """The delivery if the role sees it, else 404."""
    delivery = payers.delivery(request.scope, public_id)
    if delivery is None:
        raise Http404
    return delivery


@allow(*SEEING)
def index(request: OfficerRequest) -> HttpResponse:
    """What was sent, the latest first."""
    which = request.GET.get("which", "")
    rows, after = payers.page_of_deliveries(request.scope, which, request.GET.get("after", ""))
    return render(request, "portal/payer/deliveries.html", {"rows": rows, "after": after, "which": which})


@allow(*SEEING)
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One delivery: what came, its files with their checksums, receipt."""
    delivery = found(request, public_id)
    context = {
        "delivery": delivery,
        "files": [(one, seals.file_name(delivery, one["format"])) for one in delivery.files],
        "confirms": request.scope.role == Role.AGENCY_CLERK and delivery.confirmed_at is None,
        "opens": request.scope.role != Role.AGENCY_CLERK or _works_on(delivery, request),
    }
    return render(request, "portal/payer/delivery.html", context)


def _works_on(delivery: Delivery, request: OfficerRequest) -> bool:
    """A clerk at the counter opens the list line by line; the headquarters sees sums."""
    return request.assignment is not None and request.assignment.items.filter(kind="lists", object_id=delivery.pay_list_id).exists()


@allow(*SEEING)
@shows("delivery")
def file(request: OfficerRequest, public_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """A file of a delivery, its checksums, or their signature; a file with people in it is audited."""
    delivery = found(request, public_id)
    kept = next((one for one in delivery.files if one["format"] == kind), None)
    if kind in ("sha256", "sig"):
        response: HttpResponseBase = HttpResponse(seals.checksums(delivery) if kind == "sha256" else seals.signature(delivery))
    elif kept is None:
        raise Http404
    else:
        audit.exported(
            by=request.scope, kind="delivery", object_id=delivery.public_id, area=(delivery.province_no, delivery.area_pos),
            count=delivery.pay_list.households, file=kind, sha256=kept["sha256"],
        )  # fmt: skip
        response = FileResponse(vault.open_file(kept["file"]))
    response["Content-Type"] = TYPES[kind]
    response["Content-Disposition"] = f'attachment; filename="{seals.file_name(delivery, kind)}"'
    return response


@allow(Role.AGENCY_CLERK)
@require_POST
def confirm(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The agency has received the list."""
    delivery = found(request, public_id)
    try:
        confirmed = sending.confirm(delivery=delivery, by=request.scope)
    except SendRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:delivery", public_id)
    if confirmed:
        messages.success(request, _("Đã xác nhận nhận danh sách số %(number)s.") % {"number": delivery.pay_list.number})
    else:
        messages.info(request, _("Danh sách này đã được xác nhận từ trước."))
    return redirect("portal:delivery", public_id)


@allow(*SENDING)
@require_POST
def send(request: OfficerRequest, list_id: int) -> HttpResponse:
    """Send one released list."""
    _send(request, [found_list(request, list_id)])
    return redirect("portal:list", list_id)


@allow(*SENDING)
@require_POST
def send_many(request: OfficerRequest) -> HttpResponse:
    """Send the ticked lists: a few at once, more as work in the background."""
    ids = wholes(request.POST.getlist("list"))
    lists = list(lists_in_scope(request.scope).filter(pk__in=ids).select_related("commune"))
    if not lists or len(lists) != len(set(ids)):
        messages.error(request, _("Chọn ít nhất một danh sách trong địa bàn của bạn."))
        return redirect("portal:lists")
    if len(lists) > AT_ONCE:
        title = _("Gửi %(n)s danh sách cho đơn vị chi trả") % {"n": len(lists)}
        job = jobs.enqueue(kind="payments.send", params={"lists": sorted(ids)}, by=request.scope, title=title)
        return redirect("portal:job", job.pk)
    _send(request, lists)
    return redirect(f"{reverse('portal:lists')}?month={iso_month(lists[0].month)}")


def _send(request: OfficerRequest, lists: Sequence[PaymentList]) -> None:
    try:
        made = sending.send(lists=lists, by=request.scope)
    except SendRefused as refusal:
        messages.error(request, str(refusal))
        return
    said = _("Đã gửi %(n)s danh sách cho đơn vị chi trả.") % {"n": len(made)}
    messages.success(request, said)
