"""The monthly run's worker: takes provinces until none is left and draws up their draft lists."""

from __future__ import annotations

import time

from beneficiaries import operations, queries
from beneficiaries.models import Run
from payments.operations.drafts import write_drafts
from posasoft.core.jobs import JobContext

# Provinces still in other workers' hands are looked at again after this time: one of those workers may have died.
LOOK_AGAIN_SECONDS = 1.0


def work_run(run_id: int, context: JobContext | None = None) -> int:
    """Compute provinces of a run until none is waiting or in work anywhere; how many this worker did. Raises Cancelled, Fenced of the job."""
    done = 0
    while True:
        shard = operations.claim(run_id)
        if shard is not None:
            done += operations.work(shard, then=write_drafts)
        elif Run.objects.filter(pk=run_id, cancel_requested=False).exists() and operations.open_shards(run_id):
            time.sleep(LOOK_AGAIN_SECONDS)
        else:
            return done
        if context is not None:
            seen = queries.progress_of(run_id)
            context.progress(seen.households_done, seen.households_total, seen.message)
