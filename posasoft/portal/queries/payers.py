"""Agencies, their counters and what was sent to them, for the acting role."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from payments.models import Agency, AgencyPost, ApiKey, Delivery, ServiceArea, ServicePoint
from posasoft.core.access import in_force
from posasoft.core.models import Area, Level, Role, RoleAssignment
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

PAGE = 50
WAITING = "waiting"


def deliveries(scope: Scope, which: str = "") -> QuerySet[Delivery]:
    """Lists sent, the latest first: an agency's role its own, an office those of its area. ``which`` "waiting": receipt not confirmed."""
    found = in_scope(Delivery.objects.all(), scope).select_related("agency", "service_point", "pay_list__commune").order_by("-pk")
    return found.filter(confirmed_at__isnull=True) if which == WAITING else found


def page_of_deliveries(scope: Scope, which: str, after: str) -> tuple[list[Delivery], str]:
    """A page, and the key of the next one."""
    found = deliveries(scope, which)
    if (before := whole(after)) is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def delivery(scope: Scope, public_id: uuid.UUID) -> Delivery | None:
    """One delivery in the role's sight."""
    return deliveries(scope).select_related("confirmed_by", "sent_by", "confirmed_key").filter(public_id=public_id).first()


@dataclass(frozen=True)
class Held:
    """An agency as the acting role sees it."""

    agency: Agency
    points: list[ServicePoint]
    areas: list[ServiceArea]
    posts: list[AgencyPost]
    keys: list[ApiKey]


def agencies() -> QuerySet[Agency]:
    """All agencies, those that pay first."""
    return Agency.objects.order_by("-is_active", "kind", "name")


def held(agency: Agency, scope: Scope) -> Held:
    """Points, what they serve now or later, clerks and keys; each as far as the role reaches."""
    month = timezone.localdate().replace(day=1)
    areas = in_scope(ServiceArea.objects.filter(Q(until__isnull=True) | Q(until__gt=month), agency=agency), scope)
    posts = AgencyPost.objects.filter(agency=agency, assignment__in=clerks(scope)).select_related("assignment__user", "service_point")
    return Held(
        agency,
        list(
            in_scope(ServicePoint.objects.filter(agency=agency), scope)
            .select_related("commune")
            .order_by("-is_active", "area_pos", "name")[:200]
        ),
        list(areas.select_related("commune", "service_point").order_by("area_pos", "since")[:400]),
        list(posts.order_by("assignment__user__full_name")),
        list(agency.keys.order_by("-pk")) if scope.role == Role.ADMINISTRATOR else [],
    )


def clerks(scope: Scope) -> QuerySet[RoleAssignment]:
    """Clerks' roles in force inside the role's range."""
    found = RoleAssignment.objects.filter(in_force(timezone.localdate()), role=Role.AGENCY_CLERK).select_related("user", "area")
    if scope.role == Role.ADMINISTRATOR:
        return found
    return found.filter(area__position__gte=scope.lo, area__position__lt=scope.hi)


def commune(scope: Scope, text: str) -> Area | None:
    """The commune in force that was typed: its code, alone or in brackets behind a name, or a whole name that only one in range has."""
    code = text.rsplit("(", 1)[-1].strip(" )")
    inside = Area.objects.filter(level=Level.COMMUNE, position__gte=scope.lo, position__lt=scope.hi)
    found = list(inside.filter(Q(code=code) | Q(name__iexact=text.strip()))[:2])
    return found[0] if len(found) == 1 else None
