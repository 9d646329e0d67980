"""Money that nobody comes for: noticed after three months in a row, asked after in the village, suspended when the chair has signed it, resumed.

Circular 02/2021/TT-BLĐTBXH Article 2.3.a: a benefit not collected three months in a row or longer is suspended, by a decision; Decree 335/2026
Article 9.4: after a review that changes nothing it is paid again from the month of the suspension. The night's task notices and books; nobody is
suspended by it. Set by set; a second time changes nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments import outcomes
from payments.models import Uncollected
from payments.operations import carrying, ledger, notices
from posasoft.core import audit
from posasoft.core.models import Role, WorkItem
from posasoft.core.scope import COUNTRY, Scope, apply, unbound

KIND = "payments.uncollected"
MONTHS = 3
# What the family did; a wrong account number or a slip in our own data is not the family staying away.
STAYED_AWAY = (outcomes.ABSENT, outcomes.REFUSED, outcomes.MOVED, outcomes.OTHER)
BACK = 24

# By household and list month of lists that have their results: paid at all, or nothing because the family stayed away. Months without a line
# break no row and make none: the row runs over the household's own list months, and its months must follow each other.
_MONTHLY = """
CREATE TEMP TABLE uncollected_month ON COMMIT DROP AS
SELECT p.household_id, p.month, bool_or(r.outcome = 'paid') AS paid, bool_and(r.outcome = 'unpaid' AND r.reason = ANY (%(away)s)) AS away,
  (array_agg(p.id ORDER BY p.id DESC))[1] AS line_id
FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id AND p.total > 0
JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id
WHERE l.province_no = %(province)s AND l.month > (%(last)s::date - interval '24 months')::date AND l.status IN ('reconciled', 'closed')
  AND p.household_id IN (
    SELECT o.household_id FROM payments_paymentlist k JOIN payments_paymentline o ON o.month = k.month AND o.list_id = k.id
    JOIN payments_lineresult x ON x.month = o.month AND x.line_id = o.id AND x.outcome = 'unpaid'
    WHERE k.province_no = %(province)s AND k.month = %(last)s AND k.status IN ('reconciled', 'closed'))
GROUP BY 1, 2
"""
# The latest run of months that follow each other: gaps-and-islands over the number of the month.
_RUNS = """
CREATE TEMP TABLE uncollected_run ON COMMIT DROP AS
SELECT x.household_id, min(x.month) AS since, max(x.month) AS last_month, count(*) AS months
FROM (
  SELECT household_id, month, extract(year FROM month) * 12 + extract(month FROM month)
    - row_number() OVER (PARTITION BY household_id ORDER BY month) AS island
  FROM uncollected_month WHERE away AND NOT paid
) x GROUP BY x.household_id, x.island HAVING max(x.month) = %(last)s AND count(*) >= %(least)s
"""
_WAITING = """
SELECT coalesce(sum(b.amount), 0)::bigint FROM (
  SELECT sum(CASE WHEN e.credit IN (7, 10) THEN e.amount ELSE 0 END) - sum(CASE WHEN e.debit IN (7, 10) THEN e.amount ELSE 0 END) AS amount
  FROM payments_paymentline p JOIN payments_ledgerentry e ON e.month = p.month AND e.line_id = p.id
  WHERE p.household_id = {household} AND p.month >= {since}
) b
"""
_KEEP = f"""
INSERT INTO payments_uncollected AS k (household_id, since, last_month, months, amount, answer, note, province_no, area_pos)
SELECT r.household_id, r.since, r.last_month, r.months, ({_WAITING.format(household="r.household_id", since="r.since")}), '', '',
  h.province_no, h.area_pos
FROM uncollected_run r JOIN households_household h ON h.id = r.household_id
WHERE NOT EXISTS (SELECT FROM payments_uncollected o
  WHERE o.household_id = r.household_id AND o.ended_at IS NOT NULL AND o.last_month >= r.last_month)
ON CONFLICT (household_id) WHERE ended_at IS NULL DO UPDATE SET
  since = CASE WHEN excluded.months < 24 THEN excluded.since ELSE k.since END, -- another row of months after a slip of ours
  last_month = excluded.last_month, months = excluded.months, amount = excluded.amount,
  province_no = excluded.province_no, area_pos = excluded.area_pos
WHERE (k.last_month, k.months, k.amount, k.area_pos) IS DISTINCT FROM (excluded.last_month, excluded.months, excluded.amount, excluded.area_pos)
"""
# For the collaborator who has the household among his or her own, else for the commune's officer.
_WORK = """
INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, assignee_id, due_on, province_no, area_pos, created_at)
SELECT %(kind)s, %(title)s, u.months || %(reason)s || to_char(u.since, 'MM/YYYY'), %(kind)s, u.id, '/settling/uncollected/' || u.public_id || '/',
  CASE WHEN c.user_id IS NULL THEN 'commune_officer' ELSE 'collaborator' END, c.user_id, %(due)s, u.province_no, u.area_pos, now()
