"""Search by name in any order and without accents, by id, by household code, by address, with a place behind. All reads are bounded."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from households.crypto import blind_index
from households.queries import places, token_search
from households.queries.token_search import ADDRESSES, NAMES, Word
from posasoft.core.names import fold_tokens

_ID = re.compile(r"\d{9}|\d{12}")
# Province, commune and number as they stand on papers; the number may still be unfinished.
_CODE = re.compile(r"\d{2}-\d{5}(?:-\d{0,9})?")
# Rows of the rarest word that a search reads: while one types, and on the page of results.
QUICK, PATIENT = 20_000, 200_000
MOST_WORDS = 8


@dataclass(frozen=True)
class Found:
    """One hit: the person, the household, and which of the words matched it (name, id, code, address)."""

    person_id: int
    household_id: int
    full_name: str
    born: datetime.date | None
    born_precision: str
    sex: str | None
    household_code: str
    poverty: str
    village: str | None
    commune: str
    address: str
    by: str


@dataclass(frozen=True)
class People:
    """What was found; ``more``: there are others; ``partial``: common words, and the reading ended before the registry did."""

    found: list[Found]
    more: bool = False
    partial: bool = False


_HIT = """
SELECT p.id, h.id, p.full_name, p.born, p.born_precision, p.sex, h.code, h.poverty, v.name, c.name, h.address, %(by)s
FROM ({hits}) hit
JOIN households_person p ON p.id = hit.person_id
JOIN households_household h ON h.id = p.household_id
JOIN core_area c ON c.id = h.commune_id
LEFT JOIN core_area v ON v.id = h.village_id
WHERE p.canonical_id IS NULL
ORDER BY p.name_sort, p.id LIMIT %(limit)s
"""
_OF_IDS = "SELECT unnest(%(ids)s::bigint[]) AS person_id"
_BY_NUMBER = "SELECT person_id FROM households_nationalid WHERE number_index = %(index)s"
# "C" text again: a prefix of the code is a range of its index.
_BY_CODE = """
SELECT m.id AS person_id FROM (
  SELECT id FROM households_household WHERE code >= %(code)s AND code < %(code_end)s ORDER BY code LIMIT %(limit)s) x
JOIN households_person m ON m.household_id = x.id AND m.died_on IS NULL
"""
_HEADS = """
SELECT DISTINCT ON (household_id) id AS person_id FROM households_person
WHERE household_id = ANY(%(ids)s) AND canonical_id IS NULL AND died_on IS NULL ORDER BY household_id, relation IS DISTINCT FROM 'head', id
"""


def search_people(text: str, *, limit: int = 50) -> list[Found]:
    """The hits of `find_people` alone."""
    return find_people(text, limit=limit).found


def find_people(text: str, *, limit: int = 50, quick: bool = False) -> People:
    """People in the reader's scope. Twelve or nine digits are an id; NN-NNNNN-… a household code; else every word must be, or begin, a word of
    the name, and trailing words may name the village, commune or province; else the words of an address."""
    compact = re.sub(r"[\s.]", "", text)
    if _ID.fullmatch(compact):
        return _cut(_read(_BY_NUMBER, "id", limit + 1, index=blind_index(compact)), limit)
    if _CODE.fullmatch(compact):
        return _cut(_read(_BY_CODE, "code", limit + 1, code=compact, code_end=compact + "~"), limit)
    words = fold_tokens(text)[:MOST_WORDS]
    if not words:
        return People([])
    budget = QUICK if quick else PATIENT
    is_typing = quick and not text.endswith(" ")
    return _by_name(words, limit, budget, is_typing=is_typing) or _by_address(words, limit, budget) or People([])


def _by_name(words: list[str], limit: int, budget: int, *, is_typing: bool) -> People | None:
    partial = False
    for size in range(len(words), 0, -1):
        ranges = [] if size == len(words) else places.ranges_of(" ".join(words[size:]))
        if size < len(words) and not ranges:
            continue
        for asked in _readings(words[:size], is_typing=is_typing and size == len(words)):
            hits = token_search.find(NAMES, asked, ranges, limit=limit + 1, budget=budget)
            if hits.subjects:
                people = _cut(_read(_OF_IDS, "name", limit + 1, ids=hits.subjects), limit)
                return People(people.found, people.more, not hits.ended)
            partial = partial or not hits.ended
    return People([], partial=True) if partial else None


def _readings(words: list[str], *, is_typing: bool) -> list[list[Word]]:
    """Ways to read words, the strictest first: whole words; the last one unfinished; all of them unfinished."""
    whole = [Word(word) for word in words]
    last = [*whole[:-1], Word(words[-1], is_prefix=True)]
    every = [Word(word, is_prefix=True) for word in words]
    if is_typing:
        return [last, every] if len(words) > 1 else [last]
    return [whole, last, every] if len(words) > 1 else [whole, last]


def _by_address(words: list[str], limit: int, budget: int) -> People | None:
    words = [word for word in words if word not in ("so", "nha", "duong", "pho")]
    for size in range(len(words), 0, -1):
        ranges = [] if size == len(words) else places.ranges_of(" ".join(words[size:]))
        if size < len(words) and not ranges:
            continue
        hits = token_search.find(ADDRESSES, [Word(word) for word in words[:size]], ranges, limit=limit + 1, budget=budget)
        if hits.subjects:
            people = _cut(_read(_HEADS, "address", limit + 1, ids=hits.subjects), limit)
            return People(people.found, people.more, not hits.ended)
    return None


def _cut(found: list[Found], limit: int) -> People:
    return People(found[:limit], more=len(found) > limit)


def _read(hits: str, by: str, limit: int, **params: Any) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(_HIT.format(hits=hits), {"by": by, "limit": limit, **params})
        return [Found(*row) for row in cursor.fetchall()]
