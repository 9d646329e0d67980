"""A transfer has two sides: the sending commune asks, the receiving commune takes in or refuses. Rows follow only when it takes in."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from households import statuses
from households.change_kinds import KINDS, RECEIVERS
from households.models import ChangeRequest, Household, Person, Transfer
from households.operations.places import widened
from households.operations.requests import notices
from households.operations.requests.refusals import Invalid, NotAllowed
from households.queries.requests import living
from posasoft.core import audit
from posasoft.core.models import Area
from posasoft.core.scope import Scope
from posasoft.core.working_days import add_working_days

WORKING_DAYS = 5


def sheet_of(request: ChangeRequest) -> dict[str, Any]:
    """What the receiver is shown before it decides: who comes, from where, in which class. No ids, no facts of health."""
    person = request.person
    home = request.household or (person.household if person else None)
    if home is None:
        raise Invalid({"": "Yêu cầu chuyển không có hộ."})
    people = [person] if person else list(living(home))
    head = next((p for p in people if p.relation == "head"), people[0] if people else None)
    return {
        "kind": request.kind,
        "who": head.full_name if head else home.code,
        "code": home.code,
        "poverty": home.poverty,
        "people": [
            {"full_name": p.full_name, "year": p.born.year if p.born else None, "sex": p.sex, "relation": p.relation} for p in people
        ],
    }


def hand_over(*, request: ChangeRequest, by: Scope) -> ChangeRequest:
    """Put an approved transfer before the receiving commune: a row and a task in its own area."""
    to_area = Area.objects.get(pk=request.payload["to_area"])
    home = request.household or (request.person.household if request.person else None)
    request.status = statuses.moved(statuses.REQUEST_MOVES, request.status, "hand_over")
    request.save(update_fields=["status"])
    if request.effective_on is None or home is None:
        raise Invalid({"": "Yêu cầu chuyển thiếu ngày hoặc hộ."})
    with widened(by):
        transfer = Transfer.objects.create(
            request=request, from_area_id=home.commune_id, to_area=to_area, effective_on=request.effective_on, sheet=sheet_of(request),
            reason=request.reason, sent_by_id=by.user_id, due_on=add_working_days(timezone.localdate(), WORKING_DAYS),
            province_no=to_area.province_no or 0, area_pos=to_area.position or 0,
        )  # fmt: skip
        notices.ask_receiver(transfer)
    audit.record(
        verb="hand_over", kind="households_changerequest", object_id=request.pk, by=by, area=(request.province_no, request.area_pos),
        to=to_area.pk,
    )  # fmt: skip
    return request


def _open(transfer: Transfer, by: Scope, move: str) -> Transfer:
    row = Transfer.objects.select_for_update(of=("self",)).select_related("to_area").get(pk=transfer.pk)
    if by.role not in RECEIVERS or not by.holds(row.area_pos):
        raise NotAllowed("Chỉ cán bộ của xã nơi đến mới nhận hoặc từ chối.")
    if row.sent_by_id == by.user_id:
        raise NotAllowed("Người đã duyệt chuyển đi không tự nhận.")
    row.status = statuses.moved(statuses.TRANSFER_MOVES, row.status, move)
    row.decided_by_id, row.decided_at = by.user_id, timezone.now()
    return row


@transaction.atomic
def refuse_transfer(*, transfer: Transfer, by: Scope, reason: str) -> Transfer:
    """The receiving commune says no; the household stays where it is and the sender reads the reason. Raises Invalid, NotAllowed, WrongMoment."""
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do để nơi gửi biết phải làm gì."})
    row = _open(transfer, by, "refuse")
    row.decision_reason = reason.strip()[:300]
    row.save()
    with widened(by):
        request = ChangeRequest.objects.select_for_update().get(pk=row.request_id)
        request.status = statuses.moved(statuses.REQUEST_MOVES, request.status, "refuse")
        request.decision_reason = row.decision_reason
        request.save(update_fields=["status", "decision_reason"])
        notices.tell_requester(request)
        notices.close_transfer(request)
    audit.record(verb="refuse", kind="households_transfer", object_id=row.pk, by=by, area=(row.province_no, row.area_pos))
    return row


def receiving_values(
    transfer: Transfer, village: Area | None, residence_kind: str, household: Household | None, relation: str
) -> dict[str, Any]:
    """What the receiver adds to the payload. Raises Invalid for a village or household that is not the receiving commune's."""
    if village is not None and (village.parent_id != transfer.to_area_id or village.position is None):
        raise Invalid({"village": "Thôn này không thuộc xã nơi đến."})
    if household is not None and household.commune_id != transfer.to_area_id:
        raise Invalid({"household": "Hộ này không thuộc xã nơi đến."})
    if residence_kind not in ("rural", "urban"):
        raise Invalid({"residence_kind": "Hãy chọn nông thôn hay thành thị."})
    return {
        "to_village": village.pk if village else None, "to_residence_kind": residence_kind, "to_household": household.pk if household else None,
        "to_relation": relation or None,
    }  # fmt: skip


def people_moved(request: ChangeRequest) -> list[Person]:
    """Who comes with an accepted transfer."""
    if request.person_id:
        return list(Person.objects.filter(pk=request.person_id))
    return list(Person.objects.filter(household_id=request.household_id or 0, canonical__isnull=True))


def is_person(request: ChangeRequest) -> bool:
    """One person, not a household."""
    return KINDS[request.kind].subject == "p"
