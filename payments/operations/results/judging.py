"""Every row of a batch held against lines, lists, deliveries and earlier results, in one statement. It may be run again: the answer is today's."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from payments.models import ResultBatch

# A finding found here carries its code and the figures its sentence needs (payments/result_findings.py); those found while reading ("read")
# come from the channel and stay. An equal answer to what is known is no finding and nothing to do.
_JUDGE = """
WITH batch AS (
  SELECT b.*, l.month AS list_month, l.number AS list_number FROM payments_resultbatch b
  LEFT JOIN payments_delivery d ON d.id = b.delivery_id LEFT JOIN payments_paymentlist l ON l.id = d.pay_list_id WHERE b.id = %(batch)s
), told AS MATERIALIZED (
  SELECT r.*, CASE WHEN pg_input_is_valid(r.line, 'uuid') THEN r.line::uuid END AS uid, coalesce(r.paid_on, %(received)s) AS day,
    CASE WHEN r.findings = '[]' THEN r.findings
      ELSE (SELECT coalesce(jsonb_agg(e), '[]') FROM jsonb_array_elements(r.findings) e WHERE e->>'code' = 'read') END AS read
  FROM payments_resultrow r WHERE r.batch_id = %(batch)s
), counted AS (
  SELECT t.*, min(row_no) OVER same AS first_no, count(*) OVER same AS times, min(concat_ws('|', outcome, reason, amount)) OVER same
    IS DISTINCT FROM max(concat_ws('|', outcome, reason, amount)) OVER same AS at_odds
  FROM told t WINDOW same AS (PARTITION BY coalesce(uid::text, t.line))
), found AS (
  SELECT c.*, p.month AS p_month, p.id AS p_id, p.list_id AS p_list, p.province_no AS p_province, p.area_pos AS p_area, p.total, l.status,
    l.number, l.month AS l_month, b.list_month, b.list_number, (d.sent_at AT TIME ZONE %(zone)s)::date AS sent_on,
    p.id IS NULL AS unknown,
    d.id IS NULL AS not_sent,
    d.agency_id <> b.agency_id OR b.service_point_id IS NOT NULL AND d.service_point_id IS DISTINCT FROM b.service_point_id AS foreign_line,
    b.delivery_id IS NOT NULL AND d.id <> b.delivery_id AS other_list,
    x.outcome AS was, x.reason AS was_reason, x.booked, (x.at AT TIME ZONE %(zone)s)::text AS was_at, x.paid_on AS was_on,
    x.outcome = c.outcome AND (x.outcome = 'unpaid' AND x.reason = c.reason OR x.outcome = 'paid' AND (c.paid_on IS NULL OR c.paid_on = x.paid_on)
      AND coalesce(c.amount, p.total) = x.amount) AS same,
    EXISTS (SELECT 1 FROM payments_liststep s WHERE s.pay_list_id = l.id AND s.move = 'reopen') AS reopened
  FROM counted c CROSS JOIN batch b
  LEFT JOIN payments_paymentline p ON p.month = ANY (%(months)s::date[]) AND p.public_id = c.uid
  LEFT JOIN payments_paymentlist l ON l.id = p.list_id
  LEFT JOIN payments_delivery d ON d.pay_list_id = l.id
  LEFT JOIN payments_lineresult x ON x.month = p.month AND x.line_id = p.id
), judged AS (
  SELECT f.id, f.p_month, f.p_id, f.p_list, f.p_province, f.p_area, f.was IS NOT NULL AS known,
    f.same AND NOT foreign_line AND (f.times = 1 OR f.row_no = first_no AND NOT at_odds) AS same,
    f.read || CASE
      WHEN unknown THEN jsonb_build_array(jsonb_build_object('code', 'unknown_line', 'field', 'line', 'value', f.line))
      WHEN not_sent THEN jsonb_build_array(jsonb_build_object('code', 'not_sent', 'field', 'line', 'value', f.line))
      WHEN foreign_line THEN jsonb_build_array(jsonb_build_object('code', 'foreign_line', 'field', 'line', 'value', f.line))
      ELSE '[]'::jsonb
      || CASE WHEN other_list AND l_month <> list_month THEN jsonb_build_array(jsonb_build_object('code', 'other_month', 'field', 'line',
           'value', to_char(l_month, 'MM/YYYY'), 'expected', to_char(list_month, 'MM/YYYY'), 'list', number))
         WHEN other_list THEN jsonb_build_array(jsonb_build_object('code', 'other_list', 'field', 'line', 'value', number, 'expected', list_number))
         ELSE '[]' END
      || CASE WHEN times > 1 AND (row_no > first_no OR at_odds) THEN jsonb_build_array(jsonb_build_object(
           'code', CASE WHEN at_odds THEN 'twice_at_odds' ELSE 'twice' END, 'field', 'line', 'value', f.line, 'row', first_no, 'times', times))
         ELSE '[]' END
      || CASE WHEN total = 0 THEN jsonb_build_array(jsonb_build_object('code', 'nothing_to_pay', 'field', 'line', 'value', f.line)) ELSE '[]' END
      || CASE WHEN f.outcome = '' AND f.read = '[]' THEN jsonb_build_array(jsonb_build_object('code', 'no_outcome', 'field', 'outcome', 'value', ''))
         ELSE '[]' END
      || CASE WHEN f.outcome = 'unpaid' AND f.reason = '' AND f.read = '[]' THEN
           jsonb_build_array(jsonb_build_object('code', 'no_reason', 'field', 'reason', 'value', '')) ELSE '[]' END
      || CASE WHEN f.outcome = 'unpaid' AND f.amount > 0 THEN
           jsonb_build_array(jsonb_build_object('code', 'unpaid_with_amount', 'field', 'amount', 'value', f.amount)) ELSE '[]' END
      || CASE WHEN f.outcome = 'paid' AND f.reason <> '' THEN
           jsonb_build_array(jsonb_build_object('code', 'paid_with_reason', 'field', 'reason', 'value', f.reason)) ELSE '[]' END
      || CASE WHEN f.outcome = 'paid' AND f.amount <> total THEN
           jsonb_build_array(jsonb_build_object('code', 'amount_differs', 'field', 'amount', 'value', f.amount, 'expected', total)) ELSE '[]' END
      || CASE WHEN f.outcome <> '' AND f.day > %(today)s THEN
           jsonb_build_array(jsonb_build_object('code', 'date_in_future', 'field', 'paid_on', 'value', to_char(f.day, 'DD/MM/YYYY'))) ELSE '[]' END
      || CASE WHEN f.outcome <> '' AND f.day < sent_on THEN jsonb_build_array(jsonb_build_object('code', 'date_before_sent', 'field', 'paid_on',
           'value', to_char(f.day, 'DD/MM/YYYY'), 'expected', to_char(sent_on, 'DD/MM/YYYY'))) ELSE '[]' END
      || CASE WHEN same OR f.outcome = '' THEN '[]'
         WHEN was = 'paid' AND f.outcome = 'paid' THEN jsonb_build_array(jsonb_build_object('code', 'paid_before', 'field', 'outcome',
           'value', 'paid', 'on', to_char(was_on, 'DD/MM/YYYY')))
         WHEN was = 'unpaid' AND f.outcome = 'paid' AND booked THEN jsonb_build_array(jsonb_build_object('code', 'money_returned', 'field', 'outcome',
           'value', 'paid', 'reason', was_reason))
         WHEN was = 'paid' AND f.outcome = 'unpaid' AND booked AND reopened AND status = 'sent' THEN '[]'
         WHEN was IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', 'contradicts', 'field', 'outcome', 'value', f.outcome,
           'was', was, 'reason', was_reason, 'on', coalesce(to_char(was_on, 'DD/MM/YYYY'), left(was_at, 10))))
         WHEN status <> 'sent' THEN jsonb_build_array(jsonb_build_object('code', 'list_closed', 'field', 'line', 'value', number, 'status', status))
         ELSE '[]' END
    END AS said
  FROM found f
)
UPDATE payments_resultrow r SET month = j.p_month, line_id = j.p_id, list_id = j.p_list, province_no = j.province_no, area_pos = j.area_pos,
  findings = j.findings, state = j.state
