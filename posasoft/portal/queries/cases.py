"""Applications as pages list them. A draft is the commune's own; a case that tells of HIV is read by the commune's officer and chair alone."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from beneficiaries import statuses
from beneficiaries.models import Case, CaseAttachment, CasePosting
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

PAGE = 50
COMMUNE_ROLES = (statuses.OFFICER, statuses.CHAIR)
# Tabs of the list: name → statuses; overdue and mine are conditions of their own.
TABS: dict[str, tuple[str, ...]] = {
    "drafts": (statuses.DRAFT,),
    "open": tuple(sorted(statuses.CASE_RUNNING - {statuses.READY})),
    "ready": (statuses.READY,),
    "returned": (statuses.RETURNED,),
    "results": (statuses.DECIDED, statuses.REFUSED, statuses.NOTIFIED),
    "ended": tuple(sorted(statuses.CASE_ENDED)),
}


# Tabs whose cases only ever become more, and where counting them stops.
GROWING = ("results", "ended")
MOST = 1000


@dataclass(frozen=True)
class CaseFilters:
    """What the list is narrowed to; empty means everything open."""

    tab: str = ""
    form: str = ""
    overdue: bool = False
    mine: bool = False


def visible(scope: Scope) -> QuerySet[Case]:
    """The cases a role may know of."""
    found = in_scope(Case.objects.all(), scope)
    if scope.role in COMMUNE_ROLES:
        return found
    return found.filter(confidential=False).exclude(status=statuses.DRAFT).exclude(status=statuses.WITHDRAWN, number="")


def case_of(scope: Scope, public_id: uuid.UUID) -> Case | None:
    """The case by its public id, if the role may know of it."""
    wanted = visible(scope).select_related(
        "commune__parent", "person__household__commune", "household__commune", "household__village", "assignee"
    )
    return wanted.filter(public_id=public_id).first()


def _narrowed(found: QuerySet[Case], filters: CaseFilters, scope: Scope, today: datetime.date) -> QuerySet[Case]:
    if filters.form:
        found = found.filter(form=filters.form)
    if filters.mine:
        found = found.filter(Q(assignee_id=scope.user_id) | Q(created_by_id=scope.user_id))
    if filters.overdue:
        return found.filter(status__in=statuses.CASE_RUNNING, due_on__lt=today)
    if filters.tab in TABS:
        return found.filter(status__in=TABS[filters.tab])
    return found.filter(status__in=statuses.CASE_OPEN)


@dataclass(frozen=True)
class CasePage:
    """Fifty cases, the soonest due first; where the next page begins."""

    rows: list[Case]
    after: str


def page_of_cases(scope: Scope, filters: CaseFilters, today: datetime.date, after: str = "") -> CasePage:
    """One page by key: ``after`` is the public id of the last case before it; one that is no longer there begins anew."""
    found = _narrowed(visible(scope), filters, scope, today).select_related("person", "commune", "assignee")
    last = case_of(scope, uuid.UUID(after)) if _is_uuid(after) else None
    if last is not None:
        found = found.filter(_behind(last))
    taken = list(found.order_by(F("due_on").asc(nulls_last=True), "-pk")[: PAGE + 1])
    return CasePage(taken[:PAGE], str(taken[PAGE - 1].public_id) if len(taken) > PAGE else "")


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _behind(last: Case) -> Q:
    if last.due_on is None:
        return Q(due_on__isnull=True, pk__lt=last.pk)
    return Q(due_on__gt=last.due_on) | Q(due_on=last.due_on, pk__lt=last.pk) | Q(due_on__isnull=True)


def counts(scope: Scope, today: datetime.date) -> dict[str, int]:
    """How many cases lie under each tab, and how many are overdue or mine. What has an end grows for ever: there MOST means that many or more."""
    tabs = {name: Count("pk", filter=Q(status__in=members)) for name, members in TABS.items() if name not in GROWING}
    overdue = Count("pk", filter=Q(status__in=statuses.CASE_RUNNING, due_on__lt=today))
    mine = Count("pk", filter=Q(status__in=statuses.CASE_OPEN, assignee_id=scope.user_id))
    everything = Count("pk", filter=Q(status__in=statuses.CASE_OPEN))
    open_now = {*statuses.CASE_OPEN, statuses.DRAFT} - {status for name in GROWING for status in TABS[name]}
    found = visible(scope).filter(status__in=sorted(open_now)).aggregate(all=everything, overdue=overdue, mine=mine, **tabs)
    bounded = {name: visible(scope).filter(status__in=TABS[name]).values("pk")[:MOST].count() for name in GROWING}
    found["all"] += bounded["results"]
    return {**found, **bounded}


def next_of(scope: Scope, case: Case, today: datetime.date) -> Case | None:
    """The case that this role should open next: soonest due among those it can move."""
    movable = [status for status, _move in statuses.CASE_MOVES if _movable(status, scope.role, today)]
    found = visible(scope).filter(status__in=movable, due_on__isnull=False).exclude(pk=case.pk)
    return found.order_by("due_on", "pk").first()


def _movable(status: str, role: str, today: datetime.date) -> bool:
    return bool(set(statuses.case_moves_of(status, role, today)) - {"withdraw", "appeal", "return"})


def cases_of_household(scope: Scope, household_id: int) -> list[Case]:
    """The cases of a household and its members, the newest first; at most fifty."""
    wanted = Q(household_id=household_id) | Q(person__household_id=household_id)
    return list(visible(scope).filter(wanted).select_related("person").order_by("-pk")[:50])


def attachments(case: Case) -> list[CaseAttachment]:
    """The papers on a case, in the order they came."""
    return list(CaseAttachment.objects.filter(case=case, removed_at__isnull=True).order_by("pk"))


def posted(scope: Scope, today: datetime.date) -> list[CasePosting]:
    """What hangs in public today, by village and name; never a confidential case."""
    found = in_scope(CasePosting.objects.filter(since__lte=today, until__gte=today), scope)
    found = found.filter(case__status=statuses.POSTED, case__confidential=False)
    return list(
        found.select_related("case__person__household__village", "case__commune").order_by("case__area_pos", "case__applicant")[:500]
    )
