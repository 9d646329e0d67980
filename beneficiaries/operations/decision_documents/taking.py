"""Proposals that take or withhold: stop, suspend, resume, refuse, annul."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import partial

from beneficiaries.evaluation import Finding
from beneficiaries.models import SUSPENSION_GROUNDS, Decision, Ground, Suspension
from beneficiaries.operations import reopen
from beneficiaries.operations.decision_documents.engine import checks_of, first_month, rows, rule_of, tells_a_diagnosis
from beneficiaries.operations.decision_documents.proposal import Asked, DecisionRefused, Line, Proposal, line_of, open_decisions, past
from policy.model import Law
from posasoft.core.months import add_months, first_of_month


def stop(law: Law, asked: Asked) -> Proposal:
    """The end of a benefit: from the month after the one in which its condition was last met (or the death happened)."""
    made = Proposal(ground=asked.ground)
    person = asked.subject.person
    if person and person.died_on and asked.ground in ("", Ground.DEATH):
        made.ground = Ground.DEATH
        end = add_months(first_of_month(person.died_on), 1)
        ends = {d.pk: end for d in open_decisions(asked.subject, end)}
    elif asked.ground in ("", Ground.INELIGIBLE):
        made.ground = Ground.INELIGIBLE
        ends = _no_longer(law, asked)
    else:
        if asked.event_on is None:
            raise DecisionRefused("Hãy ghi ngày xảy ra sự việc làm căn cứ thôi hưởng.")
        ends = {d.pk: add_months(first_of_month(asked.event_on), 1) for d in open_decisions(asked.subject, asked.month)}
    if made.ground != Ground.DEATH:
        ends |= {pk: min(end, ends[pk]) for pk, end in _suspended_since(ends).items()}
    decisions = Decision.objects.in_bulk(list(ends))
    for pk, end in sorted(ends.items()):
        if asked.wants(decisions[pk].benefit):
            made.lines.append(_ending(law, asked, decisions[pk], end))
    _check_ground(asked, made)
    return made


def _check_ground(asked: Asked, made: Proposal) -> None:
    if asked.ground == Ground.STILL_UNCOOPERATIVE:
        since = Suspension.objects.filter(
            decision__in=[line["decision"] for line in made.lines], ended_at__isnull=True, ground=Ground.UNCOOPERATIVE
        ).values_list("from_month", flat=True)
        if not since or max(since) > add_months(asked.month, -3):
            raise DecisionRefused("Chỉ thôi hưởng theo lý do này sau 03 tháng kể từ khi tạm dừng vì không chấp hành yêu cầu.")


def _suspended_since(decisions: Iterable[int]) -> dict[int, datetime.date]:
    return dict(Suspension.objects.filter(decision__in=list(decisions), ended_at__isnull=True).values_list("decision_id", "from_month"))


def _no_longer(law: Law, asked: Asked) -> dict[int, datetime.date]:
    ends = {}
    for benefit, row in rows(law, asked.month, asked.subject, "no_longer").items():
        decision = Decision.objects.get(pk=row["decision_id"])
        ended = partial(_is_no_longer, law, asked, benefit)
        ends[decision.pk] = first_month(asked.month, ended, not_before=decision.from_month)
    return ends


def _is_no_longer(law: Law, asked: Asked, benefit: str, month: datetime.date) -> bool:
    return benefit in rows(law, month, asked.subject, "no_longer")


def _ending(law: Law, asked: Asked, decision: Decision, end: datetime.date) -> Line:
    """The last amount paid, and the month from which nothing is due."""
    last = rows(law, add_months(end, -1), asked.subject, "lines").get(decision.benefit)
    row = {"benefit": decision.benefit, "coefficient": last["coefficient"] if last else None, "amount": last["amount"] if last else 0}
    end = max(end, decision.from_month)
    return line_of(law, row, month=asked.month, from_month=end, decision=decision.pk, fixed=end.isoformat())


def suspend(law: Law, asked: Asked) -> Proposal:
    """Withheld from the first month whose list is not yet released."""
    if asked.ground not in SUSPENSION_GROUNDS:
        raise DecisionRefused("Hãy chọn một lý do tạm dừng theo Điều 2 khoản 3 Thông tư 02/2021/TT-BLĐTBXH.")
    wanted = first_of_month(asked.event_on) if asked.event_on else asked.month
    released = reopen.released_through(asked.subject.household.province_no)
    since = max(wanted, add_months(released, 1)) if released else wanted
    paid = rows(law, asked.month, asked.subject, "lines")
    already = set(
        Suspension.objects.filter(decision__household=asked.subject.household, ended_at=None).values_list("decision_id", flat=True)
    )
    lines = [
        line_of(law, row, month=asked.month, from_month=since, fixed=since.isoformat())
        for row in paid.values()
        if row["decision_id"] and row["decision_id"] not in already and asked.wants(row["benefit"])
    ]
    return Proposal(lines, ground=asked.ground)


def resume(law: Law, asked: Asked) -> Proposal:
    """Paid again, the withheld months included (335/2026 Article 9.4)."""
    open_ones = Suspension.objects.filter(decision__in=[d.pk for d in open_decisions(asked.subject, asked.month)], ended_at__isnull=True)
    paid = rows(law, asked.month, asked.subject, "lines")
    made = Proposal()
    for suspension in open_ones.select_related("decision").order_by("pk"):
        row = next((row for row in paid.values() if row["decision_id"] == suspension.decision_id), None)
        if not asked.wants(suspension.decision.benefit):
            continue
        if row is None:
            raise DecisionRefused("Người này không còn đủ điều kiện hưởng khoản đang tạm dừng; hãy soạn quyết định thôi hưởng.")
        since = suspension.from_month
        behind = past(law, asked, row["benefit"], since, "lines")
        made.lines.append(line_of(law, row, month=asked.month, from_month=since, past=behind, fixed=since.isoformat()))
    return made


def refuse(law: Law, asked: Asked) -> Proposal:
    """Every condition that failed of each benefit asked for, in words. Raises DecisionRefused when all conditions hold."""
    explained = checks_of(law, asked.month, asked.subject)
    wanted = [explained[name] for name in asked.benefits if name in explained] or _nearest(law, asked, explained)
    due = [finding for finding in wanted if finding.status in ("paid", "no_decision")]
    if due:
        raise DecisionRefused(f"Các điều kiện của khoản “{due[0].vi}” đều đạt nên không thể từ chối.")
    telling = {rule.benefit for rule in law.rules if tells_a_diagnosis(rule)} - set(asked.benefits)
    sentences = []
    for finding in wanted:
        failed = [c.vi for c in finding.checks if not c.holds and not any(code in c.vi for code in telling)]
        sentences.append(f"{finding.vi} ({finding.article}, {finding.instrument}): không đạt điều kiện “{'”, “'.join(failed)}”.")
    return Proposal(reasons="\n".join(sentences) or "Không thuộc diện được hưởng theo quy định hiện hành.")


def _nearest(law: Law, asked: Asked, explained: dict[str, Finding]) -> list[Finding]:
    """When nobody said what was applied for: the monthly benefit of which the most conditions hold."""
    monthly = [
        finding
        for name, finding in explained.items()
        if (rule := rule_of(law, name, asked.month)) and rule.needs_decision and rule.programme == "tcxh" and not tells_a_diagnosis(rule)
    ]
    return sorted(monthly, key=lambda f: -sum(c.holds for c in f.checks) / max(len(f.checks), 1))[:1]


def annul(law: Law, asked: Asked) -> Proposal:
    """Takes back what a signed paper did: its lines, as they were."""
    if asked.annuls is None:
        raise DecisionRefused("Hãy chọn quyết định cần hủy bỏ.")
    return Proposal(lines=[dict(line) for line in asked.annuls.lines])
