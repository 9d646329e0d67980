"""Overdue clocks reach the next level: one open task each, set by SQL over all running cases."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection

from beneficiaries import statuses
from beneficiaries.operations.case_clock import NEAR, OVERDUE, SUBJECT
from beneficiaries.queries.calendar import calendar
from posasoft.core.models import Role

# Titles name no person and no paper; a confidential case is not told above the commune at all.
_ADD = """
INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, due_on, province_no, area_pos)
SELECT %(kind)s, %(title)s, c.number || %(reason)s, %(subject)s, c.id, '/cases/' || c.public_id || '/', %(role)s, c.due_on, c.province_no, c.area_pos
FROM beneficiaries_case c
WHERE c.status = ANY (%(running)s) AND c.due_on <= %(until)s AND (%(chair)s OR NOT c.confidential)
ON CONFLICT DO NOTHING
"""
_CLOSE = """
UPDATE core_workitem w SET done_at = now() FROM beneficiaries_case c
WHERE w.subject_kind = %(subject)s AND w.kind = ANY (%(kinds)s) AND w.done_at IS NULL AND c.id = w.subject_id
  AND (NOT c.status = ANY (%(running)s) OR c.due_on > %(until)s)
"""
CLUSTER_OVERDUE = f"{OVERDUE}.cluster"
# (kind, role, title, what stands behind the number, how far ahead the due day may be in working days)
_LEVELS = (
    (NEAR, Role.COMMUNE_CHAIR, "Hồ sơ sắp hết hạn", ": còn một ngày làm việc", 1),
    (CLUSTER_OVERDUE, Role.CLUSTER_OFFICER, "Hồ sơ quá hạn", ": xã chưa giải quyết xong", -1),
    (OVERDUE, Role.PROVINCE_OFFICER, "Hồ sơ quá hạn", ": xã chưa giải quyết xong", -1),
)


def escalate(*, today: datetime.date) -> int:
    """Tasks for the chair from one working day before the end, for cluster and province after it; those no longer true are closed.

    How many tasks were made. Runs in the caller's transaction and scope, as often as one likes.
    """
    running, made = sorted(statuses.CASE_RUNNING), 0
    day = datetime.timedelta(days=1)
    with connection.cursor() as cursor:
        for kind, role, title, reason, ahead in _LEVELS:
            until = calendar().add(today, ahead) if ahead > 0 else today - day
            values: dict[str, Any] = {
                "kind": kind, "title": title, "reason": reason, "subject": SUBJECT, "role": str(role), "running": running, "until": until,
                "kinds": [kind], "chair": role == Role.COMMUNE_CHAIR,
            }  # fmt: skip
            cursor.execute(_CLOSE, values)
            cursor.execute(_ADD, values)
            made += cursor.rowcount
    return made
