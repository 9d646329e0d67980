"""Changes of the registry. Each operation is one transaction, keyword-only, names its change and writes its audit row."""

from households.operations.areas import set_area_difficulty
from households.operations.facts import UnknownSubjectError, confirm_death, set_fact, start_change
from households.operations.registry import NewPerson, move_household, register_household, register_person

__all__ = [
    "NewPerson", "UnknownSubjectError", "confirm_death", "move_household", "register_household", "register_person", "set_area_difficulty",
    "set_fact", "start_change",
]  # fmt: skip
