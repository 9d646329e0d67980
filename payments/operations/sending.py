"""Released lists go to the agencies that pay them: files with checksums, the ledger, the clerks who will work on them. And their receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.accounts import SourceKind
from payments.channels import ChannelRefused, face
from payments.models import AgencyPost, ApiKey, Delivery, PaymentList, ServiceArea
from payments.operations import ledger
from payments.queries.payers import in_month
from payments.statuses import MOVES, ORDERED, RELEASED
from posasoft.core import audit, notifications, vault
from posasoft.core.access import SYSTEM
from posasoft.core.models import Role, WorkItem
from posasoft.core.scope import Scope, unbound

KIND = "payments.delivery"
SENDERS = frozenset({Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, SYSTEM})

_STEP = """
INSERT INTO payments_liststep (pay_list_id, move, by_id, reason, province_no, area_pos)
SELECT id, 'send', %(user)s, '', province_no, area_pos FROM payments_paymentlist WHERE id = ANY(%(ids)s)
"""
# Who stands at the counter sees the lists of the counter (row-level security reads these rows); headquarters sees deliveries, not lines.
_HAND_OVER = """
INSERT INTO core_assigneditem (assignment_id, kind, object_id, code, since)
SELECT p.assignment_id, 'lists', d.pay_list_id, '', greatest(r.since, %(today)s)
FROM payments_delivery d
JOIN payments_agencypost p ON p.service_point_id = d.service_point_id
JOIN core_roleassignment r ON r.id = p.assignment_id AND (r.until IS NULL OR r.until > %(today)s)
WHERE {which}
ON CONFLICT DO NOTHING
"""


class SendRefused(Exception):
    """A list cannot be sent; nothing was. The message is for the screen (Vietnamese)."""


def send(*, lists: Iterable[PaymentList], by: Scope) -> list[Delivery]:
    """Send released lists, all or none; those sent already stay as they are. Returns their deliveries in the lists' order.

    Raises SendRefused: not this role's, a list that is not released, nobody named to pay it, a contract that is over, a file that cannot be made.
    """
    if by.role not in SENDERS:
        raise SendRefused(_("Vai trò của bạn không gửi danh sách cho đơn vị chi trả."))
    wanted = sorted({pay_list.pk for pay_list in lists})
    stored: list[str] = []
    try:
        with transaction.atomic():
            locked = list(
                PaymentList.objects.select_for_update(of=("self",)).filter(pk__in=wanted).select_related("commune").order_by("pk")
            )
            waiting = _waiting(locked, wanted)
            payers = _payers(waiting)
            made = [_deliver(pay_list, payers[pay_list.pk], by, stored) for pay_list in waiting]
            _move(made, by)
            _tell(made)
    except BaseException:
        for name in stored:
            vault.delete(name)
        raise
    return list(
        Delivery.objects.filter(pay_list_id__in=wanted).select_related("agency", "service_point", "pay_list").order_by("pay_list_id")
    )


def hand_sent_to(post: AgencyPost) -> None:
    """Show a clerk who comes to a counter the lists sent there that are still being paid; nothing in the headquarters."""
    _hand_over("p.id = %(post)s AND d.pay_list_id IN (SELECT id FROM payments_paymentlist WHERE status <> 'closed')", post=post.pk)


def confirm(*, delivery: Delivery, by: Scope, key: ApiKey | None = None) -> bool:
    """Receipt, by a person of the agency or by its program; False when it was confirmed before. Whoever calls has found the delivery in own sight.

    Raises SendRefused for a person who sent it in another role.
    """
    if key is None and delivery.sent_by_id is not None and delivery.sent_by_id == by.user_id:
        raise SendRefused(_("Người đã gửi danh sách không tự xác nhận đã nhận; cần một người khác."))
    with transaction.atomic(), unbound(by):
        hand = {"confirmed_key": key} if key else {"confirmed_by_id": by.user_id}
        if not Delivery.objects.filter(pk=delivery.pk, confirmed_at__isnull=True).update(confirmed_at=Now(), **hand):
            return False
        WorkItem.objects.filter(kind=KIND, subject_kind=KIND, subject_id=delivery.pk, done_at__isnull=True).update(done_at=Now())
        audit.record(
            verb="confirm_delivery", kind="delivery", object_id=delivery.public_id, by=by, area=(delivery.province_no, delivery.area_pos),
            agency=delivery.agency_id, **({"key": key.prefix} if key else {}),
        )  # fmt: skip
        if delivery.sent_by_id:
            title = _("%(agency)s đã nhận danh sách số %(number)s") % {"agency": delivery.agency.name, "number": delivery.pay_list.number}
            notifications.notify(
                kind=KIND, title=title, link=reverse("portal:list", args=[delivery.pay_list_id]), users=[delivery.sent_by_id]
            )
    return True


def _waiting(locked: Sequence[PaymentList], wanted: Sequence[int]) -> list[PaymentList]:
    if not wanted or len(locked) != len(wanted):
        raise SendRefused(_("Không tìm thấy danh sách."))
    for pay_list in locked:
        if pay_list.status not in ORDERED:
            raise SendRefused(_("%(commune)s: danh sách chưa phát hành nên chưa gửi được.") % {"commune": pay_list.commune.name})
    return [pay_list for pay_list in locked if pay_list.status == RELEASED]


def _payers(lists: Sequence[PaymentList]) -> dict[int, ServiceArea]:
    """Who pays each list, by the list's id."""
    found: dict[int, ServiceArea] = {}
    for month in {pay_list.month for pay_list in lists}:
        of_month = [pay_list for pay_list in lists if pay_list.month == month]
        held = in_month(month).filter(commune_id__in=[pay_list.commune_id for pay_list in of_month])
        payers = {(area.commune_id, area.channel): area for area in held}
        for pay_list in of_month:
            payer = payers.get((pay_list.commune_id, pay_list.channel))
            if payer is None:
                raise SendRefused(
                    _(
                        "%(commune)s: chưa giao đơn vị nào chi trả qua kênh %(channel)s từ tháng này. Cán bộ tỉnh giao ở trang Đơn vị chi trả."
                    )
                    % {"commune": pay_list.commune.name, "channel": pay_list.get_channel_display()}
                )
            _check_contract(pay_list, payer)
            found[pay_list.pk] = payer
    return found


