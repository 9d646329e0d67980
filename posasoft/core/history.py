"""Who, why and from which change: what the history triggers write beside each old version."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from posasoft.core.scope import Scope


@contextmanager
def because(*, change: int | None, by: Scope, reason: str = "", effective_from: datetime.date | None = None) -> Iterator[None]:
    """Every row changed inside, by whatever statement, is remembered with this cause. Inside a transaction only.

    ``effective_from`` is the first day on which anything differs: the feed of changes passes it on, so that only the months from then on are
    computed again. Without it the feed makes a cautious guess.
    The library's own context is not used: it prefixes each statement with its settings, which breaks executemany and row counts.
    """
    cause = json.dumps({"change": change, "user": by.user_id, "role": by.role, "reason": reason})
    _set(str(uuid.uuid4()), cause, effective_from.isoformat() if effective_from else "")
    yield
    # Not in a finally: after an error the transaction takes the settings back itself, and a query would hide the error.
    _set("", "", "")


def _set(context_id: str, metadata: str, effective_from: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true),"
            " set_config('app.effective_from', %s, true)",
            [context_id, metadata, effective_from],
        )
