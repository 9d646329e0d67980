"""Payment lists and their lines, and the cycle they go through."""

from payments.models.cycle import Budget, Cycle, CycleRule, ListDrift, ListStep, Ordered
from payments.models.ledger import LedgerCheck, LedgerEntry, LedgerPosting
from payments.models.lists import Channel, Correction, ListKind, PaymentLine, PaymentList
from payments.models.payer import Agency, AgencyPost, ApiCall, ApiKey, Delivery, ServiceArea, ServicePoint

__all__ = [
    "Agency", "AgencyPost", "ApiCall", "ApiKey", "Budget", "Channel", "Correction", "Cycle", "CycleRule", "Delivery", "LedgerCheck", "LedgerEntry",
    "LedgerPosting", "ListDrift", "ListKind", "ListStep", "Ordered", "PaymentLine", "PaymentList", "ServiceArea", "ServicePoint",
]  # fmt: skip
