"""What waits for the acting role: tasks for people, soonest first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from posasoft.core.models import WorkItem
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

FILTERS = ("all", "overdue", "week", "undated")


@dataclass(frozen=True)
class Counts:
    """Open tasks of one role: all, past their day, due within seven days, without a day."""

    all: int
    overdue: int
    week: int
    undated: int


def waiting(scope: Scope) -> QuerySet[WorkItem]:
    """Open tasks in the role's area that are for this role, or for nobody in particular, or for this user."""
    mine = Q(role__in=("", scope.role)) & (Q(assignee__isnull=True) | Q(assignee_id=scope.user_id))
    return in_scope(WorkItem.objects.filter(mine, done_at__isnull=True), scope)


def _conditions(today: datetime.date) -> dict[str, Q]:
    return {
        "all": Q(),
        "overdue": Q(due_on__lt=today),
        "week": Q(due_on__gte=today, due_on__lt=today + datetime.timedelta(days=7)),
        "undated": Q(due_on__isnull=True),
    }


def counts(scope: Scope, today: datetime.date) -> Counts:
    """The four figures on the home page, in one query."""
    found = waiting(scope).aggregate(**{name: Count("pk", filter=condition) for name, condition in _conditions(today).items()})
    return Counts(**found)


def queue(scope: Scope, today: datetime.date, name: str) -> QuerySet[WorkItem]:
    """The tasks of one filter of FILTERS (anything else means all), soonest first, those without a day last."""
    condition = _conditions(today).get(name, Q())
    return waiting(scope).filter(condition).order_by("due_on", "pk")
