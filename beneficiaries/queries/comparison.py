"""A month against the one before: what is new, stopped and changed, and because of which fact, law, decision or birthday."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max

from beneficiaries.frequency import single_months
from beneficiaries.models import Run
from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS
from policy import load_law
from posasoft.core.months import add_months, last_day

CAUSES = {
    "death": "Người hưởng đã mất",
    "decision": "Quyết định mới, điều chỉnh hoặc hết hiệu lực",
    "membership": "Chuyển hộ",
    "ethnicity": "Đính chính dân tộc",
    "disability": "Thay đổi về khuyết tật",
    "no_parental_care": "Thay đổi về nguồn nuôi dưỡng",
    "was_in_5_1": "Thay đổi về diện khoản 1",
    "studying": "Thay đổi về học tập",
    "hiv": "Thay đổi về tình trạng HIV",
    "no_supporter": "Thay đổi về người phụng dưỡng",
    "facility_eligible": "Thay đổi về điều kiện vào cơ sở",
    "pension": "Thay đổi về lương hưu",
    "other_income": "Thay đổi về thu nhập",
    "pregnant": "Thay đổi về thai sản",
    "fostered_by": "Thay đổi về người chăm sóc",
    "boards_at_school": "Thay đổi về bán trú",
    "residence": "Thay đổi nơi ở",
    "poverty": "Thay đổi diện nghèo",
    "age": "Đến tuổi hoặc quá tuổi",
    "law": "Văn bản hoặc mức chuẩn mới",
    "period": "Khoản chi theo kỳ",
    "family": "Thay đổi của người khác trong hộ",
    "late": "Ghi nhận sau, có hiệu lực từ tháng trước",
    "other": "Thay đổi khác",
}


@dataclass(frozen=True)
class ComparisonCount:
    """Lines of one kind (new, stopped, changed), benefit and cause; đồng a month before and after."""

    kind: str
    benefit: str
    cause: str
    lines: int
    before: int
    after: int

    @property
    def cause_text(self) -> str:
        return CAUSES[self.cause]


@dataclass(frozen=True)
class ComparisonLine:
    """One line that differs; ``id`` is a place in the list for paging."""

    id: int
    person_id: int | None
    full_name: str
    household_id: int
    household_public_id: str
    benefit: str
    kind: str
    before: int
    after: int
    cause: str

    @property
    def cause_text(self) -> str:
        return CAUSES[self.cause]


def _changed(alias: str, facts: tuple[str, ...]) -> str:
    """The first fact of a row that began inside the window in which the month looks."""
    return "".join(f"WHEN {alias}.{name}_since BETWEEN %(seen_from)s AND %(seen_to)s THEN '{name}' " for name in facts)


_HOUSEHOLD = tuple(fact.name for fact in HOUSEHOLD_FACTS)
_PERSON = tuple(fact.name for fact in PERSON_FACTS if fact.name != "membership")

# A span that began or ended with the month, or that was written or superseded for it since the month before was last run (an import, a late
# decision, a correction); both for one key is a change. ``since`` is the first run that the month before knew nothing of.
LINES = f"""
WITH span AS (
  SELECT e.*, coalesce(e.superseded_by_run, 0) >= %(since)s AS is_past FROM beneficiaries_entitlement e
  WHERE e.area_pos >= %(lo)s AND e.area_pos < %(hi)s
    AND e.province_no IN (SELECT province_no FROM core_area WHERE level = 'province' AND position < %(hi)s AND position_end > %(lo)s)
    AND (e.superseded_by_run IS NULL OR e.superseded_by_run >= %(since)s) AND (e.until_month IS NULL OR e.until_month >= %(month)s)
), began AS (
  SELECT DISTINCT ON (household_id, person_id, benefit) * FROM span
  WHERE NOT is_past AND (until_month IS NULL OR until_month > %(month)s)
    AND (from_month = %(month)s OR (from_month < %(month)s AND run_id >= %(since)s)) ORDER BY household_id, person_id, benefit, id DESC
), ended AS (
  SELECT DISTINCT ON (household_id, person_id, benefit) * FROM span
  WHERE from_month < %(month)s AND (is_past OR (until_month = %(month)s AND run_id < %(since)s))
  ORDER BY household_id, person_id, benefit, is_past DESC, id DESC
),
line AS (
  SELECT coalesce(n.id, o.id) AS id, coalesce(n.household_id, o.household_id) AS household_id, coalesce(n.person_id, o.person_id) AS person_id,
    coalesce(n.benefit, o.benefit) AS benefit, CASE WHEN o.id IS NULL THEN 'new' WHEN n.id IS NULL THEN 'stopped' ELSE 'changed' END AS kind,
    coalesce(o.amount, 0) AS before, coalesce(n.amount, 0) AS after, n.decision_id IS DISTINCT FROM o.decision_id AS other_decision,
    coalesce(n.decision_id, o.decision_id) AS decision_id, n.from_month < %(month)s OR (n.id IS NULL AND o.is_past) AS is_late,
    n.law_version IS DISTINCT FROM o.law_version OR n.coefficient IS NOT DISTINCT FROM o.coefficient AS other_law
  FROM began n FULL JOIN ended o ON n.household_id = o.household_id AND coalesce(n.person_id, 0) = coalesce(o.person_id, 0) AND n.benefit = o.benefit
  WHERE (n.amount, n.coefficient, n.law_version, n.decision_id) IS DISTINCT FROM (o.amount, o.coefficient, o.law_version, o.decision_id)
)
SELECT l.id, l.person_id, coalesce(p.full_name, '') AS full_name, l.household_id, h.public_id::text, l.benefit, l.kind, l.before, l.after,
  CASE WHEN p.died_on BETWEEN %(seen_from)s AND %(seen_to)s OR (l.kind = 'stopped' AND p.died_on <= %(seen_to)s) THEN 'death'
    WHEN l.benefit = ANY(%(periodic)s) THEN 'period'
    WHEN d.from_month = %(month)s OR d.until_month = %(month)s OR (l.kind = 'changed' AND l.other_decision) THEN 'decision'
    WHEN p.household_since BETWEEN %(seen_from)s AND %(seen_to)s THEN 'membership'
    {_changed("p", _PERSON)} {_changed("h", _HOUSEHOLD)}
    WHEN l.is_late THEN 'late'
    WHEN l.kind = 'changed' AND l.other_law THEN 'law'
    WHEN to_char(p.born, 'MMDD') BETWEEN %(birth_from)s AND %(birth_to)s OR to_char(p.born, 'MMDD') = %(day_before)s THEN 'age'
    WHEN EXISTS (SELECT 1 FROM households_person m WHERE m.household_id = l.household_id AND (
      m.facts_since BETWEEN %(seen_from)s AND %(seen_to)s OR to_char(m.born, 'MMDD') BETWEEN %(birth_from)s AND %(birth_to)s)) THEN 'family'
    WHEN l.kind <> 'changed' AND EXISTS (
      SELECT 1 FROM line w WHERE w.household_id = l.household_id AND w.person_id IS NOT DISTINCT FROM l.person_id AND w.kind <> l.kind) THEN 'law'
    ELSE 'other' END AS cause
