"""After the results: a list is reconciled (what came back waits for a later list), closed by another person, and with the last one its month."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Cycle, PaymentList
from payments.operations import ledger, statements
from payments.operations.separation import write_audit
from payments.operations.steps import MoveRefused
from payments.queries.cycle import Days, cycle_of
from payments.queries.settling import StillOpen, sums_of_lists, unfinished_of
from payments.statuses import MOVES, RECONCILED, RESULTS_IN, roles_of
from posasoft.core import audit
from posasoft.core.models import AssignedItem, ScopeKind
from posasoft.core.money import format_dong
from posasoft.core.months import format_month
from posasoft.core.scope import Scope, unbound

RECONCILE, CLOSE = "reconcile", "close"

# Whole lines whose money stands as returned. The source is the list: a line is carried once in its life, then it goes on with another line.
_CARRY = """
SELECT p.month, p.id AS line_id, p.list_id, p.household_id, 6::smallint AS debit, 7::smallint AS credit, p.total AS amount,
  5::smallint AS source_kind, p.list_id AS source_id, p.province_no, p.area_pos
FROM payments_paymentline p CROSS JOIN LATERAL (
  SELECT sum(CASE WHEN e.credit = 6 THEN e.amount WHEN e.debit = 6 THEN -e.amount ELSE 0 END) AS amount
  FROM payments_ledgerentry e WHERE e.month = p.month AND e.line_id = p.id
) b
WHERE p.month = ANY (%(months)s::date[]) AND p.list_id = ANY (%(lists)s::bigint[]) AND b.amount > 0
"""
_MOVE = "UPDATE payments_paymentlist SET status = %(to)s WHERE id = ANY (%(lists)s) AND status = %(from)s"
_STEP = """
INSERT INTO payments_liststep (pay_list_id, move, by_id, reason, province_no, area_pos)
SELECT id, %(move)s, %(user)s, '', province_no, area_pos FROM payments_paymentlist WHERE id = ANY (%(lists)s)
"""
_RECONCILED_BY_ME = """
SELECT a.name FROM payments_liststep s JOIN payments_paymentlist l ON l.id = s.pay_list_id JOIN core_area a ON a.id = l.commune_id
WHERE s.pay_list_id = ANY (%(lists)s) AND s.move = 'reconcile' AND s.by_id = %(user)s
  AND s.id = (SELECT max(x.id) FROM payments_liststep x WHERE x.pay_list_id = s.pay_list_id AND x.move = 'reconcile') LIMIT 1
"""


class MonthStillOpen(Exception):
    """A month cannot be closed; ``what`` lists everything that is still open."""

    def __init__(self, what: Sequence[StillOpen]) -> None:
        super().__init__(_("Tháng chưa đóng được: còn %(n)s việc chưa xong.") % {"n": len(what)})
        self.what = list(what)


def reconcile(*, lists: Iterable[PaymentList], by: Scope) -> list[PaymentList]:
    """Carry what could not be paid and move lists on to "reconciled", all or none; lists that are reconciled already stay as they are.

    Raises MoveRefused: not this role's, a list that still waits for results, or whose total is not paid + carried, with its figures.
    """
    with transaction.atomic():
        locked = _locked(lists, RECONCILE, by)
        waiting = [one for one in locked if one.status == RESULTS_IN]
        ids = [one.pk for one in waiting]
        months = frozenset(one.month for one in waiting)
        if waiting:
            carried = ledger.post(_CARRY, {"lists": ids, "months": sorted(months)}, months)
            _prove(waiting)
            _step(RECONCILE, RESULTS_IN, waiting, by)
            for month, province_no in sorted({(one.month, one.province_no) for one in waiting}):
                with unbound(by):
                    statements.draw_up(province_no=province_no, month=month, by=by)
                audit.record(verb="carry", kind="payment_month", object_id=f"{month:%Y-%m}", by=by, lines=carried)
    return list(PaymentList.objects.filter(pk__in=[one.pk for one in locked]).select_related("commune").order_by("pk"))


def close(*, lists: Iterable[PaymentList], by: Scope) -> list[PaymentList]:
    """Close reconciled lists, all or none. Raises MoveRefused: not reconciled, not this role's, or reconciled by the same person."""
    with transaction.atomic():
        locked = _locked(lists, CLOSE, by)
        waiting = [one for one in locked if one.status == RECONCILED]
        if by.user_id is not None and waiting:
            with connection.cursor() as cursor:
                cursor.execute(_RECONCILED_BY_ME, {"lists": [one.pk for one in waiting], "user": by.user_id})
                if row := cursor.fetchone():
                    raise MoveRefused(_("%(commune)s: bạn đã đối soát danh sách này; cần một người khác đóng.") % {"commune": row[0]})
        if waiting:
            _prove(waiting)
            _step(CLOSE, RECONCILED, waiting, by)
            # Who paid the list has no more to do with its people: the counters' sight of it ends, as it does for a clerk who leaves.
            AssignedItem.objects.filter(kind=ScopeKind.LISTS, object_id__in=[one.pk for one in waiting]).delete()
    return list(PaymentList.objects.filter(pk__in=[one.pk for one in locked]).select_related("commune").order_by("pk"))


