"""Past months again, on request: after a law was corrected, or for households that an officer names."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from beneficiaries.models import Run
from beneficiaries.operations import reopen
from beneficiaries.operations.compute import Place, compute_again, prepare
from beneficiaries.operations.runs import RunRefused
from households.models import Household
from policy import load_law
from posasoft.core import audit
from posasoft.core.models import Area, Level
from posasoft.core.scope import Scope


def recalculate(
    *, household_ids: Iterable[int] | None, from_month: datetime.date, by: Scope, reason: str = "", cause: str | None = None
) -> Run:
    """Compute the months from ``from_month`` to the latest computed again, for the households (None: all) in the caller's scope.

    What comes out differently is corrected in the spans now and in money with the next draft list; ``cause`` is JSON, a request with its reason
    unless given. Raises RunRefused when no month from there
    on was computed, or a run is going.
    """
    months = reopen.months_computed()
    if not months or from_month > months[-1]:
        raise RunRefused("Chưa tính tháng nào từ tháng này trở đi.")
    cause = cause or json.dumps({"kind": "request", "reason": reason}, ensure_ascii=False)
    with transaction.atomic():
        if Run.objects.filter(kind=Run.Kind.MONTH, finished_at__isnull=True).exists():
            raise RunRefused("Đang có một lần tính chưa xong; hãy đợi rồi tính lại.")
        run = Run.objects.create(
            kind=Run.Kind.RECALCULATION, month=months[-1], law_version=load_law().version(months[-1]), started_by_id=by.user_id
        )
        wanted = None if household_ids is None else sorted(set(household_ids))
        number = sum(_province(province, run, wanted, max(from_month, months[0]), months, cause, by) for province in _provinces(wanted, by))
        Run.objects.filter(pk=run.pk).update(finished_at=Now())
        audit.record(
            verb="recalculate", kind="run", object_id=run.pk, by=by, households=number, since=from_month.isoformat(), reason=reason
        )
    run.refresh_from_db()
    return run


def _provinces(wanted: list[int] | None, by: Scope) -> list[Area]:
    found = Area.objects.filter(level=Level.PROVINCE, position__isnull=False, position__lt=by.hi, position_end__gt=by.lo)
    if wanted is not None:
        found = found.filter(province_no__in=Household.objects.filter(pk__in=wanted).values("province_no"))
    return list(found.order_by("position"))


def _province(
    area: Area, run: Run, wanted: list[int] | None, first: datetime.date, months: list[datetime.date], cause: str, by: Scope
) -> int:
    lo, hi, number = max(area.position or 0, by.lo), min(area.position_end or 0, by.hi), area.province_no or 0
    prepare()
    found = reopen.named(households=wanted, first=first, cause=cause, lo=lo, hi=hi)
    if found:
        again = [month for month in months if month >= first]
        law = load_law().for_province(area.code)
        everybody_in = Place(number, lo, hi) if wanted is None else None
        compute_again(law=law, months=again, run_id=run.pk, frozen_through=reopen.released_through(number), everybody_in=everybody_in)
        if wanted is None:
            # Of a whole province those whom it changed: the others' past is as it was.
            reopen.keep_changed(run.pk, lo=lo, hi=hi)
        else:
            reopen.keep(run.pk)
    reopen.forget()
    return found
