"""The statements of a bulk change: what is left out and why, the writing, the undoing. One statement for all rows, whatever their number.

Parameters: bulk, change, day, ids (subjects of this chunk), and the new columns v0, v1 …
"""

from __future__ import annotations

from dataclasses import dataclass

from households.facts import Fact, facts_of, value_sql

TABLES = {"h": "households_household", "p": "households_person"}
# What says nothing: a stretch before the first statement is no closed spell.
_SILENT = """'null'::jsonb, 'false'::jsonb, '{"class": "none", "b1": null, "b2": null}'::jsonb"""
# Rows that lie where their household lies; the words of its address follow by trigger.
_FOLLOWERS = (
    ("households_nationalid", "x.person_id = p.id"),
    ("households_searchtoken", "x.person_id = p.id"),
    ("households_raising", "x.adult_id = p.id"),
    ("households_document", "x.person_id = p.id"),
    ("households_externalid", "x.person_id = p.id"),
    ("households_factspell", "x.subject = 'p' AND x.subject_id = p.id"),
)
_OF_HOUSEHOLD = (
    ("households_person", "x.household_id = h.id"),
    ("households_document", "x.household_id = h.id"),
    ("households_externalid", "x.household_id = h.id"),
    ("households_povertysurvey", "x.household_id = h.id"),
    ("households_factspell", "x.subject = 'h' AND x.subject_id = h.id"),
)


