"""The hands a list goes through before money is ordered: prepare, check, approve (twice above a set sum), reject.

Three different people, by a constraint of the table, by the duties written down, and by asking before. All statements take many lists at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import PaymentList
from payments.operations import deadlines
from payments.operations.separation import LIST, write_audit, write_down_computed
from payments.queries import budgets
from payments.queries.cycle import rule_of
from payments.statuses import DRAFT, MOVES, roles_of
from posasoft.core.duties import Duty, SamePersonError, doers, require_other_person
from posasoft.core.money import format_dong
from posasoft.core.scope import Scope, unbound

READ_ANOMALIES = "read_anomalies"
_DUTIES = {"prepare": Duty.PREPARE, "check": Duty.CHECK, "approve": Duty.APPROVE}

_STEPS = """
INSERT INTO payments_liststep (pay_list_id, move, by_id, reason, province_no, area_pos)
SELECT id, %(move)s, %(user)s, %(reason)s, province_no, area_pos FROM payments_paymentlist WHERE id = ANY(%(ids)s)
"""
_DUTY = """
INSERT INTO core_dutydone (object_kind, object_id, duty, user_id, at)
SELECT %(kind)s, id, %(duty)s, %(user)s, now() FROM unnest(%(ids)s::bigint[]) AS id ON CONFLICT (object_kind, object_id, user_id) DO NOTHING
"""
_OTHER_DUTY = """
SELECT count(*) FROM core_dutydone WHERE object_kind = %(kind)s AND object_id = ANY(%(ids)s) AND user_id = %(user)s AND duty <> %(duty)s
"""
_BENEFITS = """
UPDATE payments_paymentlist l SET benefits = coalesce((
  SELECT jsonb_object_agg(s.b, s.a) FROM (
    SELECT x.b, sum(x.a)::bigint AS a FROM payments_paymentline p
    CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(b text, a bigint, o bigint)
    WHERE p.month = l.month AND p.list_id = l.id AND x.o IS NULL GROUP BY x.b) s), '{}')
WHERE l.id = ANY(%(ids)s) AND l.status = 'approved'
"""
_UPDATES = {
    "prepare": "status = %(to)s, prepared_by_id = %(user)s, prepared_at = now(), reject_reason = ''",
    "check": "status = %(to)s, checked_by_id = %(user)s, checked_at = now()",
    "approve": "status = %(to)s, approved_by_id = %(user)s, approved_at = now()",
    "second": "status = %(to)s, second_approved_by_id = %(user)s, second_approved_at = now()",
    "first_approve": "status = %(to)s, approved_by_id = %(user)s, approved_at = now()",
    "reject": "status = %(to)s, reject_reason = %(reason)s, benefits = NULL, prepared_by_id = NULL, prepared_at = NULL,"
    " checked_by_id = NULL, checked_at = NULL, approved_by_id = NULL, approved_at = NULL, second_approved_by_id = NULL, second_approved_at = NULL",
}


class MoveRefused(Exception):
    """A list cannot make the move; the message is for the screen (Vietnamese)."""


def move(*, lists: Iterable[PaymentList], name: str, by: Scope, reason: str = "") -> list[PaymentList]:
    """Prepare, check, approve or reject lists, all or none; returns them as they stand then.

    Raises MoveRefused: not in the state for it, not this role's, the same person again, no reason for a rejection, what strikes not read, budget
    exceeded. A list above the province's sum stays "checked" after its first approval and is approved by the second person.
    """
    wanted = sorted({pay_list.pk for pay_list in lists})
    with transaction.atomic():
        locked = list(PaymentList.objects.select_for_update().filter(pk__in=wanted).select_related("commune").order_by("pk"))
        _check(locked, wanted, name, by, reason)
        for step, group in _steps(locked, name).items():
            _check_role(step, by)
            if step in ("approve", "first_approve", "second"):
                _check_approval(group, by)
            _write(step, name, group, by, reason)
    return list(PaymentList.objects.filter(pk__in=wanted).select_related("commune").order_by("pk"))


def needs_second(pay_list: PaymentList) -> bool:
    """Whether the list pays more than one person may approve in its province."""
    return (
        pay_list.amount + pay_list.arrears - pay_list.recovery + pay_list.carried
        > rule_of(pay_list.province_no, pay_list.month).second_approval_above
    )


def walk(*, lists: Iterable[PaymentList], reason: str, by: Scope) -> int:
    """Take drafts to "approved" as the system, with its reason on every step: for commands, measurements and demonstrations, never for a person.

    Returns how many. Raises MoveRefused when a user acts or the reason is missing.
    """
    if by.user_id is not None or not reason:
        raise MoveRefused(_("Chỉ hệ thống mới duyệt theo cách này, và phải nêu lý do."))
    ids = [pay_list.pk for pay_list in lists]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_paymentlist SET status = 'approved', prepared_at = now(), checked_at = now(), approved_at = now()"
            " WHERE id = ANY(%s) AND status = %s",
            [ids, DRAFT],
        )
        number: int = cursor.rowcount
        for step in ("prepare", "check", "approve"):
            cursor.execute(_STEPS, {"ids": ids, "move": step, "user": None, "reason": reason})
    return number


def note_read(*, pay_list: PaymentList, by: Scope) -> None:
    """Write down that the acting person has opened what strikes in a list."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, {"ids": [pay_list.pk], "move": READ_ANOMALIES, "user": by.user_id, "reason": ""})


