"""Mass changes of areas as the administrator meets them: the table, its preview, the work in the background, taking it back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from households.models import AreaReform, AreaReformPair, Household, Person
from households.reform import carrying, undoing
from households.reform.plan import ReformRefused, check, groups_of
from posasoft.core import audit, jobs
from posasoft.core.models import Area, Level, WorkItem
from posasoft.core.scope import Scope

JOB = "households.reform_areas"
Status = AreaReform.Status
MOVES: dict[str, frozenset[str]] = {
    Status.DRAFT: frozenset((Status.RUNNING,)),
    Status.RUNNING: frozenset((Status.DONE, Status.RUNNING)),
    Status.DONE: frozenset((Status.UNDOING,)),
    Status.UNDOING: frozenset((Status.UNDONE, Status.UNDOING)),
    Status.UNDONE: frozenset(),
}
SPLIT_TASK = "place_split_households"


@dataclass(frozen=True)
class Line:
    """One line of a table as typed: an old commune's code, the new unit, how much of it, and whether it is the default."""

    old_code: str
    code: str
    name: str
    whole: bool
    is_default: bool


@dataclass(frozen=True)
class PairCount:
    """A line with what hangs on its old unit; counted once per old unit, on its default line (elsewhere None)."""

    pair: AreaReformPair
    counts: dict[str, int] | None


def move(reform: AreaReform, to: str) -> None:
    """Set the status of a locked reform. Raises ReformRefused."""
    if to not in MOVES[reform.status]:
        raise ReformRefused(f"Việc sắp xếp đang “{reform.get_status_display()}”, không thể chuyển sang “{Status(to).label}”.")
    reform.status = to


@transaction.atomic
def draft(
    *, title: str, document: str, effective: datetime.date, lines: Sequence[Line], by: Scope, reform: AreaReform | None = None
) -> AreaReform:
    """Keep a table, or write a draft anew. Raises ReformRefused for a line whose old unit is not in force."""
    if reform is not None and reform.status != Status.DRAFT:
        raise ReformRefused("Bảng đã thực hiện không sửa được nữa.")
    if not title.strip() or not document.strip():
        raise ReformRefused("Ghi tên việc sắp xếp và văn bản (số nghị quyết).")
    reform = reform or AreaReform(made_by_id=by.user_id)
    reform.title, reform.document, reform.effective = title.strip()[:200], document.strip()[:200], effective
    reform.save()
    reform.pairs.all().delete()
    olds = {
        area.code: area
        for area in Area.objects.filter(level=Level.COMMUNE, code__in=[line.old_code for line in lines], position__isnull=False)
    }
    missing = sorted({line.old_code for line in lines} - set(olds))
    if missing:
        raise ReformRefused(f"Không có xã, phường hiện hành mang mã {', '.join(missing)}.")
    AreaReformPair.objects.bulk_create(_pair(reform, line, olds[line.old_code]) for line in lines)
    audit.record(verb="draft_reform", kind="households_areareform", object_id=reform.pk, by=by, lines=len(lines))
    reform.refresh_from_db()
    return reform


def _pair(reform: AreaReform, line: Line, old: Area) -> AreaReformPair:
    kind = next((kind for kind in ("Xã", "Phường", "Đặc khu") if line.name.startswith(kind)), old.kind)
    return AreaReformPair(
        reform=reform, from_area=old, code=line.code, name=line.name, kind=kind, part="whole" if line.whole else "partial",
        is_default=line.is_default,
    )  # fmt: skip


def preview(reform: AreaReform) -> list[PairCount]:
    """The table with counts: households, persons, villages, open tasks, users. A fixed number of queries per old unit."""
    found = []
    for pair in reform.pairs.select_related("from_area").order_by("code", "from_area__code"):
        old = pair.from_area
        counts = _counts(old) if pair.is_default and old.position is not None else None
        found.append(PairCount(pair, counts))
    return found


def _counts(old: Area) -> dict[str, int]:
    inside: dict[str, Any] = {"area_pos__gte": old.position, "area_pos__lt": old.position_end}
    return {
        "households": Household.objects.filter(**inside, ended_on=None, canonical=None).count(),
        "persons": Person.objects.filter(**inside, died_on=None, canonical=None).count(),
        "villages": Area.objects.filter(level=Level.VILLAGE, parent=old, valid_to__isnull=True).count(),
        "tasks": WorkItem.objects.filter(**inside, done_at__isnull=True).count(),
        "users": carrying.users_of([old.pk]),
    }


