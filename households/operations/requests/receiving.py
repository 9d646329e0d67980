"""The receiving commune takes a transferred household or person in: only now do the rows follow."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from households import statuses
from households.models import Change, ChangeRequest, Household, Person, Transfer
from households.operations.places import widened
from households.operations.requests import notices, transfers
from households.operations.requests.checks import errors_of
from households.operations.requests.deciding import differences, lock, write
from households.operations.requests.refusals import Conflict, Invalid
from posasoft.core import audit
from posasoft.core.models import Area
from posasoft.core.scope import Scope


@transaction.atomic
def accept_transfer(
    *, transfer: Transfer, by: Scope, village: Area | None, residence_kind: str, household: Household | None = None, relation: str = ""
) -> Transfer:
    """Take in to a village with a kind of residence; one person may join a household that lives there already.

    Applied in the range of both communes, in one transaction. Raises Invalid (also when the sender's facts have changed meanwhile so that the
    transfer is no longer possible), Conflict, NotAllowed, WrongMoment.
    """
    row = transfers._open(transfer, by, "accept")
    added = transfers.receiving_values(row, village, residence_kind, household, relation)
    with widened(by):
        request = lock(ChangeRequest(pk=row.request_id))
        request.payload = {**request.payload, **added}
        open_ = differences(request)
        if open_:
            raise Conflict(open_)
        errors = errors_of(request)
        if errors:
            raise Invalid(errors)
        request.status = statuses.moved(statuses.REQUEST_MOVES, request.status, "apply")
        write(request, by)
        request.applied_at = timezone.now()
        request.save()
        people = transfers.people_moved(request)
        place = Household.objects.get(pk=people[0].household_id if people else request.household_id or 0)
        Change.objects.filter(pk=request.change_id or 0).update(province_no=place.province_no, area_pos=place.area_pos)
        notices.close_transfer(request)
        notices.close(request)
        notices.tell_requester(request)
    row.village, row.residence_kind, row.household = village, residence_kind, place
    row.save()
    audit.record(
        verb="accept", kind="households_transfer", object_id=row.pk, by=by, area=(row.province_no, row.area_pos),
        persons=Person.objects.filter(household=place).count(),
    )  # fmt: skip
    return row
