"""“Nhận tiền” of a household: accounts, receivers, lines of one's own, telephone; recorded by one person, confirmed by another."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.models import Account, OwnLine, Receiver
from payments.operations import accounts, receivers
from payments.operations.accounts import COOLING_DAYS, PayeeRefused
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.reauthentication import ask, recently_confirmed
from posasoft.core.traces import shows
from posasoft.portal.queries import receiving
from posasoft.portal.queries.scoped import in_scope
from posasoft.portal.receiving_forms import FORMS, end_own_line, months_ahead
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES, found_household
from posasoft.portal.views.tabs import household_page

RECORDING = (Role.COMMUNE_OFFICER, Role.CLUSTER_OFFICER)
CONFIRMING = (*RECORDING, Role.COMMUNE_CHAIR)


@allow(*REGISTRY_ROLES)
@shows("household")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """How each of the household receives money, and how it was before; numbers by their last digits."""
    household = found_household(request, public_id)
    context = {
        "how": receiving.receiving(household, request.scope, timezone.localdate()),
        "records": request.scope.role in RECORDING,
        "confirms": request.scope.role in CONFIRMING,
        "cooling": COOLING_DAYS,
        "months": months_ahead(),
    }
    return household_page(request, household, "receiving", **context)


@allow(*RECORDING)
@shows("household")
def new(request: OfficerRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """A form of one of the four kinds; what is refused is shown again as typed."""
    household = found_household(request, public_id)
    if kind not in FORMS:
        raise Http404
    if not recently_confirmed(request):
        return ask(request)
    form = FORMS[kind](request.POST or None, household=household)
    if request.method == "POST" and form.is_valid() and form.save(request.scope):
        messages.success(request, _("Đã ghi nhận."))
        return redirect("portal:household_receiving", public_id)
    audit.seen(
        by=request.scope, kind="household", ids=[household.public_id], area=(household.province_no, household.area_pos), page="receiving"
    )
    return render(request, "portal/receiving/form.html", {"form": form, "household": household}, status=422 if form.errors else 200)


@allow(*CONFIRMING)
@require_POST
def act(request: OfficerRequest, kind: str, public_id: uuid.UUID, move: str) -> HttpResponse:
    """Confirm or end one of them; back to the household's tab with what was done or refused."""
    if (kind, move) not in MOVES:
        raise Http404
    thing = _found(request, kind, public_id)
    if not recently_confirmed(request):
        return ask(request)
    household = thing.household if isinstance(thing, Receiver) else thing.person.household
    try:
        MOVES[kind, move](thing, request)
        messages.success(request, _("Đã xác nhận.") if move == "confirm" else _("Đã ngừng."))
    except PayeeRefused as refused:
        messages.error(request, str(refused))
    return redirect("portal:household_receiving", household.public_id)


def _found(request: OfficerRequest, kind: str, public_id: uuid.UUID) -> Account | Receiver | OwnLine:
    rows = {"account": Account.objects, "receiver": Receiver.objects, "own-line": OwnLine.objects}[kind]
    thing = in_scope(rows.all(), request.scope).filter(public_id=public_id).first()  # type: ignore[misc,arg-type]  # three kinds of rows
    if thing is None:
        raise Http404
    return thing  # type: ignore[return-value]  # as above


def _reason(request: OfficerRequest) -> str:
    return request.POST.get("reason", "")


MOVES = {
    ("account", "confirm"): lambda row, request: accounts.confirm_account(
        account=row, name_note=request.POST.get("name_note", ""), by=request.scope
    ),
    ("account", "end"): lambda row, request: accounts.end_account(account=row, reason=_reason(request), by=request.scope),
    ("receiver", "confirm"): lambda row, request: receivers.confirm_receiver(receiver=row, by=request.scope),
    ("receiver", "end"): lambda row, request: receivers.end_receiver(receiver=row, reason=_reason(request), by=request.scope),
    ("own-line", "end"): lambda row, request: end_own_line(row, request.POST.get("month", ""), request.scope),
}
