"""The heartbeat of a running job: says that its worker lives, and carries progress out of transactions that are still open."""

from __future__ import annotations

import threading
from types import TracebackType

from django.db import DatabaseError, connection, transaction

BEAT_SECONDS = 2.0


class Pulse:
    """Writes heartbeat and progress of one claimed job. Silent: on the caller's connection, when asked. Beating: from a thread of its own.

    ``lost`` turns true when somebody else has claimed the job, ``cancelled`` when its stop was asked for.
    """

    def __init__(self, job_id: int, fence: int, *, beating: bool) -> None:
        self._job = (job_id, fence)
        self._beating = beating
        self._progress: tuple[int | None, int | None, str | None] = (None, None, None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"pulse-{job_id}")
        self.lost = False
        self.cancelled = False

    def __enter__(self) -> Pulse:
        if self._beating:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End the beating; the progress noted last stays readable."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def reported(self) -> tuple[int | None, int | None, str | None]:
        """Done, total and message as noted last."""
        return self._progress

    def report(self, done: int | None, total: int | None, message: str | None) -> None:
        """Note progress; None leaves a value as it was. Seen by others within BEAT_SECONDS."""
        old = self._progress
        self._progress = (
            old[0] if done is None else done,
            old[1] if total is None else total,
            old[2] if message is None else message[:500],
        )
        if not self._beating:
            self.write()

    def write(self) -> None:
        """Write heartbeat and progress now and learn whether the job is still ours and wanted."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_job SET heartbeat_at = clock_timestamp(), progress_done = coalesce(%s, progress_done),"
                " progress_total = coalesce(%s, progress_total), message = coalesce(%s, message)"
                " WHERE id = %s AND fence = %s AND status = 'running' RETURNING cancel_requested",
                [*self._progress, *self._job],
            )
            row = cursor.fetchone()
        self.lost = row is None
        self.cancelled = row is not None and row[0]

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                self._write_or_wait()
        finally:
            connection.close()

    def _write_or_wait(self) -> None:
        # The job's own transaction may hold the row while it commits, and the server may be restarting: the next beat tries again.
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '1s'")
                self.write()
        except DatabaseError:
            connection.close()
