"""Words of the audit trail and numbers as a role sees them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import RequestContext

from posasoft.core import masking, notifications
from posasoft.core.models import ErrorReport, ExportRequest, Role
from posasoft.core.scope import Scope
from posasoft.portal import wording_of_traces as wording

register = template.Library()
TONES = {"waiting_second": "warn", "approved": "info", "running": "info", "ready": "ok", "refused": "stop", "failed": "stop", "expired": ""}
REPORT_TONES = {"new": "warn", "looking": "info", "done": "ok"}


@register.filter
def id_for(tail: str | None, role: str) -> str:
    """A national id as the acting role sees it: `{{ member.id_tail|id_for:request.scope.role }}`."""
    return masking.masked_id(tail, role)


@register.filter
def may_see_full(role: str) -> bool:
    """Whether the role may ask for the whole number."""
    return masking.may_see_full(role)


@register.filter
def trail_verb(name: str) -> str:
    """read → Mở hồ sơ."""
    return wording.verb(name)


@register.filter
def trail_kind(name: str) -> str:
    """household → Hộ."""
    return wording.kind(name)


@register.filter
def trail_cuts(names: Iterable[str]) -> str:
    """["area", "month"] → địa bàn, tháng."""
    return ", ".join(wording.cuts(names))


@register.filter
def role_name(role: str) -> Any:
    """commune_officer → Cán bộ xã."""
    return dict(Role.choices).get(role, role)


@register.filter
def export_tone(asked: ExportRequest) -> str:
    """The colour of a request's state."""
    return TONES[asked.status]


@register.filter
def report_tone(report: ErrorReport) -> str:
    """The colour of a report's state."""
    return REPORT_TONES[report.status]


@register.simple_tag(takes_context=True)
def unread_notices(context: RequestContext) -> int:
    """The number on the bell; 0 before sign-in."""
    scope: Scope | None = getattr(context.get("request"), "scope", None)
    return notifications.unread(scope) if scope is not None and scope.user_id is not None else 0