FROM payments_uncollected u LEFT JOIN LATERAL (
  SELECT r.user_id FROM core_assigneditem i JOIN core_roleassignment r ON r.id = i.assignment_id JOIN core_user p ON p.id = r.user_id AND p.is_active
  WHERE i.kind = 'households' AND i.object_id = u.household_id AND (i.until IS NULL OR i.until > %(today)s)
    AND r.role = 'collaborator' AND r.since <= %(today)s AND (r.until IS NULL OR r.until > %(today)s)
  ORDER BY i.id LIMIT 1
) c ON true
WHERE u.province_no = %(province)s AND u.ended_at IS NULL AND u.answered_at IS NULL
ON CONFLICT (kind, subject_kind, subject_id) WHERE done_at IS NULL AND subject_id IS NOT NULL DO UPDATE SET reason = excluded.reason
WHERE core_workitem.reason IS DISTINCT FROM excluded.reason
"""
# Paid since, or all money written off or forwarded and none waits: the case is over.
_END = f"""
UPDATE payments_uncollected u SET ended_at = now()
WHERE u.province_no = %(province)s AND u.ended_at IS NULL AND (
  EXISTS (SELECT FROM payments_paymentline p JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id AND r.outcome = 'paid'
    WHERE p.household_id = u.household_id AND p.month >= u.since AND p.total > 0)
  OR u.suspended_at IS NOT NULL AND NOT EXISTS (SELECT FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
    WHERE d.household_id = u.household_id AND s.ground = 'uncollected' AND s.ended_at IS NULL)
  OR u.suspended_at IS NULL AND 0 = ({_WAITING.format(household="u.household_id", since="u.since")})
    AND NOT EXISTS (SELECT FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month
      WHERE p.household_id = u.household_id AND p.month > u.last_month AND p.carried > 0 AND l.status <> 'closed'))
"""
_DONE = """
UPDATE core_workitem w SET done_at = now() FROM payments_uncollected u
WHERE w.kind = %(kind)s AND w.subject_id = u.id AND w.done_at IS NULL AND u.province_no = %(province)s
  AND (u.ended_at IS NOT NULL OR u.answered_at IS NOT NULL)
"""
_SUSPENDED_HOMES = """
SELECT d.household_id FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
WHERE s.province_no = %(province)s AND s.ground = 'uncollected' AND s.ended_at IS NULL
"""
# A line that a list in somebody's hands has taken up goes on with it; should it come back, the next night suspends it.
_TO_SUSPEND = f"""
SELECT p.month, p.id FROM payments_paymentline p
WHERE p.month = ANY (%(months)s::date[]) AND p.household_id IN ({_SUSPENDED_HOMES}) AND {carrying.HELD}
  AND 0 < (SELECT sum(CASE WHEN e.credit = 7 THEN e.amount WHEN e.debit = 7 THEN -e.amount ELSE 0 END) FROM payments_ledgerentry e
    WHERE e.month = p.month AND e.line_id = p.id)
  AND NOT EXISTS (SELECT FROM payments_paymentlist l JOIN payments_paymentline n ON n.month = l.month AND n.list_id = l.id AND n.carried > 0
    WHERE l.province_no = %(province)s AND l.released_at IS NULL AND n.household_id = p.household_id
      AND n.components @> jsonb_build_array(jsonb_build_object('o', p.id)))
"""
_TO_RESUME = f"""
SELECT p.month, p.id FROM payments_paymentline p
WHERE p.month = ANY (%(months)s::date[]) AND p.household_id IN (
    SELECT d.household_id FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
    WHERE s.province_no = %(province)s AND s.ground = 'uncollected')
  AND NOT ({carrying.HELD})
  AND 0 < (SELECT sum(CASE WHEN e.credit = 10 THEN e.amount WHEN e.debit = 10 THEN -e.amount ELSE 0 END) FROM payments_ledgerentry e
    WHERE e.month = p.month AND e.line_id = p.id)
"""
# A line may be suspended and resumed more than once in its life: the source is the paper that began or ended it.
_MOVE = """
SELECT p.month, p.id AS line_id, p.list_id, p.household_id, %(debit)s::smallint AS debit, %(credit)s::smallint AS credit, p.total AS amount,
  7::smallint AS source_kind, coalesce((SELECT max({paper}) FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
    WHERE d.household_id = p.household_id AND s.ground = 'uncollected'), 0) AS source_id, p.province_no, p.area_pos
