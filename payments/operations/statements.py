"""The statement of an agency, month and province: drawn up from the ledger's journal, signed by both sides, frozen by the second signature."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import AgencyPost, Statement
from payments.statuses import CLOSED, RECONCILED
from posasoft.core import audit, notifications
from posasoft.core.models import Role, WorkItem
from posasoft.core.money import format_dong
from posasoft.core.months import format_month
from posasoft.core.scope import COUNTRY, Scope, acting, unbound

KIND = "payments.statement"
AGENCY, PROVINCE = "agency", "province"
FIGURES = ("lists", "payments", "unpaid", "advance", "paid", "returned", "standing", "fee")

_PENDING = """
WITH pending AS (
  SELECT d.agency_id, l.id FROM payments_paymentlist l JOIN payments_delivery d ON d.pay_list_id = l.id
  LEFT JOIN payments_statementlist x ON x.pay_list_id = l.id
  LEFT JOIN payments_statement s ON s.id = x.statement_id
  WHERE l.province_no = %(province)s AND l.month = %(month)s AND (s.agency_signed_at IS NULL OR s.province_signed_at IS NULL)
)
"""
# Lists sent after both have signed come on the month's next statement.
_OPEN = f"""
{_PENDING}
INSERT INTO payments_statement (agency_id, month, sequence, lists, payments, unpaid, advance, paid, returned, standing, fee, fee_per_payment,
  fee_basis_points, sha256, voided_reason, province_no, area_pos)
