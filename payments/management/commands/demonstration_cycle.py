"""A payment cycle of the demonstration: months paid to the end, the present one being paid, the next one's lists in the making."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from payments.generator.cycle import tell
from payments.generator.hands import scene
from payments.models import PaymentList
from posasoft.core.months import parse_month
from posasoft.core.scope import COUNTRY, acting


class Command(BaseCommand):
    """Goes on where it was broken off; once whole, it changes nothing."""

    help = "Plays the demonstration's payment cycle through the operations, by its own users: three months back, the month named, the next one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM, the month being paid")

    def handle(self, *args: Any, month: str, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("For a demonstration only: set DEMO=1 and HTTPS=0.")
        try:
            at = scene()
        except LookupError as error:
            raise CommandError(str(error)) from error
        tell(parse_month(month), at)
        with acting(COUNTRY):
            found = PaymentList.objects.filter(province_no=at.province_no).values("month", "status").annotate(number=Count("pk"))
            rows = list(found.order_by("month", "status"))
        for row in rows:
            self.stdout.write(f"  {row['month']:%m/%Y} {row['status']}: {row['number']} lists")
