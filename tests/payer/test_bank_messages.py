"""pain.001 out and pain.002 back, both held against the official schemas; a broken one is refused by place, field and value."""

from __future__ import annotations

import datetime
import uuid

import pytest
from lxml import etree

from payments.channels import ChannelRefused, face
from payments.channels.bank import pain001, pain002
from payments.channels.bank.checking import NAMESPACE, check, parse

LINES = [str(uuid.UUID(int=number)) for number in range(1, 5)]
DEBTOR = pain001.Debtor("Ủy ban nhân dân Xã Đồng Văn", "9527101234567", "BFTVVNVX")
NS = {"p": NAMESPACE.format(pain001.MESSAGE)}


def transfers(**changed: object) -> list[pain001.Transfer]:
    first = {"line": LINES[0], "holder": "GIÀNG MÍ PÁO", "account": "0011004123456", "bank": "ICBVVNVX", "amount": 1_250_000} | changed
    return [pain001.Transfer(**first), pain001.Transfer(LINES[1], "Vừ Thị Mỷ", "19034567890123", "Ngân hàng Bưu điện", 500_000)]  # type: ignore[arg-type]  # a plain mapping


def message(**changed: object) -> bytes:
    return pain001.message(
        number="202611-00721-BANK", made_at=datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC), pay_on=datetime.date(2026, 12, 1),
        debtor=DEBTOR, transfers=transfers(**changed), text="Tro cap xa hoi thang 11/2026",
    )  # fmt: skip


def report(*transactions: str, group: str = "") -> bytes:
    """A bank's answer with these transactions."""
    inside = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>202611-00721-BANK</OrgnlPmtInfId>{''.join(transactions)}</OrgnlPmtInfAndSts>"
        if transactions
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE.format(pain002.MESSAGE)}"><CstmrPmtStsRpt>\n'
        "<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-12-02T08:00:00</CreDtTm></GrpHdr>\n"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>202611-00721-BANK</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>\n"
        f"{inside}</CstmrPmtStsRpt></Document>"
    ).encode()


def transaction(line: str, status: str, reason: str = "", amount: str = "") -> str:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    day = "<AccptncDtTm>2026-12-01T10:30:00</AccptncDtTm>" if status == "ACSC" else ""
    money = f'<OrgnlTxRef><Amt><InstdAmt Ccy="VND">{amount}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{line.replace('-', '')}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}{day}{money}</TxInfAndSts>"


def test_the_orders_fit_the_schema_and_add_up() -> None:
    root = etree.fromstring(message())
    check(root, "pain.001.001.03")
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", "", NS) == "2"
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", "", NS) == "1750000"
    assert [one.text for one in root.findall(".//p:InstdAmt", NS)] == ["1250000", "500000"]
    assert {one.get("Ccy") for one in root.findall(".//p:InstdAmt", NS)} == {"VND"}
    assert [one.text for one in root.findall(".//p:EndToEndId", NS)] == [line.replace("-", "") for line in LINES[:2]]
    assert root.findtext(".//p:Cdtr/p:Nm", "", NS) == "GIÀNG MÍ PÁO"
    # A code of a bank stands as its BIC, a mere name as a name.
    assert root.findtext(".//p:CdtrAgt/p:FinInstnId/p:BIC", "", NS) == "ICBVVNVX"
    assert root.findtext(".//p:CdtrAgt/p:FinInstnId/p:Nm", "", NS) == "Ngân hàng Bưu điện"


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"account": "1" * 35}, r"CdtTrfTxInf\[1\]/CdtrAcct/Id/Othr/Id.*“1{35}”.*dài quá"), ({"holder": ""}, "thiếu tên chủ tài khoản")],
)
def test_an_order_that_does_not_fit_is_not_made(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ChannelRefused, match=said):
        message(**changed)


def test_answers_become_results_and_what_is_under_way_is_left_out() -> None:
    answers = face("bank").read(
        report(
            transaction(LINES[0], "ACSC", amount="1250000"), transaction(LINES[1], "RJCT", "AC04"), transaction(LINES[2], "PDNG"),
            transaction(LINES[3], "RJCT", "MD07"),
        ),
        "xml",
    )  # fmt: skip
    assert [(one.number, one.line, one.outcome, one.reason, one.amount) for one in answers] == [
        (1, LINES[0], "paid", "", 1_250_000),
        (2, LINES[1], "unpaid", "account_closed", None),
        (4, LINES[3], "unpaid", "died", None),
    ]
    assert answers[0].paid_on == datetime.date(2026, 12, 1)
    assert not any(one.findings for one in answers)


def test_a_foreign_reference_is_a_finding_of_its_row() -> None:
    (answer,) = face("bank").read(report(transaction("HD-2026-77", "ACSC")), "xml")
    assert answer.findings[0].value == "HD202677"
    assert answer.findings[0].field == "CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId"


def test_a_report_against_the_schema_is_refused_by_line_field_and_value() -> None:
    broken = report(transaction(LINES[0], "ACSC"), transaction(LINES[1], "DONE"))
    place = r"Dòng \d+, CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts\[2\]/TxSts"
    with pytest.raises(ChannelRefused, match=f"{place}: giá trị “DONE” không có trong danh mục"):
        face("bank").read(broken, "xml")


def test_a_refusal_of_the_whole_file_says_so() -> None:
    with pytest.raises(ChannelRefused, match="từ chối cả tệp"):
        face("bank").read(report(group="<GrpSts>RJCT</GrpSts>"), "xml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<a", "không phải XML"),
        (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'/>", "camt.053.001.02.*cần thông điệp pain.002.001.03"),
        (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "DOCTYPE"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "DOCTYPE"),
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>".encode("utf-16"), "DOCTYPE"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ChannelRefused, match=said):
        face("bank").read(content, "xml")


def test_entities_that_grow_are_not_expanded() -> None:
    nested = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    bomb = f"<!DOCTYPE a [<!ENTITY e0 'ha'>{nested}]><a>&e11;</a>".encode()
    with pytest.raises(ChannelRefused):
        parse(bomb)
