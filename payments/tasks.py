"""What the job runner calls."""

from __future__ import annotations

from typing import Any

from beneficiaries.operations import JOB
from payments.operations.monthly import work_run
from posasoft.core import jobs


@jobs.handler(JOB)
def run_month(context: jobs.JobContext) -> dict[str, Any]:
    """One worker of a monthly run; several may work on one run, and one more changes nothing."""
    return {"provinces": work_run(int(context.params["run_id"]), context)}
