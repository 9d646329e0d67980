"""`manage run_month 2026-11 [--wait]`: compute a month for the whole country and draw up its draft lists."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from beneficiaries import queries
from beneficiaries.models import Run
from beneficiaries.operations import RunRefused, start_run
from beneficiaries.queries import RunProgress
from payments.operations import work_run
from posasoft.core.money import format_dong, format_number
from posasoft.core.months import format_month, parse_month
from posasoft.core.scope import COUNTRY, acting


class Command(BaseCommand):
    """Starts the run; with --wait, works on it too until every province is done."""

    help = "Tính trợ cấp của một tháng và lập danh sách chi trả dự thảo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--wait", action="store_true", help="cùng làm và chờ đến khi xong")
        parser.add_argument(
            "--workers", type=int, default=min(2, os.cpu_count() or 1), help="số tiến trình khi chờ (mặc định: theo số lõi)"
        )
        parser.add_argument("--join", type=int, metavar="RUN", help="góp một tiến trình cho lần tính đã bắt đầu")

    def handle(self, *args: Any, month: str, wait: bool, workers: int, join: int | None, **options: Any) -> None:
        if join is not None:
            work_run(join)
            return
        run = self._start(month)
        if wait:
            self._work(run, workers)
        self._say(queries.progress_of(run.pk))
        if wait and queries.progress_of(run.pk).status != "done":
            raise CommandError("Có tỉnh chưa tính được; xem trang lần tính.")

    def _start(self, text: str) -> Run:
        try:
            month = parse_month(text)
            with acting(COUNTRY):
                return start_run(month=month, by=COUNTRY)
        except (ValueError, RunRefused) as error:
            raise CommandError(str(error)) from error

    def _work(self, run: Run, workers: int) -> None:
        command = [sys.executable, sys.argv[0], "run_month", f"{run.month:%Y-%m}", "--join", str(run.pk)]
        children = [subprocess.Popen(command) for _ in range(max(1, workers))]
        while any(child.poll() is None for child in children):
            time.sleep(1)
            self._say(queries.progress_of(run.pk), ending="\r" if self.stdout.isatty() else "\n")
        if any(child.returncode for child in children):
            raise CommandError("Một tiến trình tính đã dừng với lỗi.")

    def _say(self, seen: RunProgress, ending: str = "\n") -> None:
        pace = format_number(round(seen.households_per_second))
        self.stdout.write(
            f"Tháng {format_month(seen.month)}: {seen.message}, {format_number(seen.lines)} khoản, {format_dong(seen.amount)}, {pace} hộ/giây",
            ending=ending,
        )