FROM line l
JOIN households_household h ON h.id = l.household_id
LEFT JOIN households_person p ON p.id = l.person_id
LEFT JOIN beneficiaries_decision d ON d.id = l.decision_id
"""


def parameters(month: datetime.date, lo: int, hi: int) -> dict[str, Any]:
    """What LINES asks for: the month, a range of positions, and the windows in which a fact is a cause."""
    before = last_day(add_months(month, -1))
    law = load_law()
    known = Run.objects.filter(kind=Run.Kind.MONTH, month__lt=month).aggregate(last=Max("pk"))["last"] or 0
    return {
        "since": known + 1,
        "month": month,
        "lo": lo,
        "hi": hi,
        "seen_from": before,
        "seen_to": last_day(month),
        "birth_from": f"{month:%m}01",
        "birth_to": f"{last_day(month):%m%d}",
        "day_before": f"{before:%m%d}",
        "periodic": sorted({*single_months(law, month), *single_months(law, add_months(month, -1))}),
    }


def comparison(month: datetime.date, *, lo: int, hi: int) -> list[ComparisonCount]:
    """Counts by kind, benefit and cause of everything in the range that differs from the month before, as last computed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, benefit, cause, count(*), sum(before)::bigint, sum(after)::bigint"
            f" FROM ({LINES}) x GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC",
            parameters(month, lo, hi),
        )
        return [ComparisonCount(*row) for row in cursor.fetchall()]


def comparison_lines(
    month: datetime.date, *, lo: int, hi: int, kind: str | None = None, cause: str | None = None, limit: int = 50, after: int = 0
) -> list[ComparisonLine]:
    """The lines behind the counts, paged by id: pass the last line's ``id`` as ``after`` for the next page."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({LINES}) x WHERE id > %(after)s AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
            " AND (%(cause)s::text IS NULL OR cause = %(cause)s) ORDER BY id LIMIT %(limit)s",
            {**parameters(month, lo, hi), "kind": kind, "cause": cause, "limit": limit, "after": after},
        )
        return [ComparisonLine(*row) for row in cursor.fetchall()]
