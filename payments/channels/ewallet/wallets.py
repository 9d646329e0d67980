"""The table of a wallet list."""

from __future__ import annotations

from payments.channels import reading, table
from payments.channels.face import Answers, ChannelRefused
from payments.providers import name_of
from payments.queries import payer_lines


class Wallets:
    """Workbook and CSV, both ways."""

    formats: tuple[str, ...] = ("xlsx", "csv")
    reads: tuple[str, ...] = ("xlsx", "csv")

    def write(self, list_id: int) -> dict[str, bytes]:
        """The files of a released list. Raises ChannelRefused naming the first line without a wallet."""
        head = payer_lines.head(list_id)
        rows = []
        for line in payer_lines.lines(list_id, head.month):
            if not line.account:
                raise ChannelRefused(f"Danh sách số {head.number}, dòng {line.number} ({line.household_code}): thiếu số ví.")
            rows.append(table.values(line, holder=line.holder, account=line.account, provider=name_of(line.provider)))
        return table.files(head, rows, table.columns(*table.ACCOUNT))

    def read(self, content: bytes, format: str) -> Answers:
        """The answers of a file. Raises ChannelRefused."""
        if format not in self.reads:
            raise ChannelRefused(f"Kênh ví điện tử nhận tệp xlsx hoặc csv, không nhận “{format}”.")
        return reading.read(content, format)
