"""Asks for the files of released lists: made by a job after the release (payments.documents.kept), because a national release has thousands."""

from __future__ import annotations

from collections.abc import Sequence

from posasoft.core import jobs
from posasoft.core.models import Job
from posasoft.core.scope import Scope

JOB = "payments.sign_off"


def enqueue(*, list_ids: Sequence[int], by: Scope) -> Job:
    """Ask for the files of lists that were just released, in the caller's transaction."""
    return jobs.enqueue(kind=JOB, params={"lists": list(list_ids)}, by=by, title="Lập tệp danh sách chi trả đã phát hành")
