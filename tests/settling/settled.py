"""Lists brought to where settling begins: sent, and answered by the agency."""

from __future__ import annotations

from payments.accounts import SourceKind
from payments.models import Delivery, PaymentList
from payments.operations import ledger
from payments.operations.ledger import Lines, Source
from payments.operations.sending import send
from posasoft.core.scope import COUNTRY
from tests.payments.money import resulted


def sent(pay_list: PaymentList) -> Delivery:
    """Inside ``owner()``: the list at its agency."""
    return send(lists=[pay_list], by=COUNTRY)[0]


def answered(pay_list: PaymentList, *, unpaid: str = "") -> PaymentList:
    """Inside ``owner()``: every line paid, or unpaid for a reason; the list has its results."""
    lines = Lines.of_lists([pay_list.pk])
    verb = ledger.book_returned if unpaid else ledger.book_paid
    verb(lines, source=Source(SourceKind.RESULTS, 1))
    resulted(pay_list, "unpaid" if unpaid else "paid", unpaid)
    PaymentList.objects.filter(pk=pay_list.pk).update(status="results_in")
    pay_list.refresh_from_db()
    return pay_list


def book(pay_list: PaymentList, outcome: str) -> None:
    """What an agency does with a list, without the agency: sent, and paid or given back whole."""
    lines = Lines.of_lists([pay_list.pk])
    ledger.book_sent(lines, source=Source(SourceKind.DELIVERY, pay_list.pk))
    verb = ledger.book_paid if outcome == "paid" else ledger.book_returned
    verb(lines, source=Source(SourceKind.RESULTS, pay_list.pk))
    PaymentList.objects.filter(pk=pay_list.pk).update(status="results_in")
