"""The calendar of paying: rules proposed by one person and confirmed by another, the days of each month written down, budgets."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from beneficiaries.queries.calendar import calendar
from payments.models import Budget, CycleProposal, CycleRule
from payments.queries.cycle import Days, days_of, rule_of
from policy.loader import load_law
from posasoft.core import audit
from posasoft.core.models import Area, Level, Role
from posasoft.core.months import add_months, first_of_month
from posasoft.core.scope import Scope

FIELDS = (
    "cut_off_day", "list_by_day", "pay_from_day", "pay_to_day", "report_by_day", "recovery_share_percent", "second_approval_above",
)  # fmt: skip
# Months whose days are written down: the present one and those whose lists are being prepared.
OPEN_AHEAD = 2
Outcome = CycleProposal.Outcome

_OPEN = """
INSERT INTO payments_cycle (month, province_no, cut_off_on, list_by, pay_from, pay_to, report_by)
SELECT * FROM unnest(%(month)s::date[], %(province)s::smallint[], %(cut_off_on)s::date[], %(list_by)s::date[], %(pay_from)s::date[],
  %(pay_to)s::date[], %(report_by)s::date[])
ON CONFLICT (month, province_no) DO UPDATE SET cut_off_on = excluded.cut_off_on, list_by = excluded.list_by, pay_from = excluded.pay_from,
  pay_to = excluded.pay_to, report_by = excluded.report_by
WHERE payments_cycle.closed_at IS NULL AND payments_cycle.month >= %(from)s
  AND (payments_cycle.cut_off_on, payments_cycle.list_by, payments_cycle.pay_from, payments_cycle.pay_to, payments_cycle.report_by)
    IS DISTINCT FROM (excluded.cut_off_on, excluded.list_by, excluded.pay_from, excluded.pay_to, excluded.report_by)
"""


class CalendarRefused(ValueError):
    """The rule or budget cannot be kept; the message is for the screen (Vietnamese)."""


@dataclass(frozen=True)
class Rule:
    """A rule as somebody fills it in: days of a month, percent of a line, đồng of a list."""

    since: datetime.date
    cut_off_day: int
    list_by_day: int
    pay_from_day: int
    pay_to_day: int
    report_by_day: int
    recovery_share_percent: int
    second_approval_above: int

    def as_model(self) -> CycleRule:
        """The rule unsaved, to work out its days."""
        return CycleRule(**{name: getattr(self, name) for name in ("since", *FIELDS)})


def check(rule: Rule, today: datetime.date) -> None:
    """Raises CalendarRefused naming the day that is wrong: lists before the 25th and reports before the 20th are the law's."""
    if rule.since.day != 1 or rule.since <= first_of_month(today):
        raise CalendarRefused(_("Quy định áp dụng từ tháng sau trở đi; tháng đang chi giữ nguyên lịch."))
    problems = (
        (not 1 <= rule.cut_off_day < rule.list_by_day, _("Ngày chốt thay đổi phải trước ngày có danh sách.")),
        (rule.list_by_day > 24, _("Danh sách phải có trước ngày 25.")),
        (not 1 <= rule.pay_from_day <= rule.pay_to_day, _("Ngày bắt đầu chi phải không sau ngày kết thúc chi.")),
        (not rule.pay_to_day < rule.report_by_day, _("Ngày báo cáo phải sau ngày kết thúc chi.")),
        (rule.report_by_day > 19, _("Báo cáo phải có trước ngày 20.")),
        (not 0 <= rule.recovery_share_percent <= 100, _("Mức thu hồi mỗi kỳ từ 0 đến 100 phần trăm.")),
        (rule.second_approval_above < 0, _("Mức tiền cần hai người duyệt không thể âm.")),
    )
    for wrong, message in problems:
        if wrong:
            raise CalendarRefused(message)


def preview(rule: Rule, months: int = 12) -> list[tuple[datetime.date, Days]]:
    """The days that a rule gives for the months from its first on, public holidays and moved days regarded."""
    worked, made = calendar(), rule.as_model()
    return [(month, days_of(made, month, worked)) for month in (add_months(rule.since, step) for step in range(months))]


@transaction.atomic
def propose(*, province_no: int | None, rule: Rule, reason: str, by: Scope) -> CycleProposal:
    """Ask for a rule; a second person confirms it. Raises CalendarRefused."""
    _may_rule(province_no, by)
    check(rule, timezone.localdate())
    if len(reason.strip()) < 10:
        raise CalendarRefused(_("Hãy ghi lý do, căn cứ văn bản nếu có (ít nhất 10 ký tự)."))
    values = {name: getattr(rule, name) for name in ("since", *FIELDS)}
    try:
        with transaction.atomic():
            made = CycleProposal.objects.create(province_no=province_no, reason=reason.strip()[:500], made_by_id=by.user_id or 0, **values)
    except IntegrityError as error:
        raise CalendarRefused(_("Đang có một đề nghị chờ xác nhận; hãy xử lý đề nghị đó trước.")) from error
    audit.record(verb="propose_calendar", kind="payments_cycleproposal", object_id=made.pk, by=by, province=province_no, since=rule.since)
    return made


