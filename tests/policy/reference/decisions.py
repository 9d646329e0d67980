"""What a decision serves, and from which month it gives (reading 2)."""

from __future__ import annotations

from datetime import date

from tests.policy.reference.days import birthday, month_of, read_day
from tests.policy.reference.family import Decision, Family
from tests.policy.reference.law import NEW_DECREE, coefficient_on

DECREE_20_FROM = date(2021, 7, 1)
TWO_LEVELS = date(2025, 7, 1)


def decides(family: Family, decision: Decision, person: str, benefit: str, month: date) -> bool:
    """Does this decision serve the benefit in the month, and did the conditions hold on the day it was signed?"""
    if decision.person != person or not serves(decision, benefit, month):
        return False
    return coefficient_on(family.at(decision.person, decision.signed), decision.benefit) is not None


def serves(decision: Decision, benefit: str, month: date) -> bool:
    """The same benefit, or the one whose place it took: the point b of 335/2026 is the point d of 20/2021."""
    if benefit == "PENSION-SOCIAL" and decision.benefit in ("TCXH-5.5b", "TCXH-5.5c"):
        return decision.signed < TWO_LEVELS
    if benefit == "TCXH-5.5b" and month >= NEW_DECREE:
        return decision.benefit == ("TCXH-5.5b" if decision.signed >= NEW_DECREE else "TCXH-5.5d")
    return decision.benefit == benefit


def first_month(family: Family, decision: Decision) -> date:
    """The month from which a decision gives: that of its signature, but for the exceptions of Article 8 of 20/2021."""
    signature = month_of(decision.signed)
    if decision.signed >= TWO_LEVELS:
        return signature
    if decision.benefit == "TCXH-5.6":
        certified = family.at(decision.person, decision.signed).disability.get("certified")
        return month_of(read_day(certified)) if certified else signature
    years = {"TCXH-5.5b": 75, "TCXH-5.5c": 80}.get(decision.benefit)
    if years is None:
        return signature
    return max(month_of(birthday(family.born[decision.person], years)), DECREE_20_FROM)
