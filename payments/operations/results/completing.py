"""When all lines of a list have a result it is "results in"; days at counters are booked; a list is opened again for corrections."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.accounts import SourceKind
from payments.models import CounterDay, Delivery, LineResult, PaymentList, ServicePoint
from payments.operations import ledger
from payments.operations.results.standing import ResultRefused, require_point, writing
from payments.outcomes import ABSENT, REASONS
from payments.statuses import MOVES, RESULTS_IN, SENT
from posasoft.core import audit
from posasoft.core.access import SYSTEM
from posasoft.core.models import Role
from posasoft.core.scope import Scope

REOPENING = frozenset({Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, SYSTEM})

# ``open`` "" asks for a result of every line; " AND …" further that none of them may still change.
_COMPLETE = """
SELECT l.id, l.month FROM payments_paymentlist l WHERE l.id = ANY (%(ids)s) AND l.status = 'sent'
  AND NOT EXISTS (SELECT 1 FROM payments_paymentline p WHERE p.month = l.month AND p.list_id = l.id AND p.total > 0
    AND NOT EXISTS (SELECT 1 FROM payments_lineresult x WHERE x.month = p.month AND x.line_id = p.id{settled}))
ORDER BY l.id FOR NO KEY UPDATE
"""
_SETTLED = " AND (x.booked OR x.outcome = 'paid')"
_WAITING = "SELECT month, line_id AS id FROM payments_lineresult WHERE list_id = %(of_list)s AND outcome = '{}' AND NOT booked"
_UNBOOKED = """
SELECT DISTINCT list_id, month FROM payments_lineresult WHERE month = ANY (%(months)s::date[]) AND list_id = ANY (%(ids)s::bigint[]) AND NOT booked
ORDER BY 1
"""
_STEPS = """
INSERT INTO payments_liststep (pay_list_id, move, by_id, reason, province_no, area_pos)
SELECT id, %(move)s, %(user)s, %(reason)s, province_no, area_pos FROM payments_paymentlist WHERE id = ANY (%(ids)s)
"""
_OF_DAY = """
FROM payments_lineresult WHERE service_point_id = %(point)s AND paid_on <= %(day)s AND outcome = 'paid' AND NOT booked
"""
_REST = """
INSERT INTO payments_lineresult (month, line_id, list_id, household_id, amount, outcome, reason, agency_id, service_point_id, by_id,
  at, province_no, area_pos)
SELECT p.month, p.id, p.list_id, p.household_id, p.total, 'unpaid', %(reason)s, %(agency)s, %(point)s, %(user)s, %(now)s,
  p.province_no, p.area_pos
FROM payments_paymentline p WHERE p.month = %(month)s AND p.list_id = %(list)s AND p.total > 0
ON CONFLICT (month, line_id) DO NOTHING
"""


def complete(list_ids: Sequence[int], *, by: Scope, settled_only: bool = False) -> int:
    """Move those of the lists that have a result for every line to "results in" and book what is not booked; how many moved.

    ``settled_only`` leaves lists alone in which somebody may still come. Inside the caller's transaction, unbound.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE.format(settled=_SETTLED if settled_only else ""), {"ids": list(list_ids)})
        found: dict[int, datetime.date] = dict(cursor.fetchall())
        cursor.execute(_UNBOOKED, {"months": sorted(set(found.values())), "ids": list(found)})
        for list_id, month in cursor.fetchall():
            source = ledger.Source(SourceKind.LIST, list_id)
            for outcome, book in (("paid", ledger.book_paid), ("unpaid", ledger.book_returned)):
                book(ledger.Lines(_WAITING.format(outcome), frozenset({month}), {"of_list": list_id}), source=source)
            cursor.execute(
                "UPDATE payments_lineresult SET booked = true WHERE month = %s AND list_id = %s AND NOT booked", [month, list_id]
            )
    _step(sorted(found), "take_results", by)
    audit.record_many(verb="take_results", kind="payment_list", by=by, objects=_objects(found))
    return len(found)


def close_day(*, service_point: ServicePoint, day: datetime.date, by: Scope) -> CounterDay:
    """Book what the counter paid up to a day; lists whose lines are all paid are complete then. Again: books what came after.

    Raises ResultRefused: another counter's clerk, a day to come.
    """
    require_point(service_point.pk, by)
    if day > timezone.localdate():
        raise ResultRefused(_("Chưa đến ngày này nên chưa khóa sổ được."))
    asked: dict[str, Any] = {"point": service_point.pk, "day": day}
    with writing(by), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, month FROM payments_paymentlist WHERE id IN (SELECT list_id {_OF_DAY}) ORDER BY id FOR NO KEY UPDATE", asked
        )
        lists: dict[int, datetime.date] = dict(cursor.fetchall())
        held, _new = CounterDay.objects.get_or_create(
            service_point=service_point, day=day,
            defaults={"closed_by_id": by.user_id, "province_no": service_point.province_no, "area_pos": service_point.area_pos},
        )  # fmt: skip
        lines = ledger.Lines(f"SELECT month, line_id AS id {_OF_DAY}", frozenset(lists.values()), asked)
        ledger.book_paid(lines, source=ledger.Source(SourceKind.COUNTER, held.pk))
        cursor.execute(f"WITH done AS (UPDATE payments_lineresult SET booked = true {_OF_DAY.replace('FROM payments_lineresult', '')}"
                       " RETURNING amount) SELECT count(*), coalesce(sum(amount), 0)::bigint FROM done", asked)  # fmt: skip
        number, amount = cursor.fetchone()
        if number:
            CounterDay.objects.filter(pk=held.pk).update(
                lines=F("lines") + number, amount=F("amount") + amount, closed_at=Now(), closed_by_id=by.user_id
            )
            area = (service_point.province_no, service_point.area_pos)
            audit.record(
                verb="close_day", kind="service_point", object_id=service_point.pk, by=by, area=area, day=day, lines=number, amount=amount
            )
            complete(list(lists), by=by, settled_only=True)
        held.refresh_from_db()
    return held