@transaction.atomic
def decide(*, proposal: CycleProposal, agree: bool, answer: str, by: Scope) -> CycleProposal:
    """The second glance: confirm, and the rule holds and open months get its days; or refuse, saying why. Raises CalendarRefused."""
    found = CycleProposal.objects.select_for_update().get(pk=proposal.pk)
    _may_rule(found.province_no, by)
    if found.outcome != Outcome.WAITING:
        raise CalendarRefused(_("Đề nghị này đã được xử lý."))
    if found.made_by_id == by.user_id:
        raise CalendarRefused(_("Bạn đã đề nghị quy định này; cần một người khác xác nhận."))
    if not agree and not answer.strip():
        raise CalendarRefused(_("Hãy ghi lý do không đồng ý."))
    found.outcome = Outcome.CONFIRMED if agree else Outcome.REFUSED
    found.decided_by_id, found.decided_at, found.answer = by.user_id, timezone.now(), answer.strip()[:500]
    found.save(update_fields=["outcome", "decided_by", "decided_at", "answer"])
    verb = "confirm_calendar" if agree else "refuse_calendar"
    audit.record(verb=verb, kind="payments_cycleproposal", object_id=found.pk, by=by, province=found.province_no, since=found.since)
    if agree:
        values = {name: getattr(found, name) for name in FIELDS}
        given = {**values, "reason": found.reason, "made_by_id": found.made_by_id, "made_at": Now()}
        CycleRule.objects.update_or_create(province_no=found.province_no, since=found.since, defaults=given)
        open_cycles(timezone.localdate(), again_from=found.since)
    return found


def open_cycles(today: datetime.date, *, again_from: datetime.date | None = None) -> int:
    """Write down the days of the present month and the two after it for every province, in one statement; how many rows are new or other.

    Days once written stay, so that a holiday announced later moves nobody's deadline by itself; months from ``again_from`` on follow a new rule.
    """
    worked, first = calendar(), first_of_month(today)
    found = Area.objects.filter(level=Level.PROVINCE, position__isnull=False, province_no__isnull=False)
    numbers = sorted({number or 0 for number in found.values_list("province_no", flat=True)})
    rows: list[tuple[datetime.date, int, Days]] = []
    for month in (add_months(first, step) for step in range(OPEN_AHEAD + 1)):
        rows += [(month, number, days_of(rule_of(number, month), month, worked)) for number in numbers]
    names = ("cut_off_on", "list_by", "pay_from", "pay_to", "report_by")
    parameters: dict[str, Any] = {
        "month": [month for month, _number, _days in rows], "province": [number for _month, number, _days in rows],
        "from": again_from or datetime.date.max, **{name: [getattr(days, name) for *_, days in rows] for name in names},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, parameters)
        return int(cursor.rowcount)


def _may_rule(province_no: int | None, by: Scope) -> None:
    """A province rules itself, the ministry the country. Raises CalendarRefused."""
    if by.user_id is None or by.role not in (Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST):
        raise CalendarRefused(_("Vai trò của bạn không sửa lịch và dự toán."))
    if province_no is None:
        if by.role != Role.MINISTRY_ANALYST:
            raise CalendarRefused(_("Lịch chung của cả nước do bộ quy định."))
    elif not Area.objects.filter(level=Level.PROVINCE, province_no=province_no, position__gte=by.lo, position_end__lte=by.hi).exists():
        raise CalendarRefused(_("Tỉnh này không thuộc địa bàn của bạn."))


@transaction.atomic
def set_budget(*, province_no: int, programme: str, year: int, amount: int, source: str, by: Scope) -> Budget:
    """Enter or change what a province may spend on a programme in a year. Raises CalendarRefused."""
    _may_rule(province_no, by)
    if programme not in load_law().programmes:
        raise CalendarRefused(_("Không có chương trình này trong các văn bản đang áp dụng."))
    if amount < 0:
        raise CalendarRefused(_("Dự toán không thể âm."))
    if len(source.strip()) < 5:
        raise CalendarRefused(_("Hãy ghi nguồn kinh phí hoặc số quyết định giao dự toán."))
    before = Budget.objects.select_for_update().filter(province_no=province_no, programme=programme, year=year).first()
    given = {"amount": amount, "source": source.strip()[:200], "made_by_id": by.user_id, "made_at": timezone.now()}
    budget, _made = Budget.objects.update_or_create(province_no=province_no, programme=programme, year=year, defaults=given)
    audit.record(
        verb="set_budget", kind="payments_budget", object_id=budget.pk, by=by, province=province_no, programme=programme, year=year,
        before=before.amount if before else None, amount=amount,
    )  # fmt: skip
    return budget
