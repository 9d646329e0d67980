"""States of a payment list: one table of moves. Plain Python; the whole cycle is drawn in docs/payments.md."""

from __future__ import annotations

import datetime

DRAFT, PREPARED, CHECKED, APPROVED, RELEASED = "draft", "prepared", "checked", "approved", "released"
SENT, RESULTS_IN, RECONCILED, CLOSED = "sent", "results_in", "reconciled", "closed"
STATUSES = (DRAFT, PREPARED, CHECKED, APPROVED, RELEASED, SENT, RESULTS_IN, RECONCILED, CLOSED)

# A draft is rewritten by the next run of its month. From "prepared" on a run leaves the list alone and tells what it would write; a rejected
# list is a draft again. A released one is frozen for ever and only its status moves on.
MOVES = {
    (DRAFT, "rebuild"): DRAFT,
    (DRAFT, "prepare"): PREPARED,
    (PREPARED, "check"): CHECKED,
    (CHECKED, "approve"): APPROVED,
    (CHECKED, "first_approve"): CHECKED,
    (PREPARED, "reject"): DRAFT,
    (CHECKED, "reject"): DRAFT,
    (APPROVED, "reject"): DRAFT,
    (APPROVED, "release"): RELEASED,
    (RELEASED, "send"): SENT,
    (SENT, "take_results"): RESULTS_IN,
    (RESULTS_IN, "reopen"): SENT,
    (RESULTS_IN, "reconcile"): RECONCILED,
    (RECONCILED, "close"): CLOSED,
}
# In somebody's hands, not yet ordered; and: ordered, frozen.
PENDING = (PREPARED, CHECKED, APPROVED)
ORDERED = (RELEASED, SENT, RESULTS_IN, RECONCILED, CLOSED)
FROZEN = frozenset(ORDERED)

REGULAR, SUPPLEMENTARY, ONE_OFF, CLOSING = "regular", "supplementary", "one_off", "closing"
KINDS = (REGULAR, SUPPLEMENTARY, ONE_OFF, CLOSING)

# What a law changes in past months: shown, then agreed, or set aside until somebody agrees after all.
SHOWN, AGREED, SET_ASIDE = "shown", "agreed", "set_aside"
LAW_STATUSES = (SHOWN, AGREED, SET_ASIDE)
LAW_MOVES = {(SHOWN, "agree"): AGREED, (SHOWN, "set_aside"): SET_ASIDE, (SET_ASIDE, "agree"): AGREED}

# A batch of results from an agency: its rows are read, looked at, and applied once; one that cannot be read, or is not what it says, is refused.
RECEIVED, STAGED, APPLIED, REFUSED = "received", "staged", "applied", "refused"
BATCH_STATUSES = (RECEIVED, STAGED, APPLIED, REFUSED)
BATCH_MOVES = {
    (RECEIVED, "stage"): STAGED,
    (RECEIVED, "refuse"): REFUSED,
    (STAGED, "stage"): STAGED,
    (STAGED, "refuse"): REFUSED,
    (STAGED, "apply"): APPLIED,
}

_OFFICER, _CLUSTER, _CHAIR, _PROVINCE = "commune_officer", "cluster_officer", "commune_chair", "province_officer"
COMMUNE_PAYS_SINCE = datetime.date(2025, 7, 1)

# Move -> roles that may make it, by the first day on which this holds. Until 30/6/2025 the province approved; since the districts were
# dissolved on 1/7/2025 the chair of the commune does (Decree 147/2025, Official Letter 3676/BYT-BTXH) and the province is the second approver.
_WHO: tuple[tuple[datetime.date, dict[str, frozenset[str]]], ...] = (
    (
        datetime.date.min,
        {
            "prepare": frozenset({_OFFICER}),
            "check": frozenset({_OFFICER, _CLUSTER}),
            "approve": frozenset({_PROVINCE}),
            "second": frozenset({_PROVINCE}),
            "reject": frozenset({_OFFICER, _CLUSTER, _PROVINCE}),
            "release": frozenset({_PROVINCE}),
            "reconcile": frozenset({_PROVINCE}),
            "close": frozenset({_PROVINCE}),
        },
    ),
    (
        COMMUNE_PAYS_SINCE,
        {
            "prepare": frozenset({_OFFICER}),
            "check": frozenset({_OFFICER, _CLUSTER}),
            "approve": frozenset({_CHAIR}),
            "second": frozenset({_CHAIR, _PROVINCE}),
            "reject": frozenset({_OFFICER, _CLUSTER, _CHAIR, _PROVINCE}),
            "release": frozenset({_CHAIR, _PROVINCE}),
            "reconcile": frozenset({_OFFICER, _PROVINCE}),
            "close": frozenset({_CHAIR, _PROVINCE}),
        },
    ),
)


def roles_of(move: str, day: datetime.date) -> frozenset[str]:
    """The roles that may make a move on a day; "second" is the second approval of a large list. Raises KeyError for a move of no person."""
    return next(who for since, who in reversed(_WHO) if since <= day)[move]
