"""Benefits that an accepted list says are being paid become inherited decisions: signature unknown, in force from the list's day."""

from __future__ import annotations

from django.db import connection, transaction

from posasoft.core import audit
from posasoft.core.scope import Scope

# One decision per person and benefit; what is already decided stays as it is. The month of the list's day is the first.
_DECISIONS = """
INSERT INTO beneficiaries_decision
  (person_id, household_id, benefit, signed_on, from_month, until_month, number, source, listed_amount, change_id, province_no, area_pos, created_at)
SELECT DISTINCT ON (i.person_id, i.benefit) i.person_id, i.household_id, i.benefit, NULL::date, date_trunc('month', i.from_day)::date, NULL::date, '',
  'inherited', i.amount, b.change_id, h.province_no, h.area_pos, now()
FROM households_importedbenefit i
JOIN households_importbatch b ON b.id = i.import_batch_id
JOIN households_household h ON h.id = i.household_id
WHERE i.pulled_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM beneficiaries_decision d
    WHERE d.person_id IS NOT DISTINCT FROM i.person_id AND d.household_id = i.household_id AND d.benefit = i.benefit AND d.until_month IS NULL)
ORDER BY i.person_id, i.benefit, i.from_day
"""

_PULLED = "UPDATE households_importedbenefit SET pulled_at = now() WHERE pulled_at IS NULL"


def pull_inherited(*, by: Scope) -> int:
    """Take over the listed benefits not yet taken, within the caller's scope; how many decisions came of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pull_inherited'))")
        cursor.execute(_DECISIONS)
        number = int(cursor.rowcount)
        cursor.execute(_PULLED)
        if number:
            audit.record(verb="inherit", kind="decision", by=by, decisions=number)
    return number
