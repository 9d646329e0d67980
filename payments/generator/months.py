"""A month of the demonstration: computed, listed, approved, sent, answered, settled. Each part finds by the states what is still to do."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from beneficiaries.models import Run
from beneficiaries.operations import start_run
from payments.generator.hands import REASON, Scene
from payments.models import Agency, Cycle, Delivery, PaymentList, ResultBatch, Statement
from payments.operations import release, statements, steps, work_run
from payments.operations.reconciling import close, close_month, reconcile
from payments.operations.results.applying import apply
from payments.operations.results.receiving import receive, stage
from payments.operations.sending import confirm, send
from payments.queries.cycle import Days, cycle_of
from payments.statuses import APPROVED, DRAFT, RECONCILED, RELEASED, RESULTS_IN, SENT
from posasoft.core.scope import COUNTRY, Scope, acting

# Days before the month on which its lists went out; and of a hundred payments so many come after the last day.
SENT_BEFORE, LATE = 4, 3
# Spreads the ids of neighbouring lines over a hundred (Knuth's multiplier).
SPREAD = 2_654_435_761
UNPAID = ("absent", "absent", "moved", "wrong_data", "refused")

_ROWS = """
SELECT p.public_id::text, p.total, p.household_id, p.id FROM payments_paymentline p JOIN payments_delivery d ON d.pay_list_id = p.list_id
WHERE d.agency_id = %(agency)s AND p.list_id = ANY(%(lists)s) AND p.total > 0 AND mod(p.id / 7, 100) >= %(open)s ORDER BY p.id
"""


@dataclass(frozen=True)
class Answers:
    """What the agencies say of a month: families of ``away`` never come; of a hundred lines ``unpaid`` and ``open`` are not paid, not answered."""

    away: frozenset[int]
    unpaid: int = 4
    open: int = 0


def compute(month: datetime.date, by: Scope) -> None:
    """The month of every province in sight, by this process; not again when it is done."""
    with acting(COUNTRY):
        done = Run.objects.filter(kind=Run.Kind.MONTH, month__gte=month).order_by("-month").first()
    if done is not None and (done.month > month or done.finished_at is not None):
        return
    with acting(by):
        run = start_run(month=month, by=by)
    work_run(run.pk)


def of_month(month: datetime.date, at: Scene, *states: str) -> QuerySet[PaymentList]:
    return PaymentList.objects.filter(month=month, province_no=at.province_no, status__in=states).order_by("area_pos", "channel")


def found(month: datetime.date, at: Scene, *states: str) -> list[PaymentList]:
    """The same, read as the system."""
    with acting(COUNTRY):
        return list(of_month(month, at, *states))


def sign_off(lists: Iterable[PaymentList], hands: Mapping[str, Scope]) -> None:
    """Drafts taken on by people, as far as ``hands`` names who prepares, checks and approves."""
    ids = [pay_list.pk for pay_list in lists]
    for name, by in hands.items():
        with acting(by):
            held = list(PaymentList.objects.filter(pk__in=ids))
            for pay_list in held:
                if name == "approve":
                    steps.note_read(pay_list=pay_list, by=by)
            if held:
                steps.move(lists=held, name=name, by=by)


def send_out(month: datetime.date, at: Scene) -> None:
    """Every draft of the month on its way to its agency: the own commune's by people, the others' by the system; receipt confirmed by the post."""
    drafts = found(month, at, DRAFT)
    people = {"prepare": at.hands.officer, "check": at.hands.cluster, "approve": at.hands.chair}
    sign_off([pay_list for pay_list in drafts if pay_list.commune_id == at.commune.pk], people)
    with acting(COUNTRY):
        steps.walk(lists=[pay_list for pay_list in drafts if pay_list.commune_id != at.commune.pk], reason=REASON, by=COUNTRY)
    for by, where in ((at.hands.province, {"commune": at.commune}), (COUNTRY, {})):
        with acting(by):
            if approved := of_month(month, at, APPROVED).filter(**where):
                release(lists=approved, by=by)
            if waiting := of_month(month, at, RELEASED).filter(**where):
                send(lists=waiting, by=by)
    _as_of_that_day(month, at)


def _as_of_that_day(month: datetime.date, at: Scene) -> None:
    """The demonstration has no months to wait: its lists are noted as sent before the month, so that payments lie on the calendar's days."""
    before = datetime.datetime.combine(month - datetime.timedelta(days=SENT_BEFORE), datetime.time(9), timezone.get_current_timezone())
    with acting(COUNTRY):
        Delivery.objects.filter(pay_list__month=month, province_no=at.province_no, pay_list__status=SENT).update(sent_at=before)


