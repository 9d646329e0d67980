"""All released lists of a month in an area as one ZIP: the kept PDF and workbook of each, and a table of contents with their SHA-256."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.utils import timezone

from payments.documents import kept
from payments.documents.wording import file_name
from payments.models import PaymentList
from payments.statuses import ORDERED
from posasoft.core.months import first_of_month, parse_month
from posasoft.core.scope import Scope, unbound

CONTENTS = "muc-luc.csv"


def lists_of(scope: Scope, month: datetime.date) -> list[PaymentList]:
    """The released lists of a month in the scope's range, in the order of the tree."""
    found = PaymentList.objects.filter(month=month, status__in=ORDERED, area_pos__gte=scope.lo, area_pos__lt=scope.hi)
    return list(found.select_related("commune").order_by("area_pos", "channel", "kind", "sequence"))


def month_of(text: str) -> datetime.date:
    """The month of a request, this one where none is named. Raises ValueError (Vietnamese)."""
    return parse_month(text) if text else first_of_month(timezone.localdate())


def files(scope: Scope, month: datetime.date) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file, the table of contents last; whoever calls writes down what was taken."""
    lines = ["so;xa;tep;sha256"]
    for pay_list in lists_of(scope, month):
        # A file not made yet is made now; a closing list may name a family that left the reader's sight.
        with unbound(scope):
            rows = kept.sign_off(lists=[pay_list])
        for row in rows:
            name = f"{pay_list.commune.code}/{file_name(pay_list, row.format)}"
            lines.append(f"{pay_list.number};{pay_list.commune.name};{name};{row.sha256}")
            yield name, kept.read(row)
    yield CONTENTS, ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