def close_month(*, province_no: int, month: datetime.date, by: Scope) -> Cycle:
    """Close a province's month when every list is closed and every statement signed by both sides; closed already is closed.

    Raises MonthStillOpen with what is open, MoveRefused for a role that may not.
    """
    if by.user_id is not None and by.role != "province_officer":
        raise MoveRefused(_("Chỉ cán bộ tỉnh đóng tháng chi trả."))
    with transaction.atomic():
        cycle = _opened(province_no, month)
        if cycle.closed_at is not None:
            return cycle
        statements.draw_up(province_no=province_no, month=month, by=by)
        if what := unfinished_of(province_no, month):
            raise MonthStillOpen(what)
        cycle.closed_at, cycle.closed_by_id = timezone.now(), by.user_id
        cycle.save(update_fields=["closed_at", "closed_by"])
        audit.record(verb="close_month", kind="payment_month", object_id=f"{month:%Y-%m}", by=by, province=province_no)
    return cycle


def _opened(province_no: int, month: datetime.date) -> Cycle:
    """The month's row, locked; made from the rule where nobody has opened the month."""
    days = cycle_of(province_no, month)
    if isinstance(days, Days):
        Cycle.objects.bulk_create(
            [
                Cycle(
                    month=month, province_no=province_no, cut_off_on=days.cut_off_on, list_by=days.list_by, pay_from=days.pay_from,
                    pay_to=days.pay_to, report_by=days.report_by,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    return Cycle.objects.select_for_update(of=("self",)).get(province_no=province_no, month=month)


def _locked(lists: Iterable[PaymentList], move: str, by: Scope) -> list[PaymentList]:
    """The lists, locked; those that have made the move are let through, so that a second delivery changes nothing."""
    wanted = sorted({one.pk for one in lists})
    locked = list(PaymentList.objects.select_for_update(of=("self",)).filter(pk__in=wanted).select_related("commune").order_by("pk"))
    if not wanted or len(locked) != len(wanted):
        raise MoveRefused(_("Không tìm thấy danh sách."))
    if by.user_id is not None and by.role not in roles_of(move, timezone.localdate()):
        raise MoveRefused(_("Vai trò của bạn không thực hiện bước này."))
    after = {RECONCILE: (RECONCILED, "closed"), CLOSE: ("closed",)}[move]
    for one in locked:
        if (one.status, move) not in MOVES and one.status not in after:
            words = {
                RECONCILE: _("%(commune)s: chưa có đủ kết quả chi trả nên chưa đối soát được."),
                CLOSE: _("%(commune)s: danh sách chưa đối soát nên chưa đóng được."),
            }
            raise MoveRefused(words[move] % {"commune": one.commune.name})
    return locked


def _prove(lists: Sequence[PaymentList]) -> None:
    """What a list was to pay is what was paid plus what was carried on, to the đồng. Raises MoveRefused with the figures."""
    sums = sums_of_lists([one.pk for one in lists])
    for one in lists:
        payable = one.amount + one.arrears - one.recovery + one.carried
        found = sums[one.pk]
        if payable != found.paid + found.carried or found.answered != found.lines:
            figures: dict[str, Any] = {
                "commune": one.commune.name, "month": format_month(one.month), "total": format_dong(payable), "paid": format_dong(found.paid),
                "carried": format_dong(found.carried), "answered": found.answered, "lines": found.lines,
            }  # fmt: skip
            raise MoveRefused(
                _(
                    "%(commune)s tháng %(month)s không khớp: phải chi %(total)s, đã trả %(paid)s, chuyển kỳ sau %(carried)s; "
                    "%(answered)s trên %(lines)s dòng có kết quả."
                )
                % figures
            )


def _step(move: str, before: str, lists: Sequence[PaymentList], by: Scope) -> None:
    parameters = {"lists": [one.pk for one in lists], "move": move, "user": by.user_id, "from": before, "to": MOVES[before, move]}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, parameters)
        cursor.execute(_STEP, parameters)
    write_audit(move, lists, by)
