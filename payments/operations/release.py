"""Release of lists: frozen, numbered, with a checksum of their lines."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii as _quoted

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from beneficiaries.operations import MONTH_HELD
from payments.models import PaymentList
from payments.operations import deadlines, ledger, separation, signing_off
from payments.statuses import APPROVED, MOVES
from posasoft.core.duties import SamePersonError
from posasoft.core.scope import Scope, unbound


class ReleaseRefused(Exception):
    """A list cannot be released; the message is for the screen (Vietnamese)."""


# The checksum is over what is paid to whom and why, in the order of ids, so that anybody with the lines can make it again.
_LINES = """
SELECT list_id, household_id, payee_id, amount, arrears, recovery, carried, total, components::text
FROM payments_paymentline WHERE month = %s AND list_id = ANY(%s) ORDER BY list_id, household_id, payee_id
"""

_FREEZE = """
UPDATE payments_paymentlist l SET status = %(status)s, released_at = clock_timestamp(), released_by_id = %(user)s, checksum = x.checksum,
  number = to_char(l.month, 'YYYYMM') || '-' || a.code || '-' || upper(l.channel)
    || CASE l.kind WHEN 'regular' THEN '' WHEN 'supplementary' THEN '-BS' WHEN 'one_off' THEN '-ML' ELSE '-TT' END
    || CASE l.kind WHEN 'regular' THEN '' ELSE l.sequence::text END
FROM unnest(%(ids)s::bigint[], %(checksums)s::text[]) AS x(id, checksum), core_area a
WHERE l.id = x.id AND a.id = l.commune_id
"""

# Spans of the month may be superseded from now on, never rewritten; imports that brought the paid decisions may not be undone.
_HOLD_MONTH = """
INSERT INTO core_hold (effect, subject_kind, subject_id, reason, placed_by_kind, placed_by_id, province_no, area_pos, created_at)
SELECT 'no_undo', %(kind)s, to_char(l.month, 'YYYYMM')::bigint, 'Danh sách chi trả của tháng đã phát hành', 'payments.paymentlist',
  l.id, l.province_no, l.area_pos, now()
FROM payments_paymentlist l WHERE l.id = ANY(%(ids)s) ON CONFLICT DO NOTHING
"""
_HOLD_CHANGES = """
INSERT INTO core_hold (effect, subject_kind, subject_id, reason, placed_by_kind, placed_by_id, province_no, area_pos, created_at)
SELECT DISTINCT ON (l.id, d.change_id) 'no_undo', 'households.change', d.change_id, 'Đã có danh sách chi trả dùng dữ liệu này',
  'payments.paymentlist', l.id, l.province_no, l.area_pos, now()
FROM payments_paymentlist l
JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
JOIN beneficiaries_decision d ON d.household_id = p.household_id AND d.source = 'inherited'
WHERE l.id = ANY(%(ids)s) ON CONFLICT DO NOTHING
"""
# A change of a household or its people that the list's computation had read may not be undone: a new change corrects it.
_HOLD_REQUESTS = """
INSERT INTO core_hold (effect, subject_kind, subject_id, reason, placed_by_kind, placed_by_id, province_no, area_pos, created_at)
SELECT DISTINCT ON (l.id, r.change_id) 'no_undo', 'households.change', r.change_id, 'Đã có danh sách chi trả dùng dữ liệu này',
  'payments.paymentlist', l.id, l.province_no, l.area_pos, now()
FROM payments_paymentlist l
JOIN beneficiaries_run n ON n.id = l.run_id
JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
JOIN households_changesubject s ON s.subject = 'h' AND s.subject_id = p.household_id
JOIN households_changerequest r ON r.id = s.request_id AND r.status = 'applied' AND r.applied_at <= coalesce(n.finished_at, now())
  AND (r.effective_on IS NULL OR r.effective_on < (l.month + interval '1 month'))
WHERE l.id = ANY(%(ids)s) ON CONFLICT DO NOTHING
"""


# Every benefit-month that these lists order, once per owner and round: the key of the table refuses what another list has ordered already.
# Money carried over ("o") was ordered by the list it comes from. A person merged into another is that other.
_PARTS = """
FROM payments_paymentline l CROSS JOIN LATERAL jsonb_to_recordset(l.components) AS x(p bigint, b text, m text, a bigint, r smallint, o bigint)
LEFT JOIN households_person n ON n.id = x.p
WHERE l.month = %(month)s AND l.list_id = ANY(%(ids)s) AND x.o IS NULL
"""
_MONTHS = f"SELECT DISTINCT (x.m || '-01')::date {_PARTS}"
_ORDER = f"""
INSERT INTO payments_ordered (for_month, owner, benefit, round, amount, list_id, household_id, province_no, area_pos)
SELECT (x.m || '-01')::date, coalesce(n.canonical_id, n.id, x.p, -l.household_id), x.b, coalesce(x.r, 0), x.a, l.list_id, l.household_id,
  l.province_no, l.area_pos {_PARTS}
