"""Kind of change -> what it does in the registry. Every kind of the table has one (a test holds it)."""

from __future__ import annotations

from collections.abc import Callable

from households.operations.effects import families, states
from households.operations.effects.work import Work

EFFECTS: dict[str, Callable[[Work], None]] = {
    "birth": families.birth,
    "death": families.death,
    "marriage": families.marriage,
    "divorce": families.divorce,
    "split": families.split,
    "join": families.join,
    "merge_households": families.merge_households,
    "head": families.head,
    "relation": families.relation,
    "move_in": families.move_in,
    "new_household": families.new_household,
    "move_within": families.move_within,
    "move_out": families.move_out,
    "move_out_person": families.move_out_person,
    "transfer": families.transfer,
    "transfer_person": families.transfer_person,
    "merge_persons": families.merge_persons_,
    "merge_records": families.merge_records,
    "poverty": states.poverty,
    "disability": states.disability,
    "schooling": states.schooling,
    "orphan": states.orphan,
    "pregnancy": states.pregnancy,
    "hiv": states.hiv,
    "pension": states.pension,
    "supporter": states.supporter,
    "fostering": states.fostering,
    "raising": states.raising,
    "ethnicity": states.ethnicity,
    "correct_name": states.correct_name,
    "correct_birth": states.correct_birth,
    "correct_sex": states.correct_sex,
    "correct_id": states.correct_id,
}

__all__ = ["EFFECTS", "Work"]
