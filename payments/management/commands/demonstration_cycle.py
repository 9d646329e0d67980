"""A payment cycle of the demonstration: one month listed, paid and closed, the present one at every step of its way. Through the operations only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from payments.models import Agency, Delivery, PaymentList, ServiceArea
from payments.operations import calendar, deadlines, release, steps
from payments.operations.reconciling import close, reconcile
from payments.operations.results.applying import apply
from payments.operations.results.receiving import receive, stage
from payments.operations.sending import send
from payments.statuses import DRAFT
from posasoft.core.months import parse_month
from posasoft.core.scope import COUNTRY, acting

REASON = "Kỳ chi trả mẫu của bản trình diễn"
# Left as a draft in the present month: the commune whose officer, chair and clerk may sign in.
OWN = "00721"
# Of a hundred lines so many are not collected, and of the present month's so many have no result yet.
ABSENT, OPEN = 4, 40

_ROWS = """
SELECT p.public_id::text, p.total, mod(p.id, 100) < %(absent)s FROM payments_paymentline p JOIN payments_delivery d ON d.pay_list_id = p.list_id
WHERE d.agency_id = %(agency)s AND p.list_id = ANY(%(lists)s) AND p.total > 0 AND mod(p.id / 7, 100) >= %(open)s ORDER BY p.id
"""


class Command(BaseCommand):
    """A second run finds no drafts and changes nothing."""

    help = (
        "Takes the demonstration's lists of a month through the cycle: --closed all of them to the end, else each third as far as it goes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--closed", action="store_true")

    def handle(self, *args: Any, month: str, closed: bool, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("For a demonstration only: set DEMO=1 and HTTPS=0.")
        with acting(COUNTRY):
            first = ServiceArea.objects.order_by("pk").first()
            if first is None:
                raise CommandError("Nobody pays anywhere yet: make the agencies first (demonstration_agencies).")
            found = PaymentList.objects.filter(month=parse_month(month), status=DRAFT, province_no=first.province_no).order_by("area_pos")
            ids = list((found if closed else found.exclude(commune__code=OWN)).values_list("pk", flat=True))
        third = len(ids) // 3
        if not ids:
            self.stdout.write(f"  No drafts of {month}: nothing to do")
        elif closed:
            self._pay(ids, still_open=0)
            with acting(COUNTRY):
                close(lists=reconcile(lists=PaymentList.objects.filter(pk__in=ids), by=COUNTRY), by=COUNTRY)
        else:
            with acting(COUNTRY):
                steps.walk(lists=PaymentList.objects.filter(pk__in=ids[: 2 * third]), reason=REASON, by=COUNTRY)
            self._pay(ids[:third], still_open=OPEN)
        today = timezone.localdate()
        with acting(COUNTRY):
            calendar.open_cycles(today)
            deadlines.sync(today)
        self.stdout.write(
            f"  {len(ids)} lists of {month}: {'closed' if closed else f'{third} being paid, {third} approved, the rest drafts'}"
        )

    def _pay(self, ids: Sequence[int], *, still_open: int) -> None:
        """Approve, release and send lists, and take their agencies' results."""
        if not ids:
            return
        with acting(COUNTRY):
            steps.walk(lists=PaymentList.objects.filter(pk__in=ids), reason=REASON, by=COUNTRY)
            release(lists=PaymentList.objects.filter(pk__in=ids, status="approved"), by=COUNTRY)
            send(lists=PaymentList.objects.filter(pk__in=ids, status="released"), by=COUNTRY)
            agencies = list(Agency.objects.filter(pk__in=Delivery.objects.filter(pay_list_id__in=ids).values("agency_id")))
        for agency in agencies:
            self._results(agency, ids, still_open)

    def _results(self, agency: Agency, ids: Sequence[int], still_open: int) -> None:
        with acting(COUNTRY), connection.cursor() as cursor:
            day = max(Delivery.objects.filter(pay_list_id__in=ids).values_list("sent_at", flat=True)).date().isoformat()
            cursor.execute(_ROWS, {"agency": agency.pk, "lists": list(ids), "absent": ABSENT, "open": still_open})
            rows = [
                {"line": line, "outcome": "unpaid", "reason": "absent"}
                if absent
                else {"line": line, "outcome": "paid", "amount": total, "paid_on": day}
                for line, total, absent in cursor.fetchall()
            ]
        if not rows:
            return
        key = f"demo-{agency.pk}-{min(ids)}"
        with acting(COUNTRY):
            batch = receive(agency=agency, content=json.dumps(rows).encode(), format="json", client_key=key, by=COUNTRY)
            staged = stage(batch=batch, by=COUNTRY)
            if staged.status == "refused":
                raise CommandError(f"{agency.code}: {staged.refusal}")
            done = apply(batch=staged, by=COUNTRY)
        if done.counts.keys() - {"ready", "same", "applied"}:
            raise CommandError(f"{agency.code}: rows with findings, {done.counts}")
