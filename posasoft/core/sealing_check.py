"""Reads the chain again from the events: names the first row of each province that was changed, removed or slipped in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from posasoft.core.models import AuditSealRun
from posasoft.core.scope import COUNTRY, apply
from posasoft.core.sealing import CANONICAL, DayHead, genesis, link, round_hash

# A web transaction or a unit of a job ends long before this; an event that came later was written with a time of the past.
LATEST = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """What is wrong: which province and day, which link of the chain and which event (None: not known), in words."""

    province_no: int
    day: datetime.date | None
    seq: int | None
    event_id: int | None
    text: str


@dataclass
class Report:
    """What was checked, and what is wrong with it, first things first."""

    links: int
    faults: list[Fault]


@dataclass(frozen=True)
class Stretch:
    """Which part of the chain is read: a province (None: all) and days, both ends included (None: open)."""

    province_no: int | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None

    @property
    def params(self) -> dict[str, Any]:
        return {"province": self.province_no, "first": self.first, "last": self.last}


_IN_STRETCH = """(%(province)s::smallint IS NULL OR {p} = %(province)s) AND (%(first)s::date IS NULL OR {d} >= %(first)s)
  AND (%(last)s::date IS NULL OR {d} <= %(last)s)"""

_LINKS = f"""
SELECT s.province_no, s.day, s.seq, s.event_id, s.hash, e.id IS NOT NULL, {CANONICAL}
FROM core_auditseal s LEFT JOIN core_auditevent e ON e.id = s.event_id AND e.at = s.event_at
WHERE {_IN_STRETCH.format(p="s.province_no", d="s.day")}
ORDER BY s.province_no, s.day, s.seq
"""
_BEFORE = "SELECT hash FROM core_auditseal WHERE province_no = %s AND day < %s ORDER BY day DESC, seq DESC LIMIT 1"

# Events that no link speaks of, though a round has passed them by.
_UNSEALED = f"""
SELECT coalesce(e.province_no, 0), (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, e.id FROM core_auditevent e
WHERE NOT EXISTS (SELECT FROM core_auditseal s WHERE s.event_id = e.id)
  AND (pg_visible_in_snapshot(e.xid::text::xid8, %(snapshot)s::pg_snapshot) OR e.at < %(round)s::timestamptz - %(latest)s::interval)
  AND {_IN_STRETCH.format(p="coalesce(e.province_no, 0)", d="(e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date")}
ORDER BY e.id LIMIT 20
"""

# Events sealed on a day, though they claim a time long before the last round of the days before: written later than they say.
_BACKDATED = f"""
SELECT s.province_no, s.day, s.seq, s.event_id FROM core_auditseal s
JOIN (SELECT day, lag(max(at)) OVER (ORDER BY day) AS before FROM core_auditsealrun GROUP BY day) r ON r.day = s.day
WHERE s.event_at < r.before - %(latest)s::interval AND {_IN_STRETCH.format(p="s.province_no", d="s.day")}
ORDER BY s.province_no, s.day, s.seq LIMIT 20
"""
Link = tuple[int, datetime.date, int, int, bytes, bool, str]


def verify(stretch: Stretch, outside: Iterable[DayHead] = ()) -> Report:
    """Check a stretch of the chain, the rounds and heads kept outside the database."""
    with transaction.atomic():
        apply(COUNTRY)
        faults: list[Fault] = []
        links = 0
        for province_no, of_province in groupby(_links(stretch), key=lambda row: row[0]):
            checked = _Chain(province_no, stretch)
            checked.walk(of_province)
            links += checked.links
            faults += checked.faults
        faults += _rounds(stretch)
        faults += _slipped_in(stretch)
        faults += [fault for head in outside if (fault := _against(head, "đã giao ra ngoài"))]
    return Report(links, faults)


def _links(stretch: Stretch) -> Iterator[Link]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINKS, stretch.params)
        while rows := cursor.fetchmany(5_000):
            yield from rows


class _Chain:
    """One province's links in order; after the first fault it goes on from the stored hash only to count."""

    def __init__(self, province_no: int, stretch: Stretch) -> None:
        self.province_no, self.links = province_no, 0
        self.faults: list[Fault] = []
        self.hash = self._start(stretch.first)
        self.day: datetime.date | None = None
        self.seq = 0

    def _start(self, first: datetime.date | None) -> bytes:
        if first is not None:
            with connection.cursor() as cursor:
                cursor.execute(_BEFORE, [self.province_no, first])
                if row := cursor.fetchone():
                    return bytes(row[0])
        return genesis(self.province_no)

    def walk(self, rows: Iterable[Link]) -> None:
        for _province, day, seq, event_id, stored, exists, canonical in rows:
            self.seq = self.seq + 1 if day == self.day else 1
            self.day = day
            if not self.faults and (text := self._wrong(seq, bytes(stored), exists, canonical)):
                self.faults.append(Fault(self.province_no, day, seq, event_id, text))
            self.hash, self.seq = bytes(stored), seq
            self.links += 1

    def _wrong(self, seq: int, stored: bytes, exists: bool, canonical: str) -> str:
        if seq != self.seq:
            return f"thiếu mắt xích từ {self.seq} đến {seq - 1}: dòng trong chuỗi đã bị xóa"
        if not exists:
            return "dòng nhật ký đã bị xóa (hoặc đổi thời điểm)"
        return "" if link(self.hash, canonical) == stored else "dòng nhật ký đã bị sửa (hoặc mắt xích bị sửa)"


def _rounds(stretch: Stretch) -> list[Fault]:
    """Rounds are a chain too, and each says which heads it left: a tail that was cut off is missed by them."""
    faults: list[Fault] = []
    before = genesis(-1)
    for run in AuditSealRun.objects.order_by("id").iterator():
        if bytes(run.hash) != round_hash(before, run.day, run.snapshot, run.rows, run.heads):
            faults.append(Fault(0, run.day, None, None, f"vòng niêm phong số {run.pk} hoặc vòng trước nó đã bị sửa hay xóa"))
        before = bytes(run.hash)
        if (stretch.first and run.day < stretch.first) or (stretch.last and run.day > stretch.last):
            continue
        for number, (day, seq, value) in run.heads.items():
            if stretch.province_no in (None, int(number)):
                head = DayHead(int(number), datetime.date.fromisoformat(day), seq, value)
                fault = _against(head, f"của vòng niêm phong số {run.pk}")
                faults += [fault] if fault else []
    return faults[:20]


def _against(head: DayHead, whose: str) -> Fault | None:
    """Whether the chain still holds a head that was once written down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash, event_id FROM core_auditseal WHERE province_no = %s AND day = %s AND seq = %s",
            [head.province_no, head.day, head.seq],
        )
        row = cursor.fetchone()
    if row is None:
        return Fault(
            head.province_no, head.day, head.seq, None, f"đuôi chuỗi đã bị cắt: không còn mắt xích {head.seq} như mã kiểm chứng {whose}"
        )
    if bytes(row[0]).hex() != head.hash:
        return Fault(head.province_no, head.day, head.seq, row[1], f"mắt xích khác với mã kiểm chứng {whose}")
    return None


def _slipped_in(stretch: Stretch) -> list[Fault]:
    run = AuditSealRun.objects.order_by("-id").first()
    params = {**stretch.params, "latest": LATEST, "snapshot": run.snapshot if run else "3:3:", "round": run.at if run else None}
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, params)
        faults = [
            Fault(number, day, None, event, "dòng nhật ký không có trong chuỗi: bị chèn vào") for number, day, event in cursor.fetchall()
        ]
        cursor.execute(_BACKDATED, params)
        late = "dòng nhật ký ghi lùi thời điểm: được chèn vào sau"
        faults += [Fault(number, day, seq, event, late) for number, day, seq, event in cursor.fetchall()]
    return faults
