"""`import_list FILE --area CODE --area-date DAY [--accept]`: stages a list in this process, and accepts what needs no answer."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from households.importing.findings import ListRefused
from households.models import ImportBatch
from households.staging import operations
from households.staging.queries import summary
from posasoft.core import jobs
from posasoft.core.areas import NoSuchAreaError, area_on
from posasoft.core.models import Area, Level
from posasoft.core.scope import COUNTRY, acting


class Command(BaseCommand):
    help = "Nhập danh sách hộ nghèo, hộ cận nghèo vào vùng chờ; thêm --accept để nhận vào sổ những hộ không cần hỏi lại."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--area", required=True, help="mã xã, phường")
        parser.add_argument("--area-date", type=dt.date.fromisoformat, required=True, help="ngày mà mã xã có hiệu lực, dạng 2025-12-31")
        parser.add_argument("--from-day", type=dt.date.fromisoformat, help="ngày đầu của dữ kiện; mặc định là ngày đầu năm của danh sách")
        parser.add_argument("--accept", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Không tìm thấy tệp {path.name}.")
        batch = self._staged(path, options["area"], options["area_date"])
        if options["accept"]:
            with acting(COUNTRY):
                counts = operations.accept(batch=batch, by=COUNTRY, from_day=options["from_day"])
            self.stdout.write(f"Đã nhận {counts['persons']} người ({counts['new']} người mới) của {counts['households']} hộ.")

    def _staged(self, path: Path, code: str, day: dt.date) -> ImportBatch:
        try:
            with acting(COUNTRY), path.open("rb") as file:
                batch = operations.receive_list(file=file, name=path.name, area=_commune(code, day), area_date=day, by=COUNTRY)
        except (ListRefused, NoSuchAreaError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Đang đọc {path.name} …")
        jobs.run_all()
        with acting(COUNTRY):
            batch.refresh_from_db()
            if batch.status != ImportBatch.Status.STAGED:
                raise CommandError(batch.refusal or "Chưa đọc được danh sách; xem nhật ký của việc đọc.")
            counts = summary(batch)
        self.stdout.write(
            f"{counts.households} hộ, {counts.persons} người: {counts.new} mới, {counts.changed} thay đổi, {counts.same} không đổi,"
            f" {counts.proposals} chờ trả lời; {counts.errors} lỗi, {counts.warnings} điều cần xem."
        )
        return batch


def _commune(code: str, day: dt.date) -> Area:
    return area_on(Level.COMMUNE, code, day)
