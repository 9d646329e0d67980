"""Changes of areas that households carry: their difficulty class."""

from __future__ import annotations

import datetime

from django.db import connection, transaction

from households.models import Change
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.models import Area, AreaClass
from posasoft.core.scope import Scope

# Households of the area whose class differs: the spell that ends is kept, then the new one opens. One statement each, whatever the number.
_TOUCHED = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT id FROM households_household
WHERE area_pos >= %(lo)s AND area_pos < %(hi)s AND difficulty IS DISTINCT FROM %(difficulty)s
  AND (residence_since IS NULL OR residence_since < %(since)s)
"""
_OPEN = """
UPDATE households_household h SET difficulty = %(difficulty)s, residence_since = %(since)s,
  fact_changes = coalesce(h.fact_changes, '{}') || jsonb_build_object('residence', %(change)s::bigint)
FROM before_class b WHERE b.id = h.id
"""
_BEFORE = """
CREATE TEMP TABLE before_class ON COMMIT DROP AS
SELECT h.id, h.residence_since AS since, h.province_no, h.area_pos,
  jsonb_build_object('commune_id', h.commune_id, 'village_id', h.village_id, 'difficulty', h.difficulty, 'kind', h.residence_kind) AS value
FROM households_household h JOIN touched t ON t.id = h.id
"""
_CLOSE = """
INSERT INTO households_factspell (subject, subject_id, fact, value, since, until, change_id, province_no, area_pos)
SELECT 'h', b.id, 'residence', b.value, b.since, %(since)s, %(change)s, b.province_no, b.area_pos FROM before_class b
"""


@transaction.atomic
def set_area_difficulty(*, area: Area, difficulty: str | None, since: datetime.date, source: str, change: Change, by: Scope) -> int:
    """Give a commune or village a difficulty class from a day on, and its households with it; returns how many households changed.

    None takes the class away. A village's own class stands above its commune's: households of such a village keep theirs.
    Raises ValueError for a day before the present class began.
    """
    present = AreaClass.objects.filter(area=area, until__isnull=True).first()
    if present and present.since >= since:
        raise ValueError(f"phân loại hiện hành bắt đầu từ {present.since:%d/%m/%Y}, không thể đổi từ ngày sớm hơn")
    if present:
        AreaClass.objects.filter(pk=present.pk).update(until=since)
    if difficulty:
        AreaClass.objects.create(area=area, difficulty=difficulty, since=since, source=source)
    own = AreaClass.objects.filter(until__isnull=True, area__parent=area).values_list("area_id", flat=True)
    params = {
        "lo": area.position, "hi": area.position_end, "difficulty": difficulty, "since": since, "change": change.pk, "own": list(own),
    }  # fmt: skip
    with because(change=change.pk, by=by, reason=change.reason, effective_from=since), connection.cursor() as cursor:
        cursor.execute(_TOUCHED + " AND (village_id IS NULL OR NOT village_id = ANY(%(own)s::bigint[]))", params)
        for sql in (_BEFORE, _OPEN, _CLOSE):
            cursor.execute(sql, params)
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE touched, before_class")
    audit.record(
        verb="set_area_difficulty", kind="core_area", object_id=area.pk, by=by, difficulty=difficulty, since=str(since), households=changed
    )
    return changed
