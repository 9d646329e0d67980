"""What a role was given to see: counts by village, benefits."""

from __future__ import annotations

from django.db.models import Count

from households.models import Household
from posasoft.core.models import AssignedItem, RoleAssignment, ScopeKind


def villages(assignment: RoleAssignment) -> list[dict[str, object]]:
    """Rows of code, name, households given and not taken away, by village; the village is null for households without one."""
    ids = AssignedItem.objects.filter(assignment=assignment, kind=ScopeKind.HOUSEHOLDS, until__isnull=True).values("object_id")
    rows = Household.objects.filter(pk__in=ids).values("village__code", "village__name").annotate(households=Count("pk"))
    return [dict(row) for row in rows.order_by("village__code")]


def benefits(assignment: RoleAssignment) -> set[str]:
    """Codes of the benefits given and not taken away."""
    found = AssignedItem.objects.filter(assignment=assignment, kind=ScopeKind.PROGRAMMES, until__isnull=True)
    return set(found.values_list("code", flat=True))


def lists(assignment: RoleAssignment) -> int:
    """The number of payment lists given."""
    return AssignedItem.objects.filter(assignment=assignment, kind=ScopeKind.LISTS, until__isnull=True).count()