def _check_contract(pay_list: PaymentList, payer: ServiceArea) -> None:
    agency = payer.agency
    begun = agency.contract_from is None or agency.contract_from <= timezone.localdate()
    over = agency.contract_until is not None and agency.contract_until <= timezone.localdate()
    if not agency.is_active or not begun or over:
        raise SendRefused(
            _("%(commune)s: hợp đồng với %(agency)s không còn hoặc chưa có hiệu lực.")
            % {"commune": pay_list.commune.name, "agency": agency.name}
        )


def _deliver(pay_list: PaymentList, payer: ServiceArea, by: Scope, stored: list[str]) -> Delivery:
    try:
        contents = face(pay_list.channel).write(pay_list.pk)
    except ChannelRefused as refusal:
        raise SendRefused(str(refusal)) from refusal
    files = []
    for format, content in contents.items():
        kept = vault.store(content, folder="deliveries", suffix=f".{format}")
        stored.append(kept.name)
        files.append({"format": format, "file": kept.name, "sha256": kept.sha256, "size": kept.size})
    delivery = Delivery.objects.create(
        pay_list=pay_list, agency_id=payer.agency_id, service_point_id=payer.service_point_id, files=files, sent_by_id=by.user_id,
        province_no=pay_list.province_no, area_pos=pay_list.area_pos,
    )  # fmt: skip
    try:
        ledger.book_sent(ledger.Lines.of_lists([pay_list.pk]), source=ledger.Source(SourceKind.DELIVERY, delivery.pk))
    except ledger.LedgerRefused as refusal:
        raise SendRefused(str(refusal)) from refusal
    return delivery


def _move(made: Sequence[Delivery], by: Scope) -> None:
    ids = [delivery.pay_list_id for delivery in made]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_paymentlist SET status = %s WHERE id = ANY(%s) AND status = %s", [MOVES[RELEASED, "send"], ids, RELEASED]
        )
        cursor.execute(_STEP, {"ids": ids, "user": by.user_id})
    _hand_over("d.pay_list_id = ANY(%(ids)s)", ids=ids)
    audit.record_many(
        verb="send", kind="payment_list", by=by,
        objects=[
            (
                delivery.pay_list_id, (delivery.province_no, delivery.area_pos),
                {"agency": delivery.agency_id, "sha256": {one["format"]: one["sha256"] for one in delivery.files}},
            )
            for delivery in made
        ],
    )  # fmt: skip


def _hand_over(which: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER.format(which=which), {"today": timezone.localdate(), **parameters})


def _tell(made: Sequence[Delivery]) -> None:
    """One task for a delivery: whoever of the agency sees it, sees the task."""
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                kind=KIND, subject_kind=KIND, subject_id=delivery.pk, role=Role.AGENCY_CLERK,
                title=f"Xác nhận đã nhận danh sách số {delivery.pay_list.number}",
                reason=f"{delivery.pay_list.commune.name}, tháng {delivery.pay_list.month:%m/%Y}",
                link=reverse("portal:delivery", args=[delivery.public_id]),
                province_no=delivery.province_no, area_pos=delivery.area_pos,
            )
            for delivery in made
        ],
        ignore_conflicts=True,
    )  # fmt: skip
