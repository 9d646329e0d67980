"""The case that a decision ends."""

from __future__ import annotations

from django.utils import timezone

from beneficiaries import statuses
from beneficiaries.models import Case, DecisionDocument, Outcome, PaperKind
from beneficiaries.operations import cases
from beneficiaries.operations.decision_documents.engine import Subject
from beneficiaries.operations.decision_documents.proposal import Asked, DecisionRefused
from beneficiaries.operations.decision_documents.proposals import propose
from posasoft.core.scope import Scope


def kind_for(case: Case) -> str:
    """The paper that a case asks for after its appraisal: an adjustment where what is asked for takes the place of what is received."""
    if case.outcome == Outcome.REFUSE:
        return PaperKind.REFUSE
    home = case.person.household if case.person else case.household
    if home is None:
        return PaperKind.GRANT
    asked = Asked(PaperKind.ADJUST, Subject(case.person, home), timezone.localdate(), tuple(case.benefits))
    try:
        replaces = any(line.get("replaces") for line in propose(asked).lines)
    except DecisionRefused:
        return PaperKind.GRANT
    return PaperKind.ADJUST if replaces else PaperKind.GRANT


def reasons_of(case: Case | None) -> str:
    """The reasons of the appraisal, one to a line with its article; empty when there are none."""
    found = case.refusal_reasons if case else []
    return "\n".join(f"{reason['text']} ({reason['article']})" if reason.get("article") else reason["text"] for reason in found)


def follow(document: DecisionDocument, *, by: Scope) -> None:
    """Move the case on: decided by a grant or a change, refused by a refusal. Raises DecisionRefused when the case is elsewhere meanwhile."""
    case = document.case
    if case is None or document.kind not in (PaperKind.GRANT, PaperKind.ADJUST, PaperKind.REFUSE):
        return
    if case.status != statuses.READY:
        raise DecisionRefused(f"Hồ sơ {case.number} không còn ở bước chờ quyết định.")
    try:
        cases.advance(case=case, move="refuse" if document.kind == PaperKind.REFUSE else "decide", by=by, note=document.number)
    except cases.CaseRefused as error:
        raise DecisionRefused(str(error)) from error
