"""Payment lists and their lines, and the cycle they go through."""

from payments.models.cycle import Budget, Cycle, CycleRule, ListDrift, ListStep, Ordered
from payments.models.ledger import LedgerCheck, LedgerEntry, LedgerPosting
from payments.models.lists import Channel, Correction, ListKind, PaymentLine, PaymentList

__all__ = [
    "Budget", "Channel", "Correction", "LedgerCheck", "LedgerEntry", "LedgerPosting", "Cycle", "CycleRule", "ListDrift",
    "ListKind", "ListStep", "Ordered", "PaymentLine", "PaymentList",
]  # fmt: skip
