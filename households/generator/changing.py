"""Changes facts of part of a registry in a given month, set-based: what a month of life looks like to the monthly run."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from households.facts import HOUSEHOLD, PERSON, facts_of, value_sql
from posasoft.core.months import first_of_month


class Cursor(Protocol):
    """Django's cursor or psycopg's own."""

    @property
    def rowcount(self) -> int: ...

    def execute(self, query: Any, params: Any = None, /) -> Any: ...


_TABLES = {HOUSEHOLD: "households_household", PERSON: "households_person"}


@dataclass(frozen=True)
class Happening:
    """One kind of change: how much of all changes, which fact, what it becomes (SQL over `r`, the row, and `c.day`), whom it may befall."""

    share: float
    subject: str
    fact: str | None
    becomes: tuple[tuple[str, str], ...]
    befalls: str


_CLASS = "CASE r.poverty WHEN 'poor' THEN 'near_poor' WHEN 'near_poor' THEN 'none' ELSE 'near_poor' END"
_DEGREE = "CASE r.disability_degree WHEN 'mild' THEN 'severe' WHEN 'severe' THEN 'extremely_severe' ELSE 'severe' END"
HAPPENINGS = (
    Happening(
        0.5, HOUSEHOLD, "poverty", (("poverty", _CLASS), ("b1", "125"), ("b2", "20"), ("poverty_since", "c.day")), "r.ended_on IS NULL"
    ),
    Happening(
        0.2,
        PERSON,
        "disability",
        (
            ("disability_degree", _DEGREE),
            ("disability_type", "coalesce(r.disability_type, 'mobility')"),
            ("disability_certified_on", "c.day"),
            ("disability_since", "c.day"),
        ),
        "r.died_on IS NULL AND r.born < date '2020-01-01' AND r.disability_degree IS DISTINCT FROM 'extremely_severe'",
    ),
    Happening(0.12, PERSON, None, (("died_on", "c.day"),), "r.died_on IS NULL AND r.born < date '1985-01-01'"),
    Happening(
        0.06, PERSON, "studying", (("studying", "NULL"), ("studying_since", "c.day")), "r.died_on IS NULL AND r.studying IS NOT NULL"
    ),
    Happening(
        0.12,
        PERSON,
        "other_income",
        (("other_income", "NOT r.other_income"), ("other_income_since", "c.day")),
        "r.died_on IS NULL AND r.born < date '2005-01-01'",
    ),
)

# A household is chosen by a hash of its id, the month and the seed; its place within the chosen share decides what happens to it.
_CHOSEN_HOUSEHOLDS = """
SELECT id, draw, %(month)s::date + (abs(hashint8extended(id, %(seed)s + 7)) %% 28)::int AS day FROM (
  SELECT id, (abs(hashint8extended(id, %(seed)s)) %% 1000000) / 1000000.0 AS draw FROM households_household
) h WHERE draw >= %(low)s AND draw < %(high)s
"""
_CHOSEN = {
    HOUSEHOLD: "SELECT r.id, c.day FROM ({households}) c JOIN households_household r ON r.id = c.id WHERE {befalls}",
    PERSON: (
        "SELECT DISTINCT ON (r.household_id) r.id, c.day FROM ({households}) c JOIN households_person r ON r.household_id = c.id"
        " WHERE {befalls} ORDER BY r.household_id, hashint8extended(r.id, %(seed)s)"
    ),
}


def change_facts(cursor: Cursor, *, share: float, month: dt.date, seed: int) -> dict[str, int]:
    """Let something happen to about `share` of the households, on days of the month; returns rows changed by fact.

    A fact that already changed on that day or later stays. Works in the caller's transaction, as the owner of the tables.
    """
    month = first_of_month(month)
    cursor.execute(
        "CREATE TEMP TABLE change_of_province ON COMMIT DROP AS WITH made AS ("
        " INSERT INTO households_change (province_no, area_pos, kind, reason, source)"
        " SELECT province_no, position, 'generated', %(reason)s, 'Dữ liệu minh họa, người không có thật'"
        " FROM core_area WHERE level = 'province' AND position IS NOT NULL RETURNING id, province_no) SELECT * FROM made",
        {"reason": f"Biến động tháng {month:%m/%Y}"},
    )
    # Nothing before the month differs: the feed of changes need not guess.
    cursor.execute("SELECT set_config('app.effective_from', %(month)s, true)", {"month": month.isoformat()})
    changed: dict[str, int] = {}
    low = 0.0
    for happening in HAPPENINGS:
        high = low + happening.share * share
        # The month is part of the seed: other households every month.
        values: dict[str, object] = {"month": month, "seed": seed * 100_000 + month.year * 12 + month.month, "low": low, "high": high}
        cursor.execute(_statement(happening), values)
        changed[happening.fact or "death"] = cursor.rowcount
        low = high
    return changed


def _statement(happening: Happening) -> str:
    """UPDATE the wide rows and keep what held before as closed spells, in one statement."""
    chosen = _CHOSEN[happening.subject].format(households=_CHOSEN_HOUSEHOLDS, befalls=happening.befalls)
    assignments = ", ".join(f"{column} = {value}" for column, value in happening.becomes)
    fact = next((fact for fact in facts_of(happening.subject) if fact.name == happening.fact), None)
    update = (
        f"UPDATE {_TABLES[happening.subject]} r SET {assignments}, change_id = m.id"
        f" FROM ({chosen}) c, change_of_province m WHERE r.id = c.id AND m.province_no = r.province_no"
    )
    if fact is None:
        return update
    return (
        f"WITH changed AS ({update} AND coalesce(r.{fact.since}, '-infinity') < c.day"
        f" RETURNING r.id, {value_sql(fact, 'old')} AS value, old.{fact.since} AS since, c.day, m.id AS change_id, r.province_no, r.area_pos)"
        " INSERT INTO households_factspell (subject, subject_id, fact, value, since, until, change_id, province_no, area_pos)"
        f" SELECT '{happening.subject}', id, '{fact.name}', value, since, day, change_id, province_no, area_pos FROM changed"
    )
