"""States of monthly runs and of applications: one table of moves each. Plain Python."""

from __future__ import annotations

import datetime

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

# An application: from the counter to the decision, and back (Article 8 of 20/2021, Article 5 of 147/2025, Article 8 of 335/2026).
DRAFT, RECEIVED, CHECKED, APPRAISED, POSTED, READY = "draft", "received", "checked", "appraised", "posted", "ready"
DECIDED, NOTIFIED, CLOSED = "decided", "notified", "closed"
RETURNED, REFUSED, WITHDRAWN, APPEALED = "returned", "refused", "withdrawn", "appealed"

CASE_MOVES = {
    (DRAFT, "receive"): RECEIVED,
    (RECEIVED, "check"): CHECKED,
    (CHECKED, "appraise"): APPRAISED,
    (APPRAISED, "post"): POSTED,
    (APPRAISED, "make_ready"): READY,
    (POSTED, "make_ready"): READY,
    (READY, "decide"): DECIDED,
    (READY, "refuse"): REFUSED,
    (READY, "send_back"): CHECKED,
    (DECIDED, "notify"): NOTIFIED,
    (NOTIFIED, "close"): CLOSED,
    (REFUSED, "close"): CLOSED,
    (RECEIVED, "return"): RETURNED,
    (CHECKED, "return"): RETURNED,
    (APPRAISED, "return"): RETURNED,
    (RETURNED, "resume"): RECEIVED,
    **{(status, "withdraw"): WITHDRAWN for status in (DRAFT, RECEIVED, CHECKED, APPRAISED, POSTED, READY, RETURNED)},
    **{(status, "appeal"): APPEALED for status in (DECIDED, NOTIFIED, REFUSED, CLOSED)},
    (APPEALED, "uphold"): CLOSED,
    (APPEALED, "reconsider"): CHECKED,
}
# Whose clock runs, who has ended, and where something is still to be done.
CASE_RUNNING = frozenset({RECEIVED, CHECKED, APPRAISED, POSTED, READY, APPEALED})
CASE_ENDED = frozenset({CLOSED, WITHDRAWN})
CASE_OPEN = CASE_RUNNING | {RETURNED, DECIDED, NOTIFIED, REFUSED}

OFFICER, CHAIR, DISTRICT = "commune_officer", "commune_chair", "cluster_officer"
# Which roles make a move; who decides depends on the day, see `deciders`.
CASE_ROLES = {
    **dict.fromkeys(("receive", "check", "appraise", "post", "make_ready", "return", "resume", "notify", "appeal"), frozenset({OFFICER})),
    "withdraw": frozenset({OFFICER}),
    "close": frozenset({OFFICER}),
    "send_back": frozenset({CHAIR, DISTRICT}),
    "uphold": frozenset({CHAIR, DISTRICT}),
    "reconsider": frozenset({CHAIR, DISTRICT}),
}
TWO_LEVELS_FROM = datetime.date(2025, 7, 1)


def deciders(day: datetime.date) -> frozenset[str]:
    """Who decides on a day: the district until 2025-06-30 (Article 8 of 20/2021), the commune's chair since (Article 5 of 147/2025)."""
    return frozenset({CHAIR if day >= TWO_LEVELS_FROM else DISTRICT})


def case_moves_of(status: str, role: str, day: datetime.date) -> tuple[str, ...]:
    """The moves a role may make from a status on a day, in the order of the table."""
    allowed = CASE_ROLES | dict.fromkeys(("decide", "refuse"), deciders(day))
    return tuple(move for (at, move) in CASE_MOVES if at == status and role in allowed[move])


# A decision as a numbered paper. Signed ones never change; only another signed paper annuls them.
PAPER_DRAFT, PAPER_PREPARED, PAPER_SIGNED, PAPER_ANNULLED = "draft", "prepared", "signed", "annulled"
PAPER_MOVES = {
    (PAPER_DRAFT, "submit"): PAPER_PREPARED,
    (PAPER_PREPARED, "return"): PAPER_DRAFT,
    (PAPER_PREPARED, "sign"): PAPER_SIGNED,
    (PAPER_SIGNED, "annul"): PAPER_ANNULLED,
}

# What the engine finds each month: open until somebody acts, dismissed with a reason until facts change, gone when the engine finds it no more.
FOUND_NEW, FOUND_OPENED, FOUND_DISMISSED, FOUND_DONE, FOUND_GONE = "new", "opened", "dismissed", "done", "gone"
FOUND_MOVES = {
    (FOUND_NEW, "open"): FOUND_OPENED,
    (FOUND_OPENED, "open"): FOUND_OPENED,
    (FOUND_NEW, "dismiss"): FOUND_DISMISSED,
    (FOUND_OPENED, "dismiss"): FOUND_DISMISSED,
    (FOUND_NEW, "finish"): FOUND_DONE,
    (FOUND_OPENED, "finish"): FOUND_DONE,
}
FOUND_WAITING = frozenset({FOUND_NEW, FOUND_OPENED})
