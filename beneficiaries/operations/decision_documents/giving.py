"""Proposals that give: a grant, another level, a benefit paid once."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

from django.db import connection

from beneficiaries.models import Decision
from beneficiaries.operations.decision_documents.engine import first_month, rows, rule_of
from beneficiaries.operations.decision_documents.proposal import Asked, Line, Proposal, line_of, open_decisions, past
from policy.model import Law
from policy.starts import start_month
from posasoft.core.months import add_months, first_of_month


def grant(law: Law, asked: Asked) -> Proposal:
    """Whatever is due but for a decision, from the month that the rule in force at signature gives (policy.starts)."""
    made = Proposal()
    person = asked.subject.person
    for benefit, row in sorted(rows(law, asked.month, asked.subject, "not_enrolled").items()):
        start = start_month(
            law, benefit, signed_on=asked.day, born=person.born if person else None,
            certified_on=person.disability_certified_on if person else None,
        )  # fmt: skip
        if asked.wants(benefit) and start is not None:
            start = _since_the_move(asked, benefit, start)
            behind = past(law, asked, benefit, start, "not_enrolled")
            made.lines.append(line_of(law, row, month=asked.month, from_month=start, past=behind, decision=None))
    made.lines += _one_off(law, asked)
    return made


def _since_the_move(asked: Asked, benefit: str, start: datetime.date) -> datetime.date:
    """Whoever moved in is paid from the month in which the old commune stopped (20/2021 Article 8.4; 335/2026 Article 8)."""
    person = asked.subject.person
    if person is None:
        return start
    with connection.cursor() as cursor:
        cursor.execute("SELECT beneficiaries_stopped_by_move(%s, %s)", [person.pk, benefit])
        stopped: datetime.date | None = cursor.fetchone()[0]
    if stopped is None or Decision.objects.filter(person=person, benefit=benefit, from_month__gte=stopped).exists():
        return start
    return min(start, stopped)


def _one_off(law: Law, asked: Asked) -> list[Line]:
    """Benefits paid once: those that only a decision asks for, by name; the funeral's in the month of death."""
    lines = []
    for rule in law.rules_in(asked.month):
        if rule.on_decision and rule.benefit in asked.benefits:
            factor = rule.cases[-1].value if rule.cases else None
            amount = int(law.amount(rule.parameter, asked.month) * (factor or 1))
            row = {"benefit": rule.benefit, "coefficient": factor, "amount": amount}
            lines.append(line_of(law, row, month=asked.month, from_month=asked.month, until=add_months(asked.month, 1), once=True))
    person = asked.subject.person
    if person and person.died_on:
        died = first_of_month(person.died_on)
        for benefit, row in rows(law, died, asked.subject, "lines").items():
            rule_then = rule_of(law, benefit, died)
            if asked.wants(benefit) and rule_then and rule_then.programme == "funeral":
                lines.append(line_of(law, row, month=died, from_month=died, until=add_months(died, 1), once=True, confirms=True))
    return lines


def adjust(law: Law, asked: Asked) -> Proposal:
    """Another level, from the month in which the condition for it was met: a higher benefit instead of the present one, or a new coefficient."""
    made = Proposal()
    paid = rows(law, asked.month, asked.subject, "lines")
    waiting = rows(law, asked.month, asked.subject, "not_enrolled")
    for decision in open_decisions(asked.subject, asked.month):
        higher = _replacement(law, asked, decision, waiting)
        if higher is not None:
            made.lines.append(higher)
        elif decision.benefit in paid and asked.wants(decision.benefit):
            made.lines += _new_level(law, asked, decision, paid[decision.benefit])
    return made


def _replacement(law: Law, asked: Asked, decision: Decision, waiting: dict[str, Any]) -> Line | None:
    group = _group(law, decision.benefit, asked.month)
    for benefit, row in sorted(waiting.items(), key=lambda item: -item[1]["amount"]):
        if (
            group
            and _group(law, benefit, asked.month) == group
            and asked.wants(benefit)
            and not _side_by_side(law, group, benefit, decision)
        ):
            waits = partial(_is_in, law, asked, "not_enrolled", benefit)
            since = first_month(asked.month, waits, not_before=decision.from_month)
            behind = past(law, asked, benefit, since, "not_enrolled")
            more: dict[str, Any] = {"decision": decision.pk, "replaces": decision.benefit, "past": behind, "fixed": since.isoformat()}
            return line_of(law, row, month=asked.month, from_month=since, **more)
    return None


def _is_in(law: Law, asked: Asked, projection: str, benefit: str, month: datetime.date) -> bool:
    return benefit in rows(law, month, asked.subject, projection)


def _side_by_side(law: Law, group: str, benefit: str, decision: Decision) -> bool:
    """The single parent's benefit is received beside the highest other (Article 6.2): neither replaces the other."""
    keep = law.groups[group].keep_both
    pair = {benefit, decision.benefit}
    return keep is not None and keep.benefit in pair and bool(pair & set(keep.with_any))


def _group(law: Law, benefit: str, month: datetime.date) -> str:
    rule = rule_of(law, benefit, month)
    return rule.group if rule else ""


def _new_level(law: Law, asked: Asked, decision: Decision, row: dict[str, Any]) -> list[Line]:
    def same(month: datetime.date) -> bool:
        before = rows(law, month, asked.subject, "lines").get(decision.benefit)
        return before is not None and (before["coefficient"], before["amount"]) == (row["coefficient"], row["amount"])

    since = first_month(asked.month, same, not_before=decision.from_month)
    before = rows(law, add_months(since, -1), asked.subject, "lines").get(decision.benefit)
    if since <= decision.from_month or before is None:
        return []
    more: dict[str, Any] = {"decision": decision.pk, "before": int(before["amount"]), "confirms": True, "fixed": since.isoformat()}
    return [line_of(law, row, month=asked.month, from_month=since, **more)]
