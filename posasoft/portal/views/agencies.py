"""Agencies for the province and the administrator: contracts, counters, who pays where, clerks' posts, keys of programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.models import Agency, ApiKey, ServiceArea
from payments.operations import agencies, keys
from payments.operations.agencies import AgencyRefused
from posasoft.api import description
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import Role
from posasoft.core.months import add_months
from posasoft.core.reauthentication import with_second_factor
from posasoft.portal.forms_of_payers import AgencyForm, KeyForm, PointForm, PostForm, ServiceForm, first_values
from posasoft.portal.queries import payers
from posasoft.portal.queries.scoped import in_scope
from posasoft.portal.requests import OfficerRequest

KEEPING = (Role.PROVINCE_OFFICER, Role.ADMINISTRATOR)


@allow(*KEEPING)
def index(request: OfficerRequest) -> HttpResponse:
    """All agencies with their contracts."""
    return render(
        request, "portal/payer/agencies.html", {"agencies": payers.agencies(), "may_add": request.scope.role == Role.ADMINISTRATOR}
    )


@allow(Role.ADMINISTRATOR)
def new(request: OfficerRequest) -> HttpResponse:
    """A new agency."""
    form = AgencyForm(request.POST or None, initial=first_values(None))
    if request.method == "POST" and (
        made := _tried(form, lambda: agencies.save_agency(agency=None, terms=form.cleaned_data, by=request.scope))
    ):
        messages.success(request, _("Đã lưu đơn vị chi trả."))
        return redirect("portal:agency", made.pk)
    return render(request, "portal/payer/agency_terms.html", {"form": form})


@allow(Role.ADMINISTRATOR)
def terms(request: OfficerRequest, agency_id: int) -> HttpResponse:
    """The terms of an agency's contract."""
    agency = get_object_or_404(Agency, pk=agency_id)
    form = AgencyForm(request.POST or None, initial=first_values(agency))
    if request.method == "POST" and _tried(form, lambda: agencies.save_agency(agency=agency, terms=form.cleaned_data, by=request.scope)):
        messages.success(request, _("Đã lưu đơn vị chi trả."))
        return redirect("portal:agency", agency.pk)
    return render(request, "portal/payer/agency_terms.html", {"form": form, "agency": agency})


@allow(*SIGNED_IN)
def api_docs(request: OfficerRequest) -> HttpResponse:
    """What programs of agencies may ask for, for those who write them: nothing of anybody is on it."""
    return render(request, "portal/payer/api.html", {"rows": description.addresses()})


@allow(*KEEPING)
def show(request: OfficerRequest, agency_id: int) -> HttpResponse:
    """One agency: contract, counters, communes, clerks, keys."""
    return _page(request, get_object_or_404(Agency, pk=agency_id))


@allow(*KEEPING)
@require_POST
def point(request: OfficerRequest, agency_id: int) -> HttpResponse:
    """Add a counter."""
    agency = get_object_or_404(Agency, pk=agency_id)
    form = PointForm(request.POST, scope=request.scope, prefix="point")

    def save() -> Any:
        values = {**form.cleaned_data, "is_active": True}
        return agencies.save_point(agency=agency, commune=values.pop("commune"), values=values, by=request.scope)

    return _answer(request, agency, "point_form", form, save, _("Đã thêm điểm chi trả."))


@allow(*KEEPING)
@require_POST
def service(request: OfficerRequest, agency_id: int) -> HttpResponse:
    """Let the agency pay a commune from a month on."""
    agency = get_object_or_404(Agency, pk=agency_id)
    form = ServiceForm(request.POST, scope=request.scope, points=_points(request, agency), prefix="service")

    def save() -> Any:
        return agencies.assign_area(agency=agency, by=request.scope, **form.cleaned_data)

    return _answer(request, agency, "service_form", form, save, _("Đã giao địa bàn chi trả."))


@allow(*KEEPING)
@require_POST
def service_end(request: OfficerRequest, agency_id: int, area_id: int) -> HttpResponse:
    """The agency stops paying a commune with the next month."""
    area = (
        in_scope(ServiceArea.objects.filter(agency_id=agency_id), request.scope)
        .select_related("commune", "agency")
        .filter(pk=area_id)
        .first()
    )
    if area is None:
        raise Http404
    agencies.end_area(area=area, month=add_months(timezone.localdate().replace(day=1), 1), by=request.scope)
    messages.success(request, _("Đã thôi giao từ tháng sau."))
    return redirect("portal:agency", agency_id)


@allow(*KEEPING)
@require_POST
def post(request: OfficerRequest, agency_id: int) -> HttpResponse:
    """Say where a clerk stands."""
    agency = get_object_or_404(Agency, pk=agency_id)
    form = PostForm(request.POST, scope=request.scope, points=_points(request, agency), prefix="post")

    def save() -> Any:
        held, place = form.clerks[form.cleaned_data["assignment"]], form.points.get(form.cleaned_data["point"])
        return agencies.set_post(assignment=held, agency=agency, point=place, by=request.scope)

    return _answer(request, agency, "post_form", form, save, _("Đã phân công nhân viên."))


@allow(Role.ADMINISTRATOR)
@require_POST
@with_second_factor
def key(request: OfficerRequest, agency_id: int) -> HttpResponse:
    """A key for a program of the agency; its secret is shown on this page and nowhere else."""
    agency = get_object_or_404(Agency, pk=agency_id)
    form = KeyForm(request.POST, prefix="key")
    made = _tried(form, lambda: keys.issue(agency=agency, by=request.scope, **form.cleaned_data))
    return _page(request, agency, key_form=KeyForm(prefix="key") if made else form, secret=made[1] if made else "")


@allow(Role.ADMINISTRATOR)
@require_POST
@with_second_factor
def key_revoke(request: OfficerRequest, agency_id: int, key_id: int) -> HttpResponse:
    """Close a key at once."""
    if keys.revoke(key=get_object_or_404(ApiKey, pk=key_id, agency_id=agency_id), by=request.scope):
        messages.success(request, _("Đã thu hồi khóa; chương trình dùng khóa này bị từ chối từ bây giờ."))
    return redirect("portal:agency", agency_id)


def _points(request: OfficerRequest, agency: Agency) -> list[Any]:
    return payers.held(agency, request.scope).points


def _tried(form: forms.Form, save: Callable[[], Any]) -> Any:
    """What was saved, or None with the reason at its field."""
    if not form.is_valid():
        return None
    try:
        return save()
    except AgencyRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _answer(request: OfficerRequest, agency: Agency, name: str, form: forms.Form, save: Callable[[], Any], said: str) -> HttpResponse:
    if _tried(form, save) is None:
        return _page(request, agency, **{name: form})
    messages.success(request, said)
    return redirect("portal:agency", agency.pk)


def _page(request: OfficerRequest, agency: Agency, **shown: Any) -> HttpResponse:
    held = payers.held(agency, request.scope)
    context = {
        "agency": agency,
        "held": held,
        "point_form": PointForm(scope=request.scope, prefix="point"),
        "service_form": ServiceForm(scope=request.scope, points=held.points, prefix="service"),
        "post_form": PostForm(scope=request.scope, points=held.points, prefix="post"),
        "key_form": KeyForm(prefix="key"),
        "keeps_contract": request.scope.role == Role.ADMINISTRATOR,
        "today": timezone.localdate(),
        **shown,
    }
    return render(request, "portal/payer/agency.html", context)
