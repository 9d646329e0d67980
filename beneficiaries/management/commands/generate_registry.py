"""Generates an invented registry. The command stands here, not in households, because recipients come with their decisions."""

import csv
import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from beneficiaries.generator.decisions import TABLE, write_decisions
from households.generator.arrays import day_number
from households.generator.generating import Order, Outcome, generate
from households.generator.planted import Truth
from posasoft.core.money import format_number


class Command(BaseCommand):
    help = "Sinh một cơ sở dữ liệu minh họa: người không có thật, giống nhau với cùng một số hạt giống (--seed)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--households", type=int, default=20_000, help="số hộ")
        parser.add_argument("--seed", type=int, default=2026, help="hạt giống; cùng hạt giống cho cùng dữ liệu")
        parser.add_argument("--provinces", default="all", help="all, pilot (bốn tỉnh thí điểm cũ) hoặc mã tỉnh, ví dụ 08,86")
        parser.add_argument("--workers", type=int, default=2, help="số tiến trình ghi song song")
        parser.add_argument("--as-of", type=dt.date.fromisoformat, default=None, help="ngày mà dữ liệu mô tả (mặc định: hôm nay)")
        parser.add_argument("--truth", type=Path, default=None, help="tệp CSV ghi các lỗi và thiếu sót đã gài")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["households"] < 1:
            raise CommandError("Số hộ phải lớn hơn 0.")
        order = Order(
            households=options["households"],
            seed=options["seed"],
            provinces=options["provinces"],
            as_of=day_number(options["as_of"] or timezone.localdate()),
            workers=options["workers"],
            writers=(write_decisions,),
            more_tables=(TABLE,),
        )
        conninfo = owner_conninfo()
        connection.close()  # an idle transaction here would block the loader's DDL
        try:
            outcome = generate(conninfo, order, self._report)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["truth"]:
            write_truth(options["truth"], outcome.truths)
        self._report(summary(outcome))

    def _report(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def owner_conninfo() -> str:
    """The connection of this process as libpq writes it, without the serving role that tests step into."""
    known = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    return make_conninfo(**{key: str(connection.settings_dict[name]) for name, key in known.items() if connection.settings_dict[name]})


def write_truth(path: Path, truths: list[Truth]) -> None:
    """Record what was planted, for later measurements."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kind", "person_id", "household_id", "other_person_id", "detail"])
        writer.writerows([truth.kind, truth.person_id, truth.household_id, truth.other_person_id, truth.detail] for truth in truths)


def summary(outcome: Outcome) -> str:
    """One line for the end: rows, seconds, rows per second, memory."""
    seconds = outcome.seconds_loading + outcome.seconds_indexing
    return (
        f"Xong: {format_number(outcome.households)} hộ, {format_number(outcome.persons)} người, {format_number(outcome.rows)} dòng"
        f" trong {seconds:.1f} giây (ghi {outcome.seconds_loading:.1f}, chỉ mục {outcome.seconds_indexing:.1f};"
        f" {format_number(round(outcome.rows / max(seconds, 0.001)))} dòng/giây; bộ nhớ cao nhất {outcome.peak_memory:.0f} MB;"
        f" {format_number(len(outcome.truths))} điều đã gài)."
    )
