"""Recoveries that nobody can pay back any more, given up by name and with a reason; the books show them as such."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from payments.models import Correction
from posasoft.core import audit
from posasoft.core.scope import Scope

ROLES = ("commune_chair", "province_officer")

# Money that is due from now on would be the line to recover from.
_STILL_DUE = """
SELECT c.id FROM payments_correction c WHERE c.id = ANY(%(ids)s) AND EXISTS (
  SELECT 1 FROM beneficiaries_entitlement e WHERE e.household_id = c.household_id AND e.superseded_by_run IS NULL AND e.until_month IS NULL)
"""
_GIVE_UP = """
INSERT INTO payments_waiver (household_id, person_id, benefit, month, amount, reason, by_id, province_no, area_pos)
SELECT household_id, person_id, benefit, month, ordered - due, %(reason)s, %(user)s, province_no, area_pos
FROM payments_correction WHERE id = ANY(%(ids)s)
"""
_SETTLE = "UPDATE payments_correction SET ordered = due, settled_at = now() WHERE id = ANY(%(ids)s)"


class WaiverRefused(Exception):
    """A recovery cannot be given up so; the message is for the screen (Vietnamese)."""


def waive(*, corrections: Iterable[Correction], reason: str, by: Scope) -> int:
    """Give up open recoveries of households to which nothing is due any more; đồng given up. All of them or none.

    Raises WaiverRefused without a reason, for another role, for arrears and settled rows, and while the household still has a benefit.
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
        parameters = {"ids": wanted, "reason": reason.strip()[:500], "user": by.user_id}
        with connection.cursor() as cursor:
            cursor.execute(_STILL_DUE, parameters)
            if cursor.fetchone():
                raise WaiverRefused(_("Hộ còn đang hưởng: thu hồi qua các danh sách sau."))
            cursor.execute(_GIVE_UP, parameters)
            cursor.execute(_SETTLE, parameters)
        for row in locked:
            audit.record(
                verb="waive", kind="correction", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), amount=row.ordered - row.due,
                household=row.household_id, benefit=row.benefit, month=row.month.isoformat(), reason=parameters["reason"],
            )  # fmt: skip
    return sum(row.ordered - row.due for row in locked)
