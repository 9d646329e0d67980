"""One family, one month: what is due, after decisions and overlaps (readings 1, 2, 6 and 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.policy.reference.days import month_of, window
from tests.policy.reference.decisions import decides, first_month
from tests.policy.reference.family import Family
from tests.policy.reference.funeral import FUNERAL_TIMES, funeral_due
from tests.policy.reference.law import CARE, NO_COEFFICIENT, coefficient_on, level_in, rules_on
from tests.policy.reference.other_programmes import education, power

BOTH_WITH_5_4 = ("TCXH-5.5a", "TCXH-5.5b", "TCXH-5.5c", "TCXH-5.5d", "TCXH-5.6", "TCXH-5.8")
ONE_CARE_PER_CHILD = ("CARE-child", "CARE-outside", "CARE-household")


@dataclass(frozen=True)
class Line:
    person: str
    benefit: str
    coefficient: Decimal | None
    amount: int
    arrears: bool = False

    @property
    def place(self) -> tuple[bool, str]:
        """Among equal amounts the first goes: TCXH before the pension, then paragraph, then letter (reading 6)."""
        return (self.benefit == "PENSION-SOCIAL", self.benefit)


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    family = Family.read(case)
    due = [line for person in family.people for line in due_to(family, person)]
    kept = [line for person in family.people for line in highest_only([d for d in due if d.person == person])]
    kept = without_second_spouse(family, kept) + other_lines(family)
    return {
        "name": case.get("name"),
        "month": f"{family.month:%Y-%m}",
        "lines": [as_json(line) for line in kept],
        "lost": [as_json(line) for line in due if line not in kept],
        "family_total": sum(line.amount for line in kept),
    }


def other_lines(family: Family) -> list[Line]:
    """Lines that need no decision here and exclude nothing: electricity of the household, support of pupils."""
    lines = []
    if "power" in family.programmes and (amount := power(family)):
        lines.append(Line("household", "POWER", None, amount))
    if "education" in family.programmes:
        for person in family.people:
            lines += [Line(person, code, None, amount) for code, amount in education(family, person).items()]
    return lines


def as_json(line: Line) -> dict[str, Any]:
    coefficient = None if line.coefficient is None else str(line.coefficient)
    answer = {"for": line.person, "benefit": line.benefit, "coefficient": coefficient, "amount": line.amount}
    return {**answer, "arrears": True} if line.arrears else answer


# ---- readings 1 and 2: whether and how much -----------------------------------------------------------------


def due_to(family: Family, person: str) -> list[Line]:
    """Every line the person is due in the month, overlaps not yet settled."""
    lines = funeral_lines(family, person)
    for code in rules_on(family.month):
        if ("care" if code in CARE else "tcxh") not in family.programmes:
            continue
        line = line_for(family, person, code)
        if line is not None and family.decisions is not None:
            line = as_decided(family, line)
        if line is not None:
            lines.append(line)
    return lines


def funeral_lines(family: Family, person: str) -> list[Line]:
    """By the fact of death, without a decision beforehand."""
    if "funeral" not in family.programmes or not funeral_due(family, person):
        return []
    return [Line(person, "FUNERAL", FUNERAL_TIMES, int(level_in(family.month) * FUNERAL_TIMES))]


def line_for(family: Family, person: str, code: str) -> Line | None:
    """Due if the conditions hold on a day of the month, or held on the day before it; as much as on the last such day."""
    days_due = [c for day in window(family.month) if (c := coefficient_on(family.at(person, day), code)) is not None]
    if not days_due:
        return None
    level = level_in(family.month)
    if days_due[-1] == NO_COEFFICIENT:
        return Line(person, code, None, level)
    return Line(person, code, days_due[-1], int(level * days_due[-1]))


def as_decided(family: Family, line: Line) -> Line | None:
    """The line as the decisions allow it: from the month of signature, or as arrears before it."""
    valid = [d for d in family.decisions or () if decides(family, d, line.person, line.benefit, family.month)]
    if any(month_of(d.signed) <= family.month for d in valid):
        return line
    if any(first_month(family, d) <= family.month for d in valid):
        return replace(line, arrears=True)
    return None


# ---- readings 6 and 9: overlaps -----------------------------------------------------------------------------


def highest_only(due: list[Line]) -> list[Line]:
    """The lines that one person keeps of those due to this person."""
    assistance = [line for line in due if line.benefit.startswith(("TCXH", "PENSION"))]
    care = [line for line in due if line.benefit in CARE]
    funeral = [line for line in due if line.benefit == "FUNERAL"]
    return kept_assistance(assistance) + kept_care(care) + funeral


def highest(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.amount, line.place))[:1]


def kept_assistance(lines: list[Line]) -> list[Line]:
    parent = [line for line in lines if line.benefit == "TCXH-5.4"]
    others = [line for line in lines if line.benefit != "TCXH-5.4"]
    if parent and any(line.benefit in BOTH_WITH_5_4 for line in others):
        return parent + highest(others)
    return highest(lines)


def kept_care(lines: list[Line]) -> list[Line]:
    """CARE-child excludes the care of the same child by Article 20.2c and d; the others stand side by side."""
    if all(line.benefit != "CARE-child" for line in lines):
        return lines
    one = sorted((line for line in lines if line.benefit in ONE_CARE_PER_CHILD), key=lambda line: (-line.amount, line.benefit))[0]
    return [line for line in lines if line.benefit not in ONE_CARE_PER_CHILD or line is one]


def without_second_spouse(family: Family, lines: list[Line]) -> list[Line]:
    """Two who list a common child are spouses: one line of CARE-disabled-parent, the higher, else the first listed.

    Somebody with children of two others stands between them; each couple is looked at by itself, so that a line falls to the
    spouse's better one even where that one falls in turn. The decree knows couples only and says nothing of three.
    """
    parents = [line for line in lines if line.benefit == "CARE-disabled-parent"]
    ranked = sorted(parents, key=lambda line: -line.amount)
    fallen = {
        line.person
        for place, line in enumerate(ranked)
        if any(are_spouses(family, line.person, better.person) for better in ranked[:place])
    }
    return [line for line in lines if line not in parents or line.person not in fallen]


def are_spouses(family: Family, one: str, other: str) -> bool:
    return any(
        set(family.at(one, day).raises_under_36_months) & set(family.at(other, day).raises_under_36_months) for day in window(family.month)
    )
