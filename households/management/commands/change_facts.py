"""Lets a month pass in an invented registry."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from households.generator.changing import change_facts
from posasoft.core.money import format_number
from posasoft.core.months import format_month, parse_month


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ArgumentTypeError("0 < share ≤ 1")
    return share


class Command(BaseCommand):
    help = "Thay đổi dữ kiện của một phần số hộ trong một tháng: nghèo, khuyết tật, học hành, thu nhập, qua đời (dữ liệu minh họa)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--share", "--change-share", type=_share, default=0.03, help="phần số hộ có thay đổi, ví dụ 0.03")
        parser.add_argument("--month", required=True, help="tháng, ví dụ 2026-12")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = parse_month(options["month"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        started = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            changed = change_facts(cursor, share=options["share"], month=month, seed=options["seed"])
        detail = ", ".join(f"{name} {format_number(count)}" for name, count in changed.items())
        seconds = time.monotonic() - started
        self.stdout.write(
            f"Tháng {format_month(month)}: {format_number(sum(changed.values()))} thay đổi trong {seconds:.1f} giây ({detail})."
        )
