"""`stage_list FILE --area CODE [--area-date DAY] [--json]`: how a commune's list is understood. Touches nothing."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from households.importing.as_json import reading_as_json
from households.importing.findings import ListRefused
from households.importing.reading import ReadOptions, read_list
from posasoft.core.models import Area, Level

_SEVERITIES = (("error", "lỗi"), ("warning", "cần xem"), ("info", "cách hiểu"))
_SHOWN = 40


class Command(BaseCommand):
    help = "Đọc thử một danh sách hộ nghèo, hộ cận nghèo: số hộ, số người, điều cần xem. Không ghi gì vào cơ sở dữ liệu."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--area", required=True, help="mã xã, phường")
        parser.add_argument("--area-date", type=dt.date.fromisoformat, help="ngày mà mã xã có hiệu lực, dạng 2025-12-31")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        today = dt.datetime.now(tz=dt.UTC).date()
        _check_area(options["area"], options["area_date"])
        try:
            reading = read_list(options["file"], ReadOptions(today=today))
            result = reading_as_json(reading)
        except ListRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._summary(result)

    def _summary(self, result: dict[str, Any]) -> None:
        counts = Counter(finding["severity"] for finding in result["findings"])
        numbers = ", ".join(f"{counts[severity]} {title}" for severity, title in _SEVERITIES)
        self.stdout.write(f"{result['households']} hộ, {result['persons']} người; bỏ qua {len(result['rows_skipped'])} dòng; {numbers}.")
        for row in result["rows_skipped"]:
            self.stdout.write(f"  dòng {row['row']}: {row['why']}")
        grave = [finding for finding in result["findings"] if finding["severity"] != "info"]
        for finding in grave[:_SHOWN]:
            place = f"dòng {finding['row']}" + (f", cột “{finding['column']}”" if finding["column"] else "")
            value = f" “{finding['value']}”" if finding["value"] else ""
            self.stdout.write(f"  {place}{value}: {finding['message']}")
        if len(grave) > _SHOWN:
            self.stdout.write(f"  … và {len(grave) - _SHOWN} điều nữa; thêm --json để xem hết.")


def _check_area(code: str, day: dt.date | None) -> None:
    """Refuse a code that names no commune (on the day, when given). Before the areas are loaded every code passes."""
    communes = Area.objects.filter(level=Level.COMMUNE)
    try:
        versions = list(communes.filter(code=code).values_list("valid_from", "valid_to"))
        known = bool(versions) or not communes.exists()
    except DatabaseError:
        return
    on_day = [v for v in versions if day is None or ((v[0] is None or v[0] <= day) and (v[1] is None or v[1] > day))]
    if not known or (versions and not on_day):
        when = f" vào ngày {day:%d/%m/%Y}" if day else ""
        raise CommandError(f"Không có xã, phường nào mang mã {code}{when}.")
