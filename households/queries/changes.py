"""What changed since a cursor: how later layers pull, instead of being called."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Cursor:
    """A point between transactions: everything below ``xid`` has been read."""

    xid: int = 0


# Only transactions older than every one still running are read: a slow writer with a lower number is never skipped.
_CHANGED = """
SELECT household_id, min(effective_from) FROM households_changefeed
WHERE xid >= %(since)s AND xid < %(until)s
GROUP BY household_id
"""


def current_cursor() -> Cursor:
    """The cursor after which only later changes come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return Cursor(cursor.fetchone()[0])


def changed_since(cursor: Cursor) -> tuple[dict[int, datetime.date | None], Cursor]:
    """Households touched since the cursor → the first day on which a rule could see a difference (None: nothing that a rule reads), and the
    next cursor. Within the caller's scope; a change that is still being written comes with a later call."""
    after = current_cursor()
    with connection.cursor() as db:
        db.execute(_CHANGED, {"since": cursor.xid, "until": after.xid})
        found = dict(db.fetchall())
    return found, after