FROM (
  SELECT id, p_month, p_id, p_list, coalesce(p_province, 0) AS province_no, coalesce(p_area, 0) AS area_pos,
    CASE WHEN same THEN '[]' ELSE said END AS findings,
    CASE WHEN same THEN 'same' WHEN said <> '[]' THEN 'finding' WHEN known THEN 'change' ELSE 'ready' END AS state
  FROM judged
) j
WHERE r.id = j.id AND (r.month, r.line_id, r.list_id, r.province_no, r.area_pos, r.findings, r.state)
  IS DISTINCT FROM (j.p_month, j.p_id, j.p_list, j.province_no, j.area_pos, j.findings, j.state)
"""
_COUNT = """
UPDATE payments_resultbatch b SET rows = coalesce(x.rows, 0), paid = coalesce(x.paid, 0), counts = coalesce(x.counts, '{}')
FROM (SELECT sum(n)::int AS rows, sum(paid)::bigint AS paid, jsonb_object_agg(state, n) AS counts FROM (
  SELECT r.state, count(*) AS n, sum(coalesce(r.amount, p.total, 0)) FILTER (WHERE r.outcome = 'paid') AS paid
  FROM payments_resultrow r LEFT JOIN payments_paymentline p ON p.month = r.month AND p.id = r.line_id
  WHERE r.batch_id = %(batch)s GROUP BY 1) s) x
WHERE b.id = %(batch)s
"""


def judge(batch: ResultBatch) -> None:
    """Find lines and findings of a batch's rows, and count them; inside the caller's transaction, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(DISTINCT month) FROM payments_paymentlist WHERE status <> 'draft'")
        months: list[datetime.date] = cursor.fetchone()[0] or []
        parameters: dict[str, Any] = {
            "batch": batch.pk, "months": months, "today": timezone.localdate(), "received": timezone.localdate(batch.made_at),
            "zone": timezone.get_current_timezone_name(),
        }  # fmt: skip
        cursor.execute(_JUDGE, parameters)
        cursor.execute(_COUNT, parameters)


def count(batch: ResultBatch) -> None:
    """Count the rows by state once more."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"batch": batch.pk})
