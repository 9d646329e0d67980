"""Small pieces of every page: icons, the page's links with other parameters, masked numbers."""

import datetime
from decimal import Decimal

from django import template
from django.forms import BoundField, Select
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from posasoft.core.money import format_dong

register = template.Library()


@register.simple_tag
def icon(name: str, tone: str = "") -> SafeString:
    """An icon of the sprite, silent to screen readers: a word always stands beside it. `tone`: ok, warn, stop or info."""
    return format_html(
        '<svg class="ico {}" aria-hidden="true" focusable="false"><use href="{}#tabler-{}"/></svg>',
        tone,
        static("vendor/tabler-icons/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def here(context: RequestContext, **changes: object) -> str:
    """Query string of this page with `changes`; an empty value removes its parameter."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def masked(tail: str | None) -> str:
    """A national id as officers see it in lists: the last three digits only."""
    return f"••• ••• ••• {tail}" if tail else ""


@register.simple_tag
def field_input(field: BoundField) -> SafeString:
    """The input of a form field in Bootstrap's classes, tied to its error."""
    kind = "form-select" if isinstance(field.field.widget, Select) else "form-control"
    attributes = {"class": f"{kind} bad" if field.errors else kind}
    if field.errors:
        attributes |= {"aria-invalid": "true", "aria-describedby": f"{field.id_for_label}_error"}
    return field.as_widget(attrs=attributes)


WEEKDAYS = (
    gettext_lazy("Thứ hai"),
    gettext_lazy("Thứ ba"),
    gettext_lazy("Thứ tư"),
    gettext_lazy("Thứ năm"),
    gettext_lazy("Thứ sáu"),
    gettext_lazy("Thứ bảy"),
    gettext_lazy("Chủ nhật"),
)


@register.filter
def weekday(day: datetime.date) -> str:
    """Saturday → Thứ bảy."""
    return str(WEEKDAYS[day.weekday()])


@register.filter
def short_money(amount: int) -> str:
    """A sum to read at a glance, three figures: 1.943.750.000 → 1,94 tỷ; 812.000.000 → 812 triệu. The exact sum stands in its list."""
    for size, word in ((1_000_000_000, gettext("tỷ")), (1_000_000, gettext("triệu"))):
        if abs(amount) >= size:
            places = max(0, 3 - len(str(abs(amount) // size)))
            return f"{number_format(Decimal(amount) / size, decimal_pos=places)} {word}"
    return format_dong(amount)


@register.simple_tag
def due(day: datetime.date | None, today: datetime.date) -> SafeString:
    """A task's day as a tag: colour and words say how soon."""
    if day is None:
        return format_html('<span class="tag info">{}</span>', gettext("Không hạn"))
    left = (day - today).days
    if left < 0:
        return format_html('<span class="tag stop">{}</span>', gettext("Quá %(days)d ngày") % {"days": -left})
    if left == 0:
        return format_html('<span class="tag warn">{}</span>', gettext("Hôm nay"))
    tone = "warn" if left <= 7 else ""
    return format_html('<span class="tag {}">{}</span>', tone, gettext("Còn %(days)d ngày") % {"days": left})
