"""Search by name in any order and without accents, by id, by household code, with a place behind."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from households.crypto import blind_index
from posasoft.core.models import Area
from posasoft.core.names import fold_tokens

_ID = re.compile(r"\d{9}|\d{12}")
_CODE = re.compile(r"\d{2}-\d{5}-\d{1,9}")


@dataclass(frozen=True)
class Found:
    """One hit: the person, the household, and which of the words matched it (name, id, code)."""

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
    by: str


_HIT = """
SELECT p.id, h.id, p.full_name, p.born, p.born_precision, p.sex, h.code, h.poverty, v.name, c.name, %(by)s
FROM ({hits}) hit
JOIN households_person p ON p.id = hit.person_id
JOIN households_household h ON h.id = p.household_id
JOIN core_area c ON c.id = h.commune_id
LEFT JOIN core_area v ON v.id = h.village_id
WHERE p.canonical_id IS NULL
ORDER BY p.name_sort, p.id LIMIT %(limit)s
"""


def search_people(text: str, *, limit: int = 50) -> list[Found]:
    """People in the reader's scope. Twelve or nine digits are an id; NN-NNNNN-N… a household code; else every word must begin a word of
    the name, and trailing words may name the village, commune or province."""
    compact = re.sub(r"[\s.]", "", text)
    if _ID.fullmatch(compact):
        return _run("SELECT person_id FROM households_nationalid WHERE number_index = %(index)s", "id", limit, index=blind_index(compact))
    if _CODE.fullmatch(compact):
        hits = (
            "SELECT m.id AS person_id FROM households_household x JOIN households_person m ON m.household_id = x.id WHERE x.code = %(code)s"
        )
        return _run(hits, "code", limit, code=compact)
    words = fold_tokens(text)
    for size in range(len(words), 0, -1):
        ranges = [(0, 2**62)] if size == len(words) else _ranges(" ".join(words[size:]))
        found = _by_name(words[:size], ranges, limit) if ranges else []
        if found:
            return found
    return []


def _run(hits: str, by: str, limit: int, **params: Any) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(_HIT.format(hits=hits), {"by": by, "limit": limit, **params})
        return [Found(*row) for row in cursor.fetchall()]


def _ranges(place: str) -> list[tuple[int, int]]:
    """Tree ranges of areas in force whose folded name is, or ends in, the words."""
    areas = Area.objects.filter(position__isnull=False, name_key__endswith=place).order_by("position")[:20]
    return [(a.position or 0, a.position_end or 0) for a in areas if f" {a.name_key}".endswith(f" {place}")]


def _by_name(words: list[str], ranges: list[tuple[int, int]], limit: int) -> list[Found]:
    # The longest word is the rarest guess: it is read by index, the others probe by person. Ranges on "C" text are prefixes, and leakproof.
    ordered = sorted(words, key=len, reverse=True)
    params: dict[str, Any] = {"lo": [lo for lo, _ in ranges], "hi": [hi for _, hi in ranges]}
    joins = []
    for number, word in enumerate(ordered):
        params |= {f"w{number}": word, f"x{number}": word + "~"}
        if number:
            joins.append(
                f"AND EXISTS (SELECT 1 FROM households_searchtoken t{number} WHERE t{number}.person_id = t0.person_id"
                f" AND t{number}.token >= %(w{number})s AND t{number}.token < %(x{number})s)"
            )
    hits = (
        "SELECT DISTINCT t0.person_id FROM unnest(%(lo)s::bigint[], %(hi)s::bigint[]) AS r(lo, hi)"
        " JOIN households_searchtoken t0 ON t0.token >= %(w0)s AND t0.token < %(x0)s AND t0.area_pos >= r.lo AND t0.area_pos < r.hi "
        + " ".join(joins)
        + " LIMIT 200"
    )
    return _run(hits, "name", limit, **params)
