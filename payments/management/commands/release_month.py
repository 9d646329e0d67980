"""`manage release_month 2026-11 [--province CODE]`: approve every draft list of a month as the system, and release it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.models import PaymentList
from payments.operations import release, steps
from payments.statuses import APPROVED, DRAFT
from posasoft.core.models import Area, Level
from posasoft.core.money import format_dong, format_number
from posasoft.core.months import format_month, parse_month
from posasoft.core.scope import COUNTRY, acting


class Command(BaseCommand):
    """Releases province by province, each in one transaction."""

    help = "Phát hành các danh sách chi trả dự thảo của một tháng."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--province", help="mã tỉnh (mặc định: cả nước)")

    def handle(self, *args: Any, month: str, province: str | None, **options: Any) -> None:
        wanted = parse_month(month)
        provinces = Area.objects.filter(level=Level.PROVINCE, position__isnull=False).order_by("position")
        if province:
            provinces = provinces.filter(code=province)
        number = amount = 0
        for area in provinces:
            with acting(COUNTRY):
                drafts = PaymentList.objects.filter(month=wanted, status=DRAFT, province_no=area.province_no or 0)
                # The operator's path: no person's approval is made up; each step says that the system took it, and why.
                steps.walk(lists=drafts, reason="Lệnh release_month của người vận hành", by=COUNTRY)
                approved = PaymentList.objects.filter(month=wanted, status=APPROVED, province_no=area.province_no or 0)
                released = release(lists=approved, by=COUNTRY)
            number += len(released)
            amount += sum(pay_list.amount + pay_list.arrears - pay_list.recovery + pay_list.carried for pay_list in released)
        if not number:
            raise CommandError(f"Không có danh sách dự thảo nào của tháng {format_month(wanted)}.")
        self.stdout.write(f"Đã phát hành {format_number(number)} danh sách của tháng {format_month(wanted)}, {format_dong(amount)}.")
