"""How far a run is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection

from beneficiaries.models import Run
from beneficiaries.statuses import CANCELLED, DONE, FAILED, QUEUED, RUNNING
from posasoft.core.models import Area, Level
from posasoft.core.money import format_number


@dataclass(frozen=True)
class ShardProgress:
    """One province of a run; money in đồng, ``seconds`` of its transaction."""

    province_no: int
    name: str
    status: str
    households: int
    lines: int
    amount: int
    opened: int
    closed: int
    seconds: float
    attempts: int
    error_id: str


@dataclass(frozen=True)
class RunProgress:
    """A run in figures. ``seconds_left`` is None before the first province is done and after the last."""

    run_id: int
    month: datetime.date
    status: str
    households_done: int
    households_total: int
    lines: int
    amount: int
    households_per_second: float
    seconds_left: int | None
    shards: list[ShardProgress]

    @property
    def message(self) -> str:
        """One line for the job's page."""
        return f"{format_number(self.households_done)} / {format_number(self.households_total)} hộ"


def latest_run(month: datetime.date) -> Run | None:
    """The latest computation of a month, open or ended."""
    return Run.objects.filter(kind=Run.Kind.MONTH, month=month).order_by("-pk").first()


def months_run() -> list[datetime.date]:
    """Months that have been computed, latest first."""
    return list(
        Run.objects.filter(kind=Run.Kind.MONTH, finished_at__isnull=False).order_by("-month").values_list("month", flat=True).distinct()
    )


def progress_of(run_id: int) -> RunProgress:
    """Progress of a run by id."""
    return progress(Run.objects.get(pk=run_id))


def progress(run: Run) -> RunProgress:
    """Households done and to do, the pace since the start and the time left at that pace."""
    names = dict(Area.objects.filter(level=Level.PROVINCE, position__isnull=False).values_list("province_no", "name"))
    shards = [
        ShardProgress(
            row.province_no, names.get(row.province_no, ""), row.status, row.households, row.lines, row.amount, row.opened, row.closed,
            row.seconds, row.attempts, row.error_id,
        )
        for row in run.shards.order_by("province_no")
    ]  # fmt: skip
    done = sum(shard.households for shard in shards if shard.status == DONE)
    total = sum(shard.households for shard in shards)
    seconds = _seconds_at_work(run)
    pace = done / seconds if done and seconds else 0.0
    left = round((total - done) / pace) if pace and run.finished_at is None else None
    return RunProgress(
        run.pk, run.month, _status(run, shards), done, total,
        sum(shard.lines for shard in shards), sum(shard.amount for shard in shards), pace, left, shards,
    )  # fmt: skip


def _status(run: Run, shards: list[ShardProgress]) -> str:
    """A run is what its provinces are: one failed makes it failed, one dropped makes it cancelled."""
    seen = {shard.status for shard in shards}
    if run.finished_at is None:
        return RUNNING if seen - {QUEUED} else QUEUED
    return next((status for status in (FAILED, CANCELLED) if status in seen), DONE)


def _seconds_at_work(run: Run) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM coalesce(finished_at, clock_timestamp()) - created_at)::float FROM beneficiaries_run WHERE id = %s",
            [run.pk],
        )
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0
