"""A regular list against the commune's lists of the month before, line by line, with reasons: one statement, a page at a time."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from beneficiaries.queries.comparison import LINES, parameters
from payments.models import PaymentList
from payments.statuses import REGULAR
from posasoft.core.months import add_months

NEW, GONE, UP, DOWN, SAME = KINDS = ("new", "gone", "up", "down", "same")
PAGE = 100

# Reasons are looked for on the page's lines only. Causes of changed entitlements are those of the run's own comparison; whoever moved out of
# reach of the reader is not there to be joined.
_COMPARED = f"""
WITH now_line AS (
  SELECT p.*, coalesce(p.person_id, 0) AS own FROM payments_paymentline p WHERE p.month = %(month)s AND p.list_id = %(list)s
), old_line AS (
  SELECT p.*, coalesce(p.person_id, 0) AS own, l.channel FROM payments_paymentlist l
  JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
  WHERE l.month = %(before)s AND l.commune_id = %(commune)s AND l.kind = 'regular'
), line AS (
  SELECT coalesce(n.household_id, o.household_id) AS household_id, coalesce(n.own, o.own) AS own, coalesce(n.payee_id, o.payee_id) AS payee_id,
    coalesce(n.village_pos, o.village_pos) AS village_pos, o.total AS was, n.total AS now, o.channel AS old_channel,
    o.payee_id IS DISTINCT FROM n.payee_id AS other_payee, n.amount, n.arrears, n.recovery, n.carried, n.components,
    coalesce(o.arrears, 0) AS old_arrears, coalesce(o.recovery, 0) AS old_recovery, coalesce(o.carried, 0) AS old_carried,
    CASE WHEN o.id IS NULL THEN 'new' WHEN n.id IS NULL THEN 'gone' WHEN n.total > o.total THEN 'up' WHEN n.total < o.total THEN 'down'
      ELSE 'same' END AS kind
  FROM now_line n FULL JOIN old_line o ON o.household_id = n.household_id AND o.own = n.own
  WHERE n.id IS NOT NULL OR o.channel = %(channel)s
), counted AS (
  SELECT kind, count(*) AS number, sum(coalesce(now, 0) - coalesce(was, 0))::bigint AS money FROM line GROUP BY kind
), page AS (
  SELECT * FROM line WHERE %(kind)s = '' OR kind = %(kind)s ORDER BY village_pos NULLS LAST, household_id, own LIMIT %(limit)s OFFSET %(skip)s
), change AS MATERIALIZED (
  SELECT x.household_id, x.person_id, x.kind, x.cause FROM ({LINES}) x WHERE x.household_id IN (SELECT household_id FROM page)
)
SELECT k.counts, p.household_id, h.public_id::text, coalesce(h.code, ''), coalesce(n.full_name, ''), coalesce(v.name, ''), p.kind, p.was, p.now,
  p.amount, p.arrears, p.recovery, p.carried, p.components, p.other_payee, p.old_arrears, p.old_recovery, p.old_carried,
  CASE WHEN p.was IS NOT NULL AND p.now IS NOT NULL AND p.old_channel <> %(channel)s THEN p.old_channel END,
  (SELECT o.channel FROM payments_paymentlist o JOIN payments_paymentline q ON q.list_id = o.id AND q.month = o.month
   WHERE p.kind = 'gone' AND o.month = %(month)s AND q.month = %(month)s AND q.household_id = p.household_id AND o.id <> %(list)s LIMIT 1),
  p.household_id IS NOT NULL AND h.commune_id IS DISTINCT FROM %(commune)s AS moved,
  ARRAY(SELECT DISTINCT c.kind || ':' || c.cause FROM change c WHERE c.household_id = p.household_id AND (p.own = 0 OR c.person_id = p.own)),
  EXISTS (SELECT 1 FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
    WHERE d.household_id = p.household_id AND s.ended_at IS NULL AND s.from_month <= %(month)s) AS suspended,
  EXISTS (SELECT 1 FROM core_hold t JOIN households_person m ON m.id = t.subject_id
    WHERE t.effect = 'no_payment' AND t.subject_kind = 'person' AND t.lifted_at IS NULL AND m.household_id = p.household_id) AS held,
  (SELECT jsonb_agg(DISTINCT t.cause) FROM jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, o bigint)
   JOIN payments_correction t ON t.household_id = p.household_id AND t.person_id IS NOT DISTINCT FROM x.p AND t.benefit = x.b
     AND t.month = (x.m || '-01')::date AND t.created_at <= coalesce(%(until)s, now())
   WHERE x.o IS NULL AND (p.arrears > 0 OR p.recovery > 0)) AS because
