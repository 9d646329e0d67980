"""From which month a decision pays: the month rules of the version in force at signature (Article 8 of 20/2021, 5 of 147/2025, 8 of 335/2026)."""

from __future__ import annotations

from datetime import date

from policy.model import Law, Rule


def birthday(born: date, age: int) -> date:
    """The day on which an age is completed; a birthday on 29 February counts on 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def start_month(law: Law, benefit: str, *, signed_on: date, born: date | None, certified_on: date | None) -> date | None:
    """First month that a decision signed on a day pays for, or None when the benefit did not exist on that day.

    Earlier than the month of signature only for disability (month of the certificate) and for the benefits that begin with a birthday;
    never before the benefit itself began.
    """
    signed = signed_on.replace(day=1)
    rule = _version(law, benefit, signed)
    if rule is None:
        return None
    start = signed
    if rule.start == "certificate" and certified_on:
        start = certified_on.replace(day=1)
    if rule.start == "birthday" and born:
        start = birthday(born, rule.start_age).replace(day=1)
    return max(min(start, signed), _beginning(law, rule))


def _version(law: Law, benefit: str, month: date) -> Rule | None:
    return next((rule for rule in law.rules if rule.benefit == benefit and rule.is_in_force(month)), None)


def _beginning(law: Law, rule: Rule) -> date:
    """First month of the versions of a benefit that began in the same way."""
    while rule.continues_itself:
        earlier = next((other for other in law.rules if other.benefit == rule.benefit and other.until_month == rule.from_month), None)
        if earlier is None:
            return date.min
        if earlier.start != rule.start:
            break
        rule = earlier
    return rule.from_month
