"""What changed since a cursor: how later layers pull, instead of being called."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Cursor:
    """The transactions that have been read: PostgreSQL's snapshot at the last reading, as text. The first one has read nothing."""

    snapshot: str = "3:3:"


# By snapshot and not by number: a slow transaction commits after faster ones with higher numbers, and must neither be skipped nor waited for.
# A condition on rows of the feed, with the parameters ``since`` and ``until``; later layers put it into set-based statements of their own.
BETWEEN = """xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
  AND NOT pg_visible_in_snapshot(xid::text::xid8, %(since)s::pg_snapshot)
  AND pg_visible_in_snapshot(xid::text::xid8, %(until)s::pg_snapshot)"""

_CHANGED = f"SELECT household_id, min(effective_from) FROM households_changefeed WHERE {BETWEEN} GROUP BY household_id"


def current_cursor() -> Cursor:
    """The cursor after which only later commits come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return Cursor(cursor.fetchone()[0])


def changed_since(cursor: Cursor) -> tuple[dict[int, datetime.date | None], Cursor]:
    """Households touched by what was committed since the cursor → the first day on which a rule could see a difference (None: nothing that a
    rule reads), and the next cursor. Within the caller's scope; what is still being written comes with a later call."""
    after = current_cursor()
    with connection.cursor() as db:
        db.execute(_CHANGED, {"since": cursor.snapshot, "until": after.snapshot})
        return dict(db.fetchall()), after
