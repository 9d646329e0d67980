"""The families of every practice commune, as written in families.yaml, with ages turned into dates."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from households.operations import NewPerson
from posasoft.core.months import add_months, first_of_month

_FILE = Path(__file__).with_name("families.yaml")
# A birthday in the middle of the month, so that nobody comes of age on the day of practice by chance.
_DAY = 12


@dataclass(frozen=True)
class Family:
    """One invented household. ``people`` are in the file's order, ``benefits`` beside them (None: nothing decided)."""

    village: int
    poverty: str
    address: str
    people: list[NewPerson]
    benefits: list[str | None]


@cache
def _written() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def villages() -> list[str]:
    """Names of the practice commune's villages, in order."""
    return list(_written()["villages"])


def families(today: datetime.date) -> list[Family]:
    """Every family as it stands on a day: ages of the file count back from it."""
    return [_family(entry, today) for entry in _written()["families"]]


def _family(entry: dict[str, Any], today: datetime.date) -> Family:
    people = [_person(row, today) for row in entry["people"]]
    benefits = [row[5] if len(row) > 5 else None for row in entry["people"]]
    return Family(entry["village"], entry["poverty"], entry.get("address", ""), people, benefits)


def _person(row: list[Any], today: datetime.date) -> NewPerson:
    name, sex, age, relation = row[:4]
    facts = dict(row[4]) if len(row) > 4 else {}
    if "disability" in facts:
        facts["disability"] = {**facts["disability"], "certified": None}
    return NewPerson(full_name=name, sex=sex, born=_born(age, today), relation=relation, facts=facts)


def _born(age: str, today: datetime.date) -> datetime.date:
    months = int(age[:-1]) * (12 if age.endswith("y") else 1)
    return add_months(first_of_month(today), -months - 1).replace(day=_DAY)
