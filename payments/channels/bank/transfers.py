"""The files of a bank's list."""

from __future__ import annotations

from django.utils import timezone

from payments.channels import reading, table
from payments.channels.bank import pain001, pain002
from payments.channels.face import Answers, ChannelRefused
from payments.models import Agency
from payments.providers import bic_of, name_of
from payments.queries import payer_lines
from payments.queries.cycle import cycle_of
from payments.queries.payer_lines import PayerLine
from payments.queries.payers import payer_of


class Transfers:
    """Workbook, CSV and pain.001; back comes pain.002, or the table."""

    formats: tuple[str, ...] = ("xlsx", "csv", "xml")
    reads: tuple[str, ...] = ("xml", "xlsx", "csv")

    def write(self, list_id: int) -> dict[str, bytes]:
        """The files of a released list. Raises ChannelRefused: no bank named, the contract's account missing, an order that does not fit."""
        head = payer_lines.head(list_id)
        payer = payer_of(head.commune_id, head.channel, head.month)
        if payer is None:
            raise ChannelRefused(f"{head.commune}: chưa giao ngân hàng nào chi trả tháng {head.month:%m/%Y}.")
        lines = list(payer_lines.lines(list_id, head.month))
        rows = [table.values(line, holder=line.holder, account=line.account, provider=name_of(line.provider)) for line in lines]
        message = pain001.message(
            number=head.number,
            made_at=timezone.localtime(),
            pay_on=max(cycle_of(head.province_no, head.month).pay_from, timezone.localdate()),
            debtor=_debtor(payer.agency, head.commune),
            transfers=[_transfer(line) for line in lines],
            text=f"Tro cap xa hoi thang {head.month:%m/%Y}",
        )
        return {**table.files(head, rows, table.columns(*table.ACCOUNT)), "xml": message}

    def read(self, content: bytes, format: str) -> Answers:
        """The answers of a file. Raises ChannelRefused."""
        if format not in self.reads:
            raise ChannelRefused(f"Kênh ngân hàng nhận tệp xml (pain.002), xlsx hoặc csv, không nhận “{format}”.")
        return pain002.read(content) if format == "xml" else reading.read(content, format)


def _transfer(line: PayerLine) -> pain001.Transfer:
    return pain001.Transfer(line.line, line.holder, line.account, bic_of(line.provider) or name_of(line.provider), line.total)


def _debtor(agency: Agency, commune: str) -> pain001.Debtor:
    for field, value in (("Tài khoản chi", agency.paying_account), ("Mã BIC", agency.bic)):
        if not value:
            raise ChannelRefused(f"{agency.name}: chưa nhập {field} trong hợp đồng, không lập được lệnh chuyển tiền.")
    return pain001.Debtor(f"Ủy ban nhân dân {commune}", agency.paying_account, agency.bic)