@transaction.atomic
def start(*, reform: AreaReform, by: Scope) -> AreaReform:
    """Queue the work. Raises ReformRefused for a table with mistakes or a day that has not come."""
    reform = AreaReform.objects.select_for_update().get(pk=reform.pk)
    wrong = check(reform)
    if wrong:
        raise ReformRefused(" ".join(wrong))
    if reform.effective > timezone.localdate():
        raise ReformRefused(f"Chỉ thực hiện được từ ngày có hiệu lực {reform.effective:%d/%m/%Y}.")
    move(reform, Status.RUNNING)
    return _queue(reform, by, "Sắp xếp địa bàn")


@transaction.atomic
def undo(*, reform: AreaReform, by: Scope) -> AreaReform:
    """Queue taking it back. Raises ReformRefused when something stands on it."""
    reform = AreaReform.objects.select_for_update().get(pk=reform.pk)
    if reform.status == Status.DONE:
        wrong = undoing.refusals(reform)
        if wrong:
            raise ReformRefused(" ".join(wrong))
    move(reform, Status.UNDOING)
    return _queue(reform, by, "Hoàn tác sắp xếp địa bàn")


def _queue(reform: AreaReform, by: Scope, title: str) -> AreaReform:
    job = jobs.enqueue(kind=JOB, params={"reform_id": reform.pk}, by=by, title=f"{title}: {reform.title}"[:200])
    reform.job_id = job.pk
    reform.save()
    return reform


def work(context: jobs.JobContext) -> dict[str, Any]:
    """The job: one transaction per group of units that hang together; a killed worker's successor goes on with the next group."""
    with context.unit():
        reform = AreaReform.objects.get(pk=context.params["reform_id"])
    if reform.status in (Status.DONE, Status.UNDONE):
        return {}
    try:
        return _back(context, reform) if reform.status == Status.UNDOING else _forth(context, reform)
    except ReformRefused as error:
        if reform.status == Status.UNDOING and not reform.steps.filter(undone_at__isnull=False).exists():
            with context.unit():
                AreaReform.objects.filter(pk=reform.pk).update(status=Status.DONE)
        raise jobs.JobFailed(str(error)) from error


def _forth(context: jobs.JobContext, reform: AreaReform) -> dict[str, Any]:
    with context.unit():
        # What is done already is no longer among the groups: a successor goes on with the next.
        done = reform.steps.count()
        total = done + len(groups_of(reform))
    while done < total:
        with context.unit():
            carrying.carry_out(reform, done + 1, groups_of(reform)[0], by=context.scope)
            _ask_to_place(reform)
        done += 1
        context.progress(done, total, f"Đã xong {done} nhóm đơn vị")
    with context.unit():
        AreaReform.objects.filter(pk=reform.pk).update(status=Status.DONE, done_at=timezone.now())
    return {"groups": total}


def _ask_to_place(reform: AreaReform) -> None:
    """Officers of the default successors are asked where the households of split communes belong."""
    for pair in reform.pairs.filter(part="partial", is_default=True).select_related("from_area"):
        area = Area.objects.filter(level=Level.COMMUNE, code=pair.code, valid_from=reform.effective, position__isnull=False).first()
        if area is None:
            continue
        WorkItem.objects.get_or_create(
            kind=SPLIT_TASK, subject_kind="area", subject_id=pair.from_area_id, done_at=None,
            defaults={
                "title": f"Xếp các hộ của {pair.from_area.name} cũ"[:200], "reason": f"{reform.document}: xã được chia cho nhiều đơn vị"[:500],
                "link": f"/areas/reforms/{reform.public_id}/unplaced/", "role": "commune_officer", "province_no": area.province_no or 0,
                "area_pos": area.position or 0,
            },
        )  # fmt: skip


def _back(context: jobs.JobContext, reform: AreaReform) -> dict[str, Any]:
    steps = undoing.open_steps(reform)
    total = reform.steps.count()
    for step in steps:
        with context.unit():
            undoing.take_back(step, by=context.scope)
        context.progress(total - step.number + 1, total, f"Đã hoàn tác {total - step.number + 1} nhóm đơn vị")
    with context.unit():
        AreaReform.objects.filter(pk=reform.pk).update(status=Status.UNDONE)
        olds = list(reform.pairs.values_list("from_area", flat=True))
        WorkItem.objects.filter(kind=SPLIT_TASK, subject_id__in=olds, done_at=None).update(done_at=timezone.now())
    return {"groups": total}
