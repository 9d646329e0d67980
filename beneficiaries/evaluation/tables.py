"""Which tables and which people an evaluation reads. Names are arguments: the registry, temporary tables of the same shape, a snapshot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tables:
    """Table names. No ``decision`` table means that everybody is enrolled in whatever is due (a simulation of full take-up)."""

    person: str
    household: str
    spell: str
    raising: str
    decision: str | None


REGISTRY = Tables(
    "households_person", "households_household", "households_factspell", "households_raising", "beneficiaries_decision"
)  # fmt: skip


# Up to so many households or persons one statement is faster than steps with statistics.
FEW = 20


@dataclass(frozen=True)
class Scope:
    """Whom to evaluate; the given limits are combined. ``area`` is a half-open range of tree positions: what the registry is
    indexed by and what row-level security asks. ``household_query`` is SQL that selects household ids, of trusted origin only."""

    area: tuple[int, int] | None = None
    household_ids: tuple[int, ...] | None = None
    person_ids: tuple[int, ...] | None = None
    household_query: str | None = None

    @property
    def is_wide(self) -> bool:
        """Whether so many are asked for that statistics are worth their time."""
        return all(ids is None or len(ids) > FEW for ids in (self.household_ids, self.person_ids))

    def persons(self, alias: str) -> str:
        """Condition on a person row."""
        parts = self._common(alias, f"{alias}.household_id")
        if self.person_ids is not None:
            parts.append(_in(f"{alias}.id", self.person_ids))
        return " AND ".join(parts) or "TRUE"

    def households(self, alias: str) -> str:
        """Condition on a household row; a scope of persons has no households of its own."""
        parts = self._common(alias, f"{alias}.id")
        if self.person_ids is not None:
            parts.append("FALSE")
        return " AND ".join(parts) or "TRUE"

    def decisions(self, alias: str, tables: Tables) -> str:
        """Condition on a decision row: those of the persons in scope, wherever the decision was made."""
        if self.household_ids is None and self.person_ids is None and self.household_query is None:
            return " AND ".join(self._common(alias, "")) or "TRUE"
        persons = f"{alias}.person_id IN (SELECT p.id FROM {tables.person} p WHERE {self.persons('p')})"
        households = f"{alias}.household_id IN (SELECT h.id FROM {tables.household} h WHERE {self.households('h')})"
        return f"({persons} OR ({alias}.person_id IS NULL AND {households}))"

    def links(self, alias: str, tables: Tables) -> str:
        """Condition on a row of who raises whom: one of the two is in scope."""
        if self.household_ids is None and self.person_ids is None and self.household_query is None:
            return " AND ".join(self._common(alias, "")) or "TRUE"
        inside = f"(SELECT p.id FROM {tables.person} p WHERE {self.persons('p')})"
        return f"({alias}.adult_id IN {inside} OR {alias}.child_id IN {inside})"

    def _common(self, alias: str, household: str) -> list[str]:
        parts = []
        if self.area is not None:
            parts.append(f"{alias}.area_pos >= {int(self.area[0])} AND {alias}.area_pos < {int(self.area[1])}")
        if self.household_ids is not None and household:
            parts.append(_in(household, self.household_ids))
        if self.household_query is not None and household:
            parts.append(f"{household} IN ({self.household_query})")
        return parts


def _in(column: str, ids: tuple[int, ...]) -> str:
    return f"{column} = ANY ('{{{','.join(str(int(one)) for one in ids)}}}'::bigint[])"
