"""Article 11 of 20/2021 and of 335/2026: funeral support, in the month of death, 20 times the standard level."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.policy.reference.days import month_of
from tests.policy.reference.decisions import decides
from tests.policy.reference.family import Family, Moment
from tests.policy.reference.law import CARE, NEW_DECREE, coefficient_on, due_for, rules_on

FUNERAL_TIMES = Decimal(20)


def funeral_due(family: Family, person: str) -> bool:
    """Did this person die in the month, and as one of those whom Article 11 names, judged on the day before?"""
    died = family.died.get(person)
    if died is None or month_of(died) != family.month:
        return False
    who = family.at(person, died - timedelta(days=1))
    return who.alive and (receives_assistance(who) or child_of_single_parent(who) or old_on_another_benefit(who))


def receives_assistance(who: Moment) -> bool:
    """Monthly assistance or the social pension: its conditions hold and, where decisions are told, one was signed by then."""
    month = month_of(who.day)
    codes = [code for code in rules_on(month) if code not in CARE and coefficient_on(who, code) is not None]
    if who.family.decisions is None:
        return bool(codes)
    signed = [decision for decision in who.family.decisions if decision.signed <= who.day]
    return any(decides(who.family, decision, who.person, code, month) for decision in signed for code in codes)


def child_of_single_parent(who: Moment) -> bool:
    return any(due_for(who.family.at(parent, who.day), who) for parent in who.family.people)


def old_on_another_benefit(who: Moment) -> bool:
    """From 80 on a pension or other monthly benefit; under 335/2026 from 75, or from 70 if poor or near-poor."""
    if not who.pension:
        return False
    if who.day < NEW_DECREE:
        return who.age >= 80
    return who.age >= 75 or (who.age >= 70 and who.poor_or_near_poor)
