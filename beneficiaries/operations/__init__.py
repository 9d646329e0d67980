"""What may be done with decisions and entitlements; each verb owns its transaction and writes its audit row."""

from beneficiaries.operations.compute import Computed, Place
from beneficiaries.operations.inherited import pull_inherited
from beneficiaries.operations.recalculation import recalculate
from beneficiaries.operations.reopen import MONTH_HELD
from beneficiaries.operations.runs import JOB, RunRefused, cancel_run, requeue_run, start_run
from beneficiaries.operations.shards import Fenced, Shard, claim, open_shards, work
from beneficiaries.operations.spans import by_index, execute, in_passes

__all__ = [
    "JOB", "MONTH_HELD", "Computed", "Fenced", "Place", "RunRefused", "Shard", "by_index", "cancel_run", "claim", "execute", "in_passes",
      "open_shards",
    "pull_inherited", "recalculate", "requeue_run", "start_run", "work",
]  # fmt: skip
