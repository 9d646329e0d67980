"""The chain over the audit trail: one link per event, one chain per province, a head per day.

Writers know nothing of it and wait for nobody. A round of sealing reads by snapshot, as `households.queries.changes` does, what has been
committed since the last round, and appends a link for each event: SHA-256 of the link before and of the event's canonical row. A link
belongs to the day on which it is made, so that the head of a day that is over never changes: printed and handed to the provinces, it
makes known whether the trail was altered, even by somebody who may write anywhere in this database.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from posasoft.core.models import AuditSealRun
from posasoft.core.scope import COUNTRY, apply

CHUNK = 5_000

# Of an event e: the text that is hashed. PostgreSQL writes jsonb in one way only, whatever was written.
CANONICAL = """jsonb_build_array(e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_id, e.role, e.verb,
  e.object_kind, e.object_id, e.province_no, e.area_pos, e.detail)::text"""

# A database that was restored elsewhere counts its transactions anew: then the old snapshot says nothing, and what has no link is sealed.
_WAITING = f"""
SELECT coalesce(e.province_no, 0), e.id, e.at, {CANONICAL} FROM core_auditevent e
WHERE NOT EXISTS (SELECT FROM core_auditseal s WHERE s.event_id = e.id)
  AND (%(rebuilt)s OR (e.xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
    AND NOT pg_visible_in_snapshot(e.xid::text::xid8, %(since)s::pg_snapshot)
    AND pg_visible_in_snapshot(e.xid::text::xid8, %(until)s::pg_snapshot)))
ORDER BY 1, 2
"""
_NOTHING_READ = "3:3:"


@dataclass
class Head:
    """The last link of a province's chain: ``seq`` counts within the day."""

    day: datetime.date | None
    seq: int
    hash: bytes


def genesis(province_no: int) -> bytes:
    """What stands before the first link of a province."""
    return hashlib.sha256(f"POSASoft audit chain {province_no}".encode()).digest()


def link(before: bytes, canonical: str) -> bytes:
    """SHA-256 of the link before and of the event's canonical row."""
    return hashlib.sha256(before + canonical.encode()).digest()


def seal(day: datetime.date | None = None) -> int:
    """Seal what was committed since the last round; how many events. A second sealer at the same time finds nothing to do.

    ``day`` is the day of the links, by default today in Viet Nam; it never goes back behind the last round's.
    """
    with transaction.atomic():
        apply(COUNTRY)
        if not _alone():
            return 0
        last = AuditSealRun.objects.order_by("-id").first()
        today = _today() if day is None else day
        if last is None or last.day < today:
            _open_months(today)
        day = max(today, last.day) if last else today
        until, rebuilt = _snapshot(last)
        waiting = _read({"since": last.snapshot if last else _NOTHING_READ, "until": until, "rebuilt": rebuilt})
        heads: dict[int, Head] = {}
        rows = 0
        for chunk in waiting:
            for province_no in {row[0] for row in chunk} - set(heads):
                heads[province_no] = head_of(province_no)
            rows += _append(chunk, heads, day)
        if rows:
            _close_round(last, day, until, rows, heads)
    return rows


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('core_auditseal'))")
        return bool(cursor.fetchone()[0])


def _today() -> datetime.date:
    # The database's clock, as in the events themselves.
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]  # a date, as the cast says


def _open_months(day: datetime.date) -> None:
    """Partitions for this month and the next two, so that a sealer that stands still for weeks does no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_open_audit_month((%s::date + make_interval(months => n))::date) FROM generate_series(0, 2) n", [day])


def _snapshot(last: AuditSealRun | None) -> tuple[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_snapshot()::text, pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(%s::pg_snapshot)",
            [last.snapshot if last else _NOTHING_READ],
        )
        text, rebuilt = cursor.fetchone()
    return str(text), bool(rebuilt)


def _read(params: dict[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
    # A cursor on the server: after a standstill millions of events may wait.
    with connection.chunked_cursor() as cursor:
        cursor.execute(_WAITING, params)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def head_of(province_no: int) -> Head:
    """The last link of a province, or what stands before its first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, seq, hash FROM core_auditseal WHERE province_no = %s ORDER BY day DESC, seq DESC LIMIT 1", [province_no]
        )
        row = cursor.fetchone()
    return Head(row[0], row[1], bytes(row[2])) if row else Head(None, 0, genesis(province_no))


def _append(chunk: list[tuple[Any, ...]], heads: dict[int, Head], day: datetime.date) -> int:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY core_auditseal (day, province_no, seq, event_id, event_at, hash) FROM STDIN") as copy,
    ):
        for province_no, event_id, at, canonical in chunk:
            head = heads[province_no]
            head.seq = head.seq + 1 if head.day == day else 1
            head.day, head.hash = day, link(head.hash, canonical)
            copy.write_row((day, province_no, head.seq, event_id, at, head.hash))
    return len(chunk)


def _close_round(last: AuditSealRun | None, day: datetime.date, snapshot: str, rows: int, heads: dict[int, Head]) -> None:
    said = {str(number): [day.isoformat(), head.seq, head.hash.hex()] for number, head in sorted(heads.items())}
    before = bytes(last.hash) if last else genesis(-1)
    AuditSealRun.objects.create(day=day, snapshot=snapshot, rows=rows, heads=said, hash=round_hash(before, day, snapshot, rows, said))


def round_hash(before: bytes, day: datetime.date, snapshot: str, rows: int, heads: dict[str, Any]) -> bytes:
    """The link of a round to the round before."""
    return link(before, json.dumps([day.isoformat(), snapshot, rows, heads], sort_keys=True))


@dataclass(frozen=True)
class DayHead:
    """What is printed of a day and a province: how many links the day holds and the last of them in hex."""

    province_no: int
    day: datetime.date
    seq: int
    hash: str


def heads_of_day(day: datetime.date) -> list[DayHead]:
    """The head of each province that grew on a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (province_no) province_no, day, seq, hash FROM core_auditseal WHERE day = %s ORDER BY province_no, seq DESC",
            [day],
        )
        return [DayHead(number, day, seq, bytes(value).hex()) for number, day, seq, value in cursor.fetchall()]
