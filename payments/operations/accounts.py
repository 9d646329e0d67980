"""Bank accounts and e-wallets: recorded with consent by one officer, confirmed by another, used after a cooling period, ended and never rewritten.

Three guards against money led astray: the holder's name is compared with the person's; an account is used by no list before a second person has
confirmed it, so that who recorded it never pays it alone; and for COOLING_DAYS the old way stands, while a notice tells the family of the change.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households.crypto import blind_index, digits_of, seal
from households.models import Person
from payments.models import Account, Consent
from payments.operations import notices
from payments.providers import PROVIDERS, name_of
from posasoft.core import audit
from posasoft.core.models import WorkItem
from posasoft.core.names import fold, nfc_name
from posasoft.core.scope import Scope

# Long enough for the family to hear of a change it did not ask for and to say so, shorter than from one list to the next.
COOLING_DAYS = 10
FEWEST_DIGITS, MOST_DIGITS, WALLET_DIGITS = 6, 19, 10
WORK = "account.confirm"


class PayeeRefused(Exception):
    """Something about a payee cannot be recorded so; the message is for the screen (Vietnamese), ``field`` the field of the form it belongs to."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class NewAccount:
    """What an officer enters. ``consent_no``: number of the paper, or where the recording lies."""

    kind: str
    provider: str
    number: str
    holder_name: str
    consent: str
    consent_on: datetime.date
    consent_no: str


def same_name(one: str, other: str) -> bool:
    """Whether two names are of the same words, accents, capitals and order aside."""
    return sorted(fold(one).split()) == sorted(fold(other).split())


def add_account(*, person: Person, new: NewAccount, by: Scope) -> Account:
    """Record an account; it waits for a second person. Raises PayeeRefused for a number, provider, holder or consent that cannot be right."""
    today = timezone.localdate()
    _check(person, new, today)
    sealed = seal(new.number)
    with transaction.atomic():
        try:
            with transaction.atomic():
                account = Account.objects.create(
                    person=person, kind=new.kind, provider=new.provider, number_enc=sealed.number_enc, number_index=sealed.number_index,
                    tail=sealed.tail, holder_name=nfc_name(new.holder_name), name_matches=same_name(new.holder_name, person.full_name),
                    consent=new.consent, consent_on=new.consent_on, consent_no=new.consent_no.strip(), since=today,
                    cooling_until=today + datetime.timedelta(days=COOLING_DAYS), made_by_id=by.user_id,
                    province_no=person.province_no, area_pos=person.area_pos,
                )  # fmt: skip
        except IntegrityError as error:
            raise PayeeRefused(_("Người này đã có một tài khoản chờ xác nhận. Hãy xác nhận hoặc bỏ tài khoản ấy trước.")) from error
        WorkItem.objects.create(
            kind=WORK, title="Tài khoản nhận tiền chờ xác nhận", subject_kind="account", subject_id=account.pk,
            reason="" if account.name_matches else "Tên chủ tài khoản khác tên trong sổ",
            link=f"/households/{person.household.public_id}/receiving/", role="commune_chair",
            due_on=account.cooling_until, province_no=account.province_no, area_pos=account.area_pos,
        )  # fmt: skip
        _audit("add_account", account, by, matches=account.name_matches)
    return account


def _check(person: Person, new: NewAccount, today: datetime.date) -> None:
    number, provider = digits_of(new.number), PROVIDERS.get(new.provider)
    if person.died_on is not None or person.canonical_id is not None:
        raise PayeeRefused(_("Người này không còn trong sổ để nhận tiền."))
    if provider is None or provider.kind != new.kind:
        raise PayeeRefused(_("Hãy chọn ngân hàng hoặc ví đúng với loại tài khoản."), "provider")
    if new.kind == "ewallet" and len(number) != WALLET_DIGITS:
        raise PayeeRefused(_("Số ví là số điện thoại 10 chữ số."), "number")
    if not FEWEST_DIGITS <= len(number) <= MOST_DIGITS:
        raise PayeeRefused(_("Số tài khoản có từ 6 đến 19 chữ số."), "number")
    if not fold(new.holder_name):
        raise PayeeRefused(_("Hãy ghi tên chủ tài khoản như ngân hàng ghi."), "holder_name")
    if new.consent not in Consent.values or not new.consent_no.strip():
        raise PayeeRefused(_("Hãy ghi số giấy đề nghị hoặc nơi lưu bản ghi âm lời đồng ý."), "consent_no")
    if new.consent_on > today:
        raise PayeeRefused(_("Ngày đồng ý ở sau hôm nay."), "consent_on")
    same = Account.objects.filter(person=person, number_index=blind_index(number), provider=new.provider, until__isnull=True)
    if same.exists():
        raise PayeeRefused(_("Người này đang có đúng tài khoản này."), "number")


