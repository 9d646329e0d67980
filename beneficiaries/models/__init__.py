"""Decisions, entitlements, the family package and the monthly run."""

from beneficiaries.models.decisions import Decision
from beneficiaries.models.entitlements import Entitlement, Package, Reopened, Run, RunShard

__all__ = ["Decision", "Entitlement", "Package", "Reopened", "Run", "RunShard"]
