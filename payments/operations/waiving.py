"""Recoveries that nobody can pay back any more, given up by name and with a reason; the books show them as such."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from payments.models import Correction
from posasoft.core import audit
from posasoft.core.scope import Scope, unbound

ROLES = ("commune_chair", "province_officer")

# Money that is due from now on would be the line to recover from.
_STILL_DUE = """
SELECT c.id FROM payments_correction c WHERE c.id = ANY(%(ids)s) AND EXISTS (
  SELECT 1 FROM beneficiaries_entitlement e WHERE e.household_id = c.household_id AND e.superseded_by_run IS NULL AND e.until_month IS NULL)
"""
# A draft or a list in somebody's hands takes it back already.
_ON_ITS_WAY = """
SELECT to_char(l.month, 'MM/YYYY'), a.name FROM payments_correction c
JOIN payments_paymentlist l ON l.province_no = c.province_no AND l.month > c.month AND l.released_at IS NULL
JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id AND p.household_id = c.household_id AND p.recovery > 0
CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, a bigint, o bigint)
JOIN core_area a ON a.id = l.commune_id
WHERE c.id = ANY(%(ids)s) AND x.o IS NULL AND x.a < 0 AND x.p IS NOT DISTINCT FROM c.person_id AND x.b = c.benefit
  AND x.m = to_char(c.month, 'YYYY-MM')
ORDER BY l.month, l.id LIMIT 1
"""
# What lists released since the last run have taken back is not owed any more; the row still says what that run found.
_OWED = """
SELECT c.id, least(c.ordered, (
    SELECT coalesce(sum(o.amount), 0) FROM payments_ordered o WHERE o.for_month = c.month AND o.owner = c.owner AND o.benefit = c.benefit
  ) - (
    SELECT coalesce(sum(w.amount), 0) FROM payments_waiver w WHERE w.household_id = c.household_id
      AND w.person_id IS NOT DISTINCT FROM c.person_id AND w.benefit = c.benefit AND w.month = c.month
  ))::bigint - c.due
FROM (
  SELECT k.*, coalesce(n.canonical_id, n.id, k.person_id, -k.household_id) AS owner
  FROM payments_correction k LEFT JOIN households_person n ON n.id = k.person_id WHERE k.id = ANY(%(ids)s)
) c
"""
_GIVE_UP = """
INSERT INTO payments_waiver (household_id, person_id, benefit, month, amount, reason, by_id, province_no, area_pos)
SELECT c.household_id, c.person_id, c.benefit, c.month, x.amount, %(reason)s, %(user)s, c.province_no, c.area_pos
FROM unnest(%(ids)s::bigint[], %(amounts)s::bigint[]) AS x(id, amount) JOIN payments_correction c ON c.id = x.id
"""
_SETTLE = "UPDATE payments_correction SET ordered = due, settled_at = now() WHERE id = ANY(%(ids)s)"


class WaiverRefused(Exception):
    """A recovery cannot be given up so; the message is for the screen (Vietnamese)."""


def waive(*, corrections: Iterable[Correction], reason: str, by: Scope) -> int:
    """Give up open recoveries of households to which nothing is due any more; đồng given up. All of them or none.

    Raises WaiverRefused without a reason, for another role, for arrears and settled rows, while the household still has a benefit, and while a
    list that is not released takes them back.
    """
    if by.role not in ROLES:
        raise WaiverRefused(_("Chỉ chủ tịch xã hoặc cán bộ tỉnh thôi thu hồi được."))
    if not reason.strip():
        raise WaiverRefused(_("Hãy ghi lý do hoặc căn cứ."))
    wanted = sorted({row.pk for row in corrections})
    with transaction.atomic():
        locked = list(Correction.objects.select_for_update().filter(pk__in=wanted, settled_at__isnull=True).order_by("pk"))
        if len(locked) != len(wanted) or any(row.due >= row.ordered for row in locked):
            raise WaiverRefused(_("Chỉ thôi thu hồi được khoản còn phải thu."))
        why = reason.strip()[:500]
        # The household's lines may lie in another commune's lists.
        with unbound(by):
            owed = _owed(wanted)
        with connection.cursor() as cursor:
            amounts = [owed[pk] for pk in wanted]
            cursor.execute(_GIVE_UP, {"ids": wanted, "amounts": amounts, "reason": why, "user": by.user_id})
            cursor.execute(_SETTLE, {"ids": wanted})
        for row in locked:
            audit.record(
                verb="waive", kind="correction", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), amount=owed[row.pk],
                household=row.household_id, benefit=row.benefit, month=row.month.isoformat(), reason=why,
            )  # fmt: skip
    return sum(owed.values())


def _owed(ids: list[int]) -> dict[int, int]:
    """Id of a correction → đồng that are still owed back now, each more than 0."""
    with connection.cursor() as cursor:
        cursor.execute(_STILL_DUE, {"ids": ids})
        if cursor.fetchone():
            raise WaiverRefused(_("Hộ còn đang hưởng: thu hồi qua các danh sách sau."))
        cursor.execute(_ON_ITS_WAY, {"ids": ids})
        if found := cursor.fetchone():
            raise WaiverRefused(
                _(
                    "Khoản này đang được trừ trong danh sách tháng %(month)s của %(commune)s chưa phát hành: "
                    "phát hành rồi mới thôi thu hồi phần còn lại."
                )
                % {"month": found[0], "commune": found[1]}
            )
        cursor.execute(_OWED, {"ids": ids})
        owed: dict[int, int] = dict(cursor.fetchall())
    if min(owed.values()) <= 0:
        raise WaiverRefused(_("Khoản này đã thu đủ ở danh sách đã phát hành."))
    return owed
