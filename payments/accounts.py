"""The ledger's accounts, and the one table of moves between them. Plain Python; drawn in docs/ledger.md.

Each entry moves one line's money from one account to another, so that no entry can be out of balance. The database holds the same table as a
constraint (payments_ledger_move); a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Account(IntEnum):
    """Where a line's money stands. BUDGET and FORWARDED are the world outside the line: only these may fall below zero in it."""

    BUDGET = 1
    DUE = 2
    ORDERED = 3
    AGENCY = 4
    PAID = 5
    RETURNED = 6
    CARRIED = 7
    RECOVERED = 8
    WRITTEN_OFF = 9
    SUSPENDED = 10
    FORWARDED = 11


class SourceKind(IntEnum):
    """What an entry was booked for; with its id, the line and the move it is unique, so that a second delivery writes nothing."""

    LIST = 1
    DELIVERY = 2
    RESULTS = 3
    STATEMENT = 4
    CLOSING = 5
    LINE = 6
    HAND = 7
    COUNTER = 8


@dataclass(frozen=True)
class Move:
    """One allowed step. ``verb`` is the operation's word for it."""

    verb: str
    debit: Account
    credit: Account

    @property
    def code(self) -> int:
        """The move as one number, as the constraint writes it."""
        return self.debit * 100 + self.credit


_B, _D, _O, _A = Account.BUDGET, Account.DUE, Account.ORDERED, Account.AGENCY

MOVES = (
    Move("release", _B, _D),
    Move("release", _D, Account.RECOVERED),
    Move("release", _D, _O),
    Move("forward", Account.CARRIED, Account.FORWARDED),
    Move("forward", Account.FORWARDED, _D),
    Move("send", _O, _A),
    Move("pay", _A, Account.PAID),
    Move("return", _A, Account.RETURNED),
    Move("give_back", Account.PAID, Account.RETURNED),
    Move("carry", Account.RETURNED, Account.CARRIED),
    Move("suspend", Account.CARRIED, Account.SUSPENDED),
    Move("resume", Account.SUSPENDED, Account.CARRIED),
    Move("write_off", Account.CARRIED, Account.WRITTEN_OFF),
    Move("write_off", Account.SUSPENDED, Account.WRITTEN_OFF),
)

# Where the money of a released line may stand: exactly one of these holds all of it, or it went on with a later line.
STANDING = (
    Account.ORDERED, Account.AGENCY, Account.PAID, Account.RETURNED, Account.CARRIED, Account.WRITTEN_OFF, Account.SUSPENDED,
)  # fmt: skip
