"""A list besides the regular ones against what its households had for the month until then: what it adds, and why that comes only now."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import connection

from payments.models import PaymentList
from payments.queries.compared import KINDS, NEW, PAGE, UP, Compared, ComparedLine, Reason, past_reasons

# Until then: every other list of the month that was drawn up before this one. A decision or a death strikes as the reason when the registry learnt
# of it after the commune's regular list was drawn up.
_ADDED = """
WITH line AS (
  SELECT p.*, b.total AS had, CASE WHEN b.total IS NULL THEN 'new' ELSE 'up' END AS kind
  FROM payments_paymentline p
  LEFT JOIN LATERAL (
    SELECT sum(o.total)::bigint AS total FROM payments_paymentline o JOIN payments_paymentlist l ON l.id = o.list_id AND l.id < %(list)s
    WHERE o.month = %(month)s AND o.household_id = p.household_id
  ) b ON true
  WHERE p.month = %(month)s AND p.list_id = %(list)s
), known AS (
  SELECT min(coalesce(prepared_at, created_at)) AS at FROM payments_paymentlist
  WHERE month = %(month)s AND commune_id = %(commune)s AND kind = 'regular'
)
SELECT k.counts, p.household_id, h.public_id::text, coalesce(h.code, ''), coalesce(n.full_name, ''), coalesce(v.name, ''), p.kind, p.had, p.total,
  p.amount, p.arrears, p.recovery, p.carried, p.components,
  (SELECT max(d.created_at)::date FROM jsonb_to_recordset(p.components) AS x(p bigint, b text) JOIN beneficiaries_decision d
     ON d.household_id = p.household_id AND d.person_id IS NOT DISTINCT FROM x.p AND d.benefit = x.b WHERE d.created_at > known.at),
  (SELECT max(m.died_on) FROM jsonb_to_recordset(p.components) AS x(p bigint) JOIN households_person m ON m.id = x.p),
  (SELECT jsonb_agg(DISTINCT t.cause) FROM jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, o bigint)
   JOIN payments_correction t ON t.household_id = p.household_id AND t.person_id IS NOT DISTINCT FROM x.p AND t.benefit = x.b
     AND t.month = (x.m || '-01')::date AND t.created_at <= coalesce(%(until)s, now())
   WHERE x.o IS NULL AND (p.arrears > 0 OR p.recovery > 0))
FROM (SELECT jsonb_object_agg(kind, jsonb_build_array(number, money)) AS counts FROM (
  SELECT kind, count(*) AS number, sum(total)::bigint AS money FROM line GROUP BY kind) c) k
CROSS JOIN known
LEFT JOIN (SELECT * FROM line WHERE %(kind)s = '' OR kind = %(kind)s ORDER BY village_pos NULLS LAST, household_id, id
  LIMIT %(limit)s OFFSET %(skip)s) p ON true
LEFT JOIN households_household h ON h.id = p.household_id
LEFT JOIN households_person n ON n.id = p.payee_id
LEFT JOIN core_area v ON v.position = p.village_pos
ORDER BY p.village_pos NULLS LAST, p.household_id, p.id
"""


def added(pay_list: PaymentList, *, kind: str = "", skip: int = 0) -> Compared:
    """What a supplementary, one-off or closing list adds; ``kind``: households that had nothing for the month ("new") or something ("up")."""
    asked: dict[str, Any] = {
        "month": pay_list.month, "list": pay_list.pk, "commune": pay_list.commune_id, "kind": kind if kind in KINDS else "", "limit": PAGE + 1,
        "skip": skip, "until": pay_list.released_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ADDED, asked)
        found = cursor.fetchall()
    rows = [row for row in found if row[1] is not None]
    counts = {name: (number, money) for name, (number, money) in _json(found[0][0] or {}).items() if name in (NEW, UP)} if found else {}
    shown = rows[:PAGE]
    return Compared(
        [_line(row, pay_list.month) for row in shown],
        counts,
        skip + PAGE if len(rows) > PAGE else 0,
        [row[1] for row in shown],
        beside=True,
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _line(row: tuple[Any, ...], month: datetime.date) -> ComparedLine:
    _, _, household, code, payee, village, kind, had, total, amount, arrears, recovery, carried, parts, entered, died, because = row
    parts, label = _json(parts) or [], f"{month:%Y-%m}"
    sums: dict[str, int] = {}
    for part in parts:
        if "o" not in part and part["m"] == label:
            sums[part["b"]] = sums.get(part["b"], 0) + part["a"]
    reasons = [Reason("adds", benefit, money=money) for benefit, money in sorted(sums.items())]
    reasons += [Reason("entered", first=entered)] if entered else []
    reasons += [Reason("died", first=died)] if died else []
    reasons += past_reasons((arrears, recovery, carried), parts, tuple(_json(because) or ()), month)
    return ComparedLine(
        household or "", code, payee, village, kind, had, (had or 0) + total, amount, arrears, recovery, carried, tuple(reasons)
    )
