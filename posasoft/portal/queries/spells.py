"""Facts with their dates: open and closed spells of a household and of its people."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

_SPELLS = """
SELECT 'h', subject_id, fact, value, since, until FROM households_household_fact WHERE subject_id = ANY(%s)
UNION ALL
SELECT 'p', subject_id, fact, value, since, until FROM households_person_fact WHERE subject_id = ANY(%s)
ORDER BY 1, 2, 3, 5 NULLS FIRST
"""


@dataclass(frozen=True)
class Spell:
    """A value that held in [since, until); None: for ever, or still."""

    subject: str
    subject_id: int
    fact: str
    value: Any
    since: datetime.date | None
    until: datetime.date | None


def spells(*, households: Sequence[int], persons: Sequence[int]) -> list[Spell]:
    """Every spell of these households and persons, ordered by subject, fact and time. Read under row-level security."""
    with connection.cursor() as cursor:
        cursor.execute(_SPELLS, [list(households), list(persons)])
        return [Spell(s, i, f, json.loads(v) if isinstance(v, str) else v, a, b) for s, i, f, v, a, b in cursor.fetchall()]
