"""The piles on a desk: what waits for the acting role, kind by kind, each with the page where it is worked off."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from beneficiaries.models import Case, DecisionDocument, Found
from beneficiaries.statuses import CASE_RUNNING, FOUND_NEW, PAPER_PREPARED
from households.models import ChangeRequest, ImportBatch
from payments.models import PaymentList, Uncollected, WriteOff
from payments.statuses import RECONCILED, RESULTS_IN, roles_of
from posasoft.core.models import Role
from posasoft.core.scope import Scope
from posasoft.portal.queries.cases import visible
from posasoft.portal.queries.scoped import in_scope

# Above it a figure says "more than": nobody works off a thousand in a day, and counting a country's rows would make everybody wait.
MOST = 1000


@dataclass(frozen=True)
class Pile:
    """How many of one kind wait (``MOST`` means: that many or more). ``tone``: stop, warn, info or ''."""

    label: Any
    icon: str
    view: str
    query: str
    tone: str
    number: int

    @property
    def is_more(self) -> bool:
        return self.number >= MOST


@dataclass(frozen=True)
class Kind:
    """A kind of work: its rows as one role sees them, and the page that works them off, opened with ``query``."""

    label: Any
    icon: str
    view: str
    query: str
    tone: str
    rows: Callable[[Scope, datetime.date], QuerySet[Any]]


def _overdue(scope: Scope, today: datetime.date) -> QuerySet[Case]:
    return visible(scope).filter(status__in=CASE_RUNNING, due_on__lt=today)


def _due(scope: Scope, today: datetime.date) -> QuerySet[Case]:
    return visible(scope).filter(status__in=CASE_RUNNING, due_on__gte=today, due_on__lte=today + datetime.timedelta(days=3))


def _lists_to_review(scope: Scope, _today: datetime.date) -> QuerySet[ImportBatch]:
    return in_scope(ImportBatch.objects.filter(status=ImportBatch.Status.STAGED), scope)


def _changes_to_approve(scope: Scope, _today: datetime.date) -> QuerySet[ChangeRequest]:
    return in_scope(ChangeRequest.objects.filter(status=ChangeRequest.Status.SUBMITTED), scope).exclude(requested_by_id=scope.user_id)


def _changes_returned(scope: Scope, _today: datetime.date) -> QuerySet[ChangeRequest]:
    return in_scope(ChangeRequest.objects.filter(status=ChangeRequest.Status.RETURNED, requested_by_id=scope.user_id), scope)


def _to_sign(scope: Scope, _today: datetime.date) -> QuerySet[DecisionDocument]:
    rows = DecisionDocument.objects.filter(status=PAPER_PREPARED)
    return in_scope(rows, scope) if scope.role == Role.COMMUNE_CHAIR else rows.none()


def _found(scope: Scope, _today: datetime.date) -> QuerySet[Found]:
    return in_scope(Found.objects.filter(state=FOUND_NEW), scope)


def _draft_lists(scope: Scope, _today: datetime.date) -> QuerySet[PaymentList]:
    return in_scope(PaymentList.objects.filter(status="draft"), scope)


def _to_reconcile(scope: Scope, today: datetime.date) -> QuerySet[PaymentList]:
    rows = PaymentList.objects.filter(status=RESULTS_IN)
    return in_scope(rows, scope) if scope.role in roles_of("reconcile", today) else rows.none()


def _to_close(scope: Scope, today: datetime.date) -> QuerySet[PaymentList]:
    rows = PaymentList.objects.filter(status=RECONCILED)
    return in_scope(rows, scope) if scope.role in roles_of("close", today) else rows.none()


def _uncollected(scope: Scope, _today: datetime.date) -> QuerySet[Uncollected]:
    return in_scope(Uncollected.objects.filter(ended_at__isnull=True, suspended_at__isnull=True), scope)


def _write_offs(scope: Scope, _today: datetime.date) -> QuerySet[WriteOff]:
    rows = WriteOff.objects.filter(state=WriteOff.State.ASKED).exclude(asked_by_id=scope.user_id)
    return in_scope(rows, scope) if scope.role in (Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER) else rows.none()


KINDS = (
    Kind(gettext_lazy("Hồ sơ quá hạn"), "alarm", "portal:cases", "?overdue=1", "stop", _overdue),
    Kind(gettext_lazy("Hồ sơ đến hạn trong ba ngày"), "clock", "portal:cases", "", "warn", _due),
    Kind(gettext_lazy("Quyết định chờ ký"), "signature", "portal:decisions_waiting", "", "warn", _to_sign),
    Kind(gettext_lazy("Thay đổi chờ duyệt"), "edit", "portal:changes", "?tab=approve", "warn", _changes_to_approve),
    Kind(gettext_lazy("Thay đổi bị trả lại"), "arrow-back-up", "portal:changes", "?tab=returned", "warn", _changes_returned),
    Kind(gettext_lazy("Danh sách Excel chờ xem xét"), "table-import", "portal:imports", "", "info", _lists_to_review),
    Kind(gettext_lazy("Đối tượng hệ thống tìm thấy"), "zoom-question", "portal:findings", "", "info", _found),
    Kind(gettext_lazy("Danh sách chi trả dự thảo"), "calendar-dollar", "portal:lists", "", "", _draft_lists),
    Kind(gettext_lazy("Danh sách chờ đối soát"), "calculator", "portal:settling", "?status=results_in", "warn", _to_reconcile),
    Kind(gettext_lazy("Danh sách chờ đóng"), "circle-check", "portal:settling", "?status=reconciled", "", _to_close),
    Kind(gettext_lazy("Gia đình ba tháng chưa nhận tiền"), "alarm", "portal:uncollected", "", "warn", _uncollected),
    Kind(gettext_lazy("Đề nghị không phải trả chờ duyệt"), "signature", "portal:write_offs", "", "warn", _write_offs),
)


def piles(scope: Scope, today: datetime.date, may_open: Callable[[str, str], bool]) -> list[Pile]:
    """The piles that are not empty, of pages that the role may open; one bounded count each."""
    found = []
    for kind in KINDS:
        if may_open(kind.view, scope.role):
            number = kind.rows(scope, today).values("pk")[:MOST].count()
            if number:
                found.append(Pile(kind.label, kind.icon, kind.view, kind.query, kind.tone, number))
    return found
