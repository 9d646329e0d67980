"""Reporting a change from a household's or person's page, and the state of a request in a word."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from households import statuses
from households.change_kinds import Kind, Right
from households.models import ChangeRequest, Household, Person, Transfer
from posasoft.portal.queries import changes

register = template.Library()
TONES = {
    statuses.DRAFT: "", statuses.SUBMITTED: "warn", statuses.RETURNED: "stop", statuses.APPROVED: "info", statuses.WAITING: "info",
    statuses.APPLIED: "ok", statuses.ACCEPTED: "ok", statuses.REFUSED: "stop", statuses.WITHDRAWN: "", statuses.UNDONE: "",
}  # fmt: skip
RIGHTS = {Right.DIRECT: "ok", Right.ASK: "info", Right.NO: ""}


@register.simple_tag(takes_context=True)
def change_menu(context: RequestContext, household: Household | None = None, person: Person | None = None) -> dict[str, list[Kind]]:
    """What the acting role may report of a household or person: group -> kinds; empty for a role that reports nothing."""
    return changes.menu(context["request"].scope, household=household or None, person=person or None)


@register.simple_tag
def change_tag(row: ChangeRequest | Transfer) -> SafeString:
    """The state of a request or transfer as a coloured word."""
    return format_html('<span class="tag {}">{}</span>', TONES[row.status], gettext(str(row.get_status_display())))


@register.filter
def absolute(amount: int) -> int:
    """-540000 → 540000: a recovery is named as such, without a sign."""
    return abs(amount)


@register.simple_tag
def right_tag(right: Right) -> SafeString:
    """What a role may do with a kind, as a word."""
    words = {Right.DIRECT: gettext("Ghi ngay"), Right.ASK: gettext("Phải đề nghị"), Right.NO: gettext("Không")}
    return format_html('<span class="tag {}">{}</span>', RIGHTS[right], words[right])
