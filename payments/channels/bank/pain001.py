"""Orders to a bank: Customer Credit Transfer Initiation, pain.001.001.03."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from payments.channels.bank.checking import NAMESPACE, check, parse
from payments.channels.face import ChannelRefused

MESSAGE = "pain.001.001.03"
_BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?")


@dataclass(frozen=True)
class Debtor:
    """Out of whose account: the office's name, its account, and the bank that holds it (``bic``, ISO 9362)."""

    name: str
    account: str
    bic: str


@dataclass(frozen=True)
class Transfer:
    """One order, in đồng. ``line`` is the line's public id; the bank's answer carries it back. ``bank`` is a BIC or the bank's name."""

    line: str
    holder: str
    account: str
    bank: str
    amount: int


def reference(line: str) -> str:
    """A line's id as the message carries it: a uuid has 36 characters and the field 35."""
    return uuid.UUID(line).hex


def message(
    *, number: str, made_at: datetime.datetime, pay_on: datetime.date, debtor: Debtor, transfers: Sequence[Transfer], text: str
) -> bytes:
    """The message of one list, checked against the schema. Raises ChannelRefused naming the order and the field that do not fit."""
    for transfer in transfers:
        for field, value in (("tên chủ tài khoản", transfer.holder), ("số tài khoản", transfer.account)):
            if not value:
                raise ChannelRefused(f"Danh sách số {number}, dòng {transfer.line}: thiếu {field}.")
    spaces: Any = {None: NAMESPACE.format(MESSAGE)}
    root = etree.Element("Document", nsmap=spaces)
    body = etree.SubElement(root, "CstmrCdtTrfInitn")
    total = str(sum(transfer.amount for transfer in transfers))
    head = etree.SubElement(body, "GrpHdr")
    _texts(
        head, ("MsgId", number), ("CreDtTm", made_at.isoformat(timespec="seconds")), ("NbOfTxs", str(len(transfers))), ("CtrlSum", total)
    )
    _texts(etree.SubElement(head, "InitgPty"), ("Nm", debtor.name[:140]))
    payment = etree.SubElement(body, "PmtInf")
    _texts(
        payment, ("PmtInfId", number), ("PmtMtd", "TRF"), ("BtchBookg", "true"), ("NbOfTxs", str(len(transfers))), ("CtrlSum", total),
        ("ReqdExctnDt", pay_on.isoformat()),
    )  # fmt: skip
    _texts(etree.SubElement(payment, "Dbtr"), ("Nm", debtor.name[:140]))
    _account(payment, "DbtrAcct", debtor.account)
    _bank(payment, "DbtrAgt", debtor.bic)
    _texts(payment, ("ChrgBr", "DEBT"))
    for transfer in transfers:
        _transfer(payment, transfer, text)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    check(parse(content), MESSAGE)
    return content


def _transfer(payment: etree._Element, transfer: Transfer, text: str) -> None:
    order = etree.SubElement(payment, "CdtTrfTxInf")
    name = reference(transfer.line)
    _texts(etree.SubElement(order, "PmtId"), ("InstrId", name), ("EndToEndId", name))
    amount = etree.SubElement(etree.SubElement(order, "Amt"), "InstdAmt", Ccy="VND")
    amount.text = str(transfer.amount)
    if transfer.bank:
        _bank(order, "CdtrAgt", transfer.bank)
    _texts(etree.SubElement(order, "Cdtr"), ("Nm", transfer.holder[:140]))
    _account(order, "CdtrAcct", transfer.account)
    _texts(etree.SubElement(order, "RmtInf"), ("Ustrd", text[:140]))


def _texts(parent: etree._Element, *pairs: tuple[str, str]) -> None:
    for name, value in pairs:
        etree.SubElement(parent, name).text = value


def _account(parent: etree._Element, name: str, number: str) -> None:
    other = etree.SubElement(etree.SubElement(etree.SubElement(parent, name), "Id"), "Othr")
    _texts(other, ("Id", number))


def _bank(parent: etree._Element, name: str, bank: str) -> None:
    institution = etree.SubElement(etree.SubElement(parent, name), "FinInstnId")
    _texts(institution, ("BIC" if _BIC.fullmatch(bank) else "Nm", bank[:140]))
