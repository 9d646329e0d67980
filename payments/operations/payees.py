"""To whom a line's money goes: the payee's account where one may be used, else cash, to the authorised receiver where there is one.

Leaves temporary tables that the statements of drafts and supplementary lists join; where a province has none of them they are empty.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from payments.queries.cycle import cycle_of
from posasoft.core.models import Area

# An account counts from the day its cooling period is over, confirmed by a second person, and only where somebody pays its channel in the commune.
# The record kept of a person stands for its doubles; of two the later one.
_ACCOUNTS = """
CREATE TEMP TABLE paid_account ON COMMIT DROP AS
SELECT DISTINCT ON (coalesce(n.canonical_id, n.id)) coalesce(n.canonical_id, n.id) AS person_id, a.id AS account_id, a.kind
FROM payments_account a JOIN households_person n ON n.id = a.person_id
WHERE a.area_pos >= %(lo)s AND a.area_pos < %(hi)s AND a.confirmed_at IS NOT NULL AND a.cooling_until <= %(today)s
  AND (a.until IS NULL OR a.until > %(today)s)
ORDER BY 1, a.id DESC
"""
_CHANNELS = """
CREATE TEMP TABLE open_channel ON COMMIT DROP AS
SELECT DISTINCT s.commune_id, s.channel FROM payments_servicearea s JOIN payments_agency g ON g.id = s.agency_id AND g.is_active
WHERE s.area_pos >= %(lo)s AND s.area_pos < %(hi)s AND s.since <= %(month)s AND (s.until IS NULL OR s.until > %(month)s)
"""
# Valid on every day of payment of the month: one that ends in between could be turned away at the counter.
_RECEIVERS = """
CREATE TEMP TABLE paid_receiver ON COMMIT DROP AS
SELECT DISTINCT ON (r.household_id, r.person_id) r.household_id, r.person_id, r.id AS receiver_id FROM payments_receiver r
WHERE r.area_pos >= %(lo)s AND r.area_pos < %(hi)s AND r.confirmed_at IS NOT NULL AND r.since <= %(pay_from)s AND r.until > %(pay_to)s
ORDER BY r.household_id, r.person_id, r.id DESC
"""
# Who was ordered on the family's line of this month stays there until the next, and who was ordered on an own line stays on his own.
_OWN = """
CREATE TEMP TABLE own_line ON COMMIT DROP AS
SELECT p.household_id, p.id AS person_id FROM payments_ownline o JOIN households_person p ON p.id = o.person_id AND p.canonical_id IS NULL
  AND p.died_on IS NULL
WHERE o.area_pos >= %(lo)s AND o.area_pos < %(hi)s AND o.since <= %(month)s AND (o.until IS NULL OR o.until > %(month)s)
  AND NOT EXISTS (SELECT 1 FROM payments_paymentline f JOIN payments_paymentlist l ON l.id = f.list_id AND l.status <> 'draft'
    AND l.kind = 'regular' WHERE f.month = %(month)s AND f.household_id = p.household_id AND f.person_id IS NULL)
UNION
SELECT f.household_id, f.person_id FROM payments_paymentline f JOIN payments_paymentlist l ON l.id = f.list_id AND l.status <> 'draft'
  AND l.kind = 'regular' WHERE f.month = %(month)s AND f.person_id IS NOT NULL AND f.area_pos >= %(lo)s AND f.area_pos < %(hi)s
"""

# Whose a part of a line is: carried money stays whole with the owner of the line it comes from.
_SPLIT = """
CREATE TEMP TABLE split ON COMMIT DROP AS
SELECT d.household_id, y.person_id,
  coalesce(sum(x.a) FILTER (WHERE x.o IS NULL AND x.m = %(label)s), 0)::bigint AS amount,
  coalesce(sum(x.a) FILTER (WHERE x.o IS NULL AND x.m <> %(label)s AND x.a > 0), 0)::bigint AS arrears,
  coalesce(-sum(x.a) FILTER (WHERE x.o IS NULL AND x.m <> %(label)s AND x.a < 0), 0)::bigint AS recovery,
  coalesce(sum(x.a) FILTER (WHERE x.o IS NOT NULL), 0)::bigint AS carried, sum(x.a)::bigint AS total,
  jsonb_agg(x.part ORDER BY x.place) AS components
