"""Benefits that an accepted list says are being paid become inherited decisions: signature unknown, in force from the list's day.

What is paid is what the law gives. Where the list pays another amount than the law of its own month, somebody looks at both.
"""

from __future__ import annotations

import datetime

from django.db import connection, transaction

from beneficiaries import evaluation
from beneficiaries.operations.spans import execute
from policy import load_law
from posasoft.core import audit
from posasoft.core.scope import Scope

_FRESH = """
CREATE TEMP TABLE listed ON COMMIT DROP AS
SELECT i.id, i.person_id, i.household_id, i.benefit, i.amount, date_trunc('month', i.from_day)::date AS from_month, b.change_id,
  h.province_no, h.area_pos
FROM households_importedbenefit i
JOIN households_importbatch b ON b.id = i.import_batch_id
JOIN households_household h ON h.id = i.household_id
WHERE i.pulled_at IS NULL AND i.withdrawn_at IS NULL
"""

# One open decision per person and benefit; what is already decided stays as it is.
_DECISIONS = """
INSERT INTO beneficiaries_decision
  (person_id, household_id, benefit, signed_on, from_month, until_month, number, source, listed_amount, change_id, province_no, area_pos, created_at)
SELECT DISTINCT ON (l.person_id, l.benefit) l.person_id, l.household_id, l.benefit, NULL::date, l.from_month, NULL::date, '', 'inherited', l.amount,
  l.change_id, l.province_no, l.area_pos, now()
FROM listed l
WHERE NOT EXISTS (
  SELECT 1 FROM beneficiaries_decision d WHERE d.person_id = l.person_id AND d.benefit = l.benefit AND d.until_month IS NULL)
ORDER BY l.person_id, l.benefit, l.from_month
"""

_PULLED = "UPDATE households_importedbenefit SET pulled_at = now() WHERE id IN (SELECT id FROM listed)"

# An undone list takes its decisions with it; a list that a payment has used cannot be undone.
_WITHDRAWN = """
DELETE FROM beneficiaries_decision d USING households_importedbenefit i JOIN households_importbatch b ON b.id = i.import_batch_id
WHERE i.withdrawn_at IS NOT NULL AND i.pulled_at IS NOT NULL AND d.source = 'inherited' AND d.person_id = i.person_id AND d.benefit = i.benefit
  AND d.change_id = b.change_id
"""

_DIFFERENT = """
INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, province_no, area_pos, created_at)
SELECT 'listed_amount', left('Mức trợ cấp khác quy định: ' || p.full_name, 200),
  'Khoản ' || l.benefit || ': danh sách ghi ' || replace(to_char(l.amount, 'FM999,999,999,990'), ',', '.') || ' đ, theo quy định '
    || coalesce(replace(to_char(x.amount, 'FM999,999,999,990'), ',', '.') || ' đ', 'không được hưởng')
    || ' (tháng ' || to_char(l.from_month, 'MM/YYYY') || ')',
  'beneficiaries.decision', d.id, '/persons/' || p.public_id || '/', 'commune_officer', l.province_no, l.area_pos, now()
FROM listed l
JOIN households_person p ON p.id = l.person_id
JOIN beneficiaries_decision d ON d.person_id = l.person_id AND d.benefit = l.benefit AND d.until_month IS NULL AND d.source = 'inherited'
LEFT JOIN ({law}) x ON x.person_id = l.person_id AND x.benefit = l.benefit
WHERE l.from_month = %(month)s AND l.amount IS NOT NULL AND l.amount IS DISTINCT FROM x.amount
ON CONFLICT DO NOTHING
"""


def pull_inherited(*, by: Scope) -> int:
    """Take over the listed benefits not yet taken, within the caller's scope, and drop those withdrawn; how many decisions came of it."""
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(hashtext('pull_inherited'))")
        execute(_WITHDRAWN)
        execute(_FRESH)
        number = execute(_DECISIONS)
        for month in _months():
            _compare(month)
        execute(_PULLED)
        execute("DROP TABLE listed")
        if number:
            audit.record(verb="inherit", kind="decision", by=by, decisions=number)
    return number


def _months() -> list[datetime.date]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT from_month FROM listed WHERE amount IS NOT NULL ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def _compare(month: datetime.date) -> None:
    scope = evaluation.Scope(household_query="SELECT household_id FROM listed")
    law = evaluation.month_sql(load_law(), month, scope=scope, with_facts=False).replace("%", "%%")
    execute(_DIFFERENT.format(law=law), {"month": month})
