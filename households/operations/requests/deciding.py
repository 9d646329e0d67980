"""The approver's part: look, choose where the registry is newer, apply in one transaction; or return, or refuse with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from households import statuses
from households.change_kinds import KINDS, Right
from households.models import Change, ChangeRequest, ChangeSubject, Document
from households.operations.duplicates import NotTwins
from households.operations.effects import EFFECTS, Work
from households.operations.facts import UnknownSubjectError, start_change
from households.operations.requests import notices, snapshots, transfers
from households.operations.requests.checks import errors_of
from households.operations.requests.refusals import Conflict, Difference, Invalid, NotAllowed
from households.queries.requests import DAY, may_approve, present_values, subjects_of
from posasoft.core import audit
from posasoft.core.scope import Scope

THEIRS = "theirs"


def lock(request: ChangeRequest) -> ChangeRequest:
    """The request and everything it is about, locked in a fixed order: of two officers the second waits here and then looks again."""
    row = ChangeRequest.objects.select_for_update().get(pk=request.pk)
    households, persons = subjects_of(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM households_household WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [households])
        cursor.execute("SELECT id FROM households_person WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [persons])
    return row


def differences(request: ChangeRequest) -> list[Difference]:
    """Fields on which the registry has changed since the request was sent, to something else than what it declares."""
    declared = {**request.payload, DAY: request.effective_on.isoformat() if request.effective_on else None}
    now = present_values(request)
    return [
        Difference(name, before, now.get(name), declared.get(name))
        for name, before in request.base.items()
        if now.get(name) != before and (name.startswith("guard ") or name not in declared or declared[name] != now.get(name))
    ]


@transaction.atomic
def approve(*, request: ChangeRequest, by: Scope, choices: Mapping[str, str] | None = None) -> ChangeRequest:
    """Approve and apply in one transaction; a transfer goes to the receiving commune instead.

    ``choices`` answers conflicts, field -> "yours" or "theirs" (the registry's value stays). Raises Conflict with what is unanswered, Invalid
    when the change is no longer possible, NotAllowed (the requester, or a role that does not approve it), WrongMoment.
    """
    row = lock(request)
    status = statuses.moved(statuses.REQUEST_MOVES, row.status, "approve")
    if not may_approve(row, by):
        raise NotAllowed("Người đề nghị không tự duyệt; vai trò của bạn phải được duyệt loại thay đổi này.")
    _answer(row, choices or {})
    row.status, row.decided_by_id, row.decided_at = status, by.user_id, timezone.now()
    row.save()
    notices.close(row)
    audit.record(verb="approve", kind="households_changerequest", object_id=row.pk, by=by, area=(row.province_no, row.area_pos))
    done = transfers.hand_over(request=row, by=by) if KINDS[row.kind].is_transfer else _applied(row, by)
    notices.tell_requester(done)
    return done


def _answer(row: ChangeRequest, choices: Mapping[str, str]) -> None:
    open_ = [d for d in differences(row) if d.field not in choices]
    if open_:
        raise Conflict(open_)
    for difference in differences(row):
        if choices[difference.field] == THEIRS and not difference.field.startswith("guard "):
            _keep_theirs(row, difference)
    row.base = present_values(row)
    errors = errors_of(row)
    if errors:
        raise Invalid(errors)


def _keep_theirs(row: ChangeRequest, difference: Difference) -> None:
    if difference.field == DAY:
        row.effective_on = difference.theirs and row.effective_on.fromisoformat(difference.theirs) if row.effective_on else None
    else:
        row.payload = {**row.payload, difference.field: difference.theirs}


@transaction.atomic
def apply(*, request: ChangeRequest, by: Scope, choices: Mapping[str, str] | None = None) -> ChangeRequest:
    """Write a sent request into the registry at once: for roles that may do so directly; ``choices`` as in ``approve``.

    Raises NotAllowed, Conflict, Invalid, WrongMoment.
    """
    row = lock(request)
    if KINDS[row.kind].rights.of(by.role) != Right.DIRECT or row.requested_by_id != by.user_id:
        raise NotAllowed("Thay đổi này phải có người khác duyệt.")
    _answer(row, choices or {})
    return _applied(row, by)


def _applied(row: ChangeRequest, by: Scope) -> ChangeRequest:
    """The registry, the snapshots before and after, and the state, together."""
    row.status = statuses.moved(statuses.REQUEST_MOVES, row.status, "apply")
    write(row, by)
    row.applied_at = timezone.now()
    row.save()
    audit.record(
        verb="apply", kind="households_changerequest", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), change=row.kind
    )
    return row


def write(row: ChangeRequest, by: Scope) -> Work:
    """What the change does to facts and people, with snapshots on the row; also what a preview runs and takes back. Raises Invalid."""
    change = start_change(
        kind=Change.Kind.REQUEST, by=by, province_no=row.province_no, area_pos=row.area_pos, reason=row.reason or KINDS[row.kind].label,
        source=f"yêu cầu số {row.pk}",
    )  # fmt: skip
    row.change = change
    households, persons = subjects_of(row)
    before = snapshots.take(households, persons)
    work = Work(row, change, by)
    try:
        EFFECTS[row.kind](work)
    except (UnknownSubjectError, NotTwins) as error:
        raise Invalid({"": str(error) if isinstance(error, NotTwins) else "Người hoặc hộ này không còn trong địa bàn."}) from error
    _keep_papers(row, change)
    _remember(row, before, [*households, *work.made], persons)
    return work


def _keep_papers(row: ChangeRequest, change: Change) -> None:
    owner = row.person or row.household
    place = {"province_no": owner.province_no, "area_pos": owner.area_pos} if owner else {}
    if owner is not None:
        owner.refresh_from_db()
        place = {"province_no": owner.province_no, "area_pos": owner.area_pos}
    for paper in row.documents:
        Document.objects.create(
            person=row.person, household=None if row.person else row.household, kind=paper["kind"], number=paper.get("number", ""),
            issued_on=paper.get("issued_on") or None, issuer=paper.get("issuer", ""), change=change,
            **(place or {"province_no": row.province_no, "area_pos": row.area_pos}),
        )  # fmt: skip


def _remember(row: ChangeRequest, before: snapshots.Rows, households: list[int], persons: list[int]) -> None:
    """Snapshots of the same people and of those who came; the households by which the change is found later."""
    everybody = sorted({*persons, *subjects_of(row)[1], *_newcomers(households)})
    row.before, row.after = before, snapshots.take(households, everybody)
    known = set(row.subjects.filter(subject="h").values_list("subject_id", flat=True))
    place = {"province_no": row.province_no, "area_pos": row.area_pos}
    new = [ChangeSubject(request=row, subject="h", subject_id=pk, **place) for pk in households if pk not in known]
    ChangeSubject.objects.bulk_create(new)


def _newcomers(households: list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM households_person WHERE household_id = ANY(%s)", [households])
        return [pk for (pk,) in cursor.fetchall()]


@transaction.atomic
def return_(*, request: ChangeRequest, by: Scope, reason: str, marked: list[str]) -> ChangeRequest:
    """Give a request back to be mended, with the fields that are wrong. Raises Invalid without a reason, NotAllowed, WrongMoment."""
    return _decide(request, by, "return", reason, marked)


@transaction.atomic
def refuse(*, request: ChangeRequest, by: Scope, reason: str) -> ChangeRequest:
    """Say no, with the reason. Raises Invalid without a reason, NotAllowed, WrongMoment."""
    return _decide(request, by, "refuse", reason, [])


def _decide(request: ChangeRequest, by: Scope, move: str, reason: str, marked: list[Any]) -> ChangeRequest:
    row = ChangeRequest.objects.select_for_update().get(pk=request.pk)
    if row.status != statuses.SUBMITTED:
        raise statuses.WrongMoment("Yêu cầu này đã có người xử lý.")
    if not may_approve(row, by):
        raise NotAllowed("Người đề nghị không tự duyệt; vai trò của bạn phải được duyệt loại thay đổi này.")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do để người đề nghị biết phải làm gì."})
    row.status = statuses.moved(statuses.REQUEST_MOVES, row.status, move)
    row.decided_by_id, row.decided_at, row.decision_reason = by.user_id, timezone.now(), reason.strip()[:300]
    names = {DAY, *(field.name for field in KINDS[row.kind].fields)}
    row.marked = [name for name in marked if name in names]
    row.save()
    notices.close(row)
    if move == "return":
        notices.ask_to_mend(row)
    else:
        notices.tell_requester(row)
    audit.record(verb=move, kind="households_changerequest", object_id=row.pk, by=by, area=(row.province_no, row.area_pos))
    return row
