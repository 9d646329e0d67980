"""Lists walked to "approved", or as far as their agencies, as the system does it: for tests that are about what comes after."""

from __future__ import annotations

from collections.abc import Iterable

from payments.models import Delivery, PaymentList
from payments.operations import release, steps
from payments.operations.sending import send
from posasoft.core.scope import COUNTRY


def approved(lists: Iterable[PaymentList]) -> list[PaymentList]:
    """The drafts among these lists, approved."""
    ids = [pay_list.pk for pay_list in lists]
    steps.walk(lists=PaymentList.objects.filter(pk__in=ids), reason="kiểm thử", by=COUNTRY)
    return list(PaymentList.objects.filter(pk__in=ids, status="approved"))


def sent(lists: Iterable[PaymentList]) -> list[Delivery]:
    """Inside ``owner()``: these lists released and at their agencies; who pays their communes must have been named."""
    held = list(lists)
    waiting = approved(held)
    if waiting:
        release(lists=waiting, by=COUNTRY)
    return send(lists=PaymentList.objects.filter(pk__in=[pay_list.pk for pay_list in held]), by=COUNTRY)
