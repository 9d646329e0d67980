"""Payment lists of a month: totals by commune, the list itself, and the files that are signed and sent."""

from __future__ import annotations

import datetime
import hashlib

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from payments import documents
from payments.documents import kept
from payments.documents.kept import MAKERS
from payments.models import PaymentList
from payments.statuses import APPROVED, CHECKED, FROZEN, RELEASED
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.masking import may_see_full
from posasoft.core.models import Role
from posasoft.core.months import first_of_month, parse_month
from posasoft.core.scope import Scope, unbound
from posasoft.core.traces import shows
from posasoft.portal import exporting
from posasoft.portal.queries import months, results, steps_of_list
from posasoft.portal.queries.payments import page_compared, page_of_lines, page_of_lists
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

LIST_ROLES = (*REGISTRY_ROLES, Role.AGENCY_CLERK)
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf"}


def month_asked(request: OfficerRequest) -> datetime.date:
    """The month of the address, else the latest with lists in scope, else the current one."""
    try:
        return parse_month(request.GET.get("month", ""))
    except ValueError:
        return months.latest_with_lists(request.scope) or first_of_month(timezone.localdate())


def found_list(request: OfficerRequest, list_id: int) -> PaymentList:
    """The list if its commune lies in the role's range, else 404."""
    found = months.lists_in_scope(request.scope).filter(pk=list_id).select_related("commune__parent").first()
    if found is None:
        raise Http404
    return found


@allow(*LIST_ROLES)
def index(request: OfficerRequest) -> HttpResponse:
    """Lists of a month in scope."""
    month = month_asked(request)
    page = page_of_lists(request.scope, month, request.GET.get("after", ""))
    context = {
        "month": month,
        "page": page,
        "pulse": months.pulse(request.scope, month),
        "offered": months.months_with_lists(request.scope),
        "signing": (CHECKED, APPROVED, RELEASED) if request.scope.role in (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER) else (),
        "bundles": request.scope.role in exporting.LIST_ROLES,
        "draws": request.scope.role == Role.COMMUNE_OFFICER,
    }
    return render(request, "portal/lists.html", context)


def _way(request: OfficerRequest, pay_list: PaymentList) -> steps_of_list.Way | None:
    """The list's way through its hands, for those who have a hand in it or oversee it; the payer sees the list only."""
    return None if request.scope.role == Role.AGENCY_CLERK else steps_of_list.way(pay_list, request.scope)


@allow(*LIST_ROLES)
@shows("payment_list")
def show(request: OfficerRequest, list_id: int) -> HttpResponse:
    """One list: households, what each is paid and why it differs."""
    pay_list = found_list(request, list_id)
    if (sent := results.delivery_instead(pay_list, request.scope)) is not None:
        return redirect("portal:delivery", sent)
    audit.record(verb="read", kind="payment_list", object_id=pay_list.pk, by=request.scope, area=(pay_list.province_no, pay_list.area_pos))
    after, way = request.GET.get("after", "") or request.GET.get("before", ""), _way(request, pay_list)
    shown = (
        {"compared": page_compared(pay_list, request.scope, request.GET.get("kind", ""), after)}
        if way is not None
        else {"page": page_of_lines(pay_list, after)}
    )
    standing = results.standing(pay_list, request.scope)
    return render(request, "portal/list.html", {"list": pay_list, "way": way, "standing": standing, **shown})


@allow(*LIST_ROLES)
@shows("payment_list")
def download(request: OfficerRequest, list_id: int, kind: str) -> HttpResponse:
    """The list as a workbook or as a PDF to sign; every download is audited."""
    if kind not in TYPES:
        raise Http404
    pay_list = found_list(request, list_id)
    content = _content(pay_list, kind, request.scope)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{documents.file_name(pay_list, kind)}"'
    area = (pay_list.province_no, pay_list.area_pos)
    digest = hashlib.sha256(content).hexdigest()
    audit.record(verb="export", kind="payment_list", object_id=pay_list.pk, by=request.scope, area=area, file=kind, sha256=digest)
    return response


def _content(pay_list: PaymentList, kind: str, scope: Scope) -> bytes:
    """A released list is the kept file for whoever may see whole ids; a draft, and a copy with masked ids, is made for the reader."""
    if pay_list.status not in FROZEN or not may_see_full(scope.role):
        return MAKERS[kind](pay_list, role=scope.role)
    # A clerk may be the first to read the file, and may write nothing.
    with unbound(scope):
        return kept.content(pay_list, kind)
