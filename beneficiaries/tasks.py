"""What the job runner calls."""

from __future__ import annotations

import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from beneficiaries.operations import RunRefused, escalation, findings, recalculate
from beneficiaries.operations.compute import Place
from beneficiaries.operations.decision_documents import RECALCULATE
from posasoft.core import jobs
from posasoft.core.models import Area, Level
from posasoft.core.scope import COUNTRY, acting


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


@jobs.handler(findings.FIND)
def find(context: jobs.JobContext) -> dict[str, Any]:
    """What the engine finds in a month, province by province; a killed worker goes on with the next one."""
    month = datetime.date.fromisoformat(context.params["month"])
    inside = Area.objects.filter(
        level=Level.PROVINCE, position__isnull=False, position__lt=context.scope.hi, position_end__gt=context.scope.lo
    )
    done = set(context.state.get("done", []))
    waiting = int(context.state.get("waiting", 0))
    provinces = [area for area in inside.order_by("position") if area.pk not in done]
    for number, area in enumerate(provinces, start=1):
        with context.unit():
            place = Place(area.province_no or 0, max(area.position or 0, context.scope.lo), min(area.position_end or 0, context.scope.hi))
            waiting += findings.find(month=month, place=place, province_code=area.code)
            done.add(area.pk)
            context.save(done=sorted(done), waiting=waiting)
        context.progress(len(done), len(done) + len(provinces) - number)
    return {"waiting": waiting}


@shared_task(name="beneficiaries.escalate_cases")
def escalate_cases() -> int:
    """Tell chairs of clocks about to run out, and clusters and provinces of those that have; how many tasks were made."""
    with acting(COUNTRY):
        return escalation.escalate(today=timezone.localdate())
