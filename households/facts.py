"""The facts that a rule of the law reads, as columns: one table from which triggers, views, imports and history are made.

The open spell of a fact is a value with its ``since`` in the wide row; closed spells are in ``households_factspell``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One dated fact: its wide-row columns with the keys they take in a closed spell's JSON (one column: the value itself)."""

    name: str
    since: str
    columns: tuple[tuple[str, str], ...]
    sql_type: tuple[str, ...]

    @property
    def is_scalar(self) -> bool:
        return len(self.columns) == 1


def _one(name: str, sql_type: str) -> Fact:
    return Fact(name, f"{name}_since", ((name, name),), (sql_type,))


HOUSEHOLD_FACTS = (
    Fact(
        "residence",
        "residence_since",
        (("commune_id", "commune_id"), ("village_id", "village_id"), ("difficulty", "difficulty"), ("residence_kind", "kind")),
        ("bigint", "bigint", "text", "text"),
    ),
    Fact("poverty", "poverty_since", (("poverty", "class"), ("b1", "b1"), ("b2", "b2")), ("text", "smallint", "smallint")),
)

PERSON_FACTS = (
    Fact("membership", "household_since", (("household_id", "household_id"), ("relation", "relation")), ("bigint", "text")),
    _one("ethnicity", "text"),
    Fact(
        "disability",
        "disability_since",
        (("disability_degree", "degree"), ("disability_type", "type"), ("disability_certified_on", "certified")),
        ("text", "text", "date"),
    ),
    _one("no_parental_care", "text"),
    _one("was_in_5_1", "boolean"),
    _one("studying", "text"),
    _one("hiv", "boolean"),
    _one("no_supporter", "boolean"),
    _one("facility_eligible", "boolean"),
    _one("pension", "bigint"),
    _one("other_income", "boolean"),
    _one("pregnant", "boolean"),
    _one("fostered_by", "text"),
    _one("boards_at_school", "boolean"),
)

HOUSEHOLD = "h"
PERSON = "p"


def facts_of(subject: str) -> tuple[Fact, ...]:
    """The facts of a subject, ``"h"`` or ``"p"``; raises KeyError for anything else."""
    return {HOUSEHOLD: HOUSEHOLD_FACTS, PERSON: PERSON_FACTS}[subject]


def value_sql(fact: Fact, alias: str) -> str:
    """The open value of a fact as jsonb, read from a wide row under ``alias``."""
    if fact.is_scalar:
        return f"to_jsonb({alias}.{fact.columns[0][0]})"
    pairs = ", ".join(f"'{key}', {alias}.{column}" for column, key in fact.columns)
    return f"jsonb_build_object({pairs})"
