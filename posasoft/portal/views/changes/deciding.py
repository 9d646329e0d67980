"""Lists of requests, one request with declared and registered values side by side, and what is decided upon it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from households import statuses
from households.change_kinds import KINDS, OFFICERS
from households.models import ChangeRequest
from households.operations import requests
from households.queries.requests import may_approve, waiting_for
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.traces import shows
from posasoft.portal import changing
from posasoft.portal.change_forms import plain
from posasoft.portal.change_words import DOCUMENTS, clash, pairs
from posasoft.portal.queries import changes
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.changes.found import CHANGE_ROLES, choices_of, found_request, telling
from posasoft.portal.views.changes.reporting import money

MOST_AT_ONCE = 100


def _first_tab(counts: changes.Counts, asked: str) -> str:
    if asked in changes.TABS:
        return asked
    return "approve" if counts.approve else "mine"


@allow(*CHANGE_ROLES)
@shows("change_request")
@require_GET
def index(request: OfficerRequest) -> HttpResponse:
    """Requests: to approve, mine, returned, transfers in and out, done."""
    counts = changes.counts(request.scope)
    tab = _first_tab(counts, request.GET.get("tab", ""))
    context = {
        "tab": tab, "counts": counts, "today": timezone.localdate(), "kinds": KINDS.values(), "chosen": request.GET.get("kind", ""),
        "communes": changes.communes(request.scope), "menu": changes.menu(request.scope),
    }  # fmt: skip
    if tab == "in":
        context["transfers"] = transfers = list(changes.incoming(request.scope)[: changes.PAGE])
        shown = [transfer.public_id for transfer in transfers]
    else:
        context["page"] = page = changes.page(request.scope, tab, request.GET.get("kind", ""), request.GET.get("after", ""))
        shown = [line.request.public_id for line in page.rows]
    audit.seen(by=request.scope, kind="change_request", ids=shown, count=len(shown), filters=[tab])
    return render(request, "portal/changes/index.html", context)


def _may(row: ChangeRequest, request: OfficerRequest) -> dict[str, bool]:
    scope, is_mine = request.scope, row.requested_by_id == request.scope.user_id
    return {
        "approve": row.status == statuses.SUBMITTED and may_approve(row, scope),
        "edit": is_mine and row.status in (statuses.DRAFT, statuses.RETURNED),
        "withdraw": is_mine and (row.status, "withdraw") in statuses.REQUEST_MOVES,
        "undo": row.status == statuses.APPLIED and requests.may_undo(row, scope),
    }


@allow(*CHANGE_ROLES)
@shows("change_request")
@require_GET
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One request: what is declared, what the registry says, its money, its papers, and the buttons of whoever looks."""
    row = found_request(request, public_id)
    may = _may(row, request)
    found, problem = money(row, request) if may["approve"] else (None, "")
    clashes = [clash(row, d) for d in requests.differences(row)] if row.status in (statuses.SUBMITTED, statuses.WAITING) else []
    audit.seen(by=request.scope, kind="change_request", ids=[row.public_id], area=(row.province_no, row.area_pos))
    context = {
        "row": row, "kind": KINDS[row.kind], "pairs": pairs(row), "may": may, "money": found, "problem": problem, "clashes": clashes,
        "today": timezone.localdate(), "papers": [{**paper, "label": DOCUMENTS.get(paper["kind"], paper["kind"])} for paper in row.documents],
        "has_next": may["approve"] and (following := changes.next_waiting(request.scope, row)) is not None and following.pk != row.pk,
    }  # fmt: skip
    return render(request, "portal/changes/show.html", context)


@allow(*CHANGE_ROLES)
@require_POST
def approve(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Approve; what the registry has newer must be chosen field by field first."""
    row = found_request(request, public_id)
    done = None
    with telling(request):
        done = changing.approve(request=row, by=request.scope, choices=choices_of(request))
        waits = done.status == statuses.WAITING
        messages.success(request, _("Đã duyệt. Đang chờ xã nơi đến nhận.") if waits else _("Đã duyệt và ghi vào sổ."))
    following = changes.next_waiting(request.scope, row) if done and "next" in request.POST else None
    return redirect("portal:change", following.public_id if following else public_id)


@allow(*CHANGE_ROLES)
@require_POST
def approve_many(request: OfficerRequest) -> HttpResponse:
    """Approve those ticked, each in its own step: what conflicts or fails stays in the list, and the page says how many."""
    ids = request.POST.getlist("requests")[:MOST_AT_ONCE]
    done = left = 0
    for row in waiting_for(request.scope).filter(public_id__in=_uuids(ids)).order_by("pk"):
        try:
            changing.approve(request=row, by=request.scope)
            done += 1
        except (requests.Conflict, requests.Invalid, requests.NotAllowed, requests.WrongMoment):
            left += 1
    if done:
        messages.success(request, ngettext("Đã duyệt %(n)d yêu cầu.", "Đã duyệt %(n)d yêu cầu.", done) % {"n": done})
    if left:
        messages.warning(request, _("%(n)d yêu cầu phải xem từng cái: sổ đã đổi hoặc không còn áp dụng được.") % {"n": left})
    return redirect("portal:changes")


def _uuids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


@allow(*CHANGE_ROLES)
@require_POST
def return_(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give it back with what is wrong and where."""
    row = found_request(request, public_id)
    with telling(request):
        requests.return_(request=row, by=request.scope, reason=plain(request.POST.get("reason", "")), marked=request.POST.getlist("marked"))
        messages.success(request, _("Đã trả lại người đề nghị để sửa."))
    return redirect("portal:change", public_id)


@allow(*CHANGE_ROLES)
@require_POST
def refuse(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say no, with the reason."""
    row = found_request(request, public_id)
    with telling(request):
        requests.refuse(request=row, by=request.scope, reason=plain(request.POST.get("reason", "")))
        messages.success(request, _("Đã từ chối và báo cho người đề nghị."))
    return redirect("portal:change", public_id)


@allow(*CHANGE_ROLES)
@require_POST
def undo(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an applied change back."""
    row = found_request(request, public_id)
    with telling(request):
        changing.undo(request=row, by=request.scope, reason=plain(request.POST.get("reason", "")))
        messages.success(request, _("Đã hoàn tác: sổ trở lại đúng như trước thay đổi này."))
    return redirect("portal:change", public_id)


@allow(*CHANGE_ROLES)
@require_GET
def who_may(request: OfficerRequest) -> HttpResponse:
    """The table of kinds: who applies directly, who asks, who approves."""
    roles = [Role(role).label for role in OFFICERS]
    return render(request, "portal/changes/who_may.html", {"rows": changes.who_may(), "roles": roles})
