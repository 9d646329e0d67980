"""States of decisions and of monthly runs: one table of moves each. Plain Python."""

from __future__ import annotations

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"

# A shard is claimed, done or failed; a failed or cancelled one may be queued again, and a running one taken over by fence.
SHARD_MOVES = {
    (QUEUED, "claim"): RUNNING,
    (RUNNING, "claim"): RUNNING,
    (RUNNING, "finish"): DONE,
    (RUNNING, "fail"): FAILED,
    (QUEUED, "cancel"): CANCELLED,
    (RUNNING, "cancel"): CANCELLED,
    (DONE, "requeue"): QUEUED,
    (FAILED, "requeue"): QUEUED,
    (CANCELLED, "requeue"): QUEUED,
}
OPEN = frozenset({QUEUED, RUNNING})
ENDED = frozenset({DONE, FAILED, CANCELLED})
