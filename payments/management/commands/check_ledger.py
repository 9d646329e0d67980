"""`manage check_ledger [--month 2026-11] [--province 08]`: prove the books; exit 1 and the first broken row of each rule if not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.models import LedgerCheck
from payments.operations.proving import prove
from posasoft.core.models import Area
from posasoft.core.money import format_dong, format_number
from posasoft.core.months import parse_month


class Command(BaseCommand):
    """Proves province after province; the answers are kept for the portal."""

    help = "Chứng minh sổ cái chi trả khớp từng đồng; chỉ ra dòng sai đầu tiên của từng quy tắc."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", default="", help="YYYY-MM; từ tháng này trở đi (mặc định: mọi tháng)")
        parser.add_argument("--province", default="", help="mã tỉnh (mặc định: mọi tỉnh)")

    def handle(self, *args: Any, month: str, province: str, **options: Any) -> None:
        try:
            wanted = parse_month(month) if month else None
            checked = [self._say(area, check) for area, check in prove(month=wanted, province_code=province)]
        except (ValueError, Area.DoesNotExist) as error:
            raise CommandError(str(error)) from error
        if not all(checked):
            raise CommandError("Sổ cái không khớp; xem các dòng trên.")

    def _say(self, area: Area, check: LedgerCheck) -> bool:
        verdict = "khớp" if not check.findings else "KHÔNG KHỚP"
        size = f"{format_number(check.lines)} dòng, {format_dong(check.amount)}, {check.seconds:.1f} giây"
        self.stdout.write(f"{area.code} {area.name}: {verdict} – {size}")
        for found in check.findings:
            figures = ", ".join(f"{name}={value}" for name, value in found["figures"].items())
            home = f" hộ {found['household']}" if found["household"] else ""
            self.stdout.write(
                f"  {found['rule']}: {found['table']} {found['id']}{home} tháng {found['month'][:7]}: {figures} ({found['rows']} dòng)"
            )
        return not check.findings
