"""`./run bench lists [ROWS …]`: one commune's list as PDF and workbook, and the PDF by an HTML engine beside it; seconds, rows per second, memory.

Each is made in a process of its own, so that its peak memory is its own. The rows are invented; reading them from the database is not in it.
"""

from __future__ import annotations

import datetime
import multiprocessing
import resource
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from html import escape
from multiprocessing.connection import Connection

from payments.documents import wording
from payments.documents.pdf import drawn
from payments.documents.workbook import written
from payments.models import PaymentList
from payments.queries import Component, LineRow
from posasoft.core.html_to_pdf import render_pdf
from posasoft.core.models import Area

MONTH = datetime.date(2026, 11, 1)
SIZES = (500, 2000)
MOST_SECONDS = 3.0


def _list(rows: list[LineRow]) -> PaymentList:
    return PaymentList(
        pk=1, month=MONTH, commune=Area(name="Xã Đồng Văn", code="00721"), channel="post", kind="regular", status="released",
        number="202611-00721-POST", checksum=uuid.uuid4().hex * 2, households=len(rows), amount=0, arrears=0, recovery=0, run_id=1,
    )  # fmt: skip


def _rows(number: int) -> list[LineRow]:
    """Families of two benefits; every tenth with three months of arrears."""
    found = []
    for place in range(1, number + 1):
        late = (
            [Component("Giàng Thị Dợ", "PENSION-SOCIAL", datetime.date(2026, m, 1), None, 40_000) for m in (7, 8, 9)]
            if place % 10 == 0
            else []
        )
        parts = (
            Component("Giàng Mí Sính", "TCXH-5.6", MONTH, Decimal("2.0"), 1_080_000),
            Component("Giàng Thị Dợ", "PENSION-SOCIAL", MONTH, None, 540_000),
            *late,
        )
        arrears = 40_000 * len(late)
        found.append(LineRow(
            place, f"08-00721-{place:06}", f"Giàng Mí Páo {place}", None, "", f"{2_088_000_000 + place:012}", f"Thôn {place // 40 + 1}", "",
            1_620_000,
            arrears, 0, 1_620_000 + arrears, parts,
        ))  # fmt: skip
    return found


def _html(pay_list: PaymentList, rows: list[LineRow]) -> bytes:
    cells = (
        (
            row.number, row.payee, row.national_id, row.village,
            "; ".join(wording.part_text(part, payee=row.payee, month=MONTH) for part in wording.parts_of(row.components, MONTH)),
            wording.shown(row.arrears), wording.shown(row.recovery), wording.shown(row.carried), wording.shown(row.total), "",
        )
        for row in rows
    )  # fmt: skip
    head = "".join(f"<th>{escape(text)}</th>" for text in wording.COLUMNS)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(text))}</td>' for text in line)}</tr>" for line in cells)
    style = "@page{size:A4 landscape;margin:15mm}table{border-collapse:collapse;width:100%;font:9pt Tinos}td,th{border:.4pt solid}"
    return render_pdf(
        f"<style>{style}</style><h1>{escape(wording.title_lines(pay_list)[0])}</h1><table><thead><tr>{head}</tr></thead>{body}</table>"
    )


WAYS: dict[str, Callable[[PaymentList, list[LineRow]], bytes]] = {
    "workbook (XlsxWriter)": written,
    "PDF (ReportLab)": drawn,
    "PDF (WeasyPrint)": _html,
}


def _measured(name: str, number: int, answer: Connection) -> None:
    rows = _rows(number)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    size = len(WAYS[name](_list(rows), rows))
    worked = time.process_time() - worked
    answer.send((time.perf_counter() - began, worked, size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))


def main(arguments: list[str]) -> int:
    """Prints a table; 1 when a file that officers wait for takes longer than three seconds."""
    slow = 0
    print("| rows | file | seconds | of a core | rows/s | size | memory above the rows |\n| --- | --- | --- | --- | --- | --- | --- |")
    for number in [int(text) for text in arguments] or SIZES:
        for name in WAYS:
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.get_context("fork").Process(target=_measured, args=(name, number, theirs))
            process.start()
            seconds, worked, size, memory = ours.recv()
            process.join()
            print(
                f"| {number:,} | {name} | {seconds:.2f} | {worked:.2f} | {number / seconds:,.0f} | {size / 1024:,.0f} KiB | {memory:,.0f} MiB |",
                flush=True,
            )
            slow += seconds > MOST_SECONDS and "WeasyPrint" not in name
    return min(slow, 1)
