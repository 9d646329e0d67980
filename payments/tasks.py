"""What the job runner calls."""

from __future__ import annotations

from typing import Any

from beneficiaries.models import Run
from beneficiaries.operations import JOB
from beneficiaries.operations.findings import schedule
from payments.operations.monthly import work_run
from posasoft.core import jobs


@jobs.handler(JOB)
def run_month(context: jobs.JobContext) -> dict[str, Any]:
    """One worker of a monthly run; several may work on one run, and one more changes nothing."""
    run_id = int(context.params["run_id"])
    done = work_run(run_id, context)
    schedule(run=Run.objects.get(pk=run_id), by=context.scope)
    return {"provinces": done}
