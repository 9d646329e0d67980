"""What a page shows of a list's way: who did what, what the acting role may do next and what that does, drift, budgets."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import ListDrift, ListStep, PaymentList
from payments.operations import steps
from payments.queries import budgets
from payments.statuses import APPROVED, CHECKED, DRAFT, MOVES, PREPARED, roles_of
from posasoft.core.scope import Scope, unbound

_NEXT = {DRAFT: "prepare", PREPARED: "check", CHECKED: "approve", APPROVED: "release"}


@dataclass(frozen=True)
class Way:
    """``next`` is the move the acting person may make, "" for none, then ``waits_for`` says for whom it waits. ``drift``: households, then đồng."""

    done: list[tuple[str, ListStep]]
    next: str
    button: str
    consequence: str
    waits_for: str
    rejects: bool
    signs: bool
    must_read: bool
    drift: tuple[int, int]
    standing: list[budgets.Standing]


def words_of(move: str) -> str:
    """A move as the log of a list names it."""
    return {
        "prepare": _("Lập và trình kiểm tra"),
        "check": _("Kiểm tra"),
        "first_approve": _("Duyệt lần thứ nhất"),
        "approve": _("Duyệt"),
        "second": _("Duyệt lần thứ hai"),
        "reject": _("Trả lại"),
        "release": _("Phát hành"),
        "read_anomalies": _("Đã xem điểm bất thường"),
        "send": _("Gửi đơn vị chi trả"),
        "take_results": _("Đủ kết quả chi trả"),
        "reopen": _("Mở lại để đính chính"),
        "reconcile": _("Đối soát"),
        "close": _("Quyết toán"),
    }.get(move, move)


def _consequence(move: str) -> str:
    return {
        "prepare": _("Lần tính sau không sửa danh sách này nữa; người khác sẽ kiểm tra."),
        "check": _("Danh sách chuyển đến người duyệt."),
        "approve": _("Bạn xác nhận số tiền và dự toán; danh sách chờ phát hành."),
        "release": _("Danh sách bị khóa vĩnh viễn, được đánh số và giao cho đơn vị chi trả."),
    }[move]


def _waits_for(move: str) -> str:
    return {
        "prepare": _("Chờ cán bộ xã lập."),
        "check": _("Chờ một cán bộ khác kiểm tra."),
        "approve": _("Chờ người có thẩm quyền duyệt."),
        "release": _("Chờ một người khác phát hành."),
    }[move]


def _standing(pay_list: PaymentList, scope: Scope) -> list[budgets.Standing]:
    """The province's budgets against all its lists of the year, which a chair's own range does not hold."""
    with unbound(scope):
        return budgets.standing([pay_list])


def way(pay_list: PaymentList, scope: Scope) -> Way:
    """Everything about one list's way for the acting person; buttons only for what that person may do."""
    move = _NEXT.get(pay_list.status, "")
    today = timezone.localdate()
    second = move == "approve" and pay_list.approved_at is not None
    hands = {pay_list.prepared_by_id, pay_list.checked_by_id, pay_list.approved_by_id, pay_list.second_approved_by_id}
    mine = bool(move) and scope.role in roles_of("second" if second else move, today)
    may = mine and (move == "prepare" or scope.user_id not in hands)
    drift = list(ListDrift.objects.filter(pay_list=pay_list).values_list("was", "now"))
    asks = may and move == "approve"
    return Way(
        done=[(words_of(row.move), row) for row in pay_list.steps.select_related("by").order_by("pk")],
        next=move if may else "",
        button=_("Duyệt lần thứ hai") if may and second else words_of(move) if may else "",
        consequence=_consequence(move) if may else "",
        waits_for="" if may or not move else _("Đã duyệt lần thứ nhất; chờ người thứ hai duyệt.") if second else _waits_for(move),
        rejects=(pay_list.status, "reject") in MOVES and scope.role in roles_of("reject", today),
        signs=move in ("approve", "release"),
        must_read=asks and not steps.has_read(pay_list, scope.user_id),
        drift=(len(drift), sum(now - was for was, now in drift)),
        standing=_standing(pay_list, scope) if asks else [],
    )
