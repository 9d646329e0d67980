"""Who is due what on one day, paragraph by paragraph.

Every function takes one person on one day and answers the coefficient, or None when the conditions do not
hold on that day. Comments quote the paragraph where a condition is easily misread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tests.policy.reference.days import ONE_DAY, birthday, month_of
from tests.policy.reference.family import Family, Moment

Rule = Callable[[Moment], Decimal | None]
Rules = dict[str, Rule]

X1, X15, X2, X25, X3 = Decimal("1.0"), Decimal("1.5"), Decimal("2.0"), Decimal("2.5"), Decimal("3.0")
NO_COEFFICIENT = Decimal("-1")  # the social pension is an amount of its own

# "học văn hóa, học nghề, trung học chuyên nghiệp, cao đẳng, đại học" (5.2, 5.4)
STUDIES = ("primary", "lower_secondary", "upper_secondary", "vocational", "college", "university")
LAST_DAY_OF_THE_END_AT_22 = date(2026, 9, 30)
NEW_DECREE = date(2026, 10, 1)


def child(who: Moment) -> bool:
    return who.age < 16


def elderly(who: Moment) -> bool:
    return who.age >= 60


# ---- 5.1, 5.2: children without a source of nurture ---------------------------------------------------------


def no_nurture(who: Moment) -> Decimal | None:
    if not child(who) or who.no_parental_care is None:
        return None
    return X25 if who.age < 4 else X15


def still_studying_to_22(who: Moment) -> Decimal | None:
    """5.2 of 20/2021: "tối đa không quá 22 tuổi"; reading 7: it ends on the 22nd birthday."""
    return X15 if who.was_in_5_1 and 16 <= who.age < 22 and who.studying in STUDIES else None


def still_studying(who: Moment) -> Decimal | None:
    """5.2 of 335/2026: no end at 22, but for those who had reached it by 2026-09-30 nothing revives."""
    if not who.was_in_5_1 or child(who) or who.studying not in STUDIES or ended_at_22(who):
        return None
    return X15


def ended_at_22(who: Moment) -> bool:
    return birthday(who.born, 22) <= LAST_DAY_OF_THE_END_AT_22


# ---- 5.3, 5.8: HIV ------------------------------------------------------------------------------------------


def child_with_hiv(who: Moment) -> Decimal | None:
    if not (child(who) and who.hiv and who.poor):
        return None
    return X25 if who.age < 4 else X2


def poor_with_hiv(who: Moment) -> Decimal | None:
    """5.8. "No monthly assistance" among its conditions is left to the overlap rule of 6.2, which allows 5.4 beside it."""
    return X15 if who.hiv and who.poor and not who.other_income and not who.pension else None


# ---- 5.4: the single parent ---------------------------------------------------------------------------------


def children_counted(who: Moment, counts: Callable[[Moment, Moment], bool]) -> int:
    """How many of the children raised alone are alive and count."""
    children = [who.family.at(c, who.day) for c in dict.fromkeys(who.raises_alone)]
    return sum(1 for c in children if c.alive and counts(who, c))


def child_or_student_to_22(_: Moment, c: Moment) -> bool:
    return child(c) or (c.age < 22 and c.studying in STUDIES)


def single_parent_136(who: Moment) -> Decimal | None:
    """136/2013: poor households only; 1.0 for one child, 2.0 for two or more."""
    n = children_counted(who, child_or_student_to_22) if who.poor else 0
    return Decimal(f"{min(n, 2)}.0") if n else None


def single_parent_20(who: Moment) -> Decimal | None:
    n = children_counted(who, child_or_student_to_22) if who.poor_or_near_poor else 0
    return Decimal(f"{n}.0") if n else None


def single_parent_335(who: Moment) -> Decimal | None:
    n = children_counted(who, child_or_kept_student) if who.poor_or_near_poor else 0
    return Decimal(f"{n}.0") if n else None


def child_or_kept_student(parent: Moment, c: Moment) -> bool:
    """Reading 7: from 16 on only if the parent was due for the child on the day before, without a break since."""
    return child(c) or parent.day < first_break(parent.family, parent.person, c)


def first_break(family: Family, parent: str, c: Moment) -> date:
    """The first day, from the day before the 16th birthday on, on which the parent was not due for this child."""
    known = family.breaks.get((parent, c.person))
    start = birthday(c.born, 16) - ONE_DAY if known is None else known
    day = start
    while day <= c.day and due_for(family.at(parent, day), family.at(c.person, day)):
        day += ONE_DAY
    family.breaks[parent, c.person] = day
    return day


def due_for(parent: Moment, c: Moment) -> bool:
    """Was the parent due under 5.4 for this one child on this day, by the rules of the day?"""
    if not (parent.alive and c.alive and c.person in parent.raises_alone):
        return False
    if parent.day < date(2021, 7, 1):
        return parent.poor and child_or_student_to_22(parent, c)
    if parent.day < NEW_DECREE:
        return parent.poor_or_near_poor and child_or_student_to_22(parent, c)
    studies_on = c.studying in STUDIES and not ended_at_22(c)
    return parent.poor_or_near_poor and (child(c) or studies_on)


# ---- 5.5: the elderly ---------------------------------------------------------------------------------------


def poor_and_alone(who: Moment) -> bool:
    return elderly(who) and who.poor and bool(who.no_supporter)


def elderly_alone_from_80(who: Moment) -> Decimal | None:
    if not poor_and_alone(who):
        return None
    return X2 if who.age >= 80 else X15


def elderly_alone_from_75(who: Moment) -> Decimal | None:
    if not poor_and_alone(who):
        return None
    return X2 if who.age >= 75 else X15


def elderly_75_in_difficult_area(who: Moment) -> Decimal | None:
    """5.5b has no condition about pensions; it ends on the 80th birthday, when 5.5c begins."""
    if poor_and_alone(who) or who.area != "extremely_difficult":
        return None
    return X1 if 75 <= who.age < 80 and who.poor_or_near_poor else None


def elderly_80_without_pension(who: Moment) -> Decimal | None:
    return X1 if who.age >= 80 and not who.pension and not poor_and_alone(who) else None


def elderly_fit_for_facility(who: Moment) -> Decimal | None:
    """5.5d of 20/2021, 5.5b of 335/2026 (reading 8)."""
    return X3 if poor_and_alone(who) and who.facility_eligible else None


def social_pension(who: Moment) -> Decimal | None:
    old_enough = who.age >= 75 or (who.age >= 70 and who.poor_or_near_poor)
    return NO_COEFFICIENT if old_enough and not who.pension else None


# ---- 5.6, 5.7 -----------------------------------------------------------------------------------------------


def disability(who: Moment) -> Decimal | None:
    if who.disability_degree not in ("severe", "extremely_severe"):
        return None
    young_or_old = child(who) or elderly(who)
    if who.disability_degree == "extremely_severe":
        return X25 if young_or_old else X2
    return X2 if young_or_old else X15


def child_under_3_in_difficult_area(who: Moment) -> Decimal | None:
    if who.age >= 3 or not who.poor_or_near_poor or who.area != "extremely_difficult":
        return None
    elsewhere = no_nurture(who) or child_with_hiv(who) or disability(who)
    return None if elsewhere else X15


# ---- Article 20 (17 of 335/2026): care ----------------------------------------------------------------------


def care_of_child(who: Moment) -> Decimal | None:
    return no_nurture(who) if who.fostered_by else None


def care_of_elderly(who: Moment) -> Decimal | None:
    return X15 if who.fostered_by and elderly_fit_for_facility(who) else None


def care_by_disabled_parent(who: Moment) -> Decimal | None:
    if disability(who) is None:
        return None
    raised = [who.family.at(c, who.day) for c in dict.fromkeys(who.raises_under_36_months)]
    n = sum(1 for c in raised if c.alive and c.age < 3)
    if n >= 2 or (who.pregnant and n):
        return X2
    return X15 if who.pregnant or n else None


def care_in_own_household(who: Moment) -> Decimal | None:
    return X1 if who.disability_degree == "extremely_severe" and who.fostered_by == "own" else None


def care_outside(who: Moment) -> Decimal | None:
    if who.disability_degree != "extremely_severe" or who.fostered_by != "outside":
        return None
    return X25 if child(who) else X15


# ---- which rules are in force, and at which level -----------------------------------------------------------

CARE: Rules = {
    "CARE-child": care_of_child,
    "CARE-elderly": care_of_elderly,
    "CARE-disabled-parent": care_by_disabled_parent,
    "CARE-household": care_in_own_household,
    "CARE-outside": care_outside,
}
# The lines of 136/2013 carry the names that 20/2021 gives to the same groups, so that a continuing benefit keeps its name.
DECREE_136: Rules = {
    "TCXH-5.1": no_nurture,
    "TCXH-5.2": still_studying_to_22,
    "TCXH-5.3": child_with_hiv,
    "TCXH-5.4": single_parent_136,
    "TCXH-5.5a": elderly_alone_from_80,
    "TCXH-5.5c": elderly_80_without_pension,
    "TCXH-5.5d": elderly_fit_for_facility,
    "TCXH-5.6": disability,
    "TCXH-5.8": poor_with_hiv,
    **CARE,
}
DECREE_20: Rules = {
    **DECREE_136,
    "TCXH-5.4": single_parent_20,
    "TCXH-5.5b": elderly_75_in_difficult_area,
    "TCXH-5.7": child_under_3_in_difficult_area,
}
DECREE_176: Rules = {
    **{code: rule for code, rule in DECREE_20.items() if code not in ("TCXH-5.5b", "TCXH-5.5c")},
    "PENSION-SOCIAL": social_pension,
}
DECREE_335: Rules = {
    **{code: rule for code, rule in DECREE_176.items() if code != "TCXH-5.5d"},
    "TCXH-5.2": still_studying,
    "TCXH-5.4": single_parent_335,
    "TCXH-5.5a": elderly_alone_from_75,
    "TCXH-5.5b": elderly_fit_for_facility,
}
RULES_FROM = (
    (date(2015, 1, 1), DECREE_136),
    (date(2021, 7, 1), DECREE_20),
    (date(2025, 7, 1), DECREE_176),
    (NEW_DECREE, DECREE_335),
)
LEVEL_FROM = (
    (date(2015, 1, 1), 270_000),
    (date(2021, 7, 1), 360_000),
    (date(2024, 7, 1), 500_000),
    (date(2026, 7, 1), 540_000),
)


def rules_on(day: date) -> Rules:
    """The rules by which the month of this day is judged; a signature from before 2015 is judged by the first that are held."""
    return next((rules for since, rules in reversed(RULES_FROM) if since <= day), DECREE_136)


def level_in(month: date) -> int:
    """The standard level in đồng (reading 3); the social pension has been equal to it from the start."""
    return next(level for since, level in reversed(LEVEL_FROM) if since <= month)


def coefficient_on(who: Moment, code: str) -> Decimal | None:
    """What this person is due under this code on this day, by the rules of the day; nobody is due anything on the day of death."""
    rule = rules_on(month_of(who.day)).get(code)
    return rule(who) if rule is not None and who.alive else None
