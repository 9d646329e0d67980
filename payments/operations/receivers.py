"""Who collects cash for somebody, who has a line of his own, and by which telephone a family is reached."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households.crypto import digits_of, seal
from households.models import Household, Person
from payments.models import Contact, OwnLine, OwnLineGround, Receiver, ReceiverPaper
from payments.operations.accounts import PayeeRefused
from posasoft.core import audit
from posasoft.core.models import WorkItem
from posasoft.core.months import first_of_month
from posasoft.core.names import fold, nfc_name
from posasoft.core.scope import COUNTRY, Scope, acting

# A power of attorney without an end lasts a year (Civil Code 91/2015, article 563); a longer one names its end itself.
LONGEST_YEARS = 10
WARNING_DAYS = 30
WORK, EXPIRING = "receiver.confirm", "receiver.expiring"
ID_DIGITS, PHONE_DIGITS = (9, 12), (10, 11)


@dataclass(frozen=True)
class NewReceiver:
    """What an officer enters; ``until`` is the first day on which it no longer holds."""

    full_name: str
    number: str
    phone: str
    relation: str
    paper: str
    paper_no: str
    paper_on: datetime.date
    since: datetime.date
    until: datetime.date


def add_receiver(*, household: Household, person: Person | None, new: NewReceiver, by: Scope) -> Receiver:
    """Record who collects for a household, or for one of its people's own lines; it waits for a second person. Raises PayeeRefused."""
    _check(new)
    sealed = seal(new.number)
    with transaction.atomic():
        try:
            with transaction.atomic():
                receiver = Receiver.objects.create(
                    household=household, person=person, full_name=nfc_name(new.full_name), number_enc=sealed.number_enc,
                    number_index=sealed.number_index, tail=sealed.tail, phone=digits_of(new.phone), relation=new.relation.strip(),
                    paper=new.paper, paper_no=new.paper_no.strip(), paper_on=new.paper_on, since=new.since, until=new.until,
                    made_by_id=by.user_id, province_no=household.province_no, area_pos=household.area_pos,
                )  # fmt: skip
        except IntegrityError as error:
            raise PayeeRefused(_("Đã có người nhận thay trong thời gian này. Hãy ngừng người ấy trước."), "since") from error
        WorkItem.objects.create(
            kind=WORK, title="Người nhận thay chờ xác nhận", subject_kind="receiver", subject_id=receiver.pk, role="commune_chair",
            link=f"/households/{household.public_id}/receiving/", due_on=max(new.since, timezone.localdate()),
            province_no=receiver.province_no, area_pos=receiver.area_pos,
        )  # fmt: skip
        _audit("add_receiver", receiver, by)
    return receiver


def _check(new: NewReceiver) -> None:
    if not fold(new.full_name):
        raise PayeeRefused(_("Hãy ghi họ tên người nhận thay."), "full_name")
    if len(digits_of(new.number)) not in ID_DIGITS:
        raise PayeeRefused(_("Số định danh có 12 chữ số, chứng minh nhân dân có 9 chữ số."), "number")
    if new.phone.strip() and len(digits_of(new.phone)) not in PHONE_DIGITS:
        raise PayeeRefused(_("Số điện thoại có 10 chữ số."), "phone")
    if new.paper not in ReceiverPaper.values or not new.paper_no.strip():
        raise PayeeRefused(_("Hãy ghi số của giấy tờ."), "paper_no")
    if not new.relation.strip():
        raise PayeeRefused(_("Hãy ghi quan hệ với người được nhận tiền."), "relation")
    if new.paper_on > new.since:
        raise PayeeRefused(_("Giấy tờ phải có trước ngày bắt đầu nhận thay."), "paper_on")
    if not new.since < new.until <= new.since.replace(day=1) + datetime.timedelta(days=366 * LONGEST_YEARS):
        raise PayeeRefused(_("Ngày hết hạn phải sau ngày bắt đầu, không quá 10 năm."), "until")


def confirm_receiver(*, receiver: Receiver, by: Scope) -> Receiver:
    """A second officer has seen the paper. Raises PayeeRefused for who recorded it and for one that is not waiting."""
    with transaction.atomic():
        locked = Receiver.objects.select_for_update().get(pk=receiver.pk)
        if locked.confirmed_at is not None or locked.until <= timezone.localdate():
            raise PayeeRefused(_("Người nhận thay này không còn chờ xác nhận."))
        if by.user_id is None or locked.made_by_id == by.user_id:
            raise PayeeRefused(_("Người đã nhập không tự xác nhận; cần một người khác."))
        locked.confirmed_by_id, locked.confirmed_at = by.user_id, timezone.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        _close_work(locked.pk)
        _audit("confirm_receiver", locked, by)
    return locked


def end_receiver(*, receiver: Receiver, reason: str, by: Scope) -> Receiver:
    """From today on somebody no longer collects. Raises PayeeRefused without a reason and for one that has ended."""
    if not reason.strip():
        raise PayeeRefused(_("Hãy ghi lý do."), "reason")
    with transaction.atomic():
        locked = Receiver.objects.select_for_update().get(pk=receiver.pk)
        today = timezone.localdate()
        if locked.until <= today:
            raise PayeeRefused(_("Người nhận thay này đã hết hạn."))
        locked.until, locked.end_reason, locked.ended_by_id = max(today, locked.since), reason.strip()[:300], by.user_id
        locked.save(update_fields=["until", "end_reason", "ended_by"])
        _close_work(locked.pk)
        _audit("end_receiver", locked, by)
    return locked


