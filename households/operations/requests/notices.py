"""Tasks for people that a request makes and closes. Titles say what and where; a diagnosis is named in none of them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from households.change_kinds import KINDS
from households.models import ChangeRequest, Household, Person, Transfer
from posasoft.core.models import Role, User, WorkItem
from posasoft.core.notifications import holders, notify

APPROVE, RETURNED, RECEIVE = "approve_change", "change_returned", "receive_transfer"
KIND = "households.changerequest"


def title_of(request: ChangeRequest) -> str:
    """What the request is, for a list of tasks."""
    kind = KINDS[request.kind]
    label = "Thay đổi thông tin kín" if kind.is_diagnosis else kind.label
    who = "" if kind.is_diagnosis else _who(request)
    return f"{label}: {who}"[:200] if who else label


def _who(request: ChangeRequest) -> str:
    if request.person_id:
        return str(Person.objects.values_list("full_name", flat=True).get(pk=request.person_id))
    if request.household_id:
        head = Person.objects.filter(household_id=request.household_id, relation="head", canonical__isnull=True).first()
        return f"hộ {head.full_name}" if head else f"hộ {Household.objects.get(pk=request.household_id).code}"
    return ""


def _approver(request: ChangeRequest) -> str:
    """The role whose queue it goes to: the nearest approver that is not the requester's own role and that somebody else holds there today.

    Few communes have a cluster officer. Where nobody holds any of the roles yet, the nearest that every commune has is waited for.
    """
    order = [str(role) for role in KINDS[request.kind].rights.approvers if role != request.requested_role]
    held = (role for role in order if holders([role], request.area_pos) - {request.requested_by_id})
    usual = (role for role in order if role != Role.CLUSTER_OFFICER)
    return next(held, next(usual, str(Role.COMMUNE_CHAIR)))


def _put(request: ChangeRequest, kind: str, title: str, reason: str, *, role: str = "", assignee_id: int | None = None) -> None:
    if role == "" and assignee_id is None:
        return
    WorkItem.objects.create(
        kind=kind, title=title[:200], reason=reason[:500], subject_kind=KIND, subject_id=request.pk,
        link=f"/changes/{request.public_id}/", role=role, assignee_id=assignee_id, due_on=request.due_on,
        province_no=request.province_no, area_pos=request.area_pos,
    )  # fmt: skip


def ask_approver(request: ChangeRequest) -> None:
    """A task for whoever approves."""
    asker = User.objects.filter(pk=request.requested_by_id or 0).first()
    _put(request, APPROVE, f"Duyệt: {title_of(request)}", f"{asker or 'Hệ thống'} đề nghị", role=_approver(request))


def ask_to_mend(request: ChangeRequest) -> None:
    """A task for the requester: mend and send again."""
    _put(request, RETURNED, f"Sửa và gửi lại: {title_of(request)}", request.decision_reason, assignee_id=request.requested_by_id)


def tell_requester(request: ChangeRequest) -> None:
    """The requester reads what became of it. A notice names nobody."""
    if request.requested_by_id is None:
        return
    kind = KINDS[request.kind]
    label = "Thay đổi thông tin kín" if kind.is_diagnosis else kind.label
    state = ChangeRequest.Status(request.status).label
    notify(kind="change", title=f"{label}: {state.lower()}", link=f"/changes/{request.public_id}/", users=[request.requested_by_id])


def ask_receiver(transfer: Transfer) -> None:
    """A task in the receiving commune. The title names the family only by its head, as the sheet does."""
    WorkItem.objects.create(
        kind=RECEIVE, title=f"Nhận chuyển đến: {transfer.sheet['who']}"[:200], reason=f"Từ {transfer.from_area.name}", subject_kind=KIND,
        subject_id=transfer.request_id, link=f"/changes/transfers/{transfer.public_id}/", role=Role.COMMUNE_OFFICER, due_on=transfer.due_on,
        province_no=transfer.province_no, area_pos=transfer.area_pos,
    )  # fmt: skip


def close(request: ChangeRequest) -> None:
    """What waited for somebody because of this request no longer waits."""
    items = WorkItem.objects.filter(subject_kind=KIND, subject_id=request.pk, done_at__isnull=True)
    items.exclude(kind=RECEIVE).update(done_at=timezone.now())


@transaction.atomic
def close_transfer(request: ChangeRequest) -> None:
    """The receiver's task is done; in a scope that holds the receiving side."""
    WorkItem.objects.filter(kind=RECEIVE, subject_kind=KIND, subject_id=request.pk, done_at__isnull=True).update(done_at=timezone.now())
