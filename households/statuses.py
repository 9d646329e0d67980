"""The life of a request for a change of the registry, and of a transfer as the receiving commune sees it: one table of moves each."""

from __future__ import annotations

DRAFT = "draft"
SUBMITTED = "submitted"
RETURNED = "returned"
APPROVED = "approved"
WAITING = "waiting_receiver"
APPLIED = "applied"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
UNDONE = "undone"
ACCEPTED = "accepted"

# (status, move) -> status. What is not here cannot happen.
REQUEST_MOVES: dict[tuple[str, str], str] = {
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (DRAFT, "apply"): APPLIED,
    (RETURNED, "apply"): APPLIED,
    (SUBMITTED, "approve"): APPROVED,
    (SUBMITTED, "return"): RETURNED,
    (SUBMITTED, "refuse"): REFUSED,
    (APPROVED, "apply"): APPLIED,
    # A transfer leaves the sender's hands when the sender's chair agreed, and is applied by the receiver's acceptance.
    (APPROVED, "hand_over"): WAITING,
    (WAITING, "apply"): APPLIED,
    (WAITING, "refuse"): REFUSED,
    (WAITING, "withdraw"): WITHDRAWN,
    (DRAFT, "withdraw"): WITHDRAWN,
    (RETURNED, "withdraw"): WITHDRAWN,
    (SUBMITTED, "withdraw"): WITHDRAWN,
    (APPLIED, "undo"): UNDONE,
}

TRANSFER_MOVES: dict[tuple[str, str], str] = {
    (WAITING, "accept"): ACCEPTED,
    (WAITING, "refuse"): REFUSED,
    (WAITING, "withdraw"): WITHDRAWN,
    (ACCEPTED, "undo"): UNDONE,
}

# Somebody still has to do something with it.
OPEN = frozenset((DRAFT, SUBMITTED, RETURNED, APPROVED, WAITING))


class WrongMoment(Exception):
    """The request is not in a state in which this can be done; the message is for the screen (Vietnamese)."""


def moved(table: dict[tuple[str, str], str], status: str, move: str) -> str:
    """The status after a move. Raises WrongMoment."""
    try:
        return table[status, move]
    except KeyError:
        raise WrongMoment("Yêu cầu này đã có người xử lý hoặc đã đổi trạng thái. Hãy mở lại trang để xem trạng thái mới.") from None


# A change of many at once: looked at, applied directly or asked for, undone as a whole.
BULK_MOVES: dict[tuple[str, str], str] = {
    ("prepared", "apply"): "running",
    ("prepared", "ask"): "asked",
    ("prepared", "drop"): "dropped",
    ("asked", "drop"): "dropped",
    ("asked", "approve"): "running",
    ("asked", "refuse"): "refused",
    ("running", "finish"): "done",
    ("done", "undo"): "undone",
}
