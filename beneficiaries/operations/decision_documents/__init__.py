"""Decisions as numbered papers: prepared from the engine, signed by the commune's chair in batches, annulled only by another paper.

``prepare(kind=, by=, case=|person=|household=, benefits=(), ground="", event_on=None, reasons="")`` drafts; ``edit``, ``submit``, ``send_back`` and
``discard`` move it; ``sign(documents=, by=)`` numbers, freezes and writes the register; ``annul(document=, reason=, by=)`` prepares the paper that
takes one back; ``receive(…)`` notes a paper that the district signed before 2025-07-01. Every refusal is a ``DecisionRefused`` whose message is
for the officer.
"""

from beneficiaries.operations.decision_documents.preparing import discard, edit, prepare, send_back, submit
from beneficiaries.operations.decision_documents.proposal import DecisionRefused
from beneficiaries.operations.decision_documents.received import receive
from beneficiaries.operations.decision_documents.signing import RECALCULATE, Signing, annul, hashed, sign
from beneficiaries.operations.decision_documents.wording import content_of

__all__ = [
    "RECALCULATE", "DecisionRefused", "Signing", "annul", "content_of", "discard", "edit", "hashed", "prepare", "receive", "send_back", "sign",
    "submit",
]  # fmt: skip
