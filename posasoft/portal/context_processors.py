"""The frame of every page: rail, role and area, theme."""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from posasoft.core import learning, sessions
from posasoft.core.access import assignments_of
from posasoft.core.models import RoleAssignment
from posasoft.portal import guide
from posasoft.portal.queries import work
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.sections import RAIL, Section

THEMES = ("light", "dark", "auto")


@functools.cache
def _admitted(view: str) -> frozenset[str]:
    # Views and addresses stand from start to end of a process; every page asks forty times, and each answer tries 400 patterns.
    return frozenset(getattr(resolve(reverse(view)).func, "allowed_roles", ()))


def may_open(view: str, role: str) -> bool:
    """Whether the guard would let a role through; what it would refuse is not offered."""
    return role in _admitted(view)


def _groups(request: OfficerRequest) -> list[dict[str, Any]]:
    """The rail's groups with the sections that the acting role may open; empty groups are left out."""
    groups = [
        {"label": group.label, "lines": [_item(request, section) for section in group.sections if _opens(request, section)]}
        for group in RAIL
    ]
    return [group for group in groups if group["lines"]]


def _opens(request: OfficerRequest, section: Section) -> bool:
    return may_open(section.view, request.scope.role)


def _item(request: OfficerRequest, section: Section) -> dict[str, Any]:
    is_home = section.view == "portal:home"
    return {
        "url": reverse(section.view),
        "icon": section.icon,
        "goto": section.key,
        "label": section.label,
        "current": request.path == reverse("portal:home") if is_home else request.path.startswith(section.prefix),
        "count": work.waiting(request.scope).count() if is_home else 0,
    }


def _help(request: OfficerRequest) -> dict[str, str]:
    """`help`: the page's help, if it has one; `tour`: its tour, if it was never offered to this user."""
    page = (request.resolver_match.url_name or "") if request.resolver_match else ""
    known = guide.guide_of(page, guide.DEFAULT) is not None
    offered = guide.has_tour(page) and request.scope.user_id is not None and learning.tour_is_new(page, request.scope.user_id)
    return {"help": page if known else "", "tour": page if offered else ""}


def _role_label(assignment: RoleAssignment) -> str:
    place = f" · {assignment.area.name}" if assignment.area else ""
    return f"{gettext(assignment.get_role_display())}{place}"


def _frame(request: OfficerRequest) -> dict[str, Any]:
    assignment: RoleAssignment | None = getattr(request, "assignment", None)
    if assignment is None:
        return {"groups": [], "roles": [], "role": "", "area": None}
    held = assignments_of(assignment.user, timezone.localdate())
    area = assignment.area
    return {
        "groups": _groups(request),
        "may_search": may_open("portal:search", request.scope.role),
        "role": gettext(assignment.get_role_display()),
        "roles": [{"id": r.pk, "label": _role_label(r), "current": r.pk == assignment.pk} for r in held],
        **_help(request),
        "area": {"name": area.name, "url": reverse("portal:area", args=[area.pk])} if area else None,
    }


def frame(request: OfficerRequest) -> dict[str, Any]:
    """`shell` (rail, roles, area; worked out only by pages that draw it) and `theme`."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "auto")
    return {
        "shell": SimpleLazyObject(lambda: _frame(request)),
        "theme": theme if theme in THEMES else "auto",
        "single_keys": "off" if request.COOKIES.get("keys") == "off" else "on",
        "session_seconds": SimpleLazyObject(lambda: sessions.left(request)),
    }
