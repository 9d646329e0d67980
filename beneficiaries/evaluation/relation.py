"""Where each word of the law's vocabulary stands in the registry: the wide rows now, the spells on a past day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from beneficiaries.evaluation.tables import Tables
from policy.expressions import Renderer, quote
from policy.model import Law
from policy.vocabulary import Fact, Unbroken

# Word of the law -> column of the wide row, where the two differ.
RENAMED = {"area": "difficulty", "residence": "residence_kind"}
PERSON_COLUMNS = (
    "born", "sex", "ethnicity", "disability_degree", "disability_type", "no_parental_care", "was_in_5_1", "studying", "hiv", "no_supporter",
    "facility_eligible", "pension", "other_income", "pregnant", "fostered_by", "boards_at_school",
)  # fmt: skip
HOUSEHOLD_COLUMNS = ("poverty", "residence", "area")

# Relation of a count -> (kind of the link, column of the one who counts, column of the counted).
RELATIONS = {
    "raises_alone": ("alone", "adult_id", "child_id"),
    "raises_under_36_months": ("under_36", "adult_id", "child_id"),
    "raised_alone_by": ("alone", "child_id", "adult_id"),
}


def column_of(word: str) -> str:
    return RENAMED.get(word, word)


@dataclass(frozen=True)
class FactRelation:
    """Facts as columns of one row per person and day under an alias; ``day`` and ``born`` are columns too."""

    alias: str = "f"
    decided: bool = True

    def fact(self, name: str) -> str:
        column = f"{self.alias}.{name}"
        return f"coalesce({column}, 0)" if name == "pension" else column

    def at_least(self, unit: str, number: str) -> str:
        # PostgreSQL clamps to the end of February, so a birthday on the 29th counts on 1 March of other years, as the law's reading wants.
        return f"{self.alias}.born <= ({self.alias}.day - INTERVAL '{number} {unit}')::date"

    def enrolled(self, benefit: str) -> str:
        if not self.decided:
            return "TRUE"
        return f"{self.alias}.person_id IN (SELECT e.person_id FROM enrolled e WHERE e.benefit = {quote(benefit)})"


@dataclass(frozen=True)
class OtherRelation:
    """Facts of the other person of a link (alias ``o``), counted for the one who counts (alias ``a``) over the link (alias ``l``)."""

    law: Law
    tables: Tables
    kind: str

    def fact(self, name: str) -> str:
        fact = self.law.vocabulary[name]
        if fact.unbroken:
            return unbroken_since(fact.unbroken, self.tables, self.kind)
        if name == "sixteenth_birthday":
            return "(o.born + INTERVAL '16 years')::date"
        return f"coalesce(o.{name}, 0)" if name == "pension" else f"o.{name}"

    def at_least(self, unit: str, number: str) -> str:
        return f"o.born <= (o.day - INTERVAL '{number} {unit}')::date"


def count_sql(law: Law, fact: Fact, tables: Tables, month: date) -> str:
    """``count(*) FILTER`` over the rows of ``l`` (links), ``o`` (others on the day) and ``a`` (those who count)."""
    if fact.count is None:
        raise ValueError(f"{fact.name} is not a count")
    relation = OtherRelation(law, tables, RELATIONS[fact.count.relation][0])
    where = Renderer(law.vocabulary, relation, law.numbers(month)).sql(law.counts[fact.name].tree)
    return f"count(*) FILTER (WHERE l.relation = {quote(fact.count.relation)} AND {where})::int"


def unbroken_since(unbroken: Unbroken, tables: Tables, kind: str) -> str:
    """First day of the stretch around ``o.day``; null when the value does not hold on that day.

    Reads closed spells, but PostgreSQL evaluates it for those few only who reach it in the expression.
    """
    stretches = {
        "self": lambda: _person_stretches(unbroken, tables, "o.person_id"),
        "adult": lambda: _household_stretches(unbroken, tables, "a.person_id"),
        "link": lambda: (
            f"SELECT range_agg(daterange(r.since, r.until)) FROM {tables.raising} r "
            f"WHERE r.kind = {quote(kind)} AND r.adult_id = a.person_id AND r.child_id = o.person_id"
        ),
    }[unbroken.of]()
    return f"(SELECT coalesce(lower(s), '-infinity') FROM unnest(({stretches})) s WHERE s @> o.day)"


def _windows(unbroken: Unbroken) -> str:
    """VALUES of (list of values, days in which that list applied)."""
    rows = []
    for values, since, until in unbroken.values:
        bounds = ", ".join(quote(bound) if bound else "NULL" for bound in (since, until))
        rows.append(f"(ARRAY[{', '.join(map(quote, values))}], daterange({bounds}))")
    return f"(VALUES {', '.join(rows)}) w(allowed, span)"


def _person_stretches(unbroken: Unbroken, tables: Tables, person: str) -> str:
    name = unbroken.fact
    return (
        f"SELECT range_agg(daterange(x.since, x.until) * w.span) FROM ("
        f"SELECT q.{name} AS value, q.{name}_since AS since, NULL::date AS until FROM {tables.person} q WHERE q.id = {person} "
        f"UNION ALL SELECT s.value #>> '{{}}', s.since, s.until FROM {tables.spell} s "
        f"WHERE s.subject = 'p' AND s.subject_id = {person} AND s.fact = {quote(name)}"
        f") x JOIN {_windows(unbroken)} ON x.value = ANY (w.allowed)"
    )


def _household_stretches(unbroken: Unbroken, tables: Tables, person: str) -> str:
    """A move from one poor household to another is no break: membership and class are intersected before they are joined up."""
    if unbroken.fact != "poverty":
        raise ValueError(f"no spells of the household fact {unbroken.fact}")
    members = (
        f"SELECT q.household_id, daterange(q.household_since, NULL) AS span FROM {tables.person} q WHERE q.id = {person} "
        f"UNION ALL SELECT (s.value ->> 'household_id')::bigint, daterange(s.since, s.until) FROM {tables.spell} s "
        f"WHERE s.subject = 'p' AND s.subject_id = {person} AND s.fact = 'membership'"
    )
    classes = (
        f"SELECT h.poverty AS value, daterange(h.poverty_since, NULL) AS span FROM {tables.household} h WHERE h.id = m.household_id "
        f"UNION ALL SELECT s.value ->> 'class', daterange(s.since, s.until) FROM {tables.spell} s "
        f"WHERE s.subject = 'h' AND s.subject_id = m.household_id AND s.fact = 'poverty'"
    )
    return (
        f"SELECT range_agg(m.span * x.span * w.span) FROM ({members}) m CROSS JOIN LATERAL ({classes}) x "
        f"JOIN {_windows(unbroken)} ON x.value = ANY (w.allowed)"
    )
