"""The table of a list's lines that still wait for an answer, to fill in and send back: the columns of the file that was sent."""

from __future__ import annotations

from dataclasses import replace

from payments.channels import table
from payments.queries import payer_lines
from payments.queries.results import waiting_lines

FORMATS = ("xlsx", "csv")


def blank(list_id: int, format: str) -> tuple[bytes, int]:
    """Workbook or CSV, and how many lines it holds. Raises LookupError for a list that is not in the reader's sight."""
    head = payer_lines.head(list_id)
    waiting = waiting_lines(list_id, head.month)
    lines = [line for line in payer_lines.lines(list_id, head.month) if line.line in waiting]
    wanted = table.columns(*(table.ACCOUNT if head.channel != "post" else ()))
    rows = [table.values(line, holder=line.holder, account=line.account, provider=line.provider) for line in lines]
    if format == "csv":
        return table.csv_file(rows, wanted, ended=True), len(rows)
    return table.workbook(replace(head, payable=sum(line.total for line in lines)), rows, wanted), len(rows)
