"""Marks of a clerk at the counter: paid, not paid, taken back. A press that arrives twice is one press; two clerks do not pay one line twice."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Delivery, LineResult, PaymentLine, PaymentList, Receiver, ResultMark
from payments.operations.results.standing import ResultRefused, require_point, writing
from payments.outcomes import OTHER, OUTCOMES, PAID, REASONS, UNPAID
from payments.statuses import SENT
from posasoft.core import audit
from posasoft.core.names import fold
from posasoft.core.scope import Scope

UNDO = "undo"


@dataclass(frozen=True)
class Proxy:
    """Who collects instead of the payee: the last three or four digits of the paper, and what he or she is to the payee."""

    name: str = ""
    tail: str = ""
    relation: str = ""


def mark(
    *, line: PaymentLine, outcome: str, client_key: uuid.UUID, by: Scope, reason: str = "", note: str = "", paid_on: datetime.date | None = None,
    proxy_name: str = "", proxy_tail: str = "", proxy_relation: str = "",
) -> LineResult:  # fmt: skip
    """Write what became of a line. ``client_key`` is made by the page for one press; the same key again returns what it did.

    An "unpaid" of an open list may become "paid" when the family comes after all. Raises ResultRefused: not this counter's line, list not being
    paid, paid already (by whom and when), no reason, a day before the list was sent or to come, a proxy without name, digits or relation.
    """
    delivery = _delivery(line, by)
    proxy = Proxy(" ".join(proxy_name.split())[:120], proxy_tail.strip(), proxy_relation.strip()[:60])
    day = paid_on or timezone.localdate()
    _check(line, outcome, reason, note, proxy)
    with writing(by):
        pay_list = _lock(line)
        if (done := _done(client_key, line, outcome)) is not None:
            return done
        _check_open(pay_list, delivery, day)
        before = LineResult.objects.filter(month=line.month, line_id=line.id).first()
        _check_before(before, outcome)
        values = {
            "outcome": outcome, "reason": reason if outcome == UNPAID else "", "note": note.strip()[:300],
            "paid_on": day if outcome == PAID else None, "proxy_name": proxy.name if outcome == PAID else "",
            "proxy_tail": proxy.tail if outcome == PAID else "", "proxy_relation": proxy.relation if outcome == PAID else "",
            "receiver_id": _known(line, proxy) if outcome == PAID else None,
        }  # fmt: skip
        result = _save(line, delivery, before, values, client_key, by)
        _log(line, outcome, reason or note, before, client_key, by)
        audit.record(
            verb="mark_paid" if outcome == PAID else "mark_unpaid", kind="payment_line", object_id=line.public_id, by=by,
            area=(line.province_no, line.area_pos), list=line.list_id, reason=values["reason"], proxy=bool(proxy.name),
        )  # fmt: skip
    return result


def undo(*, line: PaymentLine, reason: str, client_key: uuid.UUID, by: Scope) -> None:
    """Take one's own mark of today back, while its day is not booked. The same key again does nothing.

    Raises ResultRefused: no reason, somebody else's mark, an earlier day's, booked already (then the commune reopens the list for a correction).
    """
    _delivery(line, by)
    if not reason.strip():
        raise ResultRefused(_("Nêu lý do lấy lại."))
    with writing(by):
        _lock(line)
        pressed = ResultMark.objects.filter(client_key=client_key).first()
        if pressed is not None and (pressed.line_id, pressed.act) == (line.id, UNDO):
            return
        if pressed is not None:
            raise ResultRefused(_pressed_before())
        before = LineResult.objects.filter(month=line.month, line_id=line.id).first()
        _check_undo(before, by)
        _log(line, UNDO, reason.strip(), before, client_key, by)
        LineResult.objects.filter(month=line.month, line_id=line.id, booked=False).delete()
        area = (line.province_no, line.area_pos)
        audit.record(verb="undo_mark", kind="payment_line", object_id=line.public_id, by=by, area=area, list=line.list_id)


def _delivery(line: PaymentLine, by: Scope) -> Delivery:
    """How the line came to this counter; asked in the clerk's own sight."""
    delivery = Delivery.objects.filter(pay_list_id=line.list_id).first()
    if delivery is None or not PaymentLine.objects.filter(month=line.month, id=line.id).exists():
        raise ResultRefused(_("Dòng này không thuộc danh sách của điểm chi trả nơi bạn làm việc."))
    require_point(delivery.service_point_id, by)
    return delivery


