"""A bank's answer: Customer Payment Status Report, pain.002.001.03."""

from __future__ import annotations

import datetime
import uuid

from django.utils import timezone
from lxml import etree

from payments.channels.bank.checking import NAMESPACE, check, parse, place_of
from payments.channels.face import Answer, Answers, ChannelRefused, Finding
from payments.outcomes import ACCOUNT_CLOSED, DIED, OTHER, PAID, REFUSED, UNPAID, WRONG_DATA

MESSAGE = "pain.002.001.03"
_NS = {"p": NAMESPACE.format(MESSAGE)}
# Settled, or settled with a change of the account; the other statuses say that the bank is still at it.
_SETTLED = frozenset({"ACSC", "ACWC"})
# ISO's external code list of status reasons -> the fixed list of reasons here; what is not named is "other".
_REASONS = {
    **dict.fromkeys(("AC01", "AC02", "AC03", "BE01", "BE04", "BE05", "BE06", "BE07", "RC01", "RC04", "AC13"), WRONG_DATA),
    **dict.fromkeys(("AC04", "AC05", "AC07"), ACCOUNT_CLOSED),
    "MD07": DIED,
    **dict.fromkeys(("MD06", "SL11", "SL12"), REFUSED),
}


def read(content: bytes) -> Answers:
    """One answer per transaction that the bank has finished with; those still under way are left out.

    Raises ChannelRefused: not this message, against its schema, or an answer about the whole file without transactions.
    """
    root = parse(content)
    check(root, MESSAGE)
    found = root.findall(".//p:OrgnlPmtInfAndSts/p:TxInfAndSts", _NS)
    if not found:
        raise ChannelRefused(_whole_file(root))
    answers = [_answer(number, transaction) for number, transaction in enumerate(found, start=1)]
    return Answers(answer for answer in answers if answer is not None)


def _whole_file(root: etree._Element) -> str:
    status = root.find(".//p:OrgnlGrpInfAndSts/p:GrpSts", _NS)
    reason = root.findtext(".//p:OrgnlGrpInfAndSts/p:StsRsnInf/p:Rsn/p:Cd", "", _NS)
    code = status.text if status is not None else ""
    if code == "RJCT":
        return (
            f"OrgnlGrpInfAndSts/GrpSts: ngân hàng từ chối cả tệp (RJCT{', lý do ' + reason if reason else ''}). Chưa có khoản nào được chi."
        )
    return f"OrgnlGrpInfAndSts/GrpSts: “{code}” nói về cả tệp, không nói từng khoản. Hãy chờ tệp trả lời có từng khoản."


def _answer(number: int, transaction: etree._Element) -> Answer | None:
    status = transaction.findtext("p:TxSts", "", _NS)
    if status != "RJCT" and status not in _SETTLED:
        return None
    findings: list[Finding] = []
    line = _line(transaction, findings)
    amount = _amount(transaction, findings)
    paid_on = _day(transaction.findtext("p:AccptncDtTm", "", _NS))
    if status in _SETTLED:
        return Answer(number, line, PAID, "", amount, paid_on, "", tuple(findings))
    reason = transaction.findtext("p:StsRsnInf/p:Rsn/p:Cd", "", _NS)
    return Answer(number, line, UNPAID, _REASONS.get(reason, OTHER), None, None, "", tuple(findings))


def _line(transaction: etree._Element, findings: list[Finding]) -> str:
    text: str = transaction.findtext("p:OrgnlEndToEndId", "", _NS) or transaction.findtext("p:OrgnlInstrId", "", _NS)
    try:
        return str(uuid.UUID(text))
    except ValueError:
        place = f"{place_of(transaction)}/OrgnlEndToEndId"
        findings.append(Finding(place, text, f"“{text}” không phải mã dòng của danh sách đã gửi."))
        return text


def _amount(transaction: etree._Element, findings: list[Finding]) -> int | None:
    element = transaction.find("p:OrgnlTxRef/p:Amt/p:InstdAmt", _NS)
    if element is None or element.text is None:
        return None
    whole, _, fraction = element.text.partition(".")
    if element.get("Ccy") == "VND" and whole.isdigit() and not fraction.strip("0"):
        return int(whole)
    said = f"{element.text} {element.get('Ccy')}"
    findings.append(Finding(place_of(element), said, f"“{said}” không phải số đồng nguyên."))
    return None


def _day(text: str) -> datetime.date | None:
    """The day in Viet Nam: a time with an offset may be the next day here. A time without one is the bank's own, here."""
    try:
        when = datetime.datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if when is None:
        return None
    return timezone.localtime(when).date() if when.tzinfo else when.date()
