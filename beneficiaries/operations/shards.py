"""One province of a run: claimed with SKIP LOCKED, done in one transaction, finished by the holder of the latest fence only.

While a worker computes, it holds the lock of its shard's row: a living worker's province is passed over by others, and that of a worker that
died is free the moment its connection ends. No clock decides who is alive.
"""

from __future__ import annotations

import datetime
import logging
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from beneficiaries.models import Run, RunShard
from beneficiaries.operations import reopen
from beneficiaries.operations.compute import Computed, Place, compute_again, compute_month, prepare
from beneficiaries.operations.runs import close_if_ended
from beneficiaries.statuses import FAILED, OPEN, QUEUED, RUNNING, SHARD_MOVES
from policy import load_law
from policy.model import Law
from posasoft.core.models import Area, Level
from posasoft.core.months import add_months
from posasoft.core.scope import Scope, acting

MOST_ATTEMPTS = 3
_log = logging.getLogger(__name__)


class Fenced(Exception):
    """Another worker has claimed the province since; nothing of this one's work may be committed."""


@dataclass(frozen=True)
class Shard:
    """A claimed province of a run; ``fence`` tells whether it is still ours."""

    id: int
    run_id: int
    month: datetime.date
    fence: int
    place: Place
    province_code: str


Then = Callable[[Shard, Computed], None]

# The largest first, so that the last to finish is a small one. A shard that runs but is not locked belongs to a worker that died, or to one
# that is just about to lock it: the fence decides between the two.
_CLAIM = """
UPDATE beneficiaries_runshard SET status = 'running', fence = fence + 1, attempts = attempts + 1, heartbeat_at = clock_timestamp()
WHERE id = (
  SELECT s.id FROM beneficiaries_runshard s
  WHERE s.run_id = %(run)s AND (s.status = 'queued' OR (s.status = 'running' AND s.heartbeat_at < clock_timestamp() - interval '2 seconds'))
  ORDER BY (s.status = 'queued') DESC, s.attempts, s.households DESC, s.id
  LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id, province_no, fence, attempts
"""


def claim(run_id: int) -> Shard | None:
    """Take the next province of a run; None when none is free or the run was stopped."""
    with transaction.atomic():
        run = Run.objects.get(pk=run_id)
        if run.cancel_requested:
            return None
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"run": run_id})
            row = cursor.fetchone()
        if row is None:
            return None
        shard_id, province_no, fence, attempts = row
        if attempts > MOST_ATTEMPTS:
            RunShard.objects.filter(pk=shard_id).update(status=FAILED, finished_at=Now())
    if attempts > MOST_ATTEMPTS:
        close_if_ended(run_id)
        return claim(run_id)
    province = Area.objects.get(level=Level.PROVINCE, province_no=province_no, position__isnull=False)
    place = Place(province_no, province.position or 0, province.position_end or 0)
    return Shard(shard_id, run_id, run.month, fence, place, province.code)


def work(shard: Shard, *, then: Then) -> bool:
    """Compute a claimed province and hand over to the layer above, in one transaction; False when another worker has taken it over.

    An error ends in the shard's row, with an id to find it in the log, and the province is tried again up to MOST_ATTEMPTS times. Errors of the
    connection itself are raised: the job comes back and so does the province.
    """
    try:
        _work(shard, then)
    except Fenced:
        return False
    except Exception as error:  # whatever one province raises must not stop the other thirty-three
        if not connection.is_usable():
            raise
        _give_back(shard, error)
    close_if_ended(shard.run_id)
    return True


def _work(shard: Shard, then: Then) -> None:
    began = time.monotonic()
    law = load_law().for_province(shard.province_code)
    with acting(Scope("area", shard.place.lo, shard.place.hi, role="system")):
        if not RunShard.objects.select_for_update().filter(pk=shard.id, fence=shard.fence, status=RUNNING).exists():
            raise Fenced
        prepare()
        position = reopen.feed_position()
        frozen = reopen.released_through(shard.place.province_no)
        reopened = _recompute_past(shard, law, position, frozen)
        is_frozen = frozen is not None and frozen >= shard.month
        computed = compute_month(law=law, month=shard.month, place=shard.place, run_id=shard.run_id, frozen=is_frozen, reopened=reopened)
        then(shard, computed)
        ours = RunShard.objects.filter(pk=shard.id, fence=shard.fence, status=RUNNING).update(
            status=SHARD_MOVES[RUNNING, "finish"],
            households=computed.households,
            lines=computed.lines,
            amount=computed.amount,
            opened=computed.opened,
            closed=computed.closed,
            seconds=time.monotonic() - began,
            feed_read=position,
            finished_at=Now(),
        )
        if not ours:
            raise Fenced


def _recompute_past(shard: Shard, law: Law, position: str, frozen_through: datetime.date | None) -> int:
    """Facts and decisions that came in since the last run, with effect in months already computed."""
    since = reopen.read_up_to(shard.place.province_no)
    # The month itself too, where it was computed before: what began with it would stand beside what is written again from the past.
    months = reopen.months_computed(before=add_months(shard.month, 1))
    # What touches this month after its list was frozen is a correction for the next list, like what touches an earlier month.
    is_frozen = frozen_through is not None and frozen_through >= shard.month
    if not since or not months or (months[0] == shard.month and not is_frozen):
        return 0
    first, before = months[0], add_months(shard.month, 1) if is_frozen else shard.month
    number = reopen.from_feed(since=since, until=position, first=first, before=before, lo=shard.place.lo, hi=shard.place.hi)
    if number:
        reopen.keep(shard.run_id)
    if number:
        compute_again(law=law, months=months, run_id=shard.run_id, frozen_through=frozen_through)
    return number


def _give_back(shard: Shard, error: Exception) -> None:
    # The text of a database error quotes the row it refused, so only its kind goes to the log.
    error_id = str(uuid.uuid4())
    place = "".join(traceback.format_tb(error.__traceback__))
    number, kind = shard.place.province_no, type(error).__name__
    _log.error("province %s of run %s failed, error %s: %s\n%s", number, shard.run_id, error_id, kind, place)
    last = RunShard.objects.filter(pk=shard.id, attempts__gte=MOST_ATTEMPTS)
    mine = {"fence": shard.fence, "status": RUNNING}
    if not last.filter(**mine).update(status=SHARD_MOVES[RUNNING, "fail"], error_id=error_id, finished_at=Now()):
        RunShard.objects.filter(pk=shard.id, **mine).update(status=QUEUED, error_id=error_id)


def open_shards(run_id: int) -> int:
    """Provinces of a run that are waiting or in work."""
    return RunShard.objects.filter(run_id=run_id, status__in=OPEN).count()
