"""Payment lists and their lines, and the cycle they go through."""

from payments.models.calendar import CycleProposal, ListFile
from payments.models.cycle import Budget, Cycle, CycleRule, ListDrift, ListStep, Ordered
from payments.models.ledger import LedgerCheck, LedgerEntry, LedgerPosting
from payments.models.lists import Channel, Correction, ListKind, PaymentLine, PaymentList
from payments.models.outreach import (
    Collected,
    LookupTry,
    Medium,
    Mode,
    Notice,
    NoticeKind,
    NoticeState,
    NoticeTemplate,
    VerificationAnswer,
    VerificationPlan,
    VerificationSample,
)
from payments.models.past import LawCorrection, Waiver
from payments.models.payer import Agency, AgencyPost, ApiCall, ApiKey, Delivery, ServiceArea, ServicePoint
from payments.models.people import (
    Account,
    AccountKind,
    Cashless,
    Consent,
    Contact,
    OwnLine,
    OwnLineGround,
    Receiver,
    ReceiverPaper,
)
from payments.models.results import CounterDay, LineResult, ResultBatch, ResultMark, ResultRow, RowState
from payments.models.settling import Statement, StatementList, Uncollected, WriteOff

__all__ = [
    "Account", "AccountKind", "Cashless", "Collected", "Consent", "Contact", "LookupTry", "Medium", "Mode", "Notice", "NoticeKind",
    "NoticeState", "NoticeTemplate", "OwnLine", "OwnLineGround", "Receiver", "ReceiverPaper", "VerificationAnswer", "VerificationPlan",
    "VerificationSample",
    "CounterDay", "LineResult", "ResultBatch", "ResultMark", "ResultRow", "RowState",
    "Agency", "AgencyPost", "ApiCall", "ApiKey", "Budget", "Channel", "Correction", "Cycle", "CycleProposal", "CycleRule", "Delivery",
    "LawCorrection", "LedgerCheck", "LedgerEntry", "LedgerPosting", "ListDrift", "ListFile", "ListKind", "ListStep", "Ordered", "PaymentLine",
    "PaymentList", "ServiceArea", "ServicePoint", "Statement", "StatementList", "Uncollected", "Waiver", "WriteOff",
]  # fmt: skip
