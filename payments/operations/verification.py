"""Asking families after payment whether the money came: a sample drawn once by one statement, answers that are only added to.

The order is that of a keyed hash of seed and line, so that the same seed over the same lines draws the same families, by whomever it is repeated.
"""

from __future__ import annotations

import datetime
import math
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Collected, Mode, VerificationAnswer, VerificationPlan, VerificationSample
from posasoft.core import audit
from posasoft.core.models import Area, WorkItem
from posasoft.core.scope import Scope, unbound

# Two-sided quantiles of the normal distribution.
Z = {90: 1.645, 95: 1.960, 99: 2.576}
STRATA = ("channel", "point", "reason")
# Of a stratum with few lines this many are asked, or all.
FEWEST_OF_STRATUM = 3
ASK, ALARM = "verification.ask", "verification.alarm"

_STRATUM = {
    "channel": "l.channel",
    "point": "coalesce(d.service_point_id::text, '-')",
    "reason": "coalesce(r.outcome || CASE WHEN r.outcome = 'unpaid' THEN ':' || r.reason ELSE '' END, '-')",
}
_RESULTS = "LEFT JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id"
_FRAME = """
SELECT p.id AS line_id, p.month, p.household_id, p.province_no, p.area_pos, d.agency_id, {stratum} AS stratum,
  md5(%(seed)s::text || p.public_id::text) AS place
FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
LEFT JOIN payments_delivery d ON d.pay_list_id = l.id {results}
WHERE l.month = %(month)s AND p.month = %(month)s AND l.area_pos >= %(lo)s AND l.area_pos < %(hi)s
  AND l.status IN ('sent', 'results_in', 'reconciled', 'closed') AND p.total > 0
"""
_DRAW = """
WITH frame AS ({frame}), ranked AS (
  SELECT f.*, row_number() OVER (PARTITION BY stratum ORDER BY place) AS rank, count(*) OVER (PARTITION BY stratum) AS stratum_size,
    count(*) OVER () AS population
  FROM frame f
)
SELECT *, row_number() OVER (ORDER BY place) AS number FROM ranked
WHERE rank <= least(stratum_size, greatest(ceil(%(size)s::numeric * stratum_size / population), CASE WHEN stratum = '' THEN 0 ELSE %(fewest)s END))
"""
_WRITE = """
INSERT INTO payments_verificationsample (plan_id, number, month, line_id, household_id, stratum, stratum_size, agency_id, province_no, area_pos)
SELECT %(plan)s, number, month, line_id, household_id, stratum, stratum_size, agency_id, province_no, area_pos FROM ({draw}) x
"""
_TELL = f"""
INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, due_on, province_no, area_pos)
SELECT '{ASK}', 'Hỏi các hộ sau chi trả', count(*) || ' hộ trong mẫu của xã', 'verification', %(plan)s * 10000 + row_number() OVER (), %(link)s,
  'commune_officer', %(due)s, s.province_no, c.position
FROM payments_verificationsample s JOIN households_household h ON h.id = s.household_id JOIN core_area c ON c.id = h.commune_id
WHERE s.plan_id = %(plan)s GROUP BY c.position, s.province_no ON CONFLICT DO NOTHING
"""


class VerificationRefused(Exception):
    """The message is for the screen (Vietnamese), ``field`` the field of the form it belongs to."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Told:
    """What was told, or that nobody was reached. Money in đồng."""

    mode: str
    asked_on: datetime.date
    reached: bool
    received: bool | None = None
    amount: int | None = None
    collected_by: str = ""
    was_charged: bool | None = None
    fee: int | None = None
    note: str = ""


def sample_size(population: int, *, confidence: int, margin: int) -> int:
    """How many of a population to ask for a share, known to ± margin (hundredths of a percent) with a confidence (90, 95, 99 percent).

    The worst case, a share of one half, with the correction for a finite population; at most everybody.
    """
    if population <= 0:
        return 0
    without_end = Z[confidence] ** 2 * 0.25 / (margin / 10_000) ** 2
    return min(population, math.ceil(without_end / (1 + (without_end - 1) / population)))


def draw(
    *, month: datetime.date, area: Area, strata: Sequence[str], confidence: int, margin: int, by: Scope, seed: int | None = None
) -> VerificationPlan:
    """Draw the sample of a month's lines that were sent to be paid, in an area; once. Tasks for the communes are written with it.

    Raises VerificationRefused for an unknown stratum or confidence, a margin outside 1–20 %, and where nothing was sent.
    """
    if confidence not in Z or not set(strata) <= set(STRATA) or not 100 <= margin <= 2000:
        raise VerificationRefused(_("Độ tin cậy là 90, 95 hoặc 99 %, sai số từ 1 đến 20 %."), "margin")
    with transaction.atomic():
        plan = VerificationPlan.objects.create(
            month=month, area=area, strata=[name for name in STRATA if name in strata], confidence=confidence, margin=margin,
            seed=secrets.randbelow(2**31) if seed is None else seed, made_by_id=by.user_id,
        )  # fmt: skip
        population = _count(plan, area)
        if not population:
            raise VerificationRefused(_("Tháng này chưa có danh sách nào đã gửi đơn vị chi trả trong địa bàn."), "month")
        plan.population, plan.drawn_at = population, timezone.now()
        wanted = sample_size(population, confidence=confidence, margin=margin)
        with connection.cursor() as cursor:
            cursor.execute(_WRITE.format(draw=_sql(plan)), _parameters(plan, area, wanted))
            plan.size = cursor.rowcount
            plan.save(update_fields=["population", "size", "drawn_at"])
            due = timezone.localdate() + datetime.timedelta(days=14)
            cursor.execute(_TELL, {"plan": plan.pk, "link": f"/verification/{plan.public_id}/", "due": due})
        place = (area.province_no or 0, area.position or 0)
        audit.record(verb="draw_sample", kind="verification", object_id=plan.public_id, by=by, area=place, size=plan.size, of=population)
    return plan


def drawn_again(plan: VerificationPlan) -> set[int]:
    """The lines that the plan's seed draws now: those of its sample, as long as the lists are the same."""
    wanted = sample_size(plan.population, confidence=plan.confidence, margin=plan.margin)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT line_id FROM ({_sql(plan)}) x", _parameters(plan, plan.area, wanted))
        return {row[0] for row in cursor.fetchall()}


