"""“Nhận tiền” of a household: accounts, receivers, lines of one's own, telephone; recorded by one person, confirmed by another."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

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
    model: Any = {"account": Account, "receiver": Receiver, "own-line": OwnLine}[kind]
    thing: Account | Receiver | OwnLine | None = in_scope(model.objects.all(), request.scope).filter(public_id=public_id).first()
    if thing is None:
        raise Http404
    return thing


def _reason(request: OfficerRequest) -> str:
    return request.POST.get("reason", "")


def _confirm_account(row: Account, request: OfficerRequest) -> object:
    return accounts.confirm_account(account=row, name_note=request.POST.get("name_note", ""), by=request.scope)


def _end_account(row: Account, request: OfficerRequest) -> object:
    return accounts.end_account(account=row, reason=_reason(request), by=request.scope)


def _confirm_receiver(row: Receiver, request: OfficerRequest) -> object:
    return receivers.confirm_receiver(receiver=row, by=request.scope)


def _end_receiver(row: Receiver, request: OfficerRequest) -> object:
    return receivers.end_receiver(receiver=row, reason=_reason(request), by=request.scope)


def _end_own_line(row: OwnLine, request: OfficerRequest) -> None:
    end_own_line(row, request.POST.get("month", ""), request.scope)


# Each move takes the kind of thing it stands beside.
MOVES: dict[tuple[str, str], Callable[[Any, OfficerRequest], object]] = {
    ("account", "confirm"): _confirm_account,
    ("account", "end"): _end_account,
    ("receiver", "confirm"): _confirm_receiver,
    ("receiver", "end"): _end_receiver,
    ("own-line", "end"): _end_own_line,
}
