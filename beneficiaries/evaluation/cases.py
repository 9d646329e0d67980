"""A case of the law as it is written in YAML: read, checked word by word, turned into dated facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policy.model import Law
from policy.vocabulary import Fact

CASE_FIELDS = {"name", "month", "programmes", "household", "persons", "decisions", "expect"}
HOUSEHOLD_FIELDS = ("poverty", "residence", "area", "commune")
PLAIN_FIELDS = {"id", "born", "sex", "died"}
LINK_FIELDS = {"raises_alone": "alone", "raises_under_36_months": "under_36"}
DEFAULT_PROGRAMMES = ("tcxh", "care")
DISABILITY = ("degree", "type", "certified")


class CaseError(Exception):
    """A mistake in a case: the message names case, field and value."""


@dataclass(frozen=True)
class Spell:
    """A value from a day (None: ever) to a day, exclusive (None: still)."""

    value: Any
    since: date | None
    until: date | None


@dataclass
class CasePerson:
    name: str
    born: date | None
    sex: str | None
    died: date | None
    facts: dict[str, list[Spell]] = field(default_factory=dict)
    links: dict[str, list[Spell]] = field(default_factory=dict)


@dataclass
class Case:
    """One family and a month. ``decisions`` is None when everything was applied for in time."""

    name: str
    month: date
    programmes: tuple[str, ...]
    household: dict[str, list[Spell]]
    persons: list[CasePerson]
    decisions: list[tuple[str, str, date]] | None


def read_case(raw: Any, law: Law) -> Case:
    """Check and convert a case. Raises CaseError."""
    if not isinstance(raw, Mapping):
        raise CaseError(f"case {raw!r}: expected fields")
    reader = _Reader(str(raw.get("name", "(no name)")), law)
    reader.known("case", raw, CASE_FIELDS)
    for needed in ("name", "month", "persons"):
        if needed not in raw:
            raise reader.error(needed, None, "is missing")
    month = reader.month(raw["month"])
    programmes = reader.programmes(raw.get("programmes"))
    household = reader.household(raw.get("household") or {})
    persons = [reader.person(entry) for entry in reader.entries("persons", raw["persons"])]
    names = [person.name for person in persons]
    for name in names:
        if names.count(name) > 1 or name == "household":
            raise reader.error("id", name, "is used twice" if name != "household" else "is reserved")
    for person in persons:
        reader.check_links(person, names)
    decisions = None if raw.get("decisions") is None else reader.decisions(raw["decisions"], names)
    return Case(reader.name, month, programmes, household, persons, decisions)


class _Reader:
    """Values of one case; every error names the case, the field and the value."""

    def __init__(self, name: str, law: Law) -> None:
        self.name = name
        self.law = law

    def error(self, where: str, value: object, what: str) -> CaseError:
        return CaseError(f"case '{self.name}': field '{where}': value {value!r} {what}")

    def known(self, where: str, entry: Mapping[str, Any], fields: set[str]) -> None:
        for key in entry:
            if key not in fields:
                raise CaseError(f"case '{self.name}': unknown field '{key}' in {where}, with value {entry[key]!r}")

    def entries(self, where: str, value: Any) -> list[Mapping[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            raise self.error(where, value, "is not a list of entries")
        return value

    def month(self, value: Any) -> date:
        if not re.fullmatch(r"\d{4}-\d{2}", str(value)):
            raise self.error("month", value, "is not a month like 2026-11")
        return self.day("month", f"{value}-01")

    def day(self, where: str, value: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
                return date.fromisoformat(str(value))
        except ValueError:
            pass
        raise self.error(where, value, "is not a possible date")

    def born(self, value: Any) -> date | None:
        """A missing month or day counts as January, the 1st."""
        if value is None:
            return None
        text = str(value)
        if re.fullmatch(r"\d{4}", text):
            text += "-01"
        if re.fullmatch(r"\d{4}-\d{2}", text):
            text += "-01"
        return self.day("born", value if isinstance(value, date) else text)

    def programmes(self, value: Any) -> tuple[str, ...]:
        if value is None:
            return DEFAULT_PROGRAMMES
        if not isinstance(value, list):
            raise self.error("programmes", value, "is not a list")
        for name in value:
            if name not in self.law.programmes:
                raise self.error("programmes", name, "is not a programme")
        return tuple(value)

    def household(self, entry: Any) -> dict[str, list[Spell]]:
        if not isinstance(entry, Mapping):
            raise self.error("household", entry, "is not an entry")
        self.known("household", entry, set(HOUSEHOLD_FIELDS))
        return {
            name: self.spells(name, entry[name], self.household_value(name)) for name in HOUSEHOLD_FIELDS if entry.get(name) is not None
        }

    def household_value(self, name: str) -> Callable[[str, Any], Any]:
        return self.commune if name == "commune" else self.checked(self.law.vocabulary[name])

    def commune(self, where: str, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"\d{5}", value):
            raise self.error(where, value, "is not a commune code of five digits")
        return value

    def person(self, entry: Mapping[str, Any]) -> CasePerson:
        stated = {name for name, fact in self.law.vocabulary.items() if fact.subject == "person" and _is_stated(fact)}
        self.known("a person", entry, PLAIN_FIELDS | stated | set(LINK_FIELDS) | {"disability"})
        if "id" not in entry:
            raise self.error("id", None, "is missing")
        person = CasePerson(
            name=str(entry["id"]),
            born=self.born(entry.get("born")),
            sex=None if entry.get("sex") is None else self.checked(self.law.vocabulary["sex"])("sex", entry["sex"]),
            died=None if entry.get("died") is None else self.day("died", entry["died"]),
        )
        for name in stated - PLAIN_FIELDS:
            if entry.get(name) is not None:
                person.facts[name] = self.spells(name, entry[name], self.checked(self.law.vocabulary[name]))
        if entry.get("disability") is not None:
            person.facts["disability"] = self.spells("disability", entry["disability"], self.disability)
        for name in LINK_FIELDS:
            if entry.get(name) is not None:
                person.links[name] = self.spells(name, entry[name], self.link)
        return person

    def spells(self, where: str, value: Any, check: Callable[[str, Any], Any]) -> list[Spell]:
        """A plain value has held for ever; a list of entries is a list of dated spells, which may not overlap."""
        if not (isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value)):
            return [Spell(check(where, value), None, None)]
        spells = []
        for entry in value:
            self.known(where, entry, {"from", "to", "value"})
            since, until = (None if entry.get(key) is None else self.day(f"{where}.{key}", entry[key]) for key in ("from", "to"))
            if since and until and since >= until:
                raise self.error(where, f"{since} to {until}", "ends before it begins")
            content = entry.get("value")
            spells.append(Spell(None if content is None else check(where, content), since, until))
        spells.sort(key=lambda spell: spell.since or date.min)
        for earlier, later in zip(spells, spells[1:], strict=False):
            if earlier.until is None or later.since is None or later.since < earlier.until:
                raise self.error(where, f"{later.since}", "begins before the spell before it ends")
        return spells

    def checked(self, fact: Fact) -> Callable[[str, Any], Any]:
        return {"code": self.code(fact), "bool": self.flag, "money": self.money}[fact.type]

    def code(self, fact: Fact) -> Callable[[str, Any], Any]:
        def check(where: str, value: Any) -> str:
            if value not in fact.values:
                raise self.error(where, value, f"is not one of {', '.join(fact.values)}")
            return str(value)

        return check

    def flag(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.error(where, value, "is not true or false")
        return value

    def money(self, where: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.error(where, value, "is not an amount in whole đồng")
        return value

    def disability(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.error(where, value, "is not an entry with degree, type, certified")
        self.known(where, value, set(DISABILITY))
        if value.get("degree") is None:
            raise self.error(f"{where}.degree", None, "is missing")
        checked = {"degree": self.checked(self.law.vocabulary["disability_degree"])(f"{where}.degree", value["degree"])}
        kind = value.get("type")
        checked["type"] = None if kind is None else self.checked(self.law.vocabulary["disability_type"])(f"{where}.type", kind)
        certified = value.get("certified")
        return {**checked, "certified": None if certified is None else self.day(f"{where}.certified", certified)}

    def link(self, where: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise self.error(where, value, "is not a list of persons")
        return [str(name) for name in value]

    def check_links(self, person: CasePerson, names: list[str]) -> None:
        for where, spells in person.links.items():
            for name in (name for spell in spells for name in spell.value or []):
                if name not in names or name == person.name:
                    raise self.error(where, name, "is not another person of the case")

    def decisions(self, value: Any, names: list[str]) -> list[tuple[str, str, date]]:
        known = {rule.benefit for rule in self.law.rules}
        decisions = []
        for entry in self.entries("decisions", value):
            self.known("decisions", entry, {"for", "benefit", "signed"})
            if str(entry.get("for")) not in (*names, "household"):
                raise self.error("decisions.for", entry.get("for"), "is not a person of the case")
            if entry.get("benefit") not in known:
                raise self.error("decisions.benefit", entry.get("benefit"), "is not a benefit")
            decisions.append((str(entry["for"]), entry["benefit"], self.day("decisions.signed", entry.get("signed"))))
        return decisions


def _is_stated(fact: Fact) -> bool:
    """Whether a case may state the fact itself (others are worked out)."""
    derived = fact.count or fact.unbroken or fact.recipient_of or fact.type in ("age", "months", "date") or fact.name == "last_day_alive"
    return not derived and not fact.name.startswith("disability_")
