"""The calendar of paying of a province, its rules and budgets."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.models import CycleProposal
from payments.operations import calendar
from payments.operations.calendar import CalendarRefused
from payments.queries import budgets as money
from payments.queries.cycle import rule_of
from posasoft.core.access import allow
from posasoft.core.models import Area, Role
from posasoft.core.months import add_months, first_of_month
from posasoft.portal.forms_of_calendar import BudgetForm, RuleForm, initial_of
from posasoft.portal.queries import paying_calendar as queries
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

KEEPERS = (Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST)
BUDGET_ROLES = (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST, Role.AUDITOR)


def _province(request: OfficerRequest) -> tuple[Area, list[Area]]:
    """The province asked for, else the first in the role's range; 404 for another or none."""
    found = queries.provinces(request.scope)
    asked = request.POST.get("province") or request.GET.get("province", "")
    chosen = next((area for area in found if area.code == asked), None) if asked else (found[0] if found else None)
    if chosen is None:
        raise Http404
    return chosen, found


def _page(request: OfficerRequest, form: RuleForm | None = None, preview: object = None, status: int = 200) -> HttpResponse:
    area, offered = _province(request)
    number, today = area.province_no or 0, timezone.localdate()
    next_month = add_months(first_of_month(today), 1)
    may = request.scope.role in KEEPERS
    context = {
        "area": area,
        "offered": offered,
        "months": queries.months(number, today),
        "rules": queries.rules(number),
        "proposals": queries.open_proposals(number),
        "may": may,
        "is_ministry": request.scope.role == Role.MINISTRY_ANALYST,
        "form": form or (RuleForm(initial=initial_of(rule_of(number, next_month), next_month)) if may else None),
        "preview": preview,
        "whole": request.POST.get("whole") == "1",
    }
    return render(request, "portal/paying/calendar.html", context, status=status)


@allow(*REGISTRY_ROLES)
def show(request: OfficerRequest) -> HttpResponse:
    """The days of the coming months, the rules they come from, and what waits for a second glance."""
    return _page(request)


@allow(*KEEPERS)
@require_POST
def propose(request: OfficerRequest) -> HttpResponse:
    """Preview the days of a rule, or propose it."""
    form, area = RuleForm(request.POST), _province(request)[0]
    if not form.is_valid():
        return _page(request, form, status=422)
    number = None if request.POST.get("whole") == "1" else area.province_no
    try:
        calendar.check(form.rule(), timezone.localdate())
        if request.POST.get("act") == "preview":
            return _page(request, form, calendar.preview(form.rule()))
        calendar.propose(province_no=number, rule=form.rule(), reason=form.cleaned_data["reason"], by=request.scope)
    except CalendarRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=422)
    messages.success(request, _("Đã gửi đề nghị; quy định có hiệu lực khi người thứ hai xác nhận."))
    return _back(area)


@allow(*KEEPERS)
@require_POST
def decide(request: OfficerRequest, proposal_id: int) -> HttpResponse:
    """The second person confirms a rule or refuses it."""
    area, offered = _province(request)
    numbers = {one.province_no for one in offered} | {None}
    proposal = get_object_or_404(CycleProposal, pk=proposal_id)
    if proposal.province_no not in numbers:
        raise Http404
    agree = request.POST.get("act") == "confirm"
    try:
        calendar.decide(proposal=proposal, agree=agree, answer=request.POST.get("answer", ""), by=request.scope)
        messages.success(request, _("Quy định đã có hiệu lực.") if agree else _("Đã ghi nhận không đồng ý."))
    except CalendarRefused as refusal:
        messages.error(request, str(refusal))
    return _back(area)


def _back(area: Area) -> HttpResponse:
    return redirect(f"{reverse('portal:paying_calendar')}?province={area.code}")


def _year(request: OfficerRequest) -> int:
    asked, this_year = request.POST.get("year") or request.GET.get("year", ""), timezone.localdate().year
    return int(asked) if asked.isdecimal() and 2015 <= int(asked) <= this_year + 1 else this_year


@allow(*BUDGET_ROLES)
def budgets(request: OfficerRequest) -> HttpResponse:
    """Budgets of a province and year with what its lists have taken."""
    return _budgets(request, BudgetForm())


@allow(*KEEPERS)
@require_POST
def set_budget(request: OfficerRequest) -> HttpResponse:
    """Enter or change the budget of one programme."""
    form, area, year = BudgetForm(request.POST), _province(request)[0], _year(request)
    if form.is_valid() and _saved(request, form, area, request.POST.get("programme", ""), year):
        return redirect(f"{reverse('portal:budgets')}?province={area.code}&year={year}")
    return _budgets(request, form)


def _budgets(request: OfficerRequest, form: BudgetForm) -> HttpResponse:
    area, offered = _province(request)
    year, this_year, programme = _year(request), timezone.localdate().year, request.POST.get("programme", "")
    rows = money.of_year(area.province_no or 0, year, all_programmes=True)
    context = {
        "area": area, "offered": offered, "year": year, "years": range(this_year + 1, this_year - 4, -1), "rows": rows,
        "may": request.scope.role in KEEPERS, "form": form, "programme": programme,
    }  # fmt: skip
    return render(request, "portal/paying/budgets.html", context, status=422 if form.errors else 200)


def _saved(request: OfficerRequest, form: BudgetForm, area: Area, programme: str, year: int) -> bool:
    try:
        calendar.set_budget(
            province_no=area.province_no or 0, programme=programme, year=year, amount=form.cleaned_data["amount"],
            source=form.cleaned_data["source"], by=request.scope,
        )  # fmt: skip
    except CalendarRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Đã lưu dự toán."))
    return True
