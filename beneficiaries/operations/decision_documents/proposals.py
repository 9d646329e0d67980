"""The engine's proposal for a decision: which benefits, how much, from which month to which, on which facts. Nothing is written here."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from beneficiaries.evaluation import Finding
from beneficiaries.models import PaperKind
from beneficiaries.operations.decision_documents import giving, taking
from beneficiaries.operations.decision_documents.engine import checks_of, law_of
from beneficiaries.operations.decision_documents.proposal import Asked, DecisionRefused, Proposal


def propose(asked: Asked) -> Proposal:
    """What the engine proposes on a day. Raises DecisionRefused when it finds nothing to decide."""
    law = law_of(asked.subject.household)
    made = _KINDS[PaperKind(asked.kind)](law, asked)
    if not made.lines and asked.kind not in (PaperKind.REFUSE, PaperKind.ANNUL):
        raise DecisionRefused(_NOTHING[PaperKind(asked.kind)])
    made.law_version = law.version(asked.month)
    explained = checks_of(law, asked.month, asked.subject)
    wanted = {line["benefit"] for line in made.lines} | set(asked.benefits)
    made.checks = [_check(finding, check) for name, finding in explained.items() if name in wanted for check in finding.checks]
    made.mark = _mark(asked, made)
    return made


_NOTHING = {
    PaperKind.GRANT: "Không có khoản nào đủ điều kiện mà chưa hưởng. Hãy xem phần giải thích của từng khoản, hoặc soạn quyết định từ chối.",
    PaperKind.ADJUST: "Mức hưởng không thay đổi, không có gì để điều chỉnh.",
    PaperKind.STOP: "Các điều kiện hưởng vẫn còn đủ. Nếu thôi hưởng vì lý do khác, hãy chọn lý do và ngày xảy ra.",
    PaperKind.SUSPEND: "Người này không có khoản nào đang hưởng để tạm dừng.",
    PaperKind.RESUME: "Không có khoản nào đang tạm dừng.",
}


def _mark(asked: Asked, made: Proposal) -> str:
    """A fingerprint of what was decided on: amounts, conditions and values, not the months that follow from the day of signing, nor mere ages."""
    now = [(line["benefit"], line["coefficient"], line["amount"], line["decision"], line.get("fixed")) for line in made.lines]
    seen = [(c["benefit"], c["text"], c["holds"], c["value"] if not isinstance(c["value"], int | dict) else "") for c in made.checks]
    person, household = asked.subject.person, asked.subject.household
    facts = [person.died_on if person else None, person.household_id if person else None, household.commune_id, household.pk]
    text = json.dumps([asked.kind, now, [s for s in seen if "đồng" not in s[1]], facts], default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _check(finding: Finding, check: Any) -> dict[str, Any]:
    value = check.value if isinstance(check.value, str | int | bool | dict | type(None)) else str(check.value)
    return {"benefit": finding.benefit, "text": check.vi, "value": value, "holds": check.holds}


_KINDS = {
    PaperKind.GRANT: giving.grant,
    PaperKind.ADJUST: giving.adjust,
    PaperKind.STOP: taking.stop,
    PaperKind.SUSPEND: taking.suspend,
    PaperKind.RESUME: taking.resume,
    PaperKind.REFUSE: taking.refuse,
    PaperKind.ANNUL: taking.annul,
}
