"""Report a change: a draft that saves itself, what it does to the money, and sending it."""

from __future__ import annotations

import datetime
import uuid

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from households import statuses
from households.change_kinds import KINDS, Right
from households.models import ChangeRequest, Household, Person
from households.operations import requests
from households.queries.requests import DAY
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.traces import shows
from posasoft.portal import changing
from posasoft.portal.change_forms import ChangeForm, form_for, typed_of
from posasoft.portal.change_words import clash, pairs
from posasoft.portal.queries import areas, changes, registry
from posasoft.portal.queries.preview_of_change import Preview, preview
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.changes.found import CHANGE_ROLES, choices_of, found_request, telling

WRITABLE = (statuses.DRAFT, statuses.RETURNED)


def _subject(request: OfficerRequest) -> tuple[Household | None, Person | None]:
    """The household or person named in the form, in scope; 404 for any other."""
    try:
        home, who = (uuid.UUID(text) if (text := request.POST.get(name, "")) else None for name in ("household", "person"))
    except ValueError as error:
        raise Http404 from error
    person = registry.person(request.scope, who) if who else None
    household = registry.household(request.scope, home) if home else None
    if (who and person is None) or (home and household is None):
        raise Http404
    return household, person


@allow(*CHANGE_ROLES)
@require_POST
def new(request: OfficerRequest, kind: str) -> HttpResponse:
    """Begin a report: an own draft, or the one already begun."""
    if kind not in KINDS:
        raise Http404
    household, person = _subject(request)
    area = areas.by_id(request.POST.get("area", "")) if not (household or person) else None
    if area is not None and not request.scope.holds(area.position or -1):
        raise Http404
    try:
        row = requests.save_draft(kind=kind, household=None if person else household, person=person, area=area, by=request.scope)
    except (requests.NotAllowed, requests.Invalid) as error:
        messages.error(request, str(error))
        return redirect("portal:changes")
    return redirect("portal:change_edit", row.public_id)


def _own(request: OfficerRequest, public_id: uuid.UUID) -> ChangeRequest:
    row = found_request(request, public_id)
    if row.requested_by_id != request.scope.user_id or row.status not in WRITABLE:
        raise Http404
    return row


@allow(*CHANGE_ROLES)
@shows("change_request")
def edit(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The form of a kind, drawn from the table; sent on, the declared values are checked and the money is shown."""
    row = _own(request, public_id)
    if request.method == "POST":
        row = requests.save_draft(request=row, typed=typed_of(request.POST), by=request.scope)
        form = ChangeForm(request.POST, request=row, scope=request.scope)
        if form.is_valid() and _declared(form, row, request):
            return redirect("portal:change_check", public_id)
    else:
        form = form_for(row, request.scope)
    audit.seen(by=request.scope, kind="change_request", ids=[row.public_id], area=(row.province_no, row.area_pos), page="edit")
    context = {"row": row, "kind": KINDS[row.kind], "form": form, "direct": KINDS[row.kind].rights.of(request.scope.role) == Right.DIRECT}
    return render(request, "portal/changes/edit.html", context)


def _declared(form: ChangeForm, row: ChangeRequest, request: OfficerRequest) -> bool:
    day = form.cleaned_data.get(DAY)
    try:
        requests.declare(
            request=row, payload=form.payload(), effective_on=datetime.date.fromisoformat(day) if day else None, by=request.scope,
            reason=form.cleaned_data["reason"], documents=form.documents(),
        )  # fmt: skip
    except requests.Invalid as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return False
    return True


@allow(*CHANGE_ROLES)
@require_POST
def draft(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is typed so far, saved every few seconds; the answer is the line that says so."""
    row = _own(request, public_id)
    row = requests.save_draft(request=row, typed=typed_of(request.POST), by=request.scope)
    return render(request, "portal/changes/_saved.html", {"saved_at": row.saved_at})


def money(row: ChangeRequest, request: OfficerRequest) -> tuple[Preview | None, str]:
    """The preview, or why there is none."""
    try:
        return preview(row, request.scope), ""
    except requests.Invalid as error:
        return None, " ".join(error.errors.values())
    except OperationalError:
        return None, _("Có người đang sửa chính hộ này. Hãy thử lại sau ít phút.")


@allow(*CHANGE_ROLES)
@shows("change_request")
@require_GET
def check(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Declared beside registered, and what the change does to this and past months' money; then send."""
    row = _own(request, public_id)
    if not row.reason:
        return redirect("portal:change_edit", public_id)
    found, problem = money(row, request)
    kind = KINDS[row.kind]
    direct = kind.rights.of(request.scope.role) == Right.DIRECT
    audit.seen(by=request.scope, kind="change_request", ids=[row.public_id], area=(row.province_no, row.area_pos), page="check")
    context = {
        "row": row, "kind": kind, "pairs": pairs(row), "money": found, "problem": problem, "today": timezone.localdate(), "direct": direct,
        "clashes": [clash(row, d) for d in requests.differences(row)] if direct else [],
    }  # fmt: skip
    return render(request, "portal/changes/check.html", context)


@allow(*CHANGE_ROLES)
@require_POST
def submit(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send it, or write it at once where the role may; what somebody else wrote meanwhile is chosen on the page before."""
    row = _own(request, public_id)
    with telling(request):
        try:
            done = changing.submit(request=row, by=request.scope, choices=choices_of(request))
        except requests.Conflict:
            return redirect("portal:change_check", public_id)
        sent = _("Đã ghi vào sổ.") if done.status == statuses.APPLIED else _("Đã gửi. Người duyệt thấy việc này trong danh sách của họ.")
        messages.success(request, sent)
    return redirect("portal:change", public_id)


@allow(*CHANGE_ROLES)
@require_POST
def withdraw(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an own request back."""
    row = found_request(request, public_id)
    with telling(request):
        requests.withdraw(request=row, by=request.scope)
        messages.success(request, _("Đã rút yêu cầu."))
    return redirect("portal:changes")


@allow(*CHANGE_ROLES)
@require_GET
def communes(request: OfficerRequest) -> HttpResponse:
    """Communes whose name begins as typed, as options of a list: names of places only."""
    return render(request, "portal/changes/_communes.html", {"found": changes.communes_named(request.GET.get("to_area", ""))})
