"""Reads of the registry: a household on a day, its facts over time, what changed, and search."""

from households.queries.changes import Cursor, changed_since, current_cursor
from households.queries.search import Found, People, find_people, search_people
from households.queries.state import HouseholdOn, PersonOn, household_on, spells_of

__all__ = [
    "Cursor", "Found", "HouseholdOn", "People", "PersonOn", "changed_since", "current_cursor", "find_people", "household_on", "search_people",
    "spells_of",
]  # fmt: skip
