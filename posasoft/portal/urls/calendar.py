"""Calendar, budgets, closing."""

from django.urls import URLPattern, path

from posasoft.portal.views import paying_calendar

patterns: list[URLPattern] = [
    path("paying/calendar/", paying_calendar.show, name="paying_calendar"),
    path("paying/calendar/propose/", paying_calendar.propose, name="paying_calendar_propose"),
    path("paying/calendar/<int:proposal_id>/decide/", paying_calendar.decide, name="paying_calendar_decide"),
    path("paying/budgets/", paying_calendar.budgets, name="budgets"),
    path("paying/budgets/set/", paying_calendar.set_budget, name="budget_set"),
]
