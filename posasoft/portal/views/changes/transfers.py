"""The receiving commune's side of a transfer: the sheet, and taking in or refusing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from households import statuses
from households.change_kinds import RECEIVERS, choices
from households.models import Household, Transfer
from households.operations import requests
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Area, Level
from posasoft.core.traces import shows
from posasoft.portal import changing
from posasoft.portal.change_forms import plain
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.changes.found import found_transfer, telling


@allow(*RECEIVERS)
@shows("transfer")
@require_GET
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The sheet: who comes, from where, in which class. Nothing else of the household is in this commune's range yet."""
    transfer = found_transfer(request, public_id)
    audit.record(
        verb="read", kind="transfer", object_id=transfer.public_id, by=request.scope, area=(transfer.province_no, transfer.area_pos)
    )
    context = {
        "transfer": transfer, "sheet": transfer.sheet, "waits": transfer.status == statuses.WAITING, "residences": choices.RESIDENCE,
        "relations": choices.NOT_HEAD, "is_person": transfer.sheet.get("kind") == "transfer_person",
        "villages": Area.objects.filter(level=Level.VILLAGE, parent=transfer.to_area, position__isnull=False).order_by("name_key"),
    }  # fmt: skip
    return render(request, "portal/changes/transfer.html", context)


def _target(request: OfficerRequest, transfer: Transfer) -> Household | None:
    """The household that the person joins, by its code; None for a household of their own. Raises Invalid."""
    code = plain(request.POST.get("household", "")).strip()
    if not code:
        return None
    found = Household.objects.filter(
        code=code, area_pos__gte=request.scope.lo, area_pos__lt=request.scope.hi, ended_on__isnull=True
    ).first()
    if found is None:
        raise requests.Invalid({"household": _("Không có hộ mang mã này trong địa bàn.")})
    return found


def _relation(request: OfficerRequest) -> str:
    """A relation of the list, else none."""
    chosen = request.POST.get("relation", "")
    return chosen if chosen in dict(choices.NOT_HEAD) else ""


@allow(*RECEIVERS)
@require_POST
def accept(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take in to a village; from here on the household's pages open here and no longer there."""
    transfer = found_transfer(request, public_id)
    number = request.POST.get("village", "")
    village = Area.objects.filter(pk=int(number), level=Level.VILLAGE).first() if number.isdecimal() and len(number) < 18 else None
    with telling(request):
        done = changing.accept_transfer(
            transfer=transfer, by=request.scope, village=village, residence_kind=request.POST.get("residence_kind", ""),
            household=_target(request, transfer), relation=_relation(request),
        )  # fmt: skip
        messages.success(request, _("Đã nhận. Hồ sơ nay thuộc xã của bạn."))
        if done.household is not None:
            return redirect("portal:household", done.household.public_id)
    return redirect("portal:change_transfer", public_id)


@allow(*RECEIVERS)
@require_POST
def refuse(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Do not take in; the sender reads why."""
    transfer = found_transfer(request, public_id)
    with telling(request):
        requests.refuse_transfer(transfer=transfer, by=request.scope, reason=plain(request.POST.get("reason", "")))
        messages.success(request, _("Đã từ chối. Nơi gửi đọc được lý do; hộ vẫn ở nơi cũ."))
    return redirect("portal:change_transfer", public_id)
