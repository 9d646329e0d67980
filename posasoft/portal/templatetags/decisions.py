"""Papers in words, as lists and pages show them."""

from __future__ import annotations

import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from beneficiaries.models import DecisionDocument
from posasoft.core.money import format_dong
from posasoft.core.months import format_month

register = template.Library()
STATUSES = {
    "draft": ("", gettext_lazy("Bản nháp")),
    "prepared": ("warn", gettext_lazy("Chờ ký")),
    "signed": ("ok", gettext_lazy("Đã ký")),
    "annulled": ("stop", gettext_lazy("Đã hủy bỏ")),
}
VERBS = {
    "prepare": gettext_lazy("soạn"),
    "edit": gettext_lazy("sửa lời"),
    "submit": gettext_lazy("trình ký"),
    "return": gettext_lazy("trả lại"),
    "sign": gettext_lazy("ký"),
    "receive": gettext_lazy("ghi nhận"),
    "annul": gettext_lazy("hủy bỏ"),
}


@register.simple_tag
def paper_tag(paper: DecisionDocument) -> SafeString:
    """Where a paper stands."""
    tone, label = STATUSES[paper.status]
    return format_html('<span class="tag {}">{}</span>', tone, label)


@register.filter
def paper_amount(paper: DecisionDocument) -> str:
    """What the paper gives a month (a benefit paid once: once); a dash where it gives nothing."""
    total = sum(line["amount"] for line in paper.lines) if paper.kind in ("grant", "adjust", "resume", "suspend") else 0
    return format_dong(total) if total else "–"


@register.filter
def paper_month(text: str) -> str:
    """2026-11-01 → 11/2026."""
    return format_month(datetime.date.fromisoformat(text))


@register.filter
def paper_verb(verb: str) -> str:
    """What was done to a paper, in a word."""
    return str(VERBS.get(verb, gettext("khác")))
