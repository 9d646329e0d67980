"""A commune's list of six families at the counter of Nà Rì, the next commune's list at another agency; files as clerks send them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.utils import timezone

from payments.channels import table
from payments.models import Delivery, LineResult, PaymentLine, PaymentList, ResultBatch
from payments.operations.results import apply, receive, stage
from posasoft.core.scope import Scope
from tests.access.world import MONTH, Side, World, _line
from tests.browser import cast
from tests.payer.cast import Payer, Payers, make_payers, scope_for
from tests.support.database import as_scope, thawed
from tests.support.payments import sent

AMOUNTS = (500_000, 750_000, 1_250_000, 300_000, 2_000_000)


@dataclass
class Counter:
    """The own agency's list as sent, with its lines in their order; the neighbour's too."""

    world: World
    payers: Payers
    delivery: Delivery
    other: Delivery
    lines: list[PaymentLine]
    foreign: PaymentLine

    @property
    def own(self) -> Payer:
        return self.payers.own

    @property
    def clerk(self) -> Scope:
        return scope_for(self.own.clerk)

    @property
    def boss(self) -> Scope:
        return scope_for(self.own.boss)

    @property
    def pay_list(self) -> PaymentList:
        return PaymentList.objects.get(pk=self.delivery.pay_list_id)


def make_counter(world: World) -> Counter:
    """Inside ``owner()``."""
    _more_families(world.own)
    payers = make_payers(world)
    delivery, other = (sent([side.pay_list])[0] for side in (world.own, world.sibling))
    Delivery.objects.update(sent_at=timezone.now())
    delivery.refresh_from_db()
    lines = list(PaymentLine.objects.filter(month=MONTH, list_id=delivery.pay_list_id).order_by("id"))
    return Counter(world, payers, delivery, other, lines, PaymentLine.objects.get(month=MONTH, list_id=other.pay_list_id))


def _more_families(side: Side) -> None:
    with thawed("payments_paymentlist"):
        PaymentList.objects.filter(pk=side.pay_list.pk).update(
            status="draft", released_at=None, checksum="", households=1 + len(AMOUNTS), amount=1_000_000 + sum(AMOUNTS)
        )
    place = {"province_no": side.household.province_no, "area_pos": side.household.area_pos}
    for number, amount in enumerate(AMOUNTS, start=1):
        home = cast.make_household(f"{side.household.code}-Q{number}", side.commune, side.household.village, side.household.change)
        person = cast.make_person(
            home, f"Lý Thị Quầy {number}", "head", f"19{50 + number}-03-04", number=f"00219005678{number}", sex="female"
        )
        _line(side.pay_list, home, person, place, MONTH, amount)
    side.pay_list.refresh_from_db()


Row = dict[str, Any]


def paid(line: PaymentLine, **more: Any) -> Row:
    """A row of a program that says paid."""
    return {"line": str(line.public_id), "outcome": "paid", "amount": line.total, **more}


def unpaid(line: PaymentLine, reason: str = "absent", **more: Any) -> Row:
    return {"line": str(line.public_id), "outcome": "unpaid", "reason": reason, **more}


def taken(counter: Counter, rows: list[Row], by: Scope | None = None, key: str = "", **more: Any) -> ResultBatch:
    """Rows received and staged, as the headquarters does it."""
    by = by or counter.boss
    content = json.dumps(rows).encode()
    with as_scope(by):
        batch = receive(agency=counter.own.agency, content=content, format="json", client_key=key or str(hash(content)), by=by, **more)
        return stage(batch=batch, by=by)


def applied(counter: Counter, rows: list[Row], **more: Any) -> ResultBatch:
    batch = taken(counter, rows, **more)
    with as_scope(counter.boss):
        return apply(batch=batch, by=counter.boss)


def findings(batch: ResultBatch) -> dict[int, list[str]]:
    """Codes by the row's number; rows without a finding are left out."""
    return {row.row_no: [one["code"] for one in row.findings] for row in batch.lines.order_by("row_no") if row.findings}


def results(counter: Counter) -> list[str]:
    """What became of the lines in their order: "paid", "absent" …, "" while nothing is known."""
    found = {row.line_id: row.reason or row.outcome for row in LineResult.objects.filter(list_id=counter.delivery.pay_list_id)}
    return [found.get(line.id, "") for line in counter.lines]


def workbook(delivery: Delivery, content: bytes, answers: dict[str, dict[str, Any]]) -> bytes:
    """The workbook that was sent, with answers by line id filled in."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    titles = [cell.value for cell in sheet[table.HEADING_ROW]]
    for row in range(table.HEADING_ROW + 1, sheet.max_row + 1):
        for title, value in answers.get(str(sheet.cell(row, 1).value), {}).items():
            sheet.cell(row, titles.index(title) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
