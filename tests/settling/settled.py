"""Lists brought to where settling begins: sent, and answered by the agency."""

from __future__ import annotations

from payments.accounts import SourceKind
from payments.models import Delivery, PaymentList
from payments.operations import ledger
from payments.operations.ledger import Lines, Source
from payments.operations.sending import send
from posasoft.core.scope import COUNTRY


def sent(pay_list: PaymentList) -> Delivery:
    """Inside ``owner()``: the list at its agency."""
    return send(lists=[pay_list], by=COUNTRY)[0]


def answered(pay_list: PaymentList, *, unpaid: str = "", source: int = 1) -> PaymentList:
    """Inside ``owner()``: every line paid, or unpaid for a reason; the list has its results."""
    lines = Lines.of_lists([pay_list.pk])
    book = ledger.book_returned if unpaid else ledger.book_paid
    book(lines, source=Source(SourceKind.RESULTS, source))
    PaymentList.objects.filter(pk=pay_list.pk).update(status="results_in")
    pay_list.refresh_from_db()
    return pay_list
