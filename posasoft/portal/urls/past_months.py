"""Corrections of past months and the effects of laws."""

from django.urls import URLPattern, path

from posasoft.portal.views import past_months

patterns: list[URLPattern] = [
    path("paying/corrections/", past_months.corrections, name="corrections"),
    path("paying/corrections/waive/", past_months.correction_waive, name="correction_waive"),
    path("paying/effects/", past_months.law_effects, name="law_effects"),
    path("paying/effects/start/", past_months.law_effects_start, name="law_effects_start"),
    path("paying/effects/decide/", past_months.law_effects_decide, name="law_effects_decide"),
]