_EXPIRING = f"""
INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, due_on, province_no, area_pos)
SELECT '{EXPIRING}', 'Giấy nhận thay sắp hết hạn', 'Hết hạn ngày ' || to_char(r.until, 'DD/MM/YYYY'), 'receiver', r.id,
  '/households/' || h.public_id || '/receiving/', 'commune_officer', r.until, r.province_no, r.area_pos
FROM payments_receiver r JOIN households_household h ON h.id = r.household_id
WHERE r.confirmed_at IS NOT NULL AND r.until > %(today)s AND r.until <= %(last)s AND h.ended_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM payments_receiver n WHERE n.household_id = r.household_id AND n.person_id IS NOT DISTINCT FROM r.person_id
    AND n.since >= r.until AND n.confirmed_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM core_workitem w WHERE w.kind = '{EXPIRING}' AND w.subject_kind = 'receiver' AND w.subject_id = r.id)
ON CONFLICT DO NOTHING
"""


def warn_expiring() -> int:
    """Write a task for each receiver whose paper ends within WARNING_DAYS and nobody follows; once for each. How many were written."""
    today = timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPIRING, {"today": today, "last": today + datetime.timedelta(days=WARNING_DAYS)})
        return int(cursor.rowcount)


def warn_all() -> int:
    """The nightly task: `warn_expiring` as the system, over the country."""
    with acting(COUNTRY):
        return warn_expiring()


def set_own_line(*, person: Person, ground: str, note: str, since: datetime.date, by: Scope) -> OwnLine:
    """From a month on a person's money stands on a line of its own. Raises PayeeRefused for a past month, or who has one already."""
    since = first_of_month(since)
    if ground not in OwnLineGround.values:
        raise PayeeRefused(_("Hãy chọn lý do."), "ground")
    if since < first_of_month(timezone.localdate()):
        raise PayeeRefused(_("Danh sách các tháng trước đã lập; hãy chọn từ tháng này trở đi."), "since")
    with transaction.atomic():
        try:
            with transaction.atomic():
                line = OwnLine.objects.create(
                    person=person, ground=ground, note=note.strip()[:300], since=since, made_by_id=by.user_id,
                    province_no=person.province_no, area_pos=person.area_pos,
                )  # fmt: skip
        except IntegrityError as error:
            raise PayeeRefused(_("Người này đã có dòng chi trả riêng."), "since") from error
        _audit("add_own_line", line, by, ground=ground)
    return line


def end_own_line(*, line: OwnLine, until: datetime.date, by: Scope) -> OwnLine:
    """From a month on a person is again paid with the family. Raises PayeeRefused for a past month and for one that has ended."""
    until = first_of_month(until)
    with transaction.atomic():
        locked = OwnLine.objects.select_for_update().get(pk=line.pk)
        if locked.until is not None:
            raise PayeeRefused(_("Dòng riêng này đã kết thúc."))
        if until < max(locked.since, first_of_month(timezone.localdate())):
            raise PayeeRefused(_("Danh sách các tháng trước đã lập; hãy chọn từ tháng này trở đi."), "until")
        locked.until, locked.ended_by_id = until, by.user_id
        locked.save(update_fields=["until", "ended_by"])
        _audit("end_own_line", locked, by)
    return locked


def set_contact(*, household: Household, phone: str, wants_texts: bool, by: Scope) -> Contact:
    """The household's telephone for notices, and whether it wants text messages. Raises PayeeRefused for a number that is none."""
    digits = digits_of(phone)
    if digits and len(digits) not in PHONE_DIGITS:
        raise PayeeRefused(_("Số điện thoại có 10 chữ số."), "phone")
    with transaction.atomic():
        contact, _made = Contact.objects.update_or_create(
            household=household,
            defaults={
                "phone": digits, "wants_texts": wants_texts, "changed_by_id": by.user_id, "changed_at": timezone.now(),
                "province_no": household.province_no, "area_pos": household.area_pos,
            },
        )  # fmt: skip
        place = (household.province_no, household.area_pos)
        audit.record(
            verb="change_contact",
            kind="contact",
            object_id=household.public_id,
            by=by,
            area=place,
            texts=wants_texts,
            has_phone=bool(digits),
        )
    return contact


def _close_work(pk: int) -> None:
    items = WorkItem.objects.filter(kind__in=(WORK, EXPIRING), subject_kind="receiver", subject_id=pk, done_at__isnull=True)
    items.update(done_at=timezone.now())


def _audit(verb: str, thing: Receiver | OwnLine, by: Scope, **detail: object) -> None:
    kind = "receiver" if isinstance(thing, Receiver) else "own_line"
    audit.record(verb=verb, kind=kind, object_id=thing.public_id, by=by, area=(thing.province_no, thing.area_pos), **detail)
