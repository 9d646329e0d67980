"""Compares what was read with what was meant, cell by cell."""

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from households.importing.as_json import reading_as_json
from households.importing.reading import ReadOptions, read_list
from tests.importing.invented import invent
from tests.importing.messy import Habits, make
from tests.importing.writers import write

FIELDS = [
    "household_row",
    "name",
    "relation",
    "born",
    "born_precision",
    "sex",
    "ethnicity",
    "national_id",
    "village",
    "poverty",
    "b1",
    "b2",
    "disability",
    "studying",
    "benefit",
    "died",
    "note",
]


@dataclass
class Score:
    """Cells compared, those that differ, and those among them that no finding on the row speaks of."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    households: tuple[int, int] = (0, 0)

    @property
    def share(self) -> float:
        return 1 - len(self.wrong) / max(1, self.cells)


def score(habits: Habits, folder: Path, *, families: int = 60) -> Score:
    """Make a list, read it, and compare."""
    made = make(invent(random.Random(habits.seed), families), habits)
    path = write(made, folder)
    result = reading_as_json(read_list(path, ReadOptions(today=dt.date(2026, 11, 21))))
    found = {(person.get("sheet", ""), person["row"]): person for person in result["people"]}
    remarked = {(finding.get("sheet", ""), finding["row"]) for finding in result["findings"]}
    outcome = Score(households=(made.households, result["households"]))
    for meant in made.truth:
        key = (meant.get("sheet", ""), meant["row"])
        _compare(meant, found.pop(key, {}), key in remarked, outcome)
    for key, person in found.items():
        outcome.wrong.extend([f"{key}: no such person, read {person['name']}"] * len(FIELDS))
    return outcome


def _compare(meant: dict[str, Any], read: dict[str, Any], remarked: bool, outcome: Score) -> None:
    for name in FIELDS:
        outcome.cells += 1
        if read.get(name) != meant[name]:
            line = f"row {meant['row']} {name}: meant {meant[name]!r}, read {read.get(name)!r}"
            outcome.wrong.append(line)
            if not remarked:
                outcome.silent.append(line)