def confirm_receipt(month: datetime.date, at: Scene, but: Collection[int] = ()) -> None:
    """The post's headquarters confirm what they were sent, but for these lists."""
    by = at.hands.headquarters
    with acting(by):
        waiting = (
            Delivery.objects.filter(pay_list__month=month, confirmed_at__isnull=True).select_related("agency", "pay_list").order_by("pk")
        )
        for delivery in waiting.exclude(pay_list_id__in=but):
            confirm(delivery=delivery, by=by)


def take_results(month: datetime.date, lists: Sequence[PaymentList], at: Scene, answers: Answers) -> None:
    """Each agency's answer to these lists as one file, booked."""
    ids = [pay_list.pk for pay_list in lists]
    with acting(COUNTRY):
        days = cycle_of(at.province_no, month)
        agencies = list(Agency.objects.filter(pk__in=Delivery.objects.filter(pay_list_id__in=ids).values("agency_id")).order_by("pk"))
    for agency in agencies:
        with acting(COUNTRY), connection.cursor() as cursor:
            cursor.execute(_ROWS, {"agency": agency.pk, "lists": ids, "open": answers.open})
            rows = [_answer(line, days, at.today, answers) for line in cursor.fetchall()]
        if rows:
            by = at.hands.headquarters if agency.code == "VNPOST" else COUNTRY
            book(upload(agency, rows, f"demo-{month:%Y-%m}-{agency.code}-{min(ids)}", by, f"ket-qua-{month:%Y-%m}"), by)


def book(batch: ResultBatch, by: Scope) -> None:
    """A file of results booked; raises RuntimeError when a row of it is not."""
    with acting(by):
        done = apply(batch=batch, by=by)
    if done.counts.keys() - {"ready", "same", "applied"}:
        raise RuntimeError(f"{batch.client_key}: rows with findings, {done.counts}")


def upload(agency: Agency, rows: Sequence[dict[str, Any]], key: str, by: Scope, name: str = "ket-qua-chi-tra") -> ResultBatch:
    """A file of results received and read; nothing is booked. Raises RuntimeError when it cannot be read."""
    with acting(by):
        batch = receive(agency=agency, content=json.dumps(rows).encode(), format="json", client_key=key, file_name=f"{name}.json", by=by)
    with acting(by):
        staged = stage(batch=batch, by=by) if batch.status in ("received", "staged") else batch
    if staged.status == "refused":
        raise RuntimeError(f"{agency.code}: {staged.refusal}")
    return staged


def _answer(line: tuple[str, int, int, int], days: Cycle | Days, today: datetime.date, answers: Answers) -> dict[str, Any]:
    public_id, total, household, number = line
    if household in answers.away:
        return {"line": public_id, "outcome": "unpaid", "reason": "absent"}
    chance = number * SPREAD % 2**32 * 100 >> 32
    if chance < answers.unpaid:
        return {"line": public_id, "outcome": "unpaid", "reason": UNPAID[number % len(UNPAID)]}
    length = (days.pay_to - days.pay_from).days + 1
    late = answers.unpaid <= chance < answers.unpaid + LATE
    day = days.pay_to + datetime.timedelta(days=2) if late else days.pay_from + datetime.timedelta(days=number % length)
    return {"line": public_id, "outcome": "paid", "amount": total, "paid_on": min(day, today).isoformat()}


def settle(month: datetime.date, at: Scene) -> None:
    """What has its results is reconciled and closed: the own commune's by its officer and its chair."""
    for first, second, where in ((at.hands.officer, at.hands.chair, {"commune": at.commune}), (COUNTRY, COUNTRY, {})):
        with acting(first):
            if waiting := of_month(month, at, RESULTS_IN).filter(**where):
                reconcile(lists=waiting, by=first)
        with acting(second):
            if waiting := of_month(month, at, RECONCILED).filter(**where):
                close(lists=waiting, by=second)


def close_books(month: datetime.date, at: Scene) -> None:
    """The statement signed by the agency and by the province, and the month closed."""
    for by, side in ((at.hands.headquarters, statements.AGENCY), (at.hands.province, statements.PROVINCE)):
        with acting(by):
            for statement in Statement.objects.filter(month=month, province_no=at.province_no).select_related("agency"):
                statements.sign(statement=statement, side=side, shown=statements.digest(statement), by=by)
    with acting(at.hands.province):
        close_month(province_no=at.province_no, month=month, by=at.hands.province)


def pay_to_the_end(month: datetime.date, at: Scene, answers: Answers) -> None:
    """A month paid, settled and closed; the parts of it that are done already are passed over."""
    with acting(COUNTRY):
        if PaymentList.objects.filter(month__gt=month, province_no=at.province_no).exists():
            return
    send_out(month, at)
    confirm_receipt(month, at)
    take_results(month, found(month, at, SENT), at, answers)
    settle(month, at)
    close_books(month, at)
