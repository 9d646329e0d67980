"""The frame of every page: rail, role and area, theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, gettext_lazy

from posasoft.core import learning, sessions
from posasoft.core.access import assignments_of
from posasoft.core.models import RoleAssignment
from posasoft.portal import guide
from posasoft.portal.queries import work
from posasoft.portal.requests import OfficerRequest

THEMES = ("light", "dark", "auto")


@dataclass(frozen=True)
class Section:
    """A line of the rail. `prefix` is the part of the address by which it knows itself."""

    view: str
    icon: str
    label: Any
    prefix: str


SECTIONS = (
    Section("portal:home", "checklist", gettext_lazy("Việc cần làm"), "/work/"),
    Section("portal:households", "home", gettext_lazy("Hộ gia đình"), "/households/"),
    Section("portal:persons", "users", gettext_lazy("Người"), "/persons/"),
    Section("portal:cases", "files", gettext_lazy("Hồ sơ đề nghị"), "/cases/"),
    Section("portal:changes", "pencil", gettext_lazy("Thay đổi"), "/changes/"),
    Section("portal:imports", "table-import", gettext_lazy("Nhập danh sách"), "/imports/"),
    Section("portal:review", "heart-handshake", gettext_lazy("Rà soát đối tượng"), "/review/"),
    Section("portal:decisions", "certificate", gettext_lazy("Quyết định"), "/decisions/"),
    Section("portal:runs", "calculator", gettext_lazy("Tính trợ cấp tháng"), "/runs/"),
    Section("portal:lists", "calendar-dollar", gettext_lazy("Danh sách chi trả"), "/lists/"),
    Section("portal:areas", "map-pin", gettext_lazy("Địa bàn"), "/areas/"),
    Section("portal:users", "users-group", gettext_lazy("Người dùng"), "/users/"),
    Section("portal:jobs", "list-details", gettext_lazy("Việc chạy nền"), "/jobs/"),
    Section("portal:trail", "report-search", gettext_lazy("Ai đã xem gì"), "/trail/"),
    Section("portal:error_reports", "bug", gettext_lazy("Báo lỗi nhận được"), "/error-reports/"),
)

# The key after g that opens a section (single keys: `static/js/app.js`).
GOTO = {
    "portal:home": "h",
    "portal:households": "o",
    "portal:persons": "n",
    "portal:imports": "i",
    "portal:cases": "s",
    "portal:changes": "d",
    "portal:decisions": "q",
    "portal:review": "r",
    "portal:runs": "t",
    "portal:lists": "c",
    "portal:areas": "a",
    "portal:jobs": "b",
}


def may_open(view: str, role: str) -> bool:
    """Whether the guard would let a role through; what it would refuse is not offered."""
    return role in getattr(resolve(reverse(view)).func, "allowed_roles", ())


def _items(request: OfficerRequest) -> list[dict[str, Any]]:
    at_home = request.path == reverse("portal:home")
    items = []
    for section in SECTIONS:
        if not may_open(section.view, request.scope.role):
            continue
        is_home = section.view == "portal:home"
        items.append(
            {
                "url": reverse(section.view),
                "icon": section.icon,
                "goto": GOTO.get(section.view, ""),
                "label": section.label,
                "current": at_home if is_home else request.path.startswith(section.prefix),
                "count": work.waiting(request.scope).count() if is_home else 0,
            }
        )
    return items


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
        return {"items": [], "roles": [], "role": "", "area": None}
    held = assignments_of(assignment.user, timezone.localdate())
    area = assignment.area
    return {
        "items": _items(request),
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
