"""What the job runner calls."""

from __future__ import annotations

import datetime
from typing import Any

from beneficiaries.operations import RunRefused, recalculate
from beneficiaries.operations.decision_documents import RECALCULATE
from posasoft.core import jobs


@jobs.handler(RECALCULATE)
def recalculate_signed(context: jobs.JobContext) -> dict[str, Any]:
    """The months that signed decisions touch, again; a month not computed yet, or one being computed, reads the decisions by itself."""
    with context.unit():
        try:
            run = recalculate(
                household_ids=context.params["households"], from_month=datetime.date.fromisoformat(context.params["since"]),
                by=context.scope, reason="Quyết định đã ký",
            )  # fmt: skip
        except RunRefused as refused:
            return {"message": str(refused)}
    return {"run": run.pk}
