"""The payment day: for a citizen without a login by the code of a notice, for officers and the hotline by search."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from payments.documents.wording import benefit_label
from payments.operations import lookups
from payments.operations.lookups import CITIZEN, TooOften
from payments.queries import payday
from posasoft.core import audit
from posasoft.core.access import ANYONE, allow
from posasoft.core.addresses import address_of
from posasoft.core.models import Role
from posasoft.core.months import add_months, first_of_month
from posasoft.core.scope import NOWHERE, acting, apply
from posasoft.core.traces import shows
from posasoft.portal import words
from posasoft.portal.queries import registry
from posasoft.portal.queries.search import search
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

ASKING = (*REGISTRY_ROLES, Role.HOTLINE)


class LookupForm(forms.Form):
    """What a family has in hand: the code on the notice, and who it is."""

    code = forms.CharField(
        label=gettext_lazy("Mã tra cứu trên giấy báo hoặc tin nhắn"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "4F2A-91C7-0B3D", "autocapitalize": "characters"}),
    )  # fmt: skip
    tail = forms.CharField(
        label=gettext_lazy("Ba số cuối căn cước của người nhận tiền"), min_length=3, max_length=3,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


@allow(*ANYONE)
@never_cache
def public(request: HttpRequest) -> HttpResponse:
    """Ask by POST; whatever is wrong gives one answer, and too many tries give another. Nothing of a person stands in the address."""
    form = LookupForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "hotline": settings.HOTLINE}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            context["days"] = _days_for(request, form.cleaned_data["code"], form.cleaned_data["tail"])
            context["nothing"] = not context["days"]
        except TooOften:
            context["too_often"], status = True, 429
    return render(request, "portal/payday/public.html", context, status=status)


def _days_for(request: HttpRequest, code: str, tail: str) -> list[dict[str, Any]]:
    try:
        line = lookups.find(code=code, tail=tail, source=address_of(request) or "")
        if line is None:
            return []
        with acting(CITIZEN):
            audit.record(verb="read", kind="payday", object_id=line.line_id, by=CITIZEN, page="payday_public")
            return _shown(payday.of_line(line.month, line.line_id))
    finally:
        # The rest of the request is nobody's again.
        apply(NOWHERE)


def _shown(days: list[payday.PayDay]) -> list[dict[str, Any]]:
    """Each day with its parts in the words of a printed list: paragraph and point, never an illness."""
    return [
        {"day": day, "parts": [(benefit_label(benefit), month, amount, carried) for benefit, month, amount, carried in day.parts]}
        for day in days
    ]


@allow(*ASKING)
@shows("person")
def index(request: OfficerRequest) -> HttpResponse:
    """Find the family by name, id or code of the household."""
    if request.method == "POST":
        return redirect(f"{reverse('portal:payday')}?w={words.keep(request, request.POST.get('q', ''))}")
    query = words.of(request, request.GET.get("w", ""))
    people = search(query, timezone.localdate(), request.scope).people if query else []
    if query:
        audit.searched(by=request.scope, words=query, hits=len(people), ids=[hit.person_id for hit in people], page="payday")
    return render(request, "portal/payday/index.html", {"query": query, "people": people})


@allow(*ASKING)
@shows("household")
def household(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """When, where, how much and why, as it is read to a caller."""
    found = registry.household(request.scope, public_id)
    if found is None:
        raise Http404
    audit.seen(by=request.scope, kind="household", ids=[found.public_id], area=(found.province_no, found.area_pos), page="payday")
    since = add_months(first_of_month(timezone.localdate()), -payday.MONTHS)
    return render(request, "portal/payday/household.html", {"household": found, "days": _shown(payday.of_household(found.pk, since))})
