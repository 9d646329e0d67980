"""What the calendar asks of whom: tasks with their day on the home page, kept in step with the lists by one statement.

A task is there while the list or the month is where it should not stay; the next hand's task comes when the hand before is done. Titles are the
words of the role that reads them. Communes get a task for each list, a province one for the month with how many communes are late.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection

# A commune hears of the cut-off and a province of days of payment this many days before.
WARN_DAYS = 5

# month, commune, list: what a list in this state asks of whom. Lists besides the regular ones are due by the last day of payment.
_OF_LISTS = """
SELECT 'cycle_' || l.status AS kind, 'payments_paymentlist' AS subject_kind, l.id AS subject_id, x.title || to_char(l.month, 'MM/YYYY') AS title,
  a.name || ': ' || l.households || ' hộ' AS reason, '/lists/' || l.id || '/' AS link, x.role,
  CASE l.kind WHEN 'regular' THEN c.list_by ELSE c.pay_to END AS due_on, l.province_no, l.area_pos
FROM payments_paymentlist l
JOIN payments_cycle c ON c.month = l.month AND c.province_no = l.province_no AND c.closed_at IS NULL
JOIN core_area a ON a.id = l.commune_id
JOIN (VALUES ('draft', 'commune_officer', 'Lập và trình danh sách chi trả tháng '),
  ('prepared', 'commune_officer', 'Kiểm tra danh sách chi trả tháng '),
  ('checked', 'commune_chair', 'Duyệt danh sách chi trả tháng '),
  ('approved', 'commune_chair', 'Phát hành danh sách chi trả tháng ')) AS x(status, role, title) ON x.status = l.status
WHERE (%(lists)s::bigint[] IS NULL OR l.id = ANY(%(lists)s))
"""
_CUT_OFF = """
SELECT 'cycle_cut_off', to_char(c.month, 'YYYY-MM'), a.id, 'Ghi xong thay đổi để tính chi trả tháng ' || to_char(c.month, 'MM/YYYY'),
  'Sau ngày này, thay đổi phải chờ danh sách bổ sung hoặc tháng sau.', '/changes/', 'commune_officer', c.cut_off_on, c.province_no, a.position
FROM payments_cycle c JOIN core_area a ON a.province_no = c.province_no AND a.level = 'commune' AND a.position IS NOT NULL AND a.valid_to IS NULL
WHERE %(today)s BETWEEN c.cut_off_on - %(warn)s AND c.cut_off_on
"""
_LATE = """
SELECT x.kind, 'payments_cycle', c.id, x.title || to_char(c.month, 'MM/YYYY'), s.number || x.reason || s.first,
  '/lists/?month=' || to_char(c.month, 'YYYY-MM'), 'province_officer', x.due_on, c.province_no, a.position
FROM payments_cycle c JOIN core_area a ON a.province_no = c.province_no AND a.level = 'province' AND a.position IS NOT NULL AND a.valid_to IS NULL
CROSS JOIN LATERAL (VALUES
  ('cycle_late', 'Đôn đốc danh sách chi trả tháng ', ' danh sách chưa phát hành, trong đó ', c.list_by, c.list_by + 1,
    ARRAY['draft', 'prepared', 'checked', 'approved']),
  ('cycle_send', 'Gửi danh sách cho đơn vị chi trả tháng ', ' danh sách đã phát hành chưa gửi, trong đó ', c.pay_from, c.pay_from - %(warn)s,
    ARRAY['released']),
  ('cycle_results', 'Đòi kết quả chi trả tháng ', ' danh sách chưa có kết quả, trong đó ', c.pay_to, c.pay_to, ARRAY['sent'])
) AS x(kind, title, reason, due_on, from_day, states)
CROSS JOIN LATERAL (
  SELECT count(*) AS number, (array_agg(b.name ORDER BY l.area_pos))[1] AS first FROM payments_paymentlist l JOIN core_area b ON b.id = l.commune_id
  WHERE l.month = c.month AND l.province_no = c.province_no AND l.status = ANY(x.states)
) s
WHERE c.closed_at IS NULL AND %(today)s >= x.from_day AND s.number > 0
"""
_REPORT = """
SELECT 'cycle_report', 'payments_cycle', c.id, 'Quyết toán và báo cáo chi trả tháng ' || to_char(c.month, 'MM/YYYY'),
  'Báo cáo phải có trước ngày 20.', '/lists/?month=' || to_char(c.month, 'YYYY-MM'), 'province_officer', c.report_by, c.province_no, a.position
FROM payments_cycle c JOIN core_area a ON a.province_no = c.province_no AND a.level = 'province' AND a.position IS NOT NULL AND a.valid_to IS NULL
WHERE c.closed_at IS NULL AND %(today)s > c.pay_to AND EXISTS (
  SELECT 1 FROM payments_paymentlist l WHERE l.month = c.month AND l.province_no = c.province_no AND l.released_at IS NOT NULL)
"""
_SYNC = """
WITH wanted AS MATERIALIZED ({wanted}), done AS (
  UPDATE core_workitem w SET done_at = now()
  WHERE w.done_at IS NULL AND w.kind LIKE 'cycle\\_%%' AND {which}
    AND NOT EXISTS (SELECT 1 FROM wanted t WHERE t.kind = w.kind AND t.subject_kind = w.subject_kind AND t.subject_id = w.subject_id)
)
INSERT INTO core_workitem (kind, subject_kind, subject_id, title, reason, link, role, due_on, province_no, area_pos)
SELECT kind, subject_kind, subject_id, title, reason, link, role, due_on, province_no, area_pos FROM wanted
ON CONFLICT (kind, subject_kind, subject_id) WHERE done_at IS NULL AND subject_id IS NOT NULL DO UPDATE
SET title = excluded.title, reason = excluded.reason, due_on = excluded.due_on
WHERE (core_workitem.reason, core_workitem.due_on) IS DISTINCT FROM (excluded.reason, excluded.due_on)
"""


def sync(today: datetime.date) -> None:
    """Bring all tasks of the calendar to what the day and the lists ask; a second time changes nothing."""
    wanted = " UNION ALL ".join((_OF_LISTS, _CUT_OFF, _LATE, _REPORT))
    _run(wanted, "true", {"lists": None, "today": today, "warn": WARN_DAYS})


def of_lists(list_ids: Sequence[int]) -> None:
    """The tasks of these lists alone, in the transaction that moved them."""
    _run(_OF_LISTS, "w.subject_kind = 'payments_paymentlist' AND w.subject_id = ANY(%(lists)s)", {"lists": list(list_ids)})


def _run(wanted: str, which: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SYNC.format(wanted=wanted, which=which), parameters)
