"""The law's names in pages: benefits, articles, coefficients. All of them are data of `policy`."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

from policy import load_law
from policy.model import Rule, Source

register = template.Library()
SHORT = {"NĐ-CP": "NĐ", "QĐ-TTg": "QĐ"}


@lru_cache(maxsize=4096)
def rule_of(benefit: str, month: datetime.date) -> Rule | None:
    """The version of a benefit that holds in a month, else the latest one; None for a code that no law knows."""
    versions = [rule for rule in load_law().rules if rule.benefit == benefit]
    return next((rule for rule in versions if rule.is_in_force(month)), versions[-1] if versions else None)


def short_source(source: Source) -> str:
    """335/2026/NĐ-CP, Điều 5 khoản 7 → NĐ 335/2026, Điều 5 khoản 7."""
    number, _, kind = source.instrument.rpartition("/")
    name = f"{SHORT[kind]} {number}" if kind in SHORT else source.instrument
    return f"{name}, {source.article}"


@register.filter
def benefit_name(code: str, month: datetime.date) -> str:
    """The benefit's title in the language of the page."""
    rule = rule_of(code, month)
    if rule is None:
        return code
    return rule.en if get_language() == "en" else rule.vi


@register.filter
def benefit_article(code: str, month: datetime.date) -> str:
    """Decree and article that grant it."""
    rule = rule_of(code, month)
    return short_source(rule.source) if rule else ""


@register.filter
def coefficient(value: Decimal | float | str) -> str:
    """2.500 → 2,5."""
    return str(number_format(Decimal(str(value)).normalize()))
