"""One change for many: choose, look, apply or ask, watch, undo."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from households.models import BulkChange, Studying
from households.operations import bulk as operations
from households.operations.bulk import KINDS_OF_BULK, BulkKind, BulkRefused
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Role
from posasoft.core.traces import shows
from posasoft.portal import wording
from posasoft.portal.listing.state import ListState
from posasoft.portal.queries import areas
from posasoft.portal.queries import bulk as queries
from posasoft.portal.queries import work_in_background as background
from posasoft.portal.queries.scoped import in_scope
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.registry_lists import found_kind, state_of

BULK_ROLES = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
UNDO_LINK_MINUTES = 10


def _found(request: OfficerRequest, public_id: uuid.UUID) -> BulkChange:
    found = queries.bulk_changes(request.scope).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@allow(*BULK_ROLES)
def index(request: OfficerRequest) -> HttpResponse:
    """Bulk changes of the area, the newest first."""
    rows = [(bulk, queries.LABELS[bulk.value["kind"]]) for bulk in queries.bulk_changes(request.scope)[:50]]
    return render(request, "portal/bulk_changes.html", {"rows": rows})


def _targets(request: OfficerRequest, state: ListState) -> QuerySet[Any]:
    """The rows ticked, or everything that the filter matches; inside one commune."""
    if not state.is_narrow:
        raise Http404
    if request.POST.get("what") == "all":
        return state.rows()
    ids = []
    for text in request.POST.getlist("id")[: operations.MOST]:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    lo, hi = state.range()
    return in_scope(state.kind.everything(), request.scope).filter(public_id__in=ids, area_pos__gte=lo, area_pos__lt=hi)


@allow(*BULK_ROLES)
@require_POST
def new(request: OfficerRequest, page: str) -> HttpResponse:
    """The form for the change, and, sent with a change, its preview."""
    kind = found_kind(page)
    state = state_of(request, kind, QueryDict(request.POST.get("query", "")))
    targets = _targets(request, state)
    if "change" in request.POST:
        try:
            made = _prepare(request, targets)
            return redirect("portal:bulk", made.public_id)
        except (BulkRefused, ValueError) as refusal:
            messages.error(request, str(refusal))
    number = targets.order_by()[: operations.MOST + 1].count()
    if not number:
        messages.info(request, _("Chưa chọn dòng nào."))
        return redirect(f"{reverse(f'portal:{page}')}?{state.query() or 'view=all'}")
    context = {
        "kind": kind,
        "query": state.query(),
        "number": number,
        "what": request.POST.get("what", "chosen"),
        "ids": request.POST.getlist("id") if request.POST.get("what") != "all" else [],
        "offered": queries.offered(kind.subject, request.scope.role),
        "villages": areas.choices(request.scope, _commune(state)),
        "studying": [(value, wording.tr(label)) for value, label in Studying.choices],
        "today": timezone.localdate(),
        "typed": request.POST,
    }
    return render(request, "portal/bulk_new.html", context)


def _commune(state: ListState) -> Any:
    area = state.area
    return area.parent if area is not None and area.level == "village" else area


def _prepare(request: OfficerRequest, targets: QuerySet[Any]) -> BulkChange:
    kind = KINDS_OF_BULK.get(request.POST["change"])
    if kind is None:
        raise BulkRefused(_("Hãy chọn điều cần sửa."))
    since = parse_date(request.POST.get("since", ""))
    if since is None:
        raise BulkRefused(_("Hãy ghi ngày hiệu lực, ví dụ 01/12/2026."))
    reason = request.POST.get("reason", "")
    return operations.prepare(kind=kind, values=_values(request, kind), since=since, reason=reason, targets=targets, by=request.scope)


def _values(request: OfficerRequest, kind: BulkKind) -> list[Any]:
    """The typed value of the kind's columns. Raises BulkRefused naming the field."""
    given = request.POST
    if kind.code == "poverty":
        if given.get("class") not in ("poor", "near_poor", "none"):
            raise BulkRefused(_("Hãy chọn phân loại hộ."))
        return [given["class"], _points(given.get("b1", ""), "B1"), _points(given.get("b2", ""), "B2")]
    if kind.code == "village":
        if not given.get("village", "").isdigit():
            raise BulkRefused(_("Hãy chọn thôn, bản, tổ dân phố."))
        return [int(given["village"]), None]
    if kind.code == "studying":
        value = given.get("studying", "")
        if value and value not in Studying.values:
            raise BulkRefused(_("Hãy chọn bậc học."))
        return [value or None]
    return [given.get(kind.code) == "1"]


def _points(text: str, name: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) <= 1000):
        raise BulkRefused(_("Điểm %(name)s phải là số từ 0 đến 1000, không phải “%(text)s”.") % {"name": name, "text": text})
    return int(text)


@allow(*BULK_ROLES)
@shows("household")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """What would change, or what came of it."""
    bulk = _found(request, public_id)
    kind = operations.kind_of(bulk)
    job = operations.job_of(bulk)
    waits = bulk.status == BulkChange.Status.ASKED
    lines = queries.lines(bulk, failed_first=bulk.applied_at is not None)
    shown, place = "household" if bulk.subject == "h" else "person", (bulk.province_no, bulk.area_pos)
    audit.seen(by=request.scope, kind=shown, ids=[line.public_id for line in lines], count=len(lines), area=place, page="bulk")
    context = {
        "bulk": bulk,
        "label": queries.LABELS[kind.code],
        "counts": queries.counts(bulk),
        "lines": lines,
        "value": queries.new_value(bulk),
        "right": kind.right(request.scope.role),
        "may_answer": waits and bulk.made_by_id != request.scope.user_id and kind.may_approve(request.scope.role),
        "view": background.view(job, timezone.now()) if job and bulk.status == BulkChange.Status.RUNNING else None,
    }
    return render(request, "portal/bulk.html", context)


@allow(*BULK_ROLES)
@require_POST
def apply(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Apply or ask; or, by whoever approves, answer."""
    bulk = _found(request, public_id)
    try:
        if "answer" in request.POST:
            bulk = operations.answer(bulk=bulk, agree=request.POST["answer"] == "yes", by=request.scope)
        else:
            bulk = operations.start(bulk=bulk, by=request.scope, link=reverse("portal:bulk", args=[public_id]))
        _say(request, bulk)
    except BulkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:bulk", public_id)


def _say(request: OfficerRequest, bulk: BulkChange) -> None:
    if bulk.status == BulkChange.Status.ASKED:
        messages.info(request, _("Đã gửi người có quyền duyệt. Chưa có gì thay đổi."))
    elif bulk.status == BulkChange.Status.REFUSED:
        messages.info(request, _("Đã từ chối. Không có gì thay đổi."))
    elif bulk.job_id:
        messages.info(request, _("Đang ghi trong nền. Có thể làm việc khác, trang này giữ kết quả."))
    else:
        messages.success(request, _("Đã ghi. Có thể hoàn tác ở trang này."))


@allow(*BULK_ROLES)
@require_POST
def drop(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Throw away what was not applied."""
    try:
        operations.drop(bulk=_found(request, public_id), by=request.scope)
        messages.info(request, _("Đã bỏ. Không có gì thay đổi."))
    except BulkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:bulk", public_id)


@allow(*BULK_ROLES)
@require_POST
def undo(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give the rows their former values back."""
    try:
        number = operations.undo(bulk=_found(request, public_id), by=request.scope)
        messages.success(request, _("Đã hoàn tác %(n)d dòng.") % {"n": number})
    except BulkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:bulk", public_id)