FROM (SELECT jsonb_object_agg(kind, jsonb_build_array(number, money)) AS counts FROM counted) k
LEFT JOIN page p ON true
LEFT JOIN households_household h ON h.id = p.household_id
LEFT JOIN households_person n ON n.id = p.payee_id
LEFT JOIN core_area v ON v.position = p.village_pos
ORDER BY p.village_pos NULLS LAST, p.household_id, p.own
"""


@dataclass(frozen=True)
class Reason:
    """One reason why a line is not last month's: a code, and what belongs to it (a cause, a sum, months, a channel)."""

    code: str
    what: str = ""
    money: int = 0
    first: datetime.date | None = None
    last: datetime.date | None = None
    because: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class ComparedLine:
    """A line, or one that is gone: đồng a month ago (``was``) and now, None where there was none. ``household`` is "" for one out of reach."""

    household: str
    code: str
    payee: str
    village: str
    kind: str
    was: int | None
    now: int | None
    amount: int
    arrears: int
    recovery: int
    carried: int
    reasons: tuple[Reason, ...]

    @property
    def difference(self) -> int:
        return (self.now or 0) - (self.was or 0)

    @property
    def pays(self) -> int:
        """What the line itself pays."""
        return self.amount + self.arrears - self.recovery + self.carried


@dataclass(frozen=True)
class Compared:
    """A page of lines; ``counts`` are lines and đồng of difference by kind of the whole list; ``skip`` is where the next page begins, 0 for none."""

    rows: list[ComparedLine]
    counts: dict[str, tuple[int, int]]
    skip: int
    household_ids: list[int] = field(default_factory=list)
    # Against the month's other lists (payments.queries.added), not against last month.
    beside: bool = False

    @property
    def number(self) -> int:
        return sum(number for number, _ in self.counts.values())

    @property
    def has_before(self) -> bool:
        """Whether the commune had a list the month before; else every line would be "new"."""
        return self.beside or any(kind != NEW for kind in self.counts)


def compared(pay_list: PaymentList, *, kind: str = "", skip: int = 0) -> Compared:
    """A regular list against the month before; ``kind`` narrows it to one of KINDS. Raises ValueError for a list of another kind."""
    if pay_list.kind != REGULAR:
        raise ValueError(pay_list.kind)
    asked: dict[str, Any] = {
        **parameters(pay_list.month, pay_list.area_pos, _end_of(pay_list)),
        "before": add_months(pay_list.month, -1), "list": pay_list.pk, "commune": pay_list.commune_id, "channel": pay_list.channel,
        "kind": kind if kind in KINDS else "", "limit": PAGE + 1, "skip": skip, "until": pay_list.released_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED, asked)
        found = cursor.fetchall()
    rows = [row for row in found if row[1] is not None]
    counts = {name: (number, money) for name, (number, money) in _json(found[0][0] or {}).items()} if found else {}
    shown = rows[:PAGE]
    return Compared(
        [_line(row, pay_list.month) for row in shown], counts, skip + PAGE if len(rows) > PAGE else 0, [row[1] for row in shown]
    )


def _end_of(pay_list: PaymentList) -> int:
    end = pay_list.commune.position_end
    return end if end is not None else pay_list.area_pos + 1


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _line(row: tuple[Any, ...], month: datetime.date) -> ComparedLine:
    _, _, household, code, payee, village, kind, was, now, amount, arrears, recovery, carried, *_ = row
    return ComparedLine(
        household or "", code, payee, village, kind, was, now, amount or 0, arrears or 0, recovery or 0, carried or 0,
        tuple(_reasons(kind, (arrears or 0, recovery or 0, carried or 0), row[13:], month)),
    )  # fmt: skip


def _reasons(kind: str, sums: tuple[int, int, int], rest: Iterable[Any], month: datetime.date) -> list[Reason]:
    parts, other_payee, *before, old_channel, new_channel, moved, causes, suspended, held, because = rest
    found = [Reason("channel", name) for name in (old_channel, new_channel) if name]
    found += [
        Reason(code) for code, is_so in (("moved", moved), ("suspended", suspended), ("held", held)) if is_so and kind in (GONE, DOWN)
    ]
    found += [Reason("changed", cause) for cause in sorted({str(text).partition(":")[2] for text in causes})]
    found += past_reasons(sums, _json(parts) or [], tuple(_json(because) or ()), month)
    found += [Reason(f"had_{code}", money=money) for code, money in zip(("arrears", "recovery", "carried"), before, strict=True) if money]
    if other_payee and kind not in (NEW, GONE):
        found.append(Reason("payee"))
    return found


def past_reasons(sums: tuple[int, int, int], parts: list[dict[str, Any]], because: tuple[Any, ...], month: datetime.date) -> list[Reason]:
    """Arrears, recovery and carried money of the line, each from its first month to its last."""
    label = f"{month:%Y-%m}"
    wanted = {
        "arrears": [part["m"] for part in parts if "o" not in part and part["m"] != label and part["a"] > 0],
        "recovery": [part["m"] for part in parts if "o" not in part and part["a"] < 0],
        "carried": [part["m"] for part in parts if "o" in part],
    }
    return [
        Reason(
            code, money=money, first=datetime.date.fromisoformat(f"{min(months)}-01"), last=datetime.date.fromisoformat(f"{max(months)}-01"),
            because=() if code == "carried" else because,
        )
        for (code, months), money in zip(wanted.items(), sums, strict=True)
        if money and months
    ]  # fmt: skip