def _check(line: PaymentLine, outcome: str, reason: str, note: str, proxy: Proxy) -> None:
    if outcome not in OUTCOMES or (outcome == UNPAID and reason not in REASONS):
        raise ResultRefused(_("Chọn một lý do không trả trong danh mục."))
    if outcome == UNPAID and reason == OTHER and not note.strip():
        raise ResultRefused(_("Lý do khác: ghi rõ lý do."))
    if line.total <= 0:
        raise ResultRefused(_("Dòng này không có tiền phải trả."))
    given = (proxy.name, proxy.tail, proxy.relation)
    if any(given) and not all(given):
        raise ResultRefused(_("Người nhận thay: ghi đủ họ tên, số cuối giấy tờ và quan hệ."))
    if proxy.tail and not (proxy.tail.isascii() and proxy.tail.isdigit() and len(proxy.tail) in (3, 4)):
        raise ResultRefused(
            _("Số cuối giấy tờ của người nhận thay gồm 3 hoặc 4 chữ số, không phải “%(value)s”.") % {"value": proxy.tail[:20]}
        )


def _lock(line: PaymentLine) -> PaymentList:
    # Whoever writes results of a list holds it: two clerks at one line come one after the other.
    return PaymentList.objects.select_for_update(no_key=True).get(pk=line.list_id)


def _done(client_key: uuid.UUID, line: PaymentLine, act: str) -> LineResult | None:
    """What this very press did before."""
    pressed = ResultMark.objects.filter(client_key=client_key).first()
    if pressed is None:
        return None
    found = LineResult.objects.filter(month=line.month, line_id=line.id).first()
    if pressed.line_id != line.id or pressed.act != act or found is None:
        raise ResultRefused(_pressed_before())
    return found


def _pressed_before() -> str:
    return _("Lần bấm này đã được ghi nhận rồi lấy lại. Mở lại trang rồi làm lại.")


def _check_open(pay_list: PaymentList, delivery: Delivery, day: datetime.date) -> None:
    if pay_list.status != SENT:
        raise ResultRefused(_("Danh sách đã chốt kết quả hoặc chưa gửi nên không ghi được."))
    if day > timezone.localdate() or day < timezone.localdate(delivery.sent_at):
        raise ResultRefused(_("Ngày trả %(day)s phải từ ngày gửi danh sách đến hôm nay.") % {"day": f"{day:%d/%m/%Y}"})


def _check_before(before: LineResult | None, outcome: str) -> None:
    if before is None:
        return
    when = f"{timezone.localtime(before.at):%H:%M %d/%m/%Y}"
    if before.outcome == PAID:
        raise ResultRefused(_("Dòng này đã trả lúc %(when)s. Không trả lần nữa.") % {"when": when})
    if before.booked:
        raise ResultRefused(_("Dòng này đã ghi không trả và tiền đã quay về; gia đình nhận ở danh sách sau."))
    if outcome == UNPAID and before.batch_id is not None:
        raise ResultRefused(_("Dòng này đã có kết quả trong tệp gửi lúc %(when)s.") % {"when": when})


def _check_undo(before: LineResult | None, by: Scope) -> None:
    if before is None:
        raise ResultRefused(_("Dòng này chưa có kết quả để lấy lại."))
    if before.booked or before.batch_id is not None:
        raise ResultRefused(_("Kết quả đã vào sổ. Nếu sai, đề nghị xã mở lại danh sách để đính chính."))
    if before.by_id != by.user_id or timezone.localdate(before.at) != timezone.localdate():
        raise ResultRefused(_("Chỉ người đã ghi mới lấy lại được, và chỉ trong ngày."))


def _known(line: PaymentLine, proxy: Proxy) -> int | None:
    """The authorised receiver of the line, when it is the one who came."""
    receiver = Receiver.objects.filter(pk=line.receiver_id).first() if line.receiver_id and proxy.name else None
    same = receiver is not None and fold(receiver.full_name) == fold(proxy.name) and proxy.tail.endswith(receiver.tail)
    return receiver.pk if receiver is not None and same else None


def _save(
    line: PaymentLine, delivery: Delivery, before: LineResult | None, values: dict[str, Any], client_key: uuid.UUID, by: Scope
) -> LineResult:
    held = {**values, "client_key": client_key, "by_id": by.user_id, "at": timezone.now(), "service_point_id": delivery.service_point_id}
    if before is not None:
        LineResult.objects.filter(month=line.month, line_id=line.id, booked=False).update(**held)
        return LineResult.objects.get(month=line.month, line_id=line.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_open_results(%s)", [line.month])
    return LineResult.objects.create(
        month=line.month, line_id=line.id, list_id=line.list_id, household_id=line.household_id, amount=line.total,
        agency_id=delivery.agency_id, batch_id=None, booked=False, corrected=False, province_no=line.province_no, area_pos=line.area_pos, **held,
    )  # fmt: skip


def _log(line: PaymentLine, act: str, reason: str, before: LineResult | None, client_key: uuid.UUID, by: Scope) -> None:
    was = {"outcome": before.outcome, "reason": before.reason, "by": before.by_id, "at": before.at.isoformat()} if before else {}
    ResultMark.objects.create(
        client_key=client_key, month=line.month, line_id=line.id, list_id=line.list_id, act=act, reason=reason[:300], before=was,
        by_id=by.user_id, province_no=line.province_no, area_pos=line.area_pos,
    )  # fmt: skip
