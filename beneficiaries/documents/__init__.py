"""Papers as PDF in the layout of Decree 30/2020, drawn from what was frozen at signing: the same content gives the same bytes."""

from beneficiaries.documents.decision import decision_pdf, joined, notice_pdf, register_pdf, shown
from beneficiaries.documents.review import review_notice_pdf

__all__ = ["decision_pdf", "joined", "notice_pdf", "register_pdf", "review_notice_pdf", "shown"]
