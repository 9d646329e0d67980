"""Changes of the registry as requests with an effective date (design §3a: declared values live in requests until somebody answers for them).

``save_draft`` → ``declare`` → ``submit`` → ``approve`` (which applies) or ``return_`` / ``refuse``; ``withdraw`` before, ``undo`` after.
A transfer, once approved, waits for ``accept_transfer`` or ``refuse_transfer`` of the receiving commune.
"""

from households.operations.requests.deciding import apply, approve, differences, lock, refuse, return_, write
from households.operations.requests.drafting import declare, save_draft, submit, withdraw
from households.operations.requests.receiving import accept_transfer
from households.operations.requests.refusals import CannotUndo, Conflict, Difference, Invalid, NotAllowed, WrongMoment
from households.operations.requests.transfers import refuse_transfer
from households.operations.requests.undoing import may_undo, undo

__all__ = [
    "CannotUndo", "Conflict", "Difference", "Invalid", "NotAllowed", "WrongMoment", "accept_transfer", "apply", "approve", "declare",
    "differences", "lock", "may_undo", "refuse", "refuse_transfer", "return_", "save_draft", "submit", "undo", "withdraw", "write",
]  # fmt: skip
