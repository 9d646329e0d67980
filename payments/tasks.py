"""What the job runner calls."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.utils import timezone

from beneficiaries.models import Run
from beneficiaries.operations import JOB, RunRefused
from beneficiaries.operations.findings import schedule
from payments.documents import kept
from payments.models import PaymentList, ResultBatch
from payments.operations import (
    calendar,
    cashless,
    deadlines,
    keys,
    law_corrections,
    lookups,
    notices,
    receivers,
    results,
    sending,
    signing_off,
    statements,
    uncollected,
)
from payments.operations.monthly import work_run
from payments.operations.proving import prove
from posasoft.core import jobs, shared_jobs
from posasoft.core.models import Area, Level
from posasoft.core.scope import COUNTRY, acting, unbound

log = logging.getLogger(__name__)


@jobs.handler(JOB)
def run_month(context: jobs.JobContext) -> dict[str, Any]:
    """One worker of a monthly run; several may work on one run, and one more changes nothing."""
    run_id = int(context.params["run_id"])
    done = work_run(run_id, context)
    schedule(run=Run.objects.get(pk=run_id), by=context.scope)
    return {"provinces": done}


@jobs.handler(signing_off.JOB)
def sign_off(context: jobs.JobContext) -> dict[str, Any]:
    """The files of lists that were released; a killed worker's successor goes on where it stopped."""
    wanted: list[int] = context.params["lists"]
    for number, pk in enumerate(wanted, start=1):
        # A closing list may pay a family that left the releaser's sight.
        with context.unit(), unbound(context.scope):
            kept.sign_off(lists=PaymentList.objects.filter(pk=pk).select_related("commune"))
        context.progress(number, len(wanted))
    return {"lists": len(wanted)}


@jobs.handler("payments.send")
def send(context: jobs.JobContext) -> dict[str, Any]:
    """Send many released lists, one in each transaction; a killed worker's successor passes over those sent, and one refused keeps no other back."""
    wanted: list[int] = context.params["lists"]
    refused = 0
    for number, pk in enumerate(wanted, start=1):
        with context.unit():
            try:
                sending.send(lists=PaymentList.objects.filter(pk=pk), by=context.scope)
            except sending.SendRefused as refusal:
                refused += 1
                context.log(str(refusal), level="warning")
        context.progress(number, len(wanted))
    return {"lists": len(wanted) - refused, "refused": refused}


@shared_task(name="payments.keep_calendar")
def keep_calendar() -> int:
    """Daily: write down the days of the coming months and bring the tasks of the calendar up to date; how many months were opened. Twice is once."""
    today = timezone.localdate()
    with acting(COUNTRY):
        opened = calendar.open_cycles(today)
        deadlines.sync(today)
    return opened


@jobs.handler(law_corrections.JOB)
def law_effects(context: jobs.JobContext) -> dict[str, Any]:
    """One worker of what a document changes in paid months: takes provinces until none is free; one that has agreed already is passed over."""
    instrument = str(context.params["instrument"])
    with context.unit():
        areas = {area.pk: area for area in law_corrections.affected(instrument, law_corrections.provinces_of(context.scope))}
        largest_first = law_corrections.largest_first(areas.values())

    def compute(number: int) -> bool:
        try:
            law_corrections.compute_effects(instrument=instrument, area=areas[number], by=context.scope)
        except law_corrections.LawCorrectionRefused as refusal:
            shared_jobs.log(context, f"{areas[number].name}: {refusal}")
            return False
        except RunRefused as refusal:
            raise jobs.JobFailed(str(refusal)) from refusal
        return True

    done = shared_jobs.share(context, largest_first, compute)
    return {"provinces": sum(map(bool, done.values()))}


@jobs.handler("payments.stage_results")
def stage_results(context: jobs.JobContext) -> dict[str, Any]:
    """Read a large file of results; read before, it is judged again."""
    return _results(context, results.stage)


@jobs.handler("payments.apply_results")
def apply_results(context: jobs.JobContext) -> dict[str, Any]:
    """Book a large file of results in one transaction; a worker killed in it leaves nothing behind, and applied twice is applied once."""
    return _results(context, results.apply)


def _results(context: jobs.JobContext, verb: Callable[..., ResultBatch]) -> dict[str, Any]:
    with context.unit():
        batch = ResultBatch.objects.select_related("agency", "service_point").get(pk=context.params["batch"])
        context.progress(0, batch.rows or None)
        try:
            batch = verb(batch=batch, by=context.scope)
        except results.ResultRefused as refusal:
            raise jobs.JobFailed(str(refusal)) from refusal
    context.progress(batch.rows, batch.rows)
    return {"rows": batch.rows, **batch.counts}


@shared_task(name="payments.close_counter_days")
def close_counter_days() -> int:
    """Days that counters forgot to close, in the night after; twice closes nothing more."""
    with acting(COUNTRY):
        return results.close_open_days(by=COUNTRY)


@shared_task(name="payments.check_ledger")
def check_ledger() -> int:
    """Nightly proof of every province's books; the number of provinces that do not balance, each an error in the log. Twice is two proofs."""
    broken = [(area.code, [found["rule"] for found in check.findings]) for area, check in prove() if check.findings]
    for code, rules in broken:
        log.error("the ledger of province %s breaks %s", code, ", ".join(rules))
    return len(broken)


@shared_task(name="payments.settle_nightly")
def settle_nightly() -> dict[str, int]:
    """Statements as the ledger stands, families who do not come, money held back or freed by decision. Twice is once."""
    drawn = statements.draw_up_open()
    with acting(COUNTRY):
        numbers = list(Area.objects.filter(level=Level.PROVINCE, valid_to=None).order_by("position").values_list("province_no", flat=True))
    swept = [uncollected.sweep(province_no=number) for number in numbers if number is not None]
    return {"statements": drawn, "uncollected": sum(one.open for one in swept), "suspended": sum(one.suspended for one in swept)}


@shared_task(name="payments.send_notices")
def send_notices() -> dict[str, int]:
    """Text messages whose time has come; delivered twice, two workers take different ones and none goes out a second time."""
    return notices.send_due()


@shared_task(name="payments.people_nightly")
def people_nightly() -> dict[str, int]:
    """Warn of receivers whose paper ends soon, count who is paid without cash, forget old tries of the public page and old calls of programs."""
    forgotten = lookups.purge() + keys.forget_calls()
    return {"expiring": receivers.warn_all(), "communes": cashless.count_recent(), "forgotten": forgotten}
