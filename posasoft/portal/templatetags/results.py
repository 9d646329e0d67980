"""Results in words: reasons, states of rows and batches, what is wrong with a row."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from payments.models import ResultBatch, RowState
from payments.outcomes import REASONS
from payments.result_findings import sentence

register = template.Library()
BATCH_STATES = {
    "received": ("info", gettext_lazy("Đã nhận tệp")), "staged": ("warn", gettext_lazy("Chờ xác nhận")),
    "applied": ("ok", gettext_lazy("Đã ghi nhận")), "refused": ("stop", gettext_lazy("Không nhận")),
}  # fmt: skip
ROW_TONES = {RowState.READY: "info", RowState.CHANGE: "warn", RowState.SAME: "", RowState.FINDING: "stop", RowState.APPLIED: "ok"}


@register.filter
def reason_word(code: str) -> str:
    """absent → Vắng mặt; "" for no reason."""
    return gettext(REASONS[code]) if code in REASONS else code


@register.simple_tag
def result_batch_tag(batch: ResultBatch) -> SafeString:
    """Where a batch of results stands."""
    tone, word = BATCH_STATES[batch.status]
    return format_html('<span class="tag {}">{}</span>', tone, word)


@register.simple_tag
def row_tag(state: str) -> SafeString:
    """What can be done with a row."""
    found = RowState(state)
    return format_html('<span class="tag {}">{}</span>', ROW_TONES[found], gettext(str(found.label)))


@register.filter
def finding_text(finding: dict[str, Any]) -> str:
    """A finding as a sentence."""
    return sentence(finding)
