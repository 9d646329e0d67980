"""Lists walked to "approved" as the system does it, for tests that are about what comes after."""

from __future__ import annotations

from collections.abc import Iterable

from payments.models import PaymentList
from payments.operations import steps
from posasoft.core.scope import COUNTRY


def approved(lists: Iterable[PaymentList]) -> list[PaymentList]:
    """The drafts among these lists, approved."""
    ids = [pay_list.pk for pay_list in lists]
    steps.walk(lists=PaymentList.objects.filter(pk__in=ids), reason="kiểm thử", by=COUNTRY)
    return list(PaymentList.objects.filter(pk__in=ids, status="approved"))
