"""What the job runner calls."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task

from beneficiaries.models import Run
from beneficiaries.operations import JOB
from beneficiaries.operations.findings import schedule
from payments.operations.monthly import work_run
from payments.operations.proving import prove
from posasoft.core import jobs

log = logging.getLogger(__name__)


@jobs.handler(JOB)
def run_month(context: jobs.JobContext) -> dict[str, Any]:
    """One worker of a monthly run; several may work on one run, and one more changes nothing."""
    run_id = int(context.params["run_id"])
    done = work_run(run_id, context)
    schedule(run=Run.objects.get(pk=run_id), by=context.scope)
    return {"provinces": done}


@shared_task(name="payments.check_ledger")
def check_ledger() -> int:
    """Nightly proof of every province's books; the number of provinces that do not balance, each an error in the log. Twice is two proofs."""
    broken = [(area.code, [found["rule"] for found in check.findings]) for area, check in prove() if check.findings]
    for code, rules in broken:
        log.error("the ledger of province %s breaks %s", code, ", ".join(rules))
    return len(broken)
