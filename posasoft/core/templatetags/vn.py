"""Template filters for money, months, dates and words: `{% load vn %}`. Empty for an empty value."""

import datetime as dt

from django import template

from posasoft.core import dates, months
from posasoft.core.money import format_dong, format_number
from posasoft.core.money_words import money_words

register = template.Library()


@register.filter
def money(amount: int | None) -> str:
    """1234567 → 1.234.567 đ."""
    return "" if amount is None else format_dong(int(amount))


@register.filter
def number(value: int | None) -> str:
    """1234567 → 1.234.567."""
    return "" if value is None else format_number(int(value))


@register.filter
def month(day: dt.date | None) -> str:
    """The first of November 2026 → 11/2026."""
    return "" if day is None else months.format_month(day)


@register.filter
def iso_month(day: dt.date | None) -> str:
    """The first of November 2026 → 2026-11, for addresses."""
    return "" if day is None else months.iso_month(day)


@register.filter
def vn_date(day: dt.date | None) -> str:
    """5 November 2026 → 05/11/2026."""
    return "" if day is None else dates.format_date(day)


@register.filter
def long_date(day: dt.date | None) -> str:
    """5 November 2026 → ngày 05 tháng 11 năm 2026."""
    return "" if day is None else dates.format_long(day)


@register.filter
def born(day: dt.date | None, precision: str = "day") -> str:
    """A birth date to its precision: `{{ person.born|born:person.born_precision }}`."""
    return "" if day is None else dates.format_partial(day, precision)


@register.filter
def words(amount: int | None) -> str:
    """1205000 → Một triệu hai trăm linh năm nghìn đồng."""
    return "" if amount is None else money_words(int(amount))
