"""Puts a workbook that came back before the reviewer: the same staged rows, findings and answers as any list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from households.importing.findings import Household, ListRefused
from households.importing.sheets import Sheet
from households.models import Household as RegisteredHousehold
from households.models import ImportBatch, ImportRow, Workbook, WorkbookRow
from households.staging.matching import match
from households.staging.statuses import Status
from households.staging.store import store_findings, store_households
from households.workbooks.conflicts import look
from households.workbooks.reading import Known, Line, Reader, opened
from posasoft.core import jobs
from posasoft.core.models import Area, Level

CHUNK = 400
# Keyed rows are known for sure. Whoever moved away, died or left the household since the download is told of and left alone.
_LINK = (
    "CREATE TEMP TABLE returned_lines ON COMMIT DROP AS SELECT l.* FROM"
    ' jsonb_to_recordset(%(lines)s::jsonb) AS l("row" int, place int, told jsonb, emptied jsonb)',
    "ANALYZE returned_lines",
    "CREATE TEMP TABLE returned_keys ON COMMIT DROP AS SELECT w.place, w.person_id, w.household_id, w.told FROM households_workbookrow w"
    " WHERE w.workbook_id = %(workbook)s",
    "ANALYZE returned_keys",
    """
CREATE TEMP TABLE linked ON COMMIT DROP AS
SELECT l.*, k.person_id, k.household_id, k.told AS base,
  CASE WHEN p.id IS NULL THEN 'moved' WHEN p.died_on IS NOT NULL THEN 'died' WHEN p.household_id <> k.household_id THEN 'left' END AS why
FROM returned_lines l JOIN returned_keys k ON k.place = l.place
LEFT JOIN households_person p ON p.id = k.person_id AND p.canonical_id IS NULL
""",
    "ANALYZE linked",
    "SET LOCAL enable_nestloop = off",
    """
UPDATE households_importrow r SET person_id = x.person_id, household_id = x.household_id, match = 'key', score = 100, base = x.base,
  told = x.told, emptied = x.emptied, decision = CASE WHEN x.why IS NULL THEN r.decision ELSE 'rejected' END
FROM linked x WHERE r.batch_id = %(batch)s AND r.sheet = '' AND r.row = x."row"
""",
    "SET LOCAL enable_nestloop = on",
    "DROP TABLE returned_lines, returned_keys, linked",
)
_LEFT_ALONE = """
INSERT INTO households_importfinding (batch_id, province_no, area_pos, sheet, row, "column", severity, value, message)
SELECT r.batch_id, r.province_no, r.area_pos, '', r.row, 'Họ tên', 'error', '',
  'Từ khi tải tệp, người này đã mất, chuyển đi hoặc sang hộ khác trong sổ; các ô đã sửa không được nhận.'
FROM households_importrow r WHERE r.batch_id = %(batch)s AND r.match = 'key' AND r.decision = 'rejected'
"""
_TOLD_OF_NEW = "UPDATE households_importrow SET told = NULL WHERE batch_id = %(batch)s AND match = ''"
# A person added by hand who is in the commune's registry already: only an officer can say whether they are one.
_ASK = (
    "UPDATE households_importrow SET match = 'doubt' WHERE batch_id = %(batch)s AND decision = 'pending' AND base IS NULL"
    " AND match IN ('id', 'name')"
)
_GONE = """
INSERT INTO households_importrow (batch_id, province_no, area_pos, sheet, row, block, full_name, name_key, name_sort, relation, born,
  born_precision, sex, ethnicity_concluded, id_kind, tail, village_name, benefit_article, noted_dead, died, note, errors, warnings,
  person_id, household_id, match, verdict, diff, decision, told, base, conflicts, gone)
SELECT %(batch)s, %(province)s, %(position)s, '', -w.place, coalesce(b.block, %(blocks)s + dense_rank() OVER (ORDER BY w.household_id)), p.full_name,
  p.name_key, p.name_sort, p.relation, p.born, p.born_precision, p.sex, false, '', '', '', '', false, '', '', 0, 0,
  p.id, p.household_id, 'key', 'gone', '{}', 'pending', '[]', w.told, 0, ''
