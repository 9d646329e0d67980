"""Which households' past months must be computed again: pulled from the feed of changes, never pushed by it."""

from __future__ import annotations

import datetime

from django.db.models import Max

from beneficiaries.models import Run, RunShard
from beneficiaries.operations.spans import by_index, execute
from beneficiaries.statuses import DONE
from households.queries.changes import BETWEEN, current_cursor
from posasoft.core.models import Hold

# Subject of a hold on a month: the id is the month as a number, 202611.
MONTH_HELD = "beneficiaries.month"

# Between two snapshots: a slow transaction with a low number is read once, when it has committed. What changed with effect in a month
# already computed, and since when; months before the first computed one are not ours to correct.
_FROM_FEED = f"""
CREATE TEMP TABLE reopened ON COMMIT DROP AS
SELECT household_id, greatest(date_trunc('month', min(effective_from))::date, %(first)s::date) AS from_month, '{{"kind": "registry"}}'::jsonb AS cause
FROM households_changefeed
WHERE {BETWEEN} AND effective_from < %(before)s AND area_pos >= %(lo)s AND area_pos < %(hi)s
GROUP BY household_id
"""

_NAMED = """
CREATE TEMP TABLE reopened ON COMMIT DROP AS
SELECT id AS household_id, %(first)s::date AS from_month, %(cause)s::jsonb AS cause
FROM households_household WHERE (%(households)s::bigint[] IS NULL OR id = ANY(%(households)s)) AND area_pos >= %(lo)s AND area_pos < %(hi)s
"""

# Past months are computed from the people of today's households. So those who lived together since then are computed together: the earlier
# households of today's members (their months stand there), and where those live now who were due something here and have left. A decision keeps the
# household in which it was made, and so does what the feed says of it: it counts where its person lives.
_WITH = """
CREATE TEMP TABLE reopened_with ON COMMIT DROP AS
SELECT x.household_id, min(x.from_month) AS from_month, (array_agg(x.cause ORDER BY x.from_month))[1] AS cause
FROM (
  SELECT (s.value ->> 'household_id')::bigint AS household_id, r.from_month, r.cause
  FROM reopened r JOIN households_person p ON p.household_id = r.household_id
  JOIN households_factspell s ON s.subject = 'p' AND s.subject_id = p.id AND s.fact = 'membership' AND s.until > r.from_month
  UNION ALL
  SELECT p.household_id, r.from_month, r.cause
  FROM reopened r JOIN beneficiaries_entitlement e ON e.household_id = r.household_id AND e.superseded_by_run IS NULL
    AND (e.until_month IS NULL OR e.until_month > r.from_month)
  JOIN households_person p ON p.id = e.person_id AND p.household_id <> r.household_id
  UNION ALL
  SELECT p.household_id, r.from_month, r.cause
  FROM reopened r JOIN beneficiaries_decision d ON d.household_id = r.household_id
  JOIN households_person p ON p.id = d.person_id AND p.household_id <> r.household_id
) x JOIN households_household h ON h.id = x.household_id AND h.area_pos >= %(lo)s AND h.area_pos < %(hi)s
GROUP BY x.household_id
"""
_EARLIER = """
UPDATE reopened r SET from_month = w.from_month FROM reopened_with w WHERE w.household_id = r.household_id AND w.from_month < r.from_month
"""
_MORE = "INSERT INTO reopened SELECT * FROM reopened_with w WHERE NOT EXISTS (SELECT FROM reopened r WHERE r.household_id = w.household_id)"

_KEEP = """
INSERT INTO beneficiaries_reopened (run_id, household_id, from_month, cause, province_no, area_pos)
SELECT %(run)s, r.household_id, r.from_month, r.cause, h.province_no, h.area_pos
FROM reopened r JOIN households_household h ON h.id = r.household_id
{only}
ON CONFLICT (run_id, household_id) DO UPDATE SET from_month = least(beneficiaries_reopened.from_month, excluded.from_month)
"""


def feed_position() -> str:
    """What is committed at this moment, as a snapshot: what a later reader must not read again, and what it has yet to read."""
    return current_cursor().snapshot


def read_up_to(province_no: int) -> str:
    """The snapshot in which the last finished run of a province read the feed; empty before the first."""
    done = RunShard.objects.filter(province_no=province_no, status=DONE).exclude(feed_read="")
    return done.order_by("-finished_at").values_list("feed_read", flat=True).first() or ""


def months_computed(*, before: datetime.date | None = None) -> list[datetime.date]:
    """Months of finished runs, oldest first."""
    runs = Run.objects.filter(kind=Run.Kind.MONTH, finished_at__isnull=False)
    if before is not None:
        runs = runs.filter(month__lt=before)
    return sorted(set(runs.values_list("month", flat=True)))


def released_through(province_no: int) -> datetime.date | None:
    """The latest month of which a list of the province was released: the layer above holds it against rewriting."""
    holds = Hold.objects.filter(effect=Hold.Effect.NO_UNDO, subject_kind=MONTH_HELD, province_no=province_no, lifted_at__isnull=True)
    latest = holds.aggregate(latest=Max("subject_id"))["latest"]
    return None if latest is None else datetime.date(latest // 100, latest % 100, 1)


def from_feed(*, since: str, until: str, first: datetime.date, before: datetime.date, lo: int, hi: int) -> int:
    """Make ``reopened`` from the feed; how many households."""
    found = execute(_FROM_FEED, {"since": since, "until": until, "first": first, "before": before, "lo": lo, "hi": hi})
    return found + _widen(lo, hi) if found else 0


def named(*, households: list[int] | None, first: datetime.date, cause: str, lo: int, hi: int) -> int:
    """Make ``reopened`` from given households (None: all); ``cause`` is JSON. How many of them are in the range."""
    found = execute(_NAMED, {"households": households, "first": first, "cause": cause, "lo": lo, "hi": hi})
    return found + _widen(lo, hi) if found and households is not None else found


def _widen(lo: int, hi: int) -> int:
    """Add to ``reopened`` the households of the range whose people lived with its people since; how many. Whoever left the range is left out."""
    added = 0
    with by_index():
        while True:
            execute("ANALYZE reopened")
            execute(_WITH, {"lo": lo, "hi": hi})
            earlier, more = execute(_EARLIER), execute(_MORE)
            execute("DROP TABLE reopened_with")
            added += more
            if not earlier + more:
                return added


def keep(run_id: int) -> None:
    """Store who was reopened, for the layer that compares what is due with what was ordered."""
    execute(_KEEP.format(only=""), {"run": run_id})


def keep_changed(run_id: int, *, lo: int, hi: int) -> None:
    """Store of the reopened households of a range those whose spans ``rebuild`` changed."""
    only = "WHERE h.area_pos >= %(lo)s AND h.area_pos < %(hi)s AND r.household_id IN (SELECT household_id FROM respanned)"
    execute(_KEEP.format(only=only), {"run": run_id, "lo": lo, "hi": hi})


def forget() -> None:
    """Drop the temporary tables, so that the same transaction can reopen another province."""
    execute("DROP TABLE IF EXISTS reopened, held, respanned")