FROM draft d
CROSS JOIN LATERAL (
  SELECT e.part, e.place, (e.part->>'p')::bigint AS p, e.part->>'m' AS m, (e.part->>'a')::bigint AS a, (e.part->>'o')::bigint AS o
  FROM jsonb_array_elements(d.components) WITH ORDINALITY AS e(part, place)
) x
LEFT JOIN waiting w ON w.line_id = x.o
LEFT JOIN payments_paymentline f ON f.month = w.month AND f.id = w.line_id
LEFT JOIN own_line y ON y.household_id = d.household_id AND y.person_id = CASE WHEN x.o IS NULL THEN x.p ELSE f.person_id END
WHERE d.household_id IN (SELECT household_id FROM own_line)
GROUP BY d.household_id, y.person_id
"""
# A line that would pay nothing (a recovery takes it all) is no line: that household is paid on one.
_WHOLE = "DELETE FROM split WHERE household_id IN (SELECT household_id FROM split WHERE total <= 0)"
_NOTHING_SPLIT = (
    "DELETE FROM split s WHERE NOT EXISTS (SELECT 1 FROM split o WHERE o.household_id = s.household_id AND o.person_id IS NOT NULL)"
)
_OWN_DRAFTS = """
INSERT INTO draft (household_id, commune_id, area_pos, village_pos, payee_id, person_id, channel, account_id, receiver_id, amount, carried,
  arrears, recovery, components)
SELECT d.household_id, d.commune_id, d.area_pos, d.village_pos, s.person_id, s.person_id, coalesce(a.kind, %(channel)s), a.account_id,
  CASE WHEN a.account_id IS NULL THEN r.receiver_id END, s.amount, s.carried, s.arrears, s.recovery, s.components
FROM split s JOIN draft d ON d.household_id = s.household_id AND d.person_id IS NULL
LEFT JOIN paid_account a ON a.person_id = s.person_id AND (d.commune_id, a.kind) IN (SELECT commune_id, channel FROM open_channel)
LEFT JOIN paid_receiver r ON r.household_id = s.household_id AND r.person_id = s.person_id
WHERE s.person_id IS NOT NULL
"""
_FAMILY_REST = """
UPDATE draft d SET amount = s.amount, carried = s.carried, arrears = s.arrears, recovery = s.recovery, components = s.components
FROM split s WHERE s.household_id = d.household_id AND s.person_id IS NULL AND d.person_id IS NULL
"""
_NO_REST = """
DELETE FROM draft d WHERE d.person_id IS NULL AND d.household_id IN (SELECT household_id FROM split)
  AND d.household_id NOT IN (SELECT household_id FROM split WHERE person_id IS NULL)
"""

# For a FROM that has the household as ``h`` and its payee as ``{payee}``.
JOINS = """
  LEFT JOIN paid_account pa ON pa.person_id = {payee} AND (h.commune_id, pa.kind) IN (SELECT commune_id, channel FROM open_channel)
  LEFT JOIN paid_receiver pr ON pr.household_id = h.id AND pr.person_id IS NULL
"""
COLUMNS = """coalesce(pa.kind, %(channel)s) AS channel, pa.account_id,
    CASE WHEN pa.account_id IS NULL THEN pr.receiver_id END AS receiver_id"""


def gather(*, month: datetime.date, lo: int, hi: int) -> None:
    """Leave paid_account, open_channel, paid_receiver and own_line of a province's or smaller range of positions, as of today."""
    province = (
        Area.objects.filter(position__lte=lo, position_end__gt=lo, province_no__isnull=False).values_list("province_no", flat=True).first()
    )
    days = cycle_of(province or 0, month)
    parameters: dict[str, Any] = {
        "month": month, "lo": lo, "hi": hi, "today": timezone.localdate(),
        "pay_from": days.pay_from, "pay_to": days.pay_to,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (_ACCOUNTS, _CHANNELS, _RECEIVERS, _OWN):
            cursor.execute(statement, parameters)
        cursor.execute("ANALYZE paid_account; ANALYZE paid_receiver; ANALYZE own_line")


def drop() -> None:
    """Forget the tables before the transaction ends, for a caller that may gather twice in one."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE paid_account, open_channel, paid_receiver, own_line")


def split_drafts(parameters: dict[str, Any]) -> None:
    """Take the parts of people with a line of their own out of the families' drafts (temporary table ``draft``)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM own_line LIMIT 1")
        if cursor.fetchone() is None:
            return
        for statement in (_SPLIT, _WHOLE, _NOTHING_SPLIT, _OWN_DRAFTS, _FAMILY_REST, _NO_REST):
            cursor.execute(statement, parameters)
