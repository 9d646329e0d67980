"""Open corrections of past months for pages and files: per cause, and row by row with what was changed by whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.models import LawCorrection
from posasoft.core.scope import Scope

PAGE = 50


@dataclass(frozen=True)
class CauseGroup:
    """Open corrections with one cause; money in đồng. ``law`` names the document and whether the province has agreed to it."""

    kind: str
    law: str
    rows: int
    households: int
    arrears: int
    recovery: int
    waits: bool


@dataclass(frozen=True)
class OpenCorrection:
    """One benefit of a past month that comes out differently: due now, ordered so far, and what was changed when by whom (empty: not known)."""

    id: int
    household: str
    code: str
    person: str
    benefit: str
    month: datetime.date
    due: int
    ordered: int
    kind: str
    fact: str
    law: str
    on: datetime.date | None
    changed_at: datetime.datetime | None
    changed_by: str
    reason: str
    waits: bool
    may_be_waived: bool

    @property
    def difference(self) -> int:
        return self.due - self.ordered


_WAITS = """(c.cause ->> 'kind' = 'law' AND NOT EXISTS (
  SELECT 1 FROM payments_lawcorrection a WHERE a.province_no = c.province_no AND a.status = 'agreed'
    AND (a.id = (c.cause ->> 'law')::bigint OR c.cause ->> 'law' IS NULL AND c.month BETWEEN a.from_month AND a.through_month)))"""
_OPEN = f"""
SELECT c.*, c.cause ->> 'kind' AS kind, coalesce(w.instrument, '') AS instrument, {_WAITS} AS waits
FROM payments_correction c LEFT JOIN payments_lawcorrection w ON w.id = (c.cause ->> 'law')::bigint
WHERE c.settled_at IS NULL AND c.area_pos >= %(lo)s AND c.area_pos < %(hi)s AND c.due <> c.ordered
"""
_GROUPS = f"""
SELECT kind, instrument, count(*), count(DISTINCT household_id), coalesce(sum(due - ordered) FILTER (WHERE due > ordered), 0)::bigint,
  coalesce(sum(ordered - due) FILTER (WHERE due < ordered), 0)::bigint, waits
FROM ({_OPEN}) c GROUP BY kind, instrument, waits ORDER BY 3 DESC, 1
"""
# The page is taken first: under row-level security the planner else gives up the order of ids and joins everybody's names.
_ROWS = f"""
WITH page AS MATERIALIZED (
  SELECT * FROM ({_OPEN}) c WHERE c.id > %(after)s AND (%(kind)s::text IS NULL OR c.kind = %(kind)s) {{of}} ORDER BY c.id LIMIT %(limit)s
)
SELECT c.id, h.public_id::text, h.code, coalesce(p.full_name, ''), c.benefit, c.month, c.due, c.ordered, c.kind, coalesce(c.cause ->> 'fact', ''),
  c.instrument, (c.cause ->> 'on')::date, coalesce(k.at, x.created_at), coalesce(u.full_name, ''),
  coalesce(nullif(k.reason, ''), c.cause ->> 'reason', ''),
  c.waits, c.due < c.ordered AND NOT EXISTS (SELECT 1 FROM beneficiaries_entitlement e
    WHERE e.household_id = c.household_id AND e.superseded_by_run IS NULL AND e.until_month IS NULL)
FROM page c
JOIN households_household h ON h.id = c.household_id
LEFT JOIN households_person p ON p.id = c.person_id
LEFT JOIN households_change k ON k.id = (c.cause ->> 'change')::bigint
LEFT JOIN beneficiaries_decision x ON x.id = (c.cause ->> 'decision')::bigint
LEFT JOIN core_user u ON u.id = k.made_by_id
ORDER BY c.id
"""


def groups(scope: Scope) -> list[CauseGroup]:
    """Open corrections of a range by cause, the commonest first."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, {"lo": scope.lo, "hi": scope.hi})
        return [CauseGroup(*row) for row in cursor.fetchall()]


def rows(
    scope: Scope, *, kind: str | None = None, after: int = 0, limit: int = PAGE, household_id: int | None = None
) -> list[OpenCorrection]:
    """Open corrections of a range (or of one household of it), of one kind of cause or all, in the order of ids after ``after``."""
    parameters: dict[str, Any] = {"lo": scope.lo, "hi": scope.hi, "kind": kind, "after": after, "limit": limit, "household": household_id}
    of = "" if household_id is None else "AND c.household_id = %(household)s"
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.replace("{of}", of), parameters)
        return [OpenCorrection(*row) for row in cursor.fetchall()]


def all_rows(scope: Scope, *, kind: str | None = None) -> Iterator[OpenCorrection]:
    """Every open correction, thousand by thousand."""
    after = 0
    while batch := rows(scope, kind=kind, after=after, limit=1000):
        yield from batch
        after = batch[-1].id


def law_corrections(scope: Scope) -> list[LawCorrection]:
    """What laws change in paid months of the provinces that lie in a range, those that wait first."""
    found = LawCorrection.objects.select_related("started_by", "decided_by").filter(area_pos__gte=scope.lo, area_pos__lt=scope.hi)
    return sorted(found, key=lambda row: (row.status == "agreed", -row.pk))
