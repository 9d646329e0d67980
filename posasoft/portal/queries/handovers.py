"""Posts that can be handed over, and hand-overs somebody has a part in."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from posasoft.core import access
from posasoft.core.models import Handover, Role, RoleAssignment, User
from posasoft.core.scope import Scope


def posts(scope: Scope) -> QuerySet[RoleAssignment]:
    """One's own posts; for whoever administers roles, those of the officers in the range as well."""
    today = timezone.localdate()
    wanted = Q(user_id=scope.user_id)
    if access.may(scope, access.Verb.ADMINISTER):
        wanted |= Q(area__position__gte=scope.lo, area__position_end__lte=scope.hi)
    held = RoleAssignment.objects.filter(wanted, Q(until__isnull=True) | Q(until__gt=today), since__lte=today, user__is_active=True)
    return held.select_related("user", "area").order_by("user__full_name", "pk")


def post_label(post: RoleAssignment) -> str:
    """Cán bộ xã · Xã Đồng Văn · Vàng Thị Mỷ"""
    place = post.area.name if post.area else gettext("Cả nước")
    return f"{gettext(Role(post.role).label)} · {place} · {post.user.full_name}"


def of_user(scope: Scope) -> QuerySet[Handover]:
    """Given, taken or made by the user, the latest first."""
    mine = Q(from_user_id=scope.user_id) | Q(to_user_id=scope.user_id) | Q(made_by_id=scope.user_id)
    return Handover.objects.filter(mine).select_related("from_user", "to_user", "assignment__area").order_by("-pk")[:50]


def predecessor(user: User) -> Handover | None:
    """The latest hand-over a user took: its note is shown to a newcomer."""
    return Handover.objects.filter(to_user=user, status=Handover.Status.DONE).order_by("-pk").first()
