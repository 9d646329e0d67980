"""Rows whose words are all among a table of words, by bounded reads: never a sort or a count of millions.

A table of words has (word, area position, subject) as its key. The rarest of the words is read in the order of that key, the others are
probed row by row. How rare a word is, is counted only as far as it matters. What is read in all is bounded by a budget; a search that ends with
its budget says so instead of going on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

# A word with fewer rows than this is rare enough to be read whole.
RARE = 4_000
END_OF_PREFIX = "~"


@dataclass(frozen=True)
class Words:
    """A table of words: its name and the column that names the subject."""

    table: str
    subject: str


NAMES = Words("households_searchtoken", "person_id")
ADDRESSES = Words("households_addresstoken", "household_id")


@dataclass(frozen=True)
class Word:
    """A word as typed; whole, or the beginning of one."""

    text: str
    is_prefix: bool = False

    def condition(self, alias: str, name: str) -> str:
        """Ranges on text COLLATE "C" are leakproof, so row-level security leaves the index to them."""
        if self.is_prefix:
            return f"{alias}.token >= %({name})s AND {alias}.token < %({name}_end)s"
        return f"{alias}.token = %({name})s"

    def params(self, name: str) -> dict[str, str]:
        return {name: self.text, f"{name}_end": self.text + END_OF_PREFIX}


@dataclass(frozen=True)
class Hits:
    """Subjects in the order of the tree; ``ended`` is False when the budget ended before the rows did."""

    subjects: list[int]
    ended: bool


def find(words: Words, asked: list[Word], ranges: list[tuple[int, int]], *, limit: int, budget: int) -> Hits:
    """At most ``limit`` subjects within the tree ranges (empty: the reader's own) that have all the words; reads at most ``budget`` rows of
    the rarest."""
    params: dict[str, Any] = {"lo": [lo for lo, _hi in ranges], "hi": [hi for _lo, hi in ranges], "limit": limit, "budget": budget}
    for number, word in enumerate(asked):
        params |= word.params(f"w{number}")
    with connection.cursor() as cursor:
        order = _rarest_first(cursor, words, asked, ranges, params)
        if order is None:
            return Hits([], ended=True)
        cursor.execute(
            _SEARCH.format(driver=_driver(words, asked[order[0]], order[0], ranges), probes=_probes(words, asked, order)), params
        )
        found, read = cursor.fetchone()
    subjects = list(dict.fromkeys(found or ()))
    return Hits(subjects[:limit], ended=read < budget or len(subjects) >= limit)


# The driver stops at its budget, the probes stop at the limit; OFFSET 0 keeps the planner from turning a probe into a hash of millions.
_SEARCH = """
WITH driver AS MATERIALIZED ({driver}), hit AS (SELECT d.subject FROM driver d WHERE true {probes} LIMIT %(limit)s * 4)
SELECT (SELECT array_agg(subject) FROM hit), (SELECT count(*) FROM driver)
"""


def _driver(words: Words, word: Word, number: int, ranges: list[tuple[int, int]]) -> str:
    condition = word.condition("t", f"w{number}")
    if not ranges:
        return f"SELECT t.area_pos, t.{words.subject} AS subject FROM {words.table} t WHERE {condition} LIMIT %(budget)s"
    inner = (
        f"SELECT t.area_pos, t.{words.subject} AS subject FROM {words.table} t"
        f" WHERE {condition} AND t.area_pos >= r.lo AND t.area_pos < r.hi LIMIT %(budget)s"
    )
    return (
        "SELECT x.area_pos, x.subject FROM unnest(%(lo)s::bigint[], %(hi)s::bigint[]) AS r(lo, hi)"
        f" CROSS JOIN LATERAL ({inner}) x LIMIT %(budget)s"
    )


def _probes(words: Words, asked: list[Word], order: list[int]) -> str:
    return " ".join(
        f"AND EXISTS (SELECT FROM {words.table} p WHERE {asked[number].condition('p', f'w{number}')}"
        f" AND p.area_pos = d.area_pos AND p.{words.subject} = d.subject OFFSET 0)"
        for number in order[1:]
    )


def _rarest_first(cursor: Any, words: Words, asked: list[Word], ranges: list[tuple[int, int]], params: dict[str, Any]) -> list[int] | None:
    """The words' numbers, the rarest first, counted up to RARE; None when some word stands nowhere."""
    if len(asked) == 1:
        return [0]
    counts = ", ".join(f"(SELECT count(*) FROM ({_sample(words, word, number, ranges)}) s)" for number, word in enumerate(asked))
    cursor.execute(f"SELECT {counts}", params)
    found = cursor.fetchone()
    if 0 in found:
        return None
    # Among common words the longest is the rarest guess, and a whole word is rarer than a beginning.
    return sorted(range(len(asked)), key=lambda number: (found[number], asked[number].is_prefix, -len(asked[number].text)))


def _sample(words: Words, word: Word, number: int, ranges: list[tuple[int, int]]) -> str:
    return _driver(words, word, number, ranges).replace("%(budget)s", str(RARE))