def has_read(pay_list: PaymentList, user_id: int | None) -> bool:
    """Whether somebody opened what strikes since the list was last prepared."""
    read = pay_list.steps.filter(move=READ_ANOMALIES, by_id=user_id)
    return read.filter(at__gte=pay_list.prepared_at).exists() if pay_list.prepared_at else read.exists()


def _check(locked: list[PaymentList], wanted: list[int], name: str, by: Scope, reason: str) -> None:
    if not wanted or len(locked) != len(wanted) or name not in (*_DUTIES, "reject"):
        raise MoveRefused(_("Không tìm thấy danh sách."))
    for pay_list in locked:
        if (pay_list.status, name) not in MOVES:
            raise MoveRefused(
                _("%(commune)s: danh sách đang ở bước khác, có thể người khác vừa xử lý. Hãy mở lại danh sách.")
                % {"commune": pay_list.commune.name}
            )
    if name == "reject" and not reason.strip():
        raise MoveRefused(_("Nêu lý do trả lại để người lập biết phải sửa gì."))
    if by.user_id is None:
        raise MoveRefused(_("Bước này do một người thực hiện."))


def _steps(locked: list[PaymentList], name: str) -> dict[str, list[PaymentList]]:
    """The move of each list: an approval may be the only, the first or the second one."""
    found: dict[str, list[PaymentList]] = {}
    for pay_list in locked:
        step = name
        if name == "approve" and pay_list.approved_at is not None:
            step = "second"
        elif name == "approve" and needs_second(pay_list):
            step = "first_approve"
        found.setdefault(step, []).append(pay_list)
    return found


def _check_role(step: str, by: Scope) -> None:
    if by.role not in roles_of({"first_approve": "approve"}.get(step, step), timezone.localdate()):
        raise MoveRefused(_("Vai trò của bạn không thực hiện bước này."))


def _check_approval(group: list[PaymentList], by: Scope) -> None:
    if any(pay_list.approved_by_id == by.user_id for pay_list in group):
        raise MoveRefused(_("Bạn đã duyệt lần thứ nhất; danh sách lớn cần một người khác duyệt lần thứ hai."))
    unread = [pay_list for pay_list in group if not has_read(pay_list, by.user_id)]
    if unread:
        raise MoveRefused(_("%(commune)s: hãy mở mục Điểm bất thường của danh sách trước khi duyệt.") % {"commune": unread[0].commune.name})
    budgets.lock(group)
    # The chair sees one commune's lists; the budget is the province's.
    with unbound(by):
        standing = budgets.standing(group)
    for row in standing:
        if row.exceeded:
            raise MoveRefused(
                _("Vượt dự toán %(programme)s năm %(year)s: dự toán %(budget)s, đã duyệt %(spent)s, danh sách này %(asked)s.")
                % {
                    "programme": row.title,
                    "year": row.year,
                    "budget": format_dong(row.budget or 0),
                    "spent": format_dong(row.spent),
                    "asked": format_dong(row.asked),
                }
            )


def _write(step: str, name: str, group: list[PaymentList], by: Scope, reason: str) -> None:
    ids = [pay_list.pk for pay_list in group]
    _write_duty(name, ids, by)
    if name == "prepare":
        write_down_computed(ids)
    to = MOVES[group[0].status, "approve" if step == "second" else step]
    parameters = {"ids": ids, "to": to, "user": by.user_id, "reason": reason.strip()[:500]}
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_paymentlist SET {_UPDATES[step]} WHERE id = ANY(%(ids)s)", parameters)
        # A closing list may pay a family that left the reader's sight.
        with unbound(by):
            cursor.execute(_BENEFITS, parameters)
        cursor.execute(_STEPS, {**parameters, "move": step})
        if step == "reject":
            cursor.execute("DELETE FROM payments_listdrift WHERE pay_list_id = ANY(%(ids)s)", parameters)
    deadlines.of_lists(ids)
    write_audit(step, group, by)


def _write_duty(name: str, ids: list[int], by: Scope) -> None:
    """The acting person's duty on every list; whoever has another one on any of them is refused."""
    duty = _DUTIES.get(name)
    if duty is None:
        return
    parameters = {"kind": LIST, "ids": ids, "duty": duty.value, "user": by.user_id}
    with connection.cursor() as cursor:
        cursor.execute(_DUTY, parameters)
        cursor.execute(_OTHER_DUTY, parameters)
        others = cursor.fetchone()[0]
    if others:
        try:
            for pk in ids:
                require_other_person(by=by, duty=duty, before=doers(kind=LIST, object_id=pk))
        except SamePersonError as error:
            raise MoveRefused(str(error)) from error
        raise MoveRefused(_("Bạn đã làm một bước khác của danh sách này; cần một người khác thực hiện."))
