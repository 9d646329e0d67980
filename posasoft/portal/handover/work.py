"""What lies on a desk: the kinds of open work that belong to a person, and how each passes to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy

from beneficiaries.models import Case
from beneficiaries.statuses import CASE_OPEN, CASE_RUNNING
from households.models import ChangeRequest
from posasoft.core.models import RoleAssignment, SavedView, WorkItem
from posasoft.core.scope import WHOLE_COUNTRY


@dataclass(frozen=True)
class Kind:
    """One kind of open work: whose it is (``field``), which rows are open, and which of them may not go to a given person."""

    key: str
    label: Any
    field: str
    rows: Callable[[], QuerySet[Any]]
    stays: Callable[[int], Q] | None = None
    in_area: bool = True


@dataclass(frozen=True)
class Pile:
    """How many rows of a kind lie on the desk; ``kept`` of them may not go to the successor (who has already judged them)."""

    key: str
    label: str
    number: int
    kept: int


KINDS = (
    Kind("tasks", gettext_lazy("Việc được giao đích danh"), "assignee", lambda: WorkItem.objects.filter(done_at__isnull=True)),
    Kind(
        "cases",
        gettext_lazy("Hồ sơ đang giải quyết"),
        "assignee",
        lambda: Case.objects.filter(status__in=CASE_OPEN | CASE_RUNNING),
    ),
    Kind("case_drafts", gettext_lazy("Hồ sơ đang nhập dở"), "created_by", lambda: Case.objects.filter(status="draft")),
    Kind(
        "requests",
        gettext_lazy("Yêu cầu thay đổi đang soạn hoặc bị trả lại"),
        "requested_by",
        lambda: ChangeRequest.objects.filter(status__in=("draft", "returned")),
        # Who returned a request must not become the one who asks.
        lambda user_id: Q(decided_by_id=user_id),
    ),
    Kind("views", gettext_lazy("Góc nhìn đã lưu"), "owner", SavedView.objects.all, in_area=False),
)


def _on_desk(kind: Kind, assignment: RoleAssignment) -> QuerySet[Any]:
    rows = kind.rows().filter(**{kind.field: assignment.user_id})
    if not kind.in_area:
        return rows.filter(role=assignment.role, area=assignment.area)
    lo, hi = WHOLE_COUNTRY if assignment.area is None else (assignment.area.position or 0, assignment.area.position_end or 0)
    return rows.filter(area_pos__gte=lo, area_pos__lt=hi)


def piles(assignment: RoleAssignment, to_user_id: int | None) -> list[Pile]:
    """What lies on the desk of a post, kind by kind; a count each."""
    found = []
    for kind in KINDS:
        rows = _on_desk(kind, assignment)
        kept = rows.filter(kind.stays(to_user_id)).count() if kind.stays and to_user_id else 0
        found.append(Pile(kind.key, str(kind.label), rows.count(), kept))
    return found


def pass_on(assignment: RoleAssignment, to_user_id: int) -> dict[str, int]:
    """Everything that may go goes to the successor, one statement a kind: {kind: rows}. Inside the caller's transaction and scope."""
    moved = {}
    for kind in KINDS:
        rows = _on_desk(kind, assignment)
        if kind.stays:
            rows = rows.exclude(kind.stays(to_user_id))
        if kind.key == "views":
            _rename_doubles(rows, to_user_id)
        moved[kind.key] = rows.update(**{kind.field: to_user_id})
    return moved


def _rename_doubles(rows: QuerySet[Any], to_user_id: int) -> None:
    """Two people may have used one name for a view; the one that arrives says so."""
    taken = SavedView.objects.filter(owner_id=to_user_id).values_list("name", flat=True)
    rows.filter(name__in=list(taken)).update(name=Concat(F("name"), Value(" (bàn giao)")))