def confirm_account(*, account: Account, by: Scope, name_note: str = "") -> Account:
    """A second officer has compared the account with its paper: it will be used, and the one before it ends when the cooling period does.

    Raises PayeeRefused for who recorded it, for one that is not waiting, and for a holder of another name without a note why.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        if locked.confirmed_at is not None or locked.until is not None:
            raise PayeeRefused(_("Tài khoản này không còn chờ xác nhận."))
        if by.user_id is None or locked.made_by_id == by.user_id:
            raise PayeeRefused(_("Người đã nhập tài khoản không tự xác nhận; cần một người khác."))
        if not locked.name_matches and not name_note.strip():
            raise PayeeRefused(_("Tên chủ tài khoản khác tên trong sổ: hãy ghi vì sao vẫn đúng người."), "name_note")
        before = Account.objects.filter(person_id=locked.person_id, until__isnull=True, confirmed_at__isnull=False)
        before.update(until=max(locked.cooling_until, timezone.localdate()), end_reason="Thay bằng tài khoản khác", ended_by_id=by.user_id)
        locked.confirmed_by_id, locked.confirmed_at, locked.name_note = by.user_id, timezone.now(), name_note.strip()[:300]
        locked.save(update_fields=["confirmed_by", "confirmed_at", "name_note"])
        _close_work([locked.pk])
        _audit("confirm_account", locked, by)
        _tell(
            locked, _("vào tài khoản %(provider)s, ba số cuối %(tail)s") % {"provider": name_of(locked.provider), "tail": locked.tail}, by
        )
    return locked


def end_account(*, account: Account, reason: str, by: Scope) -> Account:
    """Stop using an account today; the next list goes by post. Raises PayeeRefused without a reason and for one that has ended."""
    if not reason.strip():
        raise PayeeRefused(_("Hãy ghi lý do."), "reason")
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        today = timezone.localdate()
        if locked.until is not None and locked.until <= today:
            raise PayeeRefused(_("Tài khoản này đã ngừng dùng."))
        locked.until, locked.end_reason, locked.ended_by_id = today, reason.strip()[:300], by.user_id
        locked.save(update_fields=["until", "end_reason", "ended_by"])
        _close_work([locked.pk])
        _audit("end_account", locked, by)
        if locked.confirmed_at is not None:
            _tell(locked, _("nhận tiền mặt tại bưu điện"), by)
    return locked


_END_CLOSED = """
UPDATE payments_account a SET until = greatest(%(today)s::date, a.since), end_reason = 'Ngân hàng báo tài khoản đã đóng', ended_by_id = %(user)s
FROM payments_paymentline p
WHERE p.month = %(month)s AND p.id = ANY (%(lines)s) AND p.account_id = a.id AND (a.until IS NULL OR a.until > %(today)s)
RETURNING a.id, a.province_no, a.area_pos
"""


def end_closed(*, month: datetime.date, lines: Sequence[int], by: Scope) -> int:
    """The bank returned these lines of a month because the account is closed: the accounts end, the next list goes by post. How many ended."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_END_CLOSED, {"today": timezone.localdate(), "month": month, "lines": list(lines), "user": by.user_id})
        ended = cursor.fetchall()
        _close_work([pk for pk, _province, _position in ended])
        if ended:
            audit.record(verb="end_account", kind="account", by=by, accounts=len(ended), because="account_closed")
    return len(ended)


def _tell(account: Account, way: str, by: Scope) -> None:
    household = account.person.household_id
    facts = {"cach_nhan": way, "tu_ngay": f"{max(account.cooling_until, timezone.localdate()):%d/%m/%Y}"}
    key = f"account:{account.public_id}:{'end' if account.until else 'use'}"
    notices.queue(kind="account", key=key, households=[household], facts=facts, by=by)


def _close_work(ids: Sequence[int]) -> None:
    WorkItem.objects.filter(kind=WORK, subject_kind="account", subject_id__in=ids, done_at__isnull=True).update(done_at=timezone.now())


def _audit(verb: str, account: Account, by: Scope, **detail: object) -> None:
    place = (account.province_no, account.area_pos)
    audit.record(verb=verb, kind="account", object_id=account.public_id, by=by, area=place, channel=account.kind, **detail)
