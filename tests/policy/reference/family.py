"""One case as a family whose facts can be asked for any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tests.policy.reference.days import completed_years, month_of, read_day

FOREVER = (date.min, date.max)
NOTHING: dict[str, Any] = {}


@dataclass(frozen=True)
class Fact:
    """A fact over time: (first day, first day no more, value); outside its spells it is the default."""

    spells: tuple[tuple[date, date, Any], ...]
    default: Any

    @staticmethod
    def read(value: Any, default: Any) -> Fact:
        if not is_spells(value):
            return Fact(((*FOREVER, default if value is None else value),), default)
        return Fact(
            tuple(
                (
                    read_day(spell["from"]) if spell.get("from") else date.min,
                    read_day(spell["to"]) if spell.get("to") else date.max,
                    default if spell.get("value") is None else spell["value"],
                )
                for spell in value
            ),
            default,
        )

    def on(self, day: date) -> Any:
        for since, until, value in self.spells:
            if since <= day < until:
                return value
        return self.default


def is_spells(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


@dataclass(frozen=True)
class Decision:
    person: str
    benefit: str
    signed: date


@dataclass(frozen=True)
class Family:
    """The members in their order, the household's facts, and the decisions (None: everything is decided at once)."""

    month: date
    programmes: tuple[str, ...]
    household: dict[str, Fact]
    people: dict[str, dict[str, Fact]]
    born: dict[str, date]
    died: dict[str, date]
    decisions: tuple[Decision, ...] | None

    @staticmethod
    def read(case: dict[str, Any]) -> Family:
        household = case.get("household") or NOTHING
        persons = case["persons"]
        decisions = case.get("decisions")
        return Family(
            month=month_of(read_day(case["month"])),
            programmes=tuple(case.get("programmes") or ("tcxh", "care")),
            household={name: Fact.read(household.get(name), default) for name, default in HOUSEHOLD_FACTS.items()},
            people={p["id"]: {name: Fact.read(p.get(name), default) for name, default in PERSON_FACTS.items()} for p in persons},
            born={p["id"]: read_day(p["born"]) for p in persons},
            died={p["id"]: read_day(p["died"]) for p in persons if p.get("died")},
            decisions=None if decisions is None else tuple(Decision(d["for"], d["benefit"], read_day(d["signed"])) for d in decisions),
        )

    @cached_property
    def moments(self) -> dict[tuple[str, date], Moment]:
        return {}

    def at(self, person: str, day: date) -> Moment:
        """The person on that day."""
        moment = self.moments.get((person, day))
        if moment is None:
            moment = self.moments[person, day] = Moment(self, person, day)
        return moment

    @cached_property
    def breaks(self) -> dict[tuple[str, str], date]:
        """Room for the law to remember since when a parent's right for a child was broken."""
        return {}


HOUSEHOLD_FACTS: dict[str, Any] = {"poverty": "none", "residence": None, "area": None}
PERSON_FACTS: dict[str, Any] = {
    "ethnicity": None,
    "disability": NOTHING,
    "no_parental_care": None,
    "was_in_5_1": False,
    "studying": None,
    "hiv": False,
    "raises_alone": (),
    "no_supporter": False,
    "facility_eligible": False,
    "pension": 0,
    "other_income": False,
    "pregnant": False,
    "raises_under_36_months": (),
    "fostered_by": None,
    "boards_at_school": False,
}


class Moment:
    """One person on one day, with the household as it is on that day."""

    def __init__(self, family: Family, person: str, day: date) -> None:
        self.family = family
        self.person = person
        self.day = day
        self.born = family.born[person]
        self.alive = self.born <= day < family.died.get(person, date.max)
        self.age = completed_years(self.born, day)

    def __getattr__(self, name: str) -> Any:
        """The value of a fact on this day, remembered: the rules ask again and again."""
        facts = self.family.household if name in HOUSEHOLD_FACTS else self.family.people[self.person]
        value = facts[name].on(self.day)
        self.__dict__[name] = value
        return value

    @property
    def poor(self) -> bool:
        return bool(self.poverty == "poor")

    @property
    def poor_or_near_poor(self) -> bool:
        return self.poverty in ("poor", "near_poor")

    @cached_property
    def disability_degree(self) -> str | None:
        """The degree that a certificate already in force on the day confirms; one without a date is in force."""
        certified = self.disability.get("certified")
        if certified and read_day(certified) > self.day:
            return None
        degree: str | None = self.disability.get("degree")
        return degree
