"""Money of a line that nobody is owed any more: asked for with a reason, decided by another person, booked CARRIED or SUSPENDED → WRITTEN_OFF."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.accounts import Account, SourceKind
from payments.models import PaymentLine, WriteOff
from payments.operations import ledger
from payments.operations.ledger import Lines, Source
from posasoft.core import audit
from posasoft.core.models import Role, WorkItem
from posasoft.core.scope import Scope

KIND = "payments.write_off"
ASKING = frozenset({Role.COMMUNE_OFFICER})
DECIDING = frozenset({Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER})

_STANDING = """
SELECT v.account, sum(v.amount)::bigint
FROM payments_ledgerentry e CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) AS v(account, amount)
WHERE e.month = %s AND e.line_id = %s AND v.account IN (7, 10) GROUP BY 1 HAVING sum(v.amount) > 0
"""
_TAKEN = """
SELECT a.name, l.month FROM payments_paymentlist l JOIN core_area a ON a.id = l.commune_id
JOIN payments_paymentline n ON n.month = l.month AND n.list_id = l.id AND n.carried > 0
WHERE l.released_at IS NULL AND l.province_no = %s AND n.household_id = %s
  AND n.components @> jsonb_build_array(jsonb_build_object('o', %s::bigint)) LIMIT 1
"""


class WriteOffRefused(Exception):
    """Money cannot be written off; the message is for the screen (Vietnamese)."""


def ask(*, month: datetime.date, line_id: int, ground: str, reason: str, by: Scope) -> WriteOff:
    """Ask to write off what waits of one line; from then on no new list takes it up.

    Raises WriteOffRefused: not this role's, no line here, nothing waits, no reason, or asked already.
    """
    if by.role not in ASKING or by.user_id is None:
        raise WriteOffRefused(_("Cán bộ xã đề nghị, người khác duyệt."))
    if ground not in WriteOff.Ground.values or not reason.strip():
        raise WriteOffRefused(_("Chọn căn cứ và ghi lý do, số văn bản."))
    with transaction.atomic():
        line = PaymentLine.objects.filter(month=month, id=line_id).first()
        if line is None:
            raise WriteOffRefused(_("Không tìm thấy khoản tiền."))
        if not _standing(month, line_id):
            raise WriteOffRefused(_("Khoản tiền này không nằm chờ: đã trả, đã vào danh sách sau hoặc đã xóa."))
        try:
            with transaction.atomic():
                made = WriteOff.objects.create(
                    month=month, line_id=line_id, household_id=line.household_id, amount=line.total, ground=ground, reason=reason.strip()[:500],
                    asked_by_id=by.user_id, province_no=line.province_no, area_pos=line.area_pos,
                )  # fmt: skip
        except IntegrityError as error:
            raise WriteOffRefused(_("Khoản này đã được đề nghị.")) from error
        made.refresh_from_db()
        WorkItem.objects.create(
            kind=KIND, subject_kind=KIND, subject_id=made.pk, role=Role.COMMUNE_CHAIR, title="Duyệt đề nghị không phải trả một khoản chưa nhận",
            reason=str(WriteOff.Ground(ground).label), link="/settling/write-offs/", province_no=made.province_no, area_pos=made.area_pos,
        )  # fmt: skip
        _record("ask_write_off", made, by)
    return made


def decide(*, request: WriteOff, agreed: bool, reason: str, by: Scope) -> WriteOff:
    """Agree, and book it; or refuse with a reason, and the money waits for the next list. Decided already stays as it is.

    Raises WriteOffRefused: not this role's, asked by the same person, a list in somebody's hands has taken the money up, no reason for a refusal.
    """
    if by.role not in DECIDING or by.user_id is None:
        raise WriteOffRefused(_("Vai trò của bạn không duyệt việc này."))
    with transaction.atomic():
        locked = WriteOff.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if locked.state != WriteOff.State.ASKED:
            return locked
        if locked.asked_by_id == by.user_id:
            raise WriteOffRefused(_("Người đề nghị không được tự duyệt."))
        if not agreed and not reason.strip():
            raise WriteOffRefused(_("Nêu lý do không đồng ý."))
        if agreed:
            _book(locked)
        locked.state = WriteOff.State.DONE if agreed else WriteOff.State.REFUSED
        locked.decided_by_id, locked.decided_at, locked.decided_reason = by.user_id, timezone.now(), reason.strip()[:500]
        locked.save(update_fields=["state", "decided_by", "decided_at", "decided_reason"])
        WorkItem.objects.filter(kind=KIND, subject_id=locked.pk, done_at=None).update(done_at=timezone.now())
        _record("write_off" if agreed else "refuse_write_off", locked, by)
    return locked


def _book(asked: WriteOff) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [asked.province_no, asked.household_id, asked.line_id])
        taken = cursor.fetchone()
    if taken is not None:
        raise WriteOffRefused(
            _("%(commune)s: danh sách tháng %(month)s đang lập đã lấy khoản này; tính lại hoặc trả lại danh sách trước.")
            % {"commune": taken[0], "month": f"{taken[1]:%m/%Y}"}
        )
    account = _standing(asked.month, asked.line_id)
    if account is None:
        raise WriteOffRefused(_("Khoản tiền này không nằm chờ: đã trả, đã vào danh sách sau hoặc đã xóa."))
    lines = Lines.of_lines(asked.month, [asked.line_id])
    ledger.book_written_off(lines, source=Source(SourceKind.HAND, asked.pk), suspended=account == Account.SUSPENDED)


def _standing(month: datetime.date, line_id: int) -> Account | None:
    """Where the line's money waits, None when it does not."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [month, line_id])
        row = cursor.fetchone()
    return Account(row[0]) if row else None


def _record(verb: str, made: WriteOff, by: Scope) -> None:
    audit.record(
        verb=verb,
        kind="write_off",
        object_id=made.public_id,
        by=by,
        area=(made.province_no, made.area_pos),
        amount=made.amount,
        ground=made.ground,
    )
