"""./run manage verify_audit: read the chain of the audit trail again, and say which row was changed, removed or slipped in."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from posasoft.core.dates import parse_date
from posasoft.core.sealing import DayHead
from posasoft.core.sealing_check import Fault, Stretch, verify


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return parse_date(text)


def read_heads(path: Path) -> list[DayHead]:
    """The heads of a file that was downloaded earlier ("Mã kiểm chứng trong ngày"). Raises CommandError for a file that is none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if len(row) >= 4 and row[0].isdigit()]
    try:
        return [DayHead(int(row[0]), _day(row[1]), int(row[2]), row[3].strip()) for row in rows]
    except ValueError as error:
        raise CommandError(f"{path.name}: {error}") from error


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail. Exit code 1 and one line per finding when something was tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", type=int, help="number of the province (0: rows that lie in none)")
        parser.add_argument("--day", type=_day)
        parser.add_argument("--from", type=_day, dest="first")
        parser.add_argument("--to", type=_day, dest="last")
        parser.add_argument("--heads", type=Path, help="CSV of heads kept outside the database")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"]
        stretch = Stretch(options["province"], day or options["first"], day or options["last"])
        report = verify(stretch, read_heads(options["heads"]) if options["heads"] else ())
        for fault in report.faults:
            self.stdout.write(_sentence(fault))
        if report.faults:
            raise CommandError(f"Nhật ký đã bị can thiệp: {len(report.faults)} chỗ. Đã kiểm {report.links} mắt xích.", returncode=1)
        self.stdout.write(f"Nhật ký nguyên vẹn: đã kiểm {report.links} mắt xích.")


def _sentence(fault: Fault) -> str:
    place = [f"tỉnh số {fault.province_no}"]
    if fault.day:
        place.append(f"ngày {fault.day:%d/%m/%Y}")
    if fault.seq is not None:
        place.append(f"mắt xích {fault.seq}")
    if fault.event_id is not None:
        place.append(f"dòng nhật ký {fault.event_id}")
    return f"{', '.join(place)}: {fault.text}"