@dataclass(frozen=True)
class Statements:
    """The SQL of one fact, changed in these of its columns."""

    subject: str
    fact: Fact
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        return TABLES[self.subject]

    @property
    def moves(self) -> bool:
        return "village_id" in self.columns

    def before(self, alias: str) -> str:
        """What the fact is now, as a row of the bulk change keeps it."""
        return (
            f"jsonb_build_object('value', {value_sql(self.fact, alias)}, 'since', {alias}.{self.fact.since},"
            f" 'change', {alias}.fact_changes->'{self.fact.name}', 'area_pos', {alias}.area_pos)"
        )

    def _typed(self) -> list[str]:
        types = dict(zip((column for column, _key in self.fact.columns), self.fact.sql_type, strict=True))
        return [f"%(v{number})s::{types[column]}" for number, column in enumerate(self.columns)]

    def prepare(self, targets: str) -> str:
        """One row for each target, with the reason why it stays as it is, if there is one."""
        same = " AND ".join(f"t.{column} IS NOT DISTINCT FROM {value}" for column, value in zip(self.columns, self._typed(), strict=True))
        gone = "t.ended_on <= %(day)s" if self.subject == "h" else "t.died_on <= %(day)s OR t.canonical_id IS NOT NULL"
        return (
            "INSERT INTO households_bulkrow (bulk_id, subject_id, province_no, area_pos, outcome, why, before)"
            " SELECT %(bulk)s, x.id, x.province_no, x.area_pos, CASE WHEN x.why = '' THEN 'waiting' ELSE 'left_out' END, x.why, x.before FROM ("
            f" SELECT t.id, t.province_no, t.area_pos, {self.before('t')} AS before, CASE WHEN {gone} THEN 'gone' WHEN {same} THEN 'same'"
            f" WHEN t.{self.fact.since} > %(day)s THEN 'later' ELSE '' END AS why FROM {self.table} t WHERE t.id IN ({targets})) x"
        )

    def apply(self) -> list[str]:
        sets = ", ".join(f"{column} = {value}" for column, value in zip(self.columns, self._typed(), strict=True))
        ours = "r.bulk_id = %(bulk)s AND r.outcome = 'waiting' AND r.subject_id = ANY(%(ids)s)"
        return [
            f"SELECT FROM {self.table} WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE",
            # Somebody changed it since the preview: what was looked at is no longer what would be changed.
            "UPDATE households_bulkrow r SET outcome = 'failed', why = 'meanwhile'"
            f" FROM {self.table} t WHERE t.id = r.subject_id AND {ours} AND {self.before('t')} IS DISTINCT FROM r.before",
            f"UPDATE {self.table} t SET {sets}, {self.fact.since} = %(day)s, fact_changes = coalesce(t.fact_changes, '{{}}')"
            f" || jsonb_build_object('{self.fact.name}', %(change)s::bigint) FROM households_bulkrow r WHERE t.id = r.subject_id AND {ours}",
            "INSERT INTO households_factspell (subject, subject_id, fact, value, since, until, change_id, province_no, area_pos)"
            f" SELECT '{self.subject}', t.id, '{self.fact.name}', r.before->'value', (r.before->>'since')::date, %(day)s, %(change)s,"
            f" t.province_no, t.area_pos FROM households_bulkrow r JOIN {self.table} t ON t.id = r.subject_id WHERE {ours}"
            " AND (r.before->>'since')::date IS DISTINCT FROM %(day)s"
            f" AND NOT (r.before->>'since' IS NULL AND r.before->'value' IN ({_SILENT}))",
            *(self._place("(SELECT position FROM core_area WHERE id = %(v0)s)", ours) if self.moves else ()),
            "UPDATE households_bulkrow r SET outcome = 'done' WHERE " + ours,
        ]

    def undo(self) -> list[str]:
        standing = (
            f"t.id = r.subject_id AND (t.fact_changes->>'{self.fact.name}')::bigint = %(change)s AND t.{self.fact.since} = %(day)s"
            " AND r.bulk_id = %(bulk)s AND r.outcome = 'done'"
        )
        ours = "r.bulk_id = %(bulk)s AND r.outcome = 'done'"
        sets = ", ".join(f"{column} = {value}" for column, value in self._former())
        return [
            f"SELECT FROM {self.table} WHERE id IN (SELECT subject_id FROM households_bulkrow WHERE bulk_id = %(bulk)s) ORDER BY id FOR UPDATE",
            "UPDATE households_bulkrow r SET outcome = 'kept', why = 'later' WHERE r.bulk_id = %(bulk)s AND r.outcome = 'done'"
            f" AND NOT EXISTS (SELECT FROM {self.table} t WHERE {standing})",
            "DELETE FROM households_factspell s USING households_bulkrow r WHERE s.subject_id = r.subject_id"
            f" AND s.subject = '{self.subject}' AND s.fact = '{self.fact.name}' AND s.change_id = %(change)s AND s.until = %(day)s AND {ours}",
            f"UPDATE {self.table} t SET {sets}, {self.fact.since} = (r.before->>'since')::date,"
            f" fact_changes = CASE WHEN r.before->'change' = 'null' THEN nullif(t.fact_changes - '{self.fact.name}', '{{}}')"
            f" ELSE t.fact_changes || jsonb_build_object('{self.fact.name}', r.before->'change') END"
            f" FROM households_bulkrow r WHERE {standing}",
            *(self._place("(r.before->>'area_pos')::bigint", ours) if self.moves else ()),
            "UPDATE households_bulkrow r SET outcome = 'undone' WHERE " + ours,
        ]

    def _former(self) -> list[tuple[str, str]]:
        if self.fact.is_scalar:
            return [(self.fact.columns[0][0], f"(r.before->>'value')::{self.fact.sql_type[0]}")]
        return [
            (column, f"(r.before->'value'->>'{key}')::{kind}")
            for (column, key), kind in zip(self.fact.columns, self.fact.sql_type, strict=True)
        ]

    def _place(self, position: str, ours: str) -> list[str]:
        """Households to their new place in the tree, and everything that lies with them."""
        households = f"h.id IN (SELECT r.subject_id FROM households_bulkrow r WHERE {ours})"
        return [
            f"UPDATE households_household t SET area_pos = {position} FROM households_bulkrow r WHERE t.id = r.subject_id AND {ours}",
            *(
                f"UPDATE {table} x SET area_pos = h.area_pos FROM households_household h WHERE {on} AND x.area_pos <> h.area_pos AND {households}"
                for table, on in _OF_HOUSEHOLD
            ),
            *(
                f"UPDATE {table} x SET area_pos = h.area_pos FROM households_person p JOIN households_household h ON h.id = p.household_id"
                f" WHERE {on} AND x.area_pos <> h.area_pos AND {households}"
                for table, on in _FOLLOWERS
            ),
        ]


def statements(subject: str, fact: str, columns: tuple[str, ...]) -> Statements:
    """The statements for a fact of a subject ("h", "p"); raises StopIteration for a fact that is none."""
    return Statements(subject, next(f for f in facts_of(subject) if f.name == fact), columns)