SELECT g.agency_id, %(month)s, 1 + coalesce((SELECT max(s.sequence) FROM payments_statement s WHERE s.agency_id = g.agency_id
    AND s.month = %(month)s AND s.province_no = %(province)s), 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', %(province)s, a.position
FROM (SELECT DISTINCT agency_id FROM pending) g
JOIN core_area a ON a.level = 'province' AND a.province_no = %(province)s AND a.valid_to IS NULL
ON CONFLICT (agency_id, month, province_no) WHERE agency_signed_at IS NULL OR province_signed_at IS NULL DO NOTHING
"""
_PARTS = f"""
{_PENDING}
INSERT INTO payments_statementlist (statement_id, pay_list_id, payments, unpaid, advance, paid, returned, province_no, area_pos)
SELECT s.id, l.id, coalesce(j.payments, 0), coalesce(j.unpaid, 0), coalesce(j.advance, 0), coalesce(j.paid, 0), coalesce(j.returned, 0),
  l.province_no, l.area_pos
FROM pending p JOIN payments_paymentlist l ON l.id = p.id
JOIN payments_statement s ON s.agency_id = p.agency_id AND s.month = l.month AND s.province_no = l.province_no
  AND (s.agency_signed_at IS NULL OR s.province_signed_at IS NULL)
LEFT JOIN LATERAL (
  SELECT coalesce(sum(e.lines) FILTER (WHERE e.credit = 5), 0) - coalesce(sum(e.lines) FILTER (WHERE e.debit = 5), 0) AS payments,
    sum(e.lines) FILTER (WHERE e.credit = 6) AS unpaid, sum(e.amount) FILTER (WHERE e.credit = 4) AS advance,
    coalesce(sum(e.amount) FILTER (WHERE e.credit = 5), 0) - coalesce(sum(e.amount) FILTER (WHERE e.debit = 5), 0) AS paid,
    sum(e.amount) FILTER (WHERE e.credit = 6) AS returned
  FROM payments_ledgerposting e WHERE e.list_id = l.id
) j ON true
ON CONFLICT (pay_list_id) DO UPDATE SET statement_id = excluded.statement_id, payments = excluded.payments, unpaid = excluded.unpaid,
  advance = excluded.advance, paid = excluded.paid, returned = excluded.returned
WHERE (payments_statementlist.statement_id, payments_statementlist.payments, payments_statementlist.unpaid, payments_statementlist.advance,
  payments_statementlist.paid, payments_statementlist.returned)
  IS DISTINCT FROM (excluded.statement_id, excluded.payments, excluded.unpaid, excluded.advance, excluded.paid, excluded.returned)
"""


_OPEN_MONTHS = """
SELECT DISTINCT l.province_no, l.month FROM payments_delivery d JOIN payments_paymentlist l ON l.id = d.pay_list_id
LEFT JOIN payments_statementlist x ON x.pay_list_id = l.id LEFT JOIN payments_statement s ON s.id = x.statement_id
WHERE s.agency_signed_at IS NULL OR s.province_signed_at IS NULL ORDER BY 2, 1
"""


class StatementRefused(Exception):
    """A statement cannot be signed; the message is for the screen (Vietnamese)."""


def fee_of(*, payments: int, paid: int, per_payment: int, basis_points: int) -> int:
    """Đồng: so much for each payment made, and hundredths of a percent of the money paid, rounded half up to whole đồng once for the statement."""
    return payments * per_payment + (paid * basis_points + 5_000) // 10_000


def draw_up(*, province_no: int, month: datetime.date, by: Scope) -> list[Statement]:
    """Bring the open statements of a province's month up to the ledger; again changes nothing. Whoever calls sees the whole province.

    Figures that change take a signature away, with the reason, and whoever had signed is told.
    """
    parameters: dict[str, Any] = {"province": province_no, "month": month}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('payments_statement'), %s)", [province_no * 10_000 + month.year * 12 + month.month]
        )
        cursor.execute(_OPEN, parameters)
        cursor.execute(_PARTS, parameters)
        drawn = Statement.objects.select_for_update(of=("self",)).select_related("agency")
        found = list(drawn.filter(province_no=province_no, month=month).order_by("pk"))
        for statement in found:
            if not statement.is_signed:
                _refresh(statement, by)
    return found


def draw_up_open() -> int:
    """Every province and month whose sent lists are not all on signed statements, each in a transaction of its own, as the system; how many."""
    with acting(COUNTRY), connection.cursor() as cursor:
        cursor.execute(_OPEN_MONTHS)
        waiting = cursor.fetchall()
    for province_no, month in waiting:
        with acting(COUNTRY):
            draw_up(province_no=province_no, month=month, by=COUNTRY)
    return len(waiting)


def _refresh(statement: Statement, by: Scope) -> None:
    was = {name: getattr(statement, name) for name in FIGURES}
    agency = statement.agency
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(payments), 0), coalesce(sum(unpaid), 0), coalesce(sum(advance), 0), coalesce(sum(paid), 0),"
            " coalesce(sum(returned), 0) FROM payments_statementlist WHERE statement_id = %s",
            [statement.pk],
        )
        lists, payments, unpaid, advance, paid, returned = (int(value) for value in cursor.fetchone())
    fee = fee_of(payments=payments, paid=paid, per_payment=agency.fee_per_payment, basis_points=agency.fee_basis_points)
    now = dict(zip(FIGURES, (lists, payments, unpaid, advance, paid, returned, advance - paid - returned, fee), strict=True))
    terms = (agency.fee_per_payment, agency.fee_basis_points)
    if now == was and terms == (statement.fee_per_payment, statement.fee_basis_points):
        return
    for name, value in now.items():
        setattr(statement, name, value)
    statement.fee_per_payment, statement.fee_basis_points = terms
    # The database's clock, as the journal's: the proof compares the two.
    statement.figures_at = Now()
    if statement.agency_signed_at is not None or statement.province_signed_at is not None:
        _void(statement, was, now, by)
    statement.save()
    statement.refresh_from_db()


def _void(statement: Statement, was: dict[str, int], now: dict[str, int], by: Scope) -> None:
    changed = ", ".join(f"{_word(name)} {was[name]:,} → {now[name]:,}".replace(",", ".") for name in FIGURES if was[name] != now[name])
    signed = statement.agency_signed_by_id or statement.province_signed_by_id
    statement.agency_signed_by_id = statement.agency_signed_at = None
    statement.province_signed_by_id = statement.province_signed_at = None
    statement.sha256 = ""
    statement.voided_at, statement.voided_reason = (
        timezone.now(),
        _("Số liệu đổi sau khi ký: %(changed)s") % {"changed": changed or _word("fee")},
    )
    audit.record(
        verb="void_statement", kind="statement", object_id=statement.public_id, by=by, area=(statement.province_no, statement.area_pos),
        was=was, now=now,
    )  # fmt: skip
    if signed:
        title = _("Chữ ký trên bảng quyết toán %(agency)s tháng %(month)s mất hiệu lực vì số liệu đổi") % _named(statement)
        notifications.notify(kind=KIND, title=title, link=_link(statement), users=[signed])


def sign(*, statement: Statement, side: str, shown: str, by: Scope) -> Statement:
    """Sign for the agency's headquarters or the province; the same side again is signed already. ``shown`` is ``digest`` of what was read.

    Raises StatementRefused: not this side's to sign, money still with the agency, a list not reconciled, figures other than those shown, or the
    other side signed by the same person. Whoever calls has found the statement in the acting person's own sight and asked for the second factor.
    """
    _check_side(statement, side, by)
    with transaction.atomic(), unbound(by):
        draw_up(province_no=statement.province_no, month=statement.month, by=by)
        locked = Statement.objects.select_for_update(of=("self",)).select_related("agency").get(pk=statement.pk)
        if getattr(locked, f"{side}_signed_at") is not None:
            return locked
        _check(locked, side, shown, by)
        setattr(locked, f"{side}_signed_by_id", by.user_id)
        setattr(locked, f"{side}_signed_at", timezone.now())
        locked.sha256, locked.voided_at, locked.voided_reason = digest(locked), None, ""
        locked.save()
        audit.record(
            verb="sign_statement", kind="statement", object_id=locked.public_id, by=by, area=(locked.province_no, locked.area_pos),
            side=side, sha256=locked.sha256,
        )  # fmt: skip
        _tell(locked)
    return locked


def digest(statement: Statement) -> str:
    """SHA-256 over what is signed: agency, month, province, terms, every figure, and each list's part, in the order of the lists."""
    head = [statement.agency.code, statement.month.isoformat(), statement.province_no, statement.sequence]
    terms = [statement.fee_per_payment, statement.fee_basis_points]
    parts = list(
        statement.parts.order_by("pay_list_id").values_list("pay_list__number", "payments", "unpaid", "advance", "paid", "returned")
    )
    text = json.dumps([head, terms, [getattr(statement, name) for name in FIGURES], parts], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check_side(statement: Statement, side: str, by: Scope) -> None:
    if side == AGENCY:
        post = AgencyPost.objects.filter(assignment_id=by.assignment_id, agency_id=statement.agency_id, service_point__isnull=True)
        if by.role != Role.AGENCY_CLERK or not post.exists():
            raise StatementRefused(_("Chỉ trụ sở chính của đơn vị chi trả ký thay đơn vị."))
    elif side != PROVINCE or by.role != Role.PROVINCE_OFFICER or not by.holds(statement.area_pos):
        raise StatementRefused(_("Chỉ cán bộ của tỉnh này ký thay cơ quan quản lý."))


def _check(statement: Statement, side: str, shown: str, by: Scope) -> None:
    if statement.standing:
        raise StatementRefused(
            _("Còn %(amount)s ở đơn vị chi trả chưa có kết quả; chưa ký được.") % {"amount": format_dong(statement.standing)}
        )
    waiting = statement.parts.exclude(pay_list__status__in=(RECONCILED, CLOSED)).select_related("pay_list__commune").first()
    if waiting is not None:
        raise StatementRefused(_("%(commune)s: danh sách chưa đối soát.") % {"commune": waiting.pay_list.commune.name})
    if shown != digest(statement):
        raise StatementRefused(_("Số liệu đã đổi sau khi bạn mở trang. Hãy xem lại rồi ký."))
    other = statement.province_signed_by_id if side == AGENCY else statement.agency_signed_by_id
    if by.user_id is None or other == by.user_id:
        raise StatementRefused(_("Hai bên phải do hai người khác nhau ký."))


def _tell(statement: Statement) -> None:
    """The side that has not signed gets a task; when both have, nobody."""
    tasks = WorkItem.objects.filter(kind=KIND, subject_kind=KIND, subject_id=statement.pk, done_at__isnull=True)
    if statement.is_signed:
        tasks.update(done_at=timezone.now())
        return
    role = Role.PROVINCE_OFFICER if statement.province_signed_at is None else Role.AGENCY_CLERK
    title = _("Ký bảng quyết toán %(agency)s tháng %(month)s") % _named(statement)
    reason = _("Bên kia đã ký; cần chữ ký thứ hai.")
    values: dict[str, Any] = {"title": title, "reason": reason, "link": _link(statement), "role": role}
    if not tasks.update(**values):
        WorkItem.objects.create(
            kind=KIND, subject_kind=KIND, subject_id=statement.pk, province_no=statement.province_no, area_pos=statement.area_pos, **values
        )
    if role == Role.AGENCY_CLERK:
        posts = AgencyPost.objects.filter(agency_id=statement.agency_id, service_point__isnull=True)
        notifications.notify(kind=KIND, title=title, link=_link(statement), users=posts.values_list("assignment__user_id", flat=True))


def _word(name: str) -> str:
    return {
        "lists": _("số danh sách"), "payments": _("số lượt trả"), "unpaid": _("số lượt không trả được"), "advance": _("tạm ứng"),
        "paid": _("đã trả"), "returned": _("nộp lại"), "standing": _("còn ở đơn vị"), "fee": _("phí"),
    }[name]  # fmt: skip


def _named(statement: Statement) -> dict[str, str]:
    return {"agency": statement.agency.name, "month": format_month(statement.month)}


def _link(statement: Statement) -> str:
    return reverse("portal:statement", args=[statement.public_id])
