"""An applied change is taken back: the rows are exactly what they were, unless money or a newer change stands on them."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from households import statuses
from households.change_kinds import KINDS, Right
from households.models import Change, ChangeRequest, Household, Person, Transfer
from households.operations.places import announce, widened
from households.operations.requests import snapshots
from households.operations.requests.refusals import CannotUndo, NotAllowed
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.models import Hold
from posasoft.core.scope import Scope

_WORDS = {
    "households": "hộ",
    "persons": "người",
    "raising": "quan hệ nuôi con",
    "spells": "dữ kiện",
    "ids": "số định danh",
    "documents": "giấy tờ",
}


def may_undo(request: ChangeRequest, by: Scope) -> bool:
    """Who could have approved it, in its range; who was allowed to apply it directly may take it back directly.

    A transfer that was accepted is taken back only by a level that holds both communes: neither side alone."""
    rights = KINDS[request.kind].rights
    if request.to_area is not None and not by.holds(request.to_area.position or -1):
        return False
    direct = rights.of(by.role) == Right.DIRECT and request.requested_by_id == by.user_id
    return by.holds(request.area_pos) and (direct or by.role in rights.approvers)


@transaction.atomic
def undo(*, request: ChangeRequest, by: Scope, reason: str = "") -> ChangeRequest:
    """Take an applied change back. Raises NotAllowed; WrongMoment; CannotUndo when a released list was drawn from it (a hold of the payments)
    or when something has changed since on the same rows."""
    if not may_undo(request, by):
        raise NotAllowed("Vai trò của bạn không hoàn tác được thay đổi này.")
    # The rows of a transfer lie in another range by now.
    with widened(by):
        row = ChangeRequest.objects.select_for_update().get(pk=request.pk)
        status = statuses.moved(statuses.REQUEST_MOVES, row.status, "undo")
        _refuse_if_paid(row)
        _refuse_if_newer(row)
        _restore(row, by, reason)
        row.status = status
        row.decision_reason = reason.strip()[:300] or row.decision_reason
        row.save(update_fields=["status", "decision_reason"])
        Change.objects.filter(pk=row.change_id or 0).update(undone_at=timezone.now())
    audit.record(verb="undo", kind="households_changerequest", object_id=row.pk, by=by, area=(row.province_no, row.area_pos))
    return row


def _refuse_if_paid(row: ChangeRequest) -> None:
    held = Hold.objects.filter(
        effect=Hold.Effect.NO_UNDO, subject_kind="households.change", subject_id=row.change_id or 0, lifted_at__isnull=True
    )
    if held.exists():
        raise CannotUndo("Đã có danh sách chi trả được chốt dựa trên thay đổi này. Hãy báo một thay đổi mới để sửa.")


def _refuse_if_newer(row: ChangeRequest) -> None:
    if row.after is None:
        raise CannotUndo("Thay đổi này không giữ dữ liệu để hoàn tác.")
    found = snapshots.differing(row.after, snapshots.take(*snapshots.keys(row.after)))
    if found:
        kinds = ", ".join(sorted({_WORDS[name] for name, _, _ in found}))
        raise CannotUndo(f"Đã có thay đổi mới hơn trên cùng hồ sơ ({kinds}). Hãy hoàn tác thay đổi ấy trước.")


def _restore(row: ChangeRequest, by: Scope, reason: str) -> None:
    before, after = row.before or {}, row.after or {}
    Transfer.objects.filter(request=row).update(status=statuses.UNDONE, household=None)
    try:
        with transaction.atomic(), because(change=row.change_id, by=by, reason=reason or "Hoàn tác", effective_from=row.effective_on):
            snapshots.restore(before, after)
            announce(snapshots.keys(before)[0], row.effective_on)
    except IntegrityError as error:
        raise CannotUndo("Đã có hồ sơ hoặc quyết định dựa trên thay đổi này; hãy xử lý chúng trước.") from error
    _check_gone(before, after)


def _check_gone(before: snapshots.Rows, after: snapshots.Rows) -> None:
    """What came with the change is no longer there."""
    old_homes, old_people = (set(ids) for ids in snapshots.keys(before))
    homes, people = snapshots.keys(after)
    left = Household.objects.filter(pk__in=[h for h in homes if h not in old_homes]).exists()
    if left or Person.objects.filter(pk__in=[p for p in people if p not in old_people]).exists():
        raise CannotUndo("Không xóa được những gì thay đổi này đã thêm.")
