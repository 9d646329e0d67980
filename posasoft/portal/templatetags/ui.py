"""Small pieces of every page: icons, the page's links with other parameters, masked numbers."""

import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, Select
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from beneficiaries.queries.comparison import CAUSES
from households.models import ImportBatch, Person
from payments.models import Cycle, PaymentList
from payments.queries import cycle
from posasoft.core.money import format_dong
from posasoft.core.months import add_months, age_on, months_old_on
from posasoft.portal import wording

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
    attributes: dict[str, str | bool] = {"class": f"{kind} bad" if field.errors else kind}
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


@register.simple_tag
def poverty_tag(value: str, suffix: str = "") -> SafeString:
    """The household's class as a coloured word."""
    return format_html('<span class="tag {}">{}{}</span>', wording.TONES[value], wording.poverty(value), suffix)


@register.filter
def disability(person: Person) -> str:
    """Degree and kind of a person's disability in words; empty without one."""
    return wording.disability(person.disability_degree, person.disability_type)


@register.filter
def difficulty(value: str | None) -> str:
    """extremely_difficult → Vùng đặc biệt khó khăn."""
    return str(wording.DIFFICULTY.get(value or "", ""))


@register.simple_tag
def age(person: Person, day: datetime.date) -> str:
    """Age on a day in words: months below three years; about, when only the year is known; empty when nothing is."""
    if person.born is None:
        return ""
    until = min(day, person.died_on) if person.died_on else day
    months = months_old_on(person.born, until)
    if months < 36 and person.born_precision != "year":
        return gettext("%(n)d tháng tuổi") % {"n": max(months, 0)}
    years = gettext("%(n)d tuổi") % {"n": age_on(person.born, until)}
    return years if person.born_precision == "day" else gettext("khoảng %(age)s") % {"age": years}


@register.filter
def month_before(month: datetime.date) -> datetime.date:
    """An exclusive end as people say it: up to and including the month before."""
    return add_months(month, -1)


@register.filter
def document_kind(kind: str) -> str:
    """A document's kind in words; an unknown kind is shown as written."""
    return str(wording.DOCUMENTS.get(kind, kind))


@register.filter
def at(mapping: dict[object, object], key: object) -> object:
    """The value under a key, None when there is none."""
    return mapping.get(key)


@register.filter
def ethnic_group(code: str | None) -> str:
    """08 → Mông."""
    return wording.ethnic_group(code)


JOB_TONES = {"queued": "info", "running": "info", "done": "ok", "failed": "stop", "cancelled": "warn"}


@register.simple_tag
def job_tag(status: str, label: str) -> SafeString:
    """A job's state as a coloured word."""
    return format_html('<span class="tag {}">{}</span>', JOB_TONES.get(status, ""), gettext(label))


@register.simple_tag
def speed(per_second: float) -> str:
    """12345.6 → 12.346 hộ/giây, without naming the unit: rows, households, lines."""
    return gettext("%(n)s mỗi giây") % {"n": number_format(round(per_second))}


@register.filter
def duration(seconds: float) -> str:
    """Seconds as people say them: 45 giây, 3 phút, 1 giờ 20 phút."""
    whole = round(seconds)
    if whole < 60:
        return gettext("%(n)d giây") % {"n": whole}
    hours, minutes = divmod(round(whole / 60), 60)
    if not hours:
        return gettext("%(n)d phút") % {"n": minutes}
    return gettext("%(h)d giờ %(m)d phút") % {"h": hours, "m": minutes}


@register.simple_tag
def run_tag(status: str) -> SafeString:
    """The state of a run or of one province of it as a coloured word."""
    return format_html('<span class="tag {}">{}</span>', JOB_TONES.get(status, ""), wording.RUN_STATES.get(status, status))


@register.filter
def change_kind(kind: str) -> str:
    """new, stopped, changed → Mới, Thôi hưởng, Đổi mức."""
    return str(wording.CHANGE_KINDS.get(kind, kind))


@register.filter
def change_cause(cause: str) -> str:
    """Why a line is new, stopped or changed, in words."""
    if cause == "kept_back":
        return gettext("Thay đổi hoàn cảnh khác")
    return gettext(CAUSES[cause]) if cause in CAUSES else cause


@register.filter
def whole(value: float) -> str:
    """A rate without its fraction, with thousands."""
    return str(number_format(round(value)))


@register.simple_tag
def list_tag(pay_list: PaymentList) -> SafeString:
    """Where a payment list stands on its way."""
    words = {
        "draft": gettext("Dự thảo"), "prepared": gettext("Chờ kiểm tra"), "checked": gettext("Chờ duyệt"), "approved": gettext("Đã duyệt"),
        "sent": gettext("Đã giao đơn vị chi trả"), "results_in": gettext("Đã có kết quả"), "reconciled": gettext("Đã đối soát"),
        "closed": gettext("Đã quyết toán"),
    }  # fmt: skip
    color = "ok" if pay_list.released_at is not None else "info" if pay_list.status == "approved" else "warn"
    return format_html('<span class="tag {}">{}</span>', color, words.get(pay_list.status, gettext("Đã chốt")))


@register.filter
def payable(pay_list: PaymentList) -> int:
    """What a list pays out in đồng: due + arrears - recovery."""
    return pay_list.amount + pay_list.arrears - pay_list.recovery + pay_list.carried


@register.filter
def signed(amount: int) -> str:
    """A difference in đồng with its sign: +1.080.000 đ, −195.000 đ."""
    return f"{'+' if amount > 0 else '−' if amount < 0 else ''}{format_dong(abs(amount))}"


@register.filter
def tr(text: str | None) -> str:
    """A label that is data (a choice of a model) in the language of the page."""
    return gettext(text) if text else ""


BATCH_TONES = {"received": "info", "staging": "info", "staged": "warn", "accepted": "ok", "undone": "", "refused": "stop"}


@register.simple_tag
def batch_tag(batch: ImportBatch) -> SafeString:
    """The state of a list on its way in."""
    return format_html('<span class="tag {}">{}</span>', BATCH_TONES[batch.status], gettext(str(batch.get_status_display())))


@register.simple_tag
def cell(column: Any, row: object) -> object:
    """A column's value of a row of a list (posasoft.portal.listing.columns.Column)."""
    return column.show(row)


@register.filter
def pay_days(days: Cycle | cycle.Days) -> int:
    """On how many working days a month is paid."""
    return cycle.pay_days(days)