FROM households_workbookrow w
JOIN households_person p ON p.id = w.person_id AND p.household_id = w.household_id AND p.died_on IS NULL AND p.canonical_id IS NULL
LEFT JOIN jsonb_to_recordset(%(groups)s::jsonb) AS b(household bigint, block int) ON b.household = w.household_id
WHERE w.workbook_id = %(workbook)s AND w.place <> ALL(%(seen)s::int[])
"""


def stage_workbook(context: jobs.JobContext, batch: ImportBatch, path: Path) -> dict[str, Any] | None:
    """Stage the batch's file if it is one of our workbooks; None when it is a plain list. Raises ListRefused."""
    found = opened(path)
    if found is None:
        return None
    name, sheet = found
    with context.unit():
        workbook = Workbook.objects.filter(public_id=name).select_related("area").first()
        if workbook is None or not (batch.area.position or 0) <= workbook.area_pos < (batch.area.position_end or 0):
            raise ListRefused("Tệp này tải từ địa bàn khác. Hãy chọn đúng xã, phường của tệp.")
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=Status.STAGING, workbook=workbook, list_date=batch.area_date, from_day=timezone.localdate()
        )
        reader = Reader(workbook.public_id, _known(workbook), _villages(batch.area), latest=timezone.localdate())
    return _stage(context, batch, workbook, reader, sheet)


def _known(workbook: Workbook) -> dict[int, Known]:
    rows = list(WorkbookRow.objects.filter(workbook=workbook).values_list("place", "household_id", "heads", "told"))
    codes = dict(RegisteredHousehold.objects.filter(pk__in={row[1] for row in rows}).values_list("pk", "code"))
    return {place: Known(place, household, codes.get(household, ""), heads, told) for place, household, heads, told in rows}


def _villages(commune: Area) -> dict[str, str]:
    found = Area.objects.filter(level=Level.VILLAGE, parent=commune, valid_to__isnull=True)
    return {area.name_key: area.name for area in found}


def _stage(context: jobs.JobContext, batch: ImportBatch, workbook: Workbook, reader: Reader, sheet: Sheet) -> dict[str, Any]:
    lines = list(reader.lines(sheet))
    blocks: dict[int | str, list[Line]] = {}
    for line in lines:
        blocks.setdefault(line.group, []).append(line)
    numbers = {group: number for number, group in enumerate(blocks, start=1)}
    done, stored = int(context.state.get("blocks", 0)), 0
    chunk: list[Line] = []
    for group, members in blocks.items():
        stored += len(members)
        chunk.extend(members if numbers[group] > done else ())
        if len(chunk) >= CHUNK or numbers[group] == len(blocks):
            with context.unit():
                staged = [(numbers[line.group], Household(row=line.row, people=[line.person], findings=line.findings)) for line in chunk]
                store_households(batch, staged, list_date=batch.area_date)
                context.save(blocks=numbers[group])
            chunk = []
            context.progress(stored, max(len(lines), stored), f"Đã đọc {stored} người")
    return _finish(context, batch, workbook, reader, numbers, lines)


def _finish(
    context: jobs.JobContext,
    batch: ImportBatch,
    workbook: Workbook,
    reader: Reader,
    numbers: Mapping[int | str, int],
    lines: Sequence[Line],
) -> dict[str, Any]:
    keyed = [{"row": line.row, "place": line.place, "told": line.told, "emptied": line.emptied} for line in lines if line.place is not None]
    groups = [{"household": group, "block": block} for group, block in numbers.items() if isinstance(group, int)]
    params: dict[str, Any] = {
        "batch": batch.pk, "workbook": workbook.pk, "province": batch.province_no, "position": batch.area_pos, "blocks": len(numbers),
        "groups": json.dumps(groups), "seen": [*reader.seen], "lines": json.dumps(keyed),
    }  # fmt: skip
    with context.unit():
        with connection.cursor() as cursor:
            for statement in _LINK:
                cursor.execute(statement, params)
        match(batch)
        with connection.cursor() as cursor:
            for statement in (_TOLD_OF_NEW, _ASK, _LEFT_ALONE, _GONE):
                cursor.execute(statement, params)
        store_findings(batch, reader.strays)
        look(batch)
        verdicts = dict(ImportRow.objects.filter(batch=batch).values_list("verdict").annotate(Count("id")))
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=Status.STAGED,
            household_count=len(numbers),
            person_count=len(lines),
            skipped=[{"row": finding.row, "why": finding.message, "sheet": ""} for finding in reader.strays],
            columns=[],
            staged_at=timezone.now(),
        )
    return {"households": len(numbers), "persons": len(lines), **verdicts}