FROM ({lines}) w JOIN payments_paymentline p ON p.month = w.month AND p.id = w.id
"""


_NEWLY = """
SELECT s.from_month, array_agg(DISTINCT d.household_id) FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
WHERE s.province_no = %(province)s AND s.ground = 'uncollected' AND s.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM payments_notice n WHERE n.household_id = d.household_id AND n.key = 'uncollected:' || to_char(s.from_month, 'YYYY-MM'))
GROUP BY 1
"""


class AnswerRefused(Exception):
    """What was found out cannot be kept; the message is for the screen (Vietnamese)."""


@dataclass(frozen=True)
class Swept:
    """What one night found and booked in a province."""

    open: int
    suspended: int
    resumed: int


def sweep(*, province_no: int) -> Swept:
    """Bring uncollected money of a province up to date, as the system; a second time the same night changes nothing."""
    with transaction.atomic():
        apply(COUNTRY)
        suspended, resumed = _book(province_no)
        last = _last_month(province_no)
        if last is not None:
            _notice(province_no, last)
        with connection.cursor() as cursor:
            cursor.execute(_END, {"province": province_no})
            cursor.execute(_DONE, {"province": province_no, "kind": KIND})
            cursor.execute("SELECT count(*) FROM payments_uncollected WHERE province_no = %s AND ended_at IS NULL", [province_no])
            number: int = cursor.fetchone()[0]
    return Swept(number, suspended, resumed)


def _notice(province_no: int, last: datetime.date) -> None:
    today = timezone.localdate()
    parameters: dict[str, Any] = {
        "province": province_no, "last": last, "away": list(STAYED_AWAY), "least": MONTHS, "kind": KIND, "today": today,
        "due": today + datetime.timedelta(days=10), "title": "Tìm hiểu vì sao gia đình không đến nhận trợ cấp", "reason": " tháng liền, từ tháng ",
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (_MONTHLY, "ANALYZE uncollected_month", _RUNS, _KEEP, _WORK):
            cursor.execute(statement, parameters)
        cursor.execute("DROP TABLE uncollected_month, uncollected_run")


def _last_month(province_no: int) -> datetime.date | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(month) FROM payments_paymentlist WHERE province_no = %s AND status IN ('reconciled', 'closed')", [province_no]
        )
        found: datetime.date | None = cursor.fetchone()[0]
    return found


def _book(province_no: int) -> tuple[int, int]:
    """Money of families under a suspension is held back, that of families whose suspension has ended waits for the next list again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT month FROM payments_paymentlist WHERE province_no = %s AND released_at IS NOT NULL ORDER BY month DESC LIMIT %s",
            [province_no, BACK],
        )
        months = frozenset(row[0] for row in cursor.fetchall())
    if not months:
        return 0, 0
    parameters = {"province": province_no, "months": sorted(months)}
    held = _MOVE.format(lines=_TO_SUSPEND, paper="s.document_id")
    suspended = ledger.post(held, {**parameters, "debit": 7, "credit": 10}, months)
    freed = _MOVE.format(lines=_TO_RESUME, paper="coalesce(s.ended_by_id, s.document_id)")
    resumed = ledger.post(freed, {**parameters, "debit": 10, "credit": 7}, months)
    _tell_suspended(province_no)
    if suspended or resumed:
        audit.record(verb="sweep_uncollected", kind="province", object_id=province_no, by=COUNTRY, suspended=suspended, resumed=resumed)
    return suspended, resumed


def _tell_suspended(province_no: int) -> None:
    """Families whose suspension was signed since yesterday get the notice, with the month from which it holds; once per suspension."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE payments_uncollected SET suspended_at = now() WHERE province_no = %(province)s AND ended_at IS NULL AND suspended_at IS NULL"
            f" AND household_id IN ({_SUSPENDED_HOMES})",
            {"province": province_no},
        )
        cursor.execute(_NEWLY, {"province": province_no})
        newly = cursor.fetchall()
    for month, homes in newly:
        facts = {"ly_do": "ba tháng liền trở lên không nhận tiền"}
        notices.queue(kind="suspension", key=f"uncollected:{month:%Y-%m}", month=month, households=homes, facts=facts, by=COUNTRY)


def answer(*, case: Uncollected, found: str, note: str, by: Scope) -> Uncollected:
    """Keep what the village found out; the commune's officer gets the task that follows from it. Raises AnswerRefused.

    Whoever calls has found the case in the acting person's own sight: a collaborator reads own households and writes none.
    """
    if found not in Uncollected.Answer.values:
        raise AnswerRefused(_("Chọn điều đã tìm hiểu được."))
    if found == Uncollected.Answer.AWAY and not note.strip():
        raise AnswerRefused(_("Ghi gia đình đang ở đâu, khi nào về."))
    with transaction.atomic(), unbound(by):
        locked = Uncollected.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if locked.ended_at is not None:
            raise AnswerRefused(_("Việc này đã kết thúc, gia đình đã nhận tiền hoặc đã có quyết định."))
        locked.answer, locked.note = found, note.strip()[:500]
        locked.answered_by_id, locked.answered_at = by.user_id, timezone.now()
        locked.save(update_fields=["answer", "note", "answered_by", "answered_at"])
        WorkItem.objects.filter(kind=KIND, subject_id=locked.pk, done_at=None).update(done_at=timezone.now())
        WorkItem.objects.bulk_create(
            [
                WorkItem(
                    kind="payments.uncollected_decide", subject_kind=KIND, subject_id=locked.pk, role=Role.COMMUNE_OFFICER,
                    title="Xử lý tiền trợ cấp ba tháng liền không có người nhận", reason=str(Uncollected.Answer(found).label),
                    link=f"/settling/uncollected/{locked.public_id}/", province_no=locked.province_no, area_pos=locked.area_pos,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        audit.record(
            verb="answer_uncollected",
            kind="uncollected",
            object_id=locked.public_id,
            by=by,
            area=(locked.province_no, locked.area_pos),
            found=found,
        )
    return locked
