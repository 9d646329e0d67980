"""Shares and reasons on the scorecard."""

from __future__ import annotations

from collections import Counter

from django import template

from posasoft.portal.settling_words import reason_words

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """97,9 %; a dash for nothing."""
    return "–" if value is None else f"{value:g} %".replace(".", ",")


@register.filter
def reasons(counted: Counter[str]) -> str:
    """“Vắng mặt 3, Từ chối nhận 1”, the most frequent first."""
    return ", ".join(f"{reason_words(code)} {number}" for code, number in counted.most_common())
