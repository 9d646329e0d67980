"""Who must keep away from the release of a list: whoever prepared it, and whoever put its people on the rolls; and the trail of its steps."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from payments.models import PaymentList
from posasoft.core import audit
from posasoft.core.duties import Duty, require_other_person
from posasoft.core.scope import Scope

LIST = "payment_list"

# Everybody who ever answered for a household of these lists: by the change that brought it or its decisions, by appraising or signing.
_BEFORE = """
WITH homes AS (
  SELECT DISTINCT p.household_id FROM payments_paymentlist l JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
  WHERE l.id = ANY(%(ids)s)
)
SELECT d.duty, d.user_id FROM core_dutydone d WHERE d.object_kind = 'payment_list' AND d.object_id = ANY(%(ids)s) AND d.duty <> 'release'
UNION SELECT 'prepare', r.started_by_id FROM payments_paymentlist l JOIN beneficiaries_run r ON r.id = l.run_id WHERE l.id = ANY(%(ids)s)
UNION SELECT 'enrol', c.made_by_id FROM homes JOIN households_household h ON h.id = homes.household_id
  JOIN households_change c ON c.id = h.change_id
UNION SELECT 'enrol', c.made_by_id FROM homes JOIN beneficiaries_decision d ON d.household_id = homes.household_id
  JOIN households_change c ON c.id = d.change_id
UNION SELECT 'enrol', k.appraised_by_id FROM homes JOIN beneficiaries_case k ON k.household_id = homes.household_id
UNION SELECT 'sign', s.signed_by_id FROM homes JOIN beneficiaries_decisiondocument s ON s.household_id = homes.household_id
UNION SELECT 'prepare', s.prepared_by_id FROM homes JOIN beneficiaries_decisiondocument s ON s.household_id = homes.household_id
"""

# Both sides of the separation in one table, whose constraint holds when two sessions of one person race, or somebody forgets to ask.
_WRITE_DOWN = """
INSERT INTO core_dutydone (object_kind, object_id, duty, user_id, at)
SELECT %(kind)s, l.id, 'prepare', r.started_by_id, now() FROM payments_paymentlist l JOIN beneficiaries_run r ON r.id = l.run_id
WHERE l.id = ANY(%(ids)s) AND r.started_by_id IS NOT NULL
ON CONFLICT (object_kind, object_id, user_id) DO NOTHING
"""
_RELEASED_BY = """
INSERT INTO core_dutydone (object_kind, object_id, duty, user_id, at)
SELECT %(kind)s, id, 'release', %(user)s, now() FROM unnest(%(ids)s::bigint[]) AS id
"""


def require_releaser_apart(ids: list[int], by: Scope) -> None:
    """Raises SamePersonError when the acting user prepared one of the lists, or enrolled or signed for somebody on it."""
    before: dict[Duty, set[int | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, {"ids": ids})
        for duty, user_id in cursor.fetchall():
            before.setdefault(Duty(duty), set()).add(user_id)
    require_other_person(by=by, duty=Duty.RELEASE, before=before)


def write_down_computed(ids: list[int]) -> None:
    """Whoever had the month computed has prepared its lists: that person neither checks nor approves them."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_DOWN, {"kind": LIST, "ids": ids})


def write_down_release(ids: list[int], by: Scope) -> None:
    """Keep who prepared and who released; raises IntegrityError when these are one person. The system releases for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_DOWN, {"kind": LIST, "ids": ids})
        if by.user_id is not None:
            cursor.execute(_RELEASED_BY, {"kind": LIST, "ids": ids, "user": by.user_id})


def write_audit(verb: str, lists: Iterable[PaymentList], by: Scope) -> None:
    """One row of the trail for each list, all in one statement: a national release has 3,321."""
    objects = [(pay_list.pk, (pay_list.province_no, pay_list.area_pos), {"amount": pay_list.amount}) for pay_list in lists]
    audit.record_many(verb=verb, kind=LIST, objects=objects, by=by)