"""
# What is ordered twice, by which line, and which other list has it: of lists released before or in the same stroke.
_TWICE = f"""
WITH part AS MATERIALIZED (
  SELECT (x.m || '-01')::date AS for_month, coalesce(n.canonical_id, n.id, x.p, -l.household_id) AS owner, x.b AS benefit,
    coalesce(x.r, 0) AS round, l.list_id, l.household_id, n.full_name {_PARTS}
), twice AS (
  SELECT p.*, o.list_id AS other FROM part p JOIN payments_ordered o USING (for_month, owner, benefit, round)
  UNION ALL
  SELECT p.*, q.list_id FROM part p JOIN part q USING (for_month, owner, benefit, round) WHERE p.list_id > q.list_id
)
SELECT h.code, coalesce(t.full_name, ''), t.benefit, t.for_month, a.name, to_char(l.month, 'MM/YYYY'), b.name,
  coalesce(nullif(k.number, ''), to_char(k.month, 'MM/YYYY'))
FROM twice t JOIN households_household h ON h.id = t.household_id
JOIN payments_paymentlist l ON l.id = t.list_id JOIN core_area a ON a.id = l.commune_id
JOIN payments_paymentlist k ON k.id = t.other JOIN core_area b ON b.id = k.commune_id
ORDER BY l.id, h.code, t.for_month LIMIT 1
"""
_STEP = """
INSERT INTO payments_liststep (pay_list_id, move, by_id, reason, province_no, area_pos)
SELECT id, 'release', %(user)s, '', province_no, area_pos FROM payments_paymentlist WHERE id = ANY(%(ids)s)
"""


def release(*, lists: Iterable[PaymentList], by: Scope) -> list[PaymentList]:
    """Release approved lists: their lines never change again, and they may be sent to the agencies that pay them.

    Raises ReleaseRefused for a list that is not approved, for a benefit-month that another list has ordered meanwhile, and for whoever prepared,
    checked or approved one of them, or enrolled or signed for somebody on it.
    """
    wanted = sorted(pay_list.pk for pay_list in lists)
    with transaction.atomic():
        locked = list(PaymentList.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        _check(locked, wanted, by)
        by_month = {pay_list.month for pay_list in locked}
        for month in sorted(by_month):
            ids = [pay_list.pk for pay_list in locked if pay_list.month == month]
            sums = checksums(month, ids)
            _order(month, ids, by)
            with connection.cursor() as cursor:
                cursor.execute(
                    _FREEZE, {"status": MOVES[APPROVED, "release"], "ids": ids, "checksums": [sums[pk] for pk in ids], "user": by.user_id}
                )
                cursor.execute(_STEP, {"ids": ids, "user": by.user_id})
                cursor.execute(_HOLD_MONTH, {"ids": ids, "kind": MONTH_HELD})
                cursor.execute(_HOLD_CHANGES, {"ids": ids})
                cursor.execute(_HOLD_REQUESTS, {"ids": ids})
        ledger.book_release(wanted)
        separation.write_down_release(wanted, by)
        separation.write_audit("release", locked, by)
        deadlines.of_lists(wanted)
        signing_off.enqueue(list_ids=wanted, by=by)
    return list(PaymentList.objects.filter(pk__in=wanted).select_related("commune").order_by("pk"))


def _order(month: datetime.date, ids: list[int], by: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"month": month, "ids": ids})
        for (for_month,) in cursor.fetchall():
            cursor.execute("SELECT payments_open_ordered(%s)", [for_month])
        try:
            with transaction.atomic():
                cursor.execute(_ORDER, {"month": month, "ids": ids})
        except IntegrityError as error:
            raise ReleaseRefused(_ordered_twice(month, ids, by)) from error


def _ordered_twice(month: datetime.date, ids: list[int], by: Scope) -> str:
    """Which line asks for what another list has, in words; that list may lie in another commune or province."""
    with unbound(by), connection.cursor() as cursor:
        cursor.execute(_TWICE, {"month": month, "ids": ids})
        found = cursor.fetchone()
    if found is None:
        return _("Có khoản đã được chi ở một danh sách khác cho cùng người và cùng tháng. Hãy trả lại danh sách và tính lại.")
    code, name, benefit, for_month, commune, of, other_commune, other = found
    return _(
        "Danh sách tháng %(of)s của %(commune)s, dòng của hộ %(code)s: %(benefit)s tháng %(month)s của %(name)s đã có ở danh sách %(other)s của "
        "%(other_commune)s. Hãy trả lại danh sách này và tính lại tháng: bản lập lại sẽ bỏ khoản đó ra."
    ) % {
        "of": of, "commune": commune, "code": code, "benefit": benefit, "month": f"{for_month:%m/%Y}", "name": name or code, "other": other,
        "other_commune": other_commune,
    }  # fmt: skip


def _check(locked: list[PaymentList], wanted: list[int], by: Scope) -> None:
    if len(locked) != len(wanted):
        raise ReleaseRefused(_("Không tìm thấy danh sách."))
    if any((pay_list.status, "release") not in MOVES for pay_list in locked):
        raise ReleaseRefused(_("Danh sách chưa được duyệt hoặc đã phát hành; chỉ danh sách đã duyệt mới phát hành được."))
    try:
        separation.require_releaser_apart(wanted, by)
    except SamePersonError as error:
        raise ReleaseRefused(str(error)) from error


def checksums(month: datetime.date, list_ids: list[int]) -> dict[int, str]:
    """SHA-256 of the lines of each list, in hex."""
    digests = {pk: hashlib.sha256() for pk in list_ids}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINES, [month, list_ids])
        for list_id, *numbers, components in cursor:
            # As json.dumps writes it, without its detours: a nation's lists have millions of lines.
            values = ",".join(["null" if number is None else str(number) for number in numbers])
            digests[list_id].update(f"[{values},{_quoted(components)}]\n".encode())
    return {pk: digest.hexdigest() for pk, digest in digests.items()}