def close_open_days(*, by: Scope) -> int:
    """Book the days before today that a counter left open; how many counters. For the nightly work of the system."""
    today = timezone.localdate()
    waiting = (
        LineResult.objects.filter(booked=False, outcome="paid", paid_on__lt=today).values_list("service_point_id", flat=True).distinct()
    )
    points = list(ServicePoint.objects.filter(pk__in=[pk for pk in waiting if pk is not None]))
    for point in points:
        close_day(service_point=point, day=today - datetime.timedelta(days=1), by=by)
    return len(points)


def mark_rest(*, pay_list: PaymentList, by: Scope, reason: str = ABSENT) -> int:
    """End the payment of a list: lines without a result are unpaid for a reason, everything is booked, the list is "results in".

    Returns how many lines had none; 0 when the list was ended before. Raises ResultRefused: another counter's list, not sent, unknown reason.
    """
    delivery = Delivery.objects.filter(pay_list_id=pay_list.pk).first()
    require_point(delivery.service_point_id if delivery else None, by)
    if delivery is None or delivery.service_point_id is None:
        raise ResultRefused(_("Danh sách này do trụ sở gửi kết quả bằng tệp."))
    if reason not in REASONS:
        raise ResultRefused(_("Chọn một lý do trong danh mục."))
    with writing(by), connection.cursor() as cursor:
        held = PaymentList.objects.select_for_update(no_key=True).get(pk=pay_list.pk)
        if held.status == RESULTS_IN:
            return 0
        if held.status != SENT:
            raise ResultRefused(_("Danh sách chưa được gửi hoặc đã đối soát nên không ghi kết quả được."))
        cursor.execute("SELECT payments_open_results(%s)", [held.month])
        cursor.execute(_REST, {
            "month": held.month, "list": held.pk, "reason": reason, "agency": delivery.agency_id, "point": delivery.service_point_id,
            "user": by.user_id, "now": timezone.now(),
        })  # fmt: skip
        number: int = cursor.rowcount
        complete([held.pk], by=by)
        audit.record(
            verb="end_payment",
            kind="payment_list",
            object_id=held.pk,
            by=by,
            area=(held.province_no, held.area_pos),
            lines=number,
            reason=reason,
        )
    return number


def reopen(*, pay_list: PaymentList, reason: str, by: Scope, after: int | None = None) -> PaymentList:
    """Open a list again so that the agency may correct it: results in → sent. Only lines of a correction file change.

    ``after`` is the last step of the list that the person saw: the same request delivered again, after the correction has come in, opens nothing.
    Raises ResultRefused: not the chair's or the province's hand, no reason, another state.
    """
    if by.role not in REOPENING:
        raise ResultRefused(_("Vai trò của bạn không mở lại danh sách."))
    if not reason.strip():
        raise ResultRefused(_("Nêu lý do mở lại để đơn vị chi trả biết phải đính chính gì."))
    with writing(by):
        held = PaymentList.objects.select_for_update(no_key=True).get(pk=pay_list.pk)
        if after is not None and held.steps.filter(pk__gt=after, move="reopen", by_id=by.user_id).exists():
            return held
        if (held.status, "reopen") not in MOVES:
            raise ResultRefused(_("Chỉ mở lại được danh sách đã đủ kết quả và chưa đối soát."))
        _step([held.pk], "reopen", by, reason.strip()[:500])
        audit.record_many(verb="reopen", kind="payment_list", by=by, objects=_objects([held.pk]))
        held.refresh_from_db()
    return held


def _step(ids: Sequence[int], move: str, by: Scope, reason: str = "") -> None:
    if not ids:
        return
    start = RESULTS_IN if move == "reopen" else SENT
    parameters: dict[str, Any] = {"ids": list(ids), "move": move, "user": by.user_id, "reason": reason, "to": MOVES[start, move]}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_paymentlist SET status = %(to)s WHERE id = ANY (%(ids)s)", parameters)
        cursor.execute(_STEPS, parameters)


def _objects(ids: Iterable[int]) -> list[tuple[object, tuple[int, int] | None, dict[str, Any]]]:
    """Lists as the audit wants them."""
    areas = PaymentList.objects.filter(pk__in=list(ids)).values_list("pk", "province_no", "area_pos").order_by("pk")
    return [(pk, (province, pos), {}) for pk, province, pos in areas]
