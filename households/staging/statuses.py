"""The life of a list, as one table of moves."""

from households.models import ImportBatch

Status = ImportBatch.Status

MOVES: dict[str, frozenset[str]] = {
    Status.RECEIVED: frozenset((Status.STAGING, Status.REFUSED)),
    # Read again after a job that failed or was stopped.
    Status.STAGING: frozenset((Status.STAGED, Status.STAGING, Status.REFUSED)),
    Status.STAGED: frozenset((Status.ACCEPTED, Status.STAGING)),
    # More of the same list may be accepted later; what was accepted can be undone as a whole.
    Status.ACCEPTED: frozenset((Status.ACCEPTED, Status.UNDONE)),
    Status.UNDONE: frozenset(),
    Status.REFUSED: frozenset((Status.STAGING,)),
}


class WrongMoment(Exception):
    """The list is not in a state in which this can be done; the message is for the screen (Vietnamese)."""


def move(batch: ImportBatch, to: str) -> None:
    """Set the status of a locked batch. Raises WrongMoment."""
    if to not in MOVES[batch.status]:
        raise WrongMoment(f"Danh sách đang ở trạng thái “{batch.get_status_display()}”, không thể chuyển sang “{Status(to).label}”.")
    batch.status = to
