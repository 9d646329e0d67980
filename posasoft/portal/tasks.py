"""What the job runner calls for things that several apps have a part in."""

from __future__ import annotations

import datetime
from typing import Any

from beneficiaries.operations import RunRefused, recalculate
from posasoft.core import jobs
from posasoft.portal.changing import JOB

FIRST_MONTH = datetime.date(2015, 1, 1)


@jobs.handler(JOB)
def recalculate_after_change(context: jobs.JobContext) -> dict[str, Any]:
    """Compute the months since a change again for its households; months never computed are left to the monthly run."""
    since = context.params["since"]
    with context.unit():
        try:
            run = recalculate(
                household_ids=context.params["households"],
                from_month=datetime.date.fromisoformat(since) if since else FIRST_MONTH,
                by=context.scope,
                reason="Thay đổi của hộ",
            )
        except RunRefused as refusal:
            # A run that is going reads the feed itself, and so does the first run of a month.
            return {"left_to_next_run": str(refusal)}
    return {"run": run.pk}
