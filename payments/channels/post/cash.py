"""The table of a cash list."""

from __future__ import annotations

from payments.channels import reading, table
from payments.channels.face import Answers, ChannelRefused
from payments.queries import payer_lines


class Cash:
    """Workbook and CSV, both ways."""

    formats: tuple[str, ...] = ("xlsx", "csv")
    reads: tuple[str, ...] = ("xlsx", "csv")

    def write(self, list_id: int) -> dict[str, bytes]:
        """The files of a released list. Raises LookupError when it is not one."""
        head = payer_lines.head(list_id)
        rows = [table.values(line) for line in payer_lines.lines(list_id, head.month)]
        return table.files(head, rows, table.columns())

    def read(self, content: bytes, format: str) -> Answers:
        """The answers of a file. Raises ChannelRefused."""
        if format not in self.reads:
            raise ChannelRefused(f"Kênh bưu điện nhận tệp xlsx hoặc csv, không nhận “{format}”.")
        return reading.read(content, format)
