"""Decisions, entitlements, the family package and the monthly run."""

from beneficiaries.models.cases import Case, CaseAttachment, CaseCounter, CasePosting, CaseStatus, CaseStep, Channel, MovedDay, Outcome
from beneficiaries.models.decisions import Decision
from beneficiaries.models.entitlements import Entitlement, Package, Reopened, Run, RunShard
from beneficiaries.models.found import Found, FoundKind
from beneficiaries.models.papers import (
    STOP_GROUNDS,
    SUSPENSION_GROUNDS,
    DecisionDocument,
    DecisionEffect,
    DecisionNumber,
    DecisionSeal,
    Ground,
    PaperKind,
    Suspension,
)

__all__ = [
    "Case", "CaseAttachment", "CaseCounter", "CasePosting", "CaseStatus", "CaseStep", "Channel", "Decision", "DecisionDocument",
    "DecisionEffect", "DecisionNumber", "DecisionSeal", "Entitlement", "Found", "FoundKind", "Ground", "MovedDay", "Outcome",
    "Package", "PaperKind", "Reopened", "Run", "RunShard", "STOP_GROUNDS", "SUSPENSION_GROUNDS", "Suspension",
]  # fmt: skip
