"""The two lists the engine finds: eligible but not enrolled, and enrolled but no longer eligible."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection

from beneficiaries import evaluation
from policy import load_law


@dataclass(frozen=True)
class Finding:
    """A person (or, without one, a household) and a benefit; ``amount`` is None where nothing is due any more."""

    person_id: int | None
    full_name: str
    household_id: int
    household_public_id: str
    commune_id: int
    benefit: str
    amount: int | None
    decision_id: int | None


_FOUND = """
SELECT x.person_id, coalesce(p.full_name, ''), x.household_id, h.public_id::text, h.commune_id, x.benefit, {amount}, x.decision_id
FROM ({found}) x
JOIN households_household h ON h.id = x.household_id
LEFT JOIN households_person p ON p.id = x.person_id
WHERE h.area_pos >= {lo} AND h.area_pos < {hi}
ORDER BY h.area_pos, x.household_id, x.person_id, x.benefit LIMIT {limit}
"""


def not_enrolled(month: datetime.date, *, lo: int, hi: int, limit: int = 200) -> list[Finding]:
    """Whoever meets the conditions of a benefit in a month without a decision: a work list, most needed by collaborators."""
    return _found("not_enrolled", "x.amount", month, lo, hi, limit)


def no_longer(month: datetime.date, *, lo: int, hi: int, limit: int = 200) -> list[Finding]:
    """Whoever has an active decision whose conditions do not hold: a list to review, never a stop by itself."""
    return _found("no_longer", "NULL::bigint", month, lo, hi, limit)


def _found(projection: str, amount: str, month: datetime.date, lo: int, hi: int, limit: int) -> list[Finding]:
    scope = evaluation.Scope(area=(lo, hi))
    found = evaluation.month_sql(load_law(), month, scope=scope, projection=projection, with_facts=False)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(found=found, amount=amount, lo=int(lo), hi=int(hi), limit=int(limit)))
        return [Finding(*row) for row in cursor.fetchall()]
