"""The requester's part: a draft saved while one types, sent, taken back, sent again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from households import statuses
from households.change_kinds import KINDS, Effective, Right
from households.models import ChangeRequest, ChangeSubject, Household, Person, Transfer
from households.operations.places import widened
from households.operations.requests import notices
from households.operations.requests.checks import errors_of
from households.operations.requests.deciding import apply
from households.operations.requests.refusals import Invalid, NotAllowed, WrongMoment
from households.queries.requests import present_values, subjects_of
from posasoft.core import audit
from posasoft.core.models import Area
from posasoft.core.scope import Scope
from posasoft.core.working_days import add_working_days

# Days of work within which a request should be answered.
WORKING_DAYS = 5


def located(request: ChangeRequest) -> tuple[int, int]:
    """(province_no, area_pos) as audit rows want them."""
    return request.province_no, request.area_pos


@transaction.atomic
def save_draft(
    *, by: Scope, kind: str = "", typed: dict[str, Any] | None = None, household: Household | None = None, person: Person | None = None,
    area: Area | None = None, request: ChangeRequest | None = None,
) -> ChangeRequest:  # fmt: skip
    """Keep what was typed so far, however unfinished. Without ``request`` the requester's open draft of this kind and subject is found or made.

    ``area`` is the commune of somebody not yet in the registry. Raises NotAllowed for a kind that the role may not report, WrongMoment for a
    request that is no longer the requester's to write.
    """
    if request is not None:
        row = _own(request, by)
        ChangeRequest.objects.filter(pk=row.pk).update(typed=typed or {}, saved_at=timezone.now())
        row.refresh_from_db()
        return row
    if KINDS[kind].rights.of(by.role) == Right.NO:
        raise NotAllowed("Vai trò của bạn không được báo loại thay đổi này.")
    place = person or household
    home = household if person is None else None
    # A new draft for a member who is named in fields: those live in the person's household.
    if person is not None and kind == "raising":
        home = person.household
    mine = ChangeRequest.objects.filter(requested_by_id=by.user_id, status=statuses.DRAFT, kind=kind, household=home, person=person)
    found = mine.first() if place is not None else None
    if found is None:
        province_no, area_pos = (place.province_no, place.area_pos) if place else _position(area)
        found = ChangeRequest.objects.create(
            kind=kind, household=home, person=person, typed={}, requested_by_id=by.user_id, requested_role=by.role,
            province_no=province_no, area_pos=area_pos, payload={"commune": area.pk} if place is None and area else {},
        )  # fmt: skip
    if typed is not None:
        ChangeRequest.objects.filter(pk=found.pk).update(typed=typed, saved_at=timezone.now())
        found.refresh_from_db()
    return found


def _position(area: Area | None) -> tuple[int, int]:
    if area is None or area.position is None or area.province_no is None:
        raise Invalid({"": "Chưa rõ hộ mới ở xã nào."})
    return area.province_no, area.position


def _own(request: ChangeRequest, by: Scope) -> ChangeRequest:
    row = ChangeRequest.objects.select_for_update().get(pk=request.pk)
    if row.requested_by_id != by.user_id:
        raise NotAllowed("Chỉ người lập yêu cầu mới sửa được bản này.")
    if row.status not in (statuses.DRAFT, statuses.RETURNED):
        raise WrongMoment("Yêu cầu đã gửi; muốn sửa thì rút lại hoặc chờ trả lại.")
    return row


@transaction.atomic
def declare(
    *, request: ChangeRequest, payload: dict[str, Any], effective_on: datetime.date | None, by: Scope, reason: str = "",
    documents: list[dict[str, Any]] | None = None,
) -> ChangeRequest:  # fmt: skip
    """Write the declared values into an own draft, checked, without sending it: what the preview works on. Raises Invalid, WrongMoment."""
    row = _own(request, by)
    kind = KINDS[row.kind]
    row.payload = {**({"commune": row.payload["commune"]} if "commune" in row.payload else {}), **payload}
    row.effective_on = None if kind.effective == Effective.ALWAYS else effective_on
    row.reason, row.documents = reason, documents or []
    errors = errors_of(row)
    if errors:
        raise Invalid(errors)
    row.to_area_id = payload.get("to_area") if kind.is_transfer else None
    row.base = present_values(row)
    row.save(update_fields=["payload", "effective_on", "reason", "documents", "base", "to_area"])
    return row


@transaction.atomic
def submit(*, request: ChangeRequest, by: Scope, choices: Mapping[str, str] | None = None) -> ChangeRequest:
    """Send a declared draft to whoever approves its kind; what the role may do directly is applied at once.

    ``choices`` answers what the registry has newer since the declaration, as in ``approve``; only a direct change needs it.
    Raises Invalid, NotAllowed, WrongMoment, Conflict.
    """
    row = _own(request, by)
    right = KINDS[row.kind].rights.of(by.role)
    if right == Right.NO:
        raise NotAllowed("Vai trò của bạn không được báo loại thay đổi này.")
    errors = errors_of(row)
    if errors:
        raise Invalid(errors)
    now = timezone.now()
    row.requested_role, row.submitted_at, row.marked = by.role, now, []
    row.decided_by_id, row.decided_at, row.decision_reason = None, None, ""
    _write_subjects(row)
    if right == Right.DIRECT:
        row.save()
        return apply(request=row, by=by, choices=choices)
    row.status = statuses.moved(statuses.REQUEST_MOVES, row.status, "submit")
    row.due_on = add_working_days(timezone.localdate(), WORKING_DAYS)
    row.save()
    notices.close(row)
    notices.ask_approver(row)
    audit.record(verb="submit", kind="households_changerequest", object_id=row.pk, by=by, area=located(row), change=row.kind)
    return row


def _write_subjects(row: ChangeRequest) -> None:
    households, persons = subjects_of(row)
    place = {"province_no": row.province_no, "area_pos": row.area_pos}
    named = [("h", pk) for pk in households] + ([("p", row.person_id)] if row.person_id else [])
    ChangeSubject.objects.filter(request=row).delete()
    ChangeSubject.objects.bulk_create([ChangeSubject(request=row, subject=s, subject_id=pk, **place) for s, pk in named])


@transaction.atomic
def withdraw(*, request: ChangeRequest, by: Scope) -> ChangeRequest:
    """The requester takes a request back before it is applied; a transfer that waits is taken back on the other side too. Raises WrongMoment."""
    row = ChangeRequest.objects.select_for_update().get(pk=request.pk)
    if row.requested_by_id != by.user_id:
        raise NotAllowed("Chỉ người lập yêu cầu mới rút được.")
    was_waiting = row.status == statuses.WAITING
    row.status = statuses.moved(statuses.REQUEST_MOVES, row.status, "withdraw")
    row.save(update_fields=["status"])
    if was_waiting:
        with widened(by):
            Transfer.objects.filter(request=row, status=statuses.WAITING).update(status=statuses.WITHDRAWN)
            notices.close_transfer(row)
    notices.close(row)
    audit.record(verb="withdraw", kind="households_changerequest", object_id=row.pk, by=by, area=located(row))
    return row
