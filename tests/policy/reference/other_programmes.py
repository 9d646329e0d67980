"""Electricity of poor households and support of pupils: what is paid in which month, by the choices of docs/law.md.

The amounts are those of the programmes' own decisions and decrees; a rate that starts inside a month counts from the month after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.policy.reference.days import window
from tests.policy.reference.family import Family, Moment

Rates = tuple[tuple[date, int], ...]
Amounts = dict[str, int]

ELECTRICITY: Rates = (
    (date(2011, 1, 1), 30_000),
    (date(2014, 6, 1), 46_000),
    (date(2015, 4, 1), 49_000),
    (date(2018, 1, 1), 51_000),
    (date(2019, 4, 1), 55_000),
    (date(2023, 6, 1), 57_000),
    (date(2023, 12, 1), 59_500),
    (date(2024, 11, 1), 62_500),
    (date(2025, 6, 1), 65_000),
)
LEARNING_COST: Rates = ((date(2010, 7, 1), 70_000), (date(2015, 12, 1), 100_000), (date(2021, 11, 1), 150_000))
BASE_WAGE: Rates = (
    (date(2013, 7, 1), 1_150_000),
    (date(2016, 5, 1), 1_210_000),
    (date(2017, 7, 1), 1_300_000),
    (date(2018, 7, 1), 1_390_000),
    (date(2019, 7, 1), 1_490_000),
    (date(2023, 7, 1), 1_800_000),
    (date(2024, 7, 1), 2_340_000),
    (date(2026, 7, 1), 2_530_000),
)
QUARTER_ENDS = (3, 6, 9, 12)
SCHOOL_MONTHS = (9, 10, 11, 12, 1, 2, 3, 4, 5)
MONTHS_OF_LEARNING_COST = {11: 4, 4: 5}
GENERAL = ("primary", "lower_secondary", "upper_secondary")
DECREE_116 = date(2016, 9, 1)
DECREE_81 = date(2021, 11, 1)
DECREE_66 = date(2025, 5, 1)


def rate_in(rates: Rates, month: date) -> int:
    return next(amount for since, amount in reversed(rates) if since <= month)


def power(family: Family) -> int:
    """đồng for the quarter that ends with the month, if the household was poor while somebody lived in it; else 0."""
    if family.month.month not in QUARTER_ENDS or not any(
        who.alive and who.poor for day in window(family.month) for who in (family.at(person, day) for person in family.people)
    ):
        return 0
    return 3 * rate_in(ELECTRICITY, family.month)


def education(family: Family, person: str) -> Amounts:
    """đồng by benefit for one pupil."""
    month = family.month
    amounts = {
        "EDU-COST": MONTHS_OF_LEARNING_COST.get(month.month, 0) * rate_in(LEARNING_COST, month),
        **(boarding(month) | lunch(month) if month.month in SCHOOL_MONTHS else {}),
    }
    days = [family.at(person, day) for day in window(month)]
    return {code: amount for code, amount in amounts.items() if amount and any(who.alive and PUPILS[code](who) for who in days)}


def boarding(month: date) -> Amounts:
    if month >= DECREE_66:
        return {"EDU-FOOD": 936_000, "EDU-HOUSING": 360_000}
    wage = rate_in(BASE_WAGE, month)
    return {"EDU-FOOD": wage * 40 // 100, "EDU-HOUSING": wage * 10 // 100}


def lunch(month: date) -> Amounts:
    nursery = {"EDU-LUNCH-NURSERY": 360_000} if month >= DECREE_66 else {}
    if month < date(2018, 3, 1):
        return {"EDU-LUNCH": 120_000, **nursery}
    if month < date(2020, 11, 1):
        return {"EDU-LUNCH": rate_in(BASE_WAGE, month) * 10 // 100, **nursery}
    return {"EDU-LUNCH": 160_000, **nursery}


def disabled(who: Moment) -> bool:
    return who.disability_degree is not None


def in_hard_area(who: Moment) -> bool:
    return bool(who.area == "extremely_difficult")


def with_learning_costs(who: Moment) -> bool:
    if who.studying not in ("preschool", *GENERAL):
        return False
    newly = in_hard_area(who) and who.day >= DECREE_81
    return who.no_parental_care == "b" or disabled(who) or who.poor or newly


def boarder(who: Moment) -> bool:
    if not who.boards_at_school:
        return False
    if who.day >= DECREE_116:
        return who.studying in GENERAL
    return who.studying == "upper_secondary" and who.ethnicity not in (None, "01")


def in_kindergarten(who: Moment) -> bool:
    needy = in_hard_area(who) or who.no_parental_care is not None or who.poor_or_near_poor or disabled(who)
    return who.studying == "preschool" and needy


def in_nursery(who: Moment) -> bool:
    return who.studying == "nursery" and in_hard_area(who) and who.day >= DECREE_66


PUPILS: dict[str, Callable[[Moment], bool]] = {
    "EDU-COST": with_learning_costs,
    "EDU-FOOD": boarder,
    "EDU-HOUSING": boarder,
    "EDU-LUNCH": in_kindergarten,
    "EDU-LUNCH-NURSERY": in_nursery,
}
