"""Decisions, entitlements, the family package and the monthly run."""

from beneficiaries.models.cases import Case, CaseAttachment, CaseCounter, CasePosting, CaseStatus, CaseStep, Channel, MovedDay, Outcome
from beneficiaries.models.decisions import Decision
from beneficiaries.models.entitlements import Entitlement, Package, Reopened, Run, RunShard

__all__ = [
    "Case", "CaseAttachment", "CaseCounter", "CasePosting", "CaseStatus", "CaseStep", "Channel", "Decision", "Entitlement", "MovedDay", "Outcome",
    "Package", "Reopened", "Run", "RunShard",
]  # fmt: skip