def _frame(plan: VerificationPlan) -> str:
    parts = [_STRATUM[name] for name in plan.strata]
    stratum = f"concat_ws('|', {', '.join(parts)})" if parts else "''"
    return _FRAME.format(stratum=stratum, results=_RESULTS if "reason" in plan.strata else "")


def _sql(plan: VerificationPlan) -> str:
    return _DRAW.format(frame=_frame(plan))


def _parameters(plan: VerificationPlan, area: Area, wanted: int) -> dict[str, Any]:
    return {
        "plan": plan.pk, "month": plan.month, "seed": plan.seed, "lo": area.position or 0, "hi": area.position_end or 0, "size": wanted,
        "fewest": FEWEST_OF_STRATUM,
    }  # fmt: skip


def _count(plan: VerificationPlan, area: Area) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_frame(plan)}) f", _parameters(plan, area, 0))
        row = cursor.fetchone()
    return int(row[0])


def record(*, sample: VerificationSample, told: Told, client_key: uuid.UUID, by: Scope) -> VerificationAnswer:
    """Add what a family told. The same client key again is the same answer; ``sample`` was found under the caller's own scope.

    Raises VerificationRefused for what does not fit together, for a closed plan, and where another has asked this family already.
    """
    _check(sample, told)
    with transaction.atomic(), unbound(by):
        known = VerificationAnswer.objects.filter(client_key=client_key, sample=sample).first()
        if known is not None:
            return known
        try:
            with transaction.atomic():
                answer = VerificationAnswer.objects.create(
                    sample=sample, client_key=client_key, mode=told.mode, asked_on=told.asked_on, reached=told.reached, received=told.received,
                    amount=told.amount, collected_by=told.collected_by, was_charged=told.was_charged, fee=told.fee, note=told.note.strip()[:500],
                    made_by_id=by.user_id, province_no=sample.province_no, area_pos=sample.area_pos,
                )  # fmt: skip
        except IntegrityError as error:
            raise VerificationRefused(_("Hộ này đã có câu trả lời.")) from error
        place = (sample.province_no, sample.area_pos)
        audit.record(verb="answer_sample", kind="verification", object_id=sample.plan.public_id, by=by, area=place, reached=told.reached)
        if told.was_charged or told.received is False:
            _alarm(sample, told)
    return answer


def _check(sample: VerificationSample, told: Told) -> None:
    if sample.plan.closed_at is not None:
        raise VerificationRefused(_("Đợt hỏi này đã khép lại."))
    if told.mode not in Mode.values or told.asked_on > timezone.localdate():
        raise VerificationRefused(_("Hãy chọn cách hỏi và ngày hỏi không sau hôm nay."), "asked_on")
    if not told.reached:
        return
    if told.received is None:
        raise VerificationRefused(_("Đã gặp được thì hãy ghi gia đình đã nhận tiền hay chưa."), "received")
    if told.received and (told.amount is None or told.collected_by not in Collected.values):
        raise VerificationRefused(_("Hãy ghi số tiền đã nhận và ai nhận."), "amount")
    if told.was_charged and not told.fee:
        raise VerificationRefused(_("Hãy ghi số tiền bị thu."), "fee")


def _alarm(sample: VerificationSample, told: Told) -> None:
    reason = "Gia đình nói bị thu tiền khi nhận trợ cấp" if told.was_charged else "Gia đình nói chưa nhận được tiền"
    WorkItem.objects.get_or_create(
        kind=ALARM, subject_kind="verification_sample", subject_id=sample.pk, done_at=None,
        defaults={
            "title": "Kiểm tra một câu trả lời sau chi trả", "reason": reason, "link": f"/verification/{sample.plan.public_id}/",
            "role": "province_officer", "province_no": sample.province_no, "area_pos": sample.area_pos,
        },
    )  # fmt: skip


def may_close(plan: VerificationPlan, by: Scope) -> bool:
    """Whether the whole area of the plan lies in the role's range: who sees some families of it answers, and ends nothing for the others."""
    return by.kind == "area" and by.lo <= (plan.area.position or 0) and (plan.area.position_end or 0) <= by.hi


def close(*, plan: VerificationPlan, by: Scope) -> VerificationPlan:
    """Take no more answers; open tasks of the plan are done. Raises VerificationRefused for a plan that is closed, or of an area wider than
    the acting role's."""
    if not may_close(plan, by):
        raise VerificationRefused(_("Đợt hỏi này của địa bàn rộng hơn phạm vi của bạn; nơi lập đợt hỏi khép lại."))
    with transaction.atomic():
        locked = VerificationPlan.objects.select_for_update().get(pk=plan.pk)
        if locked.closed_at is not None:
            raise VerificationRefused(_("Đợt hỏi này đã khép lại."))
        locked.closed_at = timezone.now()
        locked.save(update_fields=["closed_at"])
        WorkItem.objects.filter(kind=ASK, link=f"/verification/{locked.public_id}/", done_at__isnull=True).update(done_at=timezone.now())
        audit.record(verb="close_sample", kind="verification", object_id=locked.public_id, by=by)
    return locked
