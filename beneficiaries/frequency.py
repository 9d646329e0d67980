"""How often a benefit is paid: what decides whether its span runs on from month to month."""

from __future__ import annotations

import datetime

from policy.model import Law, Rule


def single_months(law: Law, month: datetime.date) -> tuple[str, ...]:
    """Benefits that are never paid in two months running: quarterly and half-yearly ones, and what a death or a decision brings once."""
    return tuple(sorted({rule.benefit for rule in law.rules_in(month) if is_single(rule)}))


def is_single(rule: Rule) -> bool:
    """Whether a rule's benefit stands alone in each of its months, so that its span never runs on into the next."""
    paid = {month for month, times in rule.payments if times}
    return rule.on_decision or rule.programme == "funeral" or not any(month % 12 + 1 in paid for month in paid)
