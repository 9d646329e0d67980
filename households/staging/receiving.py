"""Takes a file in, and reads it into the staging tables as a job that a killed worker's successor goes on with."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from households.importing.findings import Household, ListRefused
from households.importing.reading import ListReading, ReadOptions, read_list, sample_values
from households.importing.texts import cell_text
from households.models import ImportBatch, ImportFinding, ImportProfile, ImportRow
from households.staging.differences import compare
from households.staging.masking import masked
from households.staging.matching import match
from households.staging.statuses import Status, WrongMoment, move
from households.staging.store import store_findings, store_households
from households.staging.villages import village_keys
from households.workbooks.staging import stage_workbook
from posasoft.core import audit, jobs, vault
from posasoft.core.models import Area, Job
from posasoft.core.scope import Scope

JOB = "households.stage_list"
CHUNK = 500


@transaction.atomic
def receive_list(
    *, file: BinaryIO, name: str, area: Area, area_date: dt.date, by: Scope, profile: ImportProfile | None = None
) -> ImportBatch:
    """Keep a file and queue its reading. Raises ListRefused for a commune of the past.

    The same file again is a new batch: `same_files` of the queries shows the earlier ones.
    """
    if area.position is None or area.province_no is None:
        raise ListRefused(f"{area.name} không còn là đơn vị hành chính hiện hành; hãy chọn xã, phường hiện nay.")
    digest, size = _digest(file)
    batch = ImportBatch(
        area=area, area_date=area_date, file_name=Path(name).name[:200], sha256=digest, size=size, uploaded_by_id=by.user_id,
        province_no=area.province_no, area_pos=area.position, profile=profile, fields=dict(profile.fields) if profile else {},
    )  # fmt: skip
    # The stored name says nothing of the commune or its people.
    batch.file.save(f"{digest[:16]}{Path(name).suffix.lower()}", File(file), save=False)
    batch.save()
    _queue(batch, by)
    audit.record(
        verb="receive_list", kind="households_importbatch", object_id=batch.pk, by=by, area=(batch.province_no, batch.area_pos), size=size
    )
    return batch


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(1 << 20):
        digest.update(block)
        size += len(block)
    file.seek(0)
    return digest.hexdigest(), size


def _queue(batch: ImportBatch, by: Scope) -> None:
    job = jobs.enqueue(kind=JOB, params={"batch_id": batch.pk}, by=by, title=f"Đọc danh sách {batch.area.name}")
    batch.job_id = job.pk
    batch.save(update_fields=["job_id"])


@transaction.atomic
def read_again(*, batch: ImportBatch, fields: dict[str, str], by: Scope, save_as: str = "") -> None:
    """Read the file again with corrected columns, and keep them as the province's profile when named. Raises WrongMoment."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if Job.objects.filter(pk=batch.job_id or 0, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exists():
        raise WrongMoment("Danh sách đang được đọc; hãy chờ xong hoặc dừng việc đọc trước.")
    move(batch, Status.STAGING)
    ImportRow.objects.filter(batch=batch).delete()
    ImportFinding.objects.filter(batch=batch).delete()
    batch.fields = fields
    if save_as:
        batch.profile, _ = ImportProfile.objects.update_or_create(
            province_no=batch.province_no,
            name=save_as[:100],
            defaults={"fields": fields, "made_by_id": by.user_id, "updated_at": timezone.now()},
        )
    batch.save()
    _queue(batch, by)
    audit.record(verb="read_list_again", kind="households_importbatch", object_id=batch.pk, by=by, area=(batch.province_no, batch.area_pos))


def stage(context: jobs.JobContext) -> dict[str, Any]:
    """Read the batch's file in chunks of households, each in its own transaction, then match and compare."""
    with context.unit():
        batch = ImportBatch.objects.select_related("area").get(pk=context.params["batch_id"])
    try:
        with vault.as_path(str(batch.file.name)) as path:
            staged = stage_workbook(context, batch, path)
            if staged is not None:
                return staged
            reading = read_list(path, ReadOptions(today=batch.area_date, fields=dict(batch.fields)))
            _stage_chunks(context, batch, reading)
    except ListRefused as refusal:
        with context.unit():
            ImportBatch.objects.filter(pk=batch.pk).update(status=Status.REFUSED, refusal=str(refusal)[:500])
        raise jobs.JobFailed(str(refusal)) from refusal
    return _finish(context, batch, reading)


def _stage_chunks(context: jobs.JobContext, batch: ImportBatch, reading: ListReading) -> None:
    done = int(context.state.get("blocks", 0))
    rows = 0
    with context.unit():
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=Status.STAGING,
            list_date=reading.list_date,
            from_day=reading.list_date.replace(month=1, day=1),
            columns=_columns(reading),
        )
    for chunk in _chunks(reading.households()):
        rows += sum(len(household.people) for _, household in chunk)
        if chunk[-1][0] > done:
            with context.unit():
                store_households(batch, [entry for entry in chunk if entry[0] > done], list_date=reading.list_date)
                context.save(blocks=chunk[-1][0])
        context.progress(rows, max(rows, reading.row_count), f"Đã đọc {rows} người")


def _chunks(households: Iterator[Household]) -> Iterator[list[tuple[int, Household]]]:
    numbered = enumerate(households, start=1)
    while chunk := list(islice(numbered, CHUNK)):
        yield chunk


def _finish(context: jobs.JobContext, batch: ImportBatch, reading: ListReading) -> dict[str, Any]:
    with context.unit():
        if not context.state.get("findings"):
            store_findings(batch, reading.findings)
            context.save(findings=True)
        match(batch)
        compare(batch, village_keys(batch))
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=Status.STAGED,
            household_count=reading.household_count,
            person_count=reading.person_count,
            skipped=[{"row": row.row, "why": row.why, "sheet": row.sheet} for row in reading.skipped],
            staged_at=timezone.now(),
        )
        verdicts = dict(ImportRow.objects.filter(batch=batch).values_list("verdict").annotate(Count("id")))
    return {"households": reading.household_count, "persons": reading.person_count, **verdicts}


def _columns(reading: ListReading) -> list[dict[str, Any]]:
    """The columns of the first list sheet with a few values, for people who correct them."""
    first = reading.sheets[0]
    return [
        {
            "title": column.title,
            "field": column.field or "ignore",
            "samples": [masked(cell_text(value)) for value in sample_values(first, column)],
        }
        for column in first.header.columns
    ]
