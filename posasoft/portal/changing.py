"""A change of the registry with what the layers above it owe: decisions follow their people, and months already computed are computed again."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from beneficiaries.operations.following import follow, follow_back
from households import statuses
from households.models import ChangeRequest, Household, Transfer
from households.operations import requests
from households.operations.places import widened
from households.operations.requests import snapshots
from posasoft.core import jobs
from posasoft.core.models import Area, Job
from posasoft.core.months import first_of_month
from posasoft.core.scope import COUNTRY, Scope

JOB = "portal.recalculate_after_change"
TITLE = "Tính lại sau thay đổi của hộ"


@transaction.atomic
def submit(*, request: ChangeRequest, by: Scope, choices: Mapping[str, str] | None = None) -> ChangeRequest:
    """Send a declared draft; what the role may do directly takes effect at once. Raises what requests.submit raises."""
    row = requests.submit(request=request, by=by, choices=choices)
    _settle(row, by)
    return row


@transaction.atomic
def approve(*, request: ChangeRequest, by: Scope, choices: Mapping[str, str] | None = None) -> ChangeRequest:
    """Approve and let it take effect. Raises what requests.approve raises."""
    row = requests.approve(request=request, by=by, choices=choices)
    _settle(row, by)
    return row


@transaction.atomic
def accept_transfer(
    *, transfer: Transfer, by: Scope, village: Area | None, residence_kind: str, household: Household | None = None, relation: str = ""
) -> Transfer:
    """Take a transferred household in. Raises what requests.accept_transfer raises."""
    row = requests.accept_transfer(
        transfer=transfer, by=by, village=village, residence_kind=residence_kind, household=household, relation=relation
    )
    with widened(by):
        _settle(ChangeRequest.objects.get(pk=row.request_id), by)
    return row


@transaction.atomic
def undo(*, request: ChangeRequest, by: Scope, reason: str = "") -> ChangeRequest:
    """Take an applied change back, decisions included. Raises what requests.undo raises; then nothing has changed."""
    with widened(by):
        present = ChangeRequest.objects.select_related("change").get(pk=request.pk)
        if present.status == statuses.APPLIED and present.change is not None:
            follow_back(change=present.change, by=by)
    row = requests.undo(request=request, by=by, reason=reason)
    _recalculate(row, by, *snapshots.keys(row.before or snapshots.EMPTY))
    return row


def _settle(row: ChangeRequest, by: Scope) -> None:
    if row.status != statuses.APPLIED or row.after is None or row.change is None:
        return
    households, persons = snapshots.keys(row.after)
    with widened(by):
        follow(households=households, persons=persons, change=row.change, by=by)
    _recalculate(row, by, households, persons)


def _recalculate(row: ChangeRequest, by: Scope, households: list[int], persons: list[int]) -> None:
    """A job after the commit, over both places of a transfer; it finds nothing to do when no month was computed yet."""
    since = first_of_month(row.effective_on).isoformat() if row.effective_on else ""
    wide = Scope("area", COUNTRY.lo, COUNTRY.hi, by.user_id, by.role, by.assignment_id) if by.lo < COUNTRY.hi else by
    enqueue(households=households, since=since, by=wide)


def enqueue(*, households: list[int], since: str, by: Scope) -> Job:
    """The job that computes past months again; ``since`` is a day as ISO text, empty for all months."""
    return jobs.enqueue(kind=JOB, params={"households": sorted(households), "since": since}, by=by, title=TITLE)
