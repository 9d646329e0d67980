"""Decisions follow their people: to the household and place where they live, to the record that was kept. Pulled, never pushed by the registry.

The rows of entitlements and lists stay where they were: money of past months was due and paid there.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from households.models import Change
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.scope import Scope

# A person's decision goes to the record kept and to that record's household, unless the kept record has one open for the benefit already:
# then the decision of the double ends with its first month, for nobody is paid twice.
_DOUBLES = """
UPDATE beneficiaries_decision d SET until_month = d.from_month
FROM households_person p JOIN beneficiaries_decision k ON k.person_id = p.canonical_id AND k.until_month IS NULL
WHERE d.person_id = p.id AND p.id = ANY(%(persons)s) AND d.until_month IS NULL AND k.benefit = d.benefit
"""
_PERSONS = """
UPDATE beneficiaries_decision d SET person_id = k.id, household_id = k.household_id, province_no = k.province_no, area_pos = k.area_pos
FROM households_person p JOIN households_person k ON k.id = coalesce(p.canonical_id, p.id)
WHERE d.person_id = p.id AND p.id = ANY(%(persons)s)
  AND (d.person_id, d.household_id, d.area_pos) IS DISTINCT FROM (k.id, k.household_id, k.area_pos)
"""
_HOUSEHOLDS = """
UPDATE beneficiaries_decision d SET household_id = k.id, province_no = k.province_no, area_pos = k.area_pos
FROM households_household h JOIN households_household k ON k.id = coalesce(h.canonical_id, h.id)
WHERE d.person_id IS NULL AND d.household_id = h.id AND h.id = ANY(%(households)s)
  AND (d.household_id, d.area_pos) IS DISTINCT FROM (k.id, k.area_pos)
"""
# Old versions that a change left in the history, the first of each decision: what it was before.
_BACK = """
UPDATE beneficiaries_decision d SET person_id = e.person_id, household_id = e.household_id, province_no = e.province_no,
  area_pos = e.area_pos, until_month = e.until_month
FROM (
  SELECT DISTINCT ON (id) id, person_id, household_id, province_no, area_pos, until_month FROM beneficiaries_decisionevent
  WHERE (pgh_context->>'change')::bigint = %(change)s ORDER BY id, pgh_id
) e WHERE e.id = d.id
"""


@transaction.atomic
def follow(*, households: Sequence[int], persons: Sequence[int], change: Change, by: Scope) -> int:
    """Bring the decisions of these people along after a change of the registry; how many rows went. In a scope that holds both places."""
    params = {"households": list(households), "persons": list(persons)}
    number = 0
    with because(change=change.pk, by=by, reason=change.reason), connection.cursor() as cursor:
        for statement in (_DOUBLES, _PERSONS, _HOUSEHOLDS):
            cursor.execute(statement, params)
            number += cursor.rowcount
    if number:
        audit.record(verb="follow", kind="decision", by=by, area=(change.province_no, change.area_pos), decisions=number)
    return number


@transaction.atomic
def follow_back(*, change: Change, by: Scope) -> int:
    """The change was undone: decisions are again what they were before it; how many. Run before the undo, while the new places exist."""
    with because(change=change.pk, by=by, reason="Hoàn tác"), connection.cursor() as cursor:
        cursor.execute(_BACK, {"change": change.pk})
        return int(cursor.rowcount)
