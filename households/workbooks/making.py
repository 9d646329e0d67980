"""Takes a picture of an area's households for a workbook: one statement, whatever their number."""

from __future__ import annotations

from django.db import connection, transaction

from households.models import Workbook
from households.staging.differences import HOUSEHOLD_FIELDS, PERSON_FIELDS
from households.workbooks.cells import LAYOUT
from posasoft.core import audit
from posasoft.core.models import Area, Level
from posasoft.core.scope import Scope

MOST_PERSONS = 50_000


class WorkbookRefused(ValueError):
    """A workbook cannot be made or taken; the message is for the officer (Vietnamese)."""


def _object(fields: tuple[tuple[str, str, str], ...]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', {old}" for name, old, _ in fields) + ")"


# What a member was as downloaded, in the very form in which lists are compared with the registry.
NOW_PERSON = f"({_object(PERSON_FIELDS)} || jsonb_build_object('born_precision', p.born_precision))"
NOW_HOUSEHOLD = _object(HOUSEHOLD_FIELDS)
_TAKE = f"""
INSERT INTO households_workbookrow (workbook_id, place, person_id, household_id, heads, told, province_no, area_pos)
SELECT %(workbook)s, m.place, m.person_id, m.household_id, m.heads,
  jsonb_strip_nulls({NOW_PERSON} || CASE WHEN m.heads THEN {NOW_HOUSEHOLD} ELSE '{{}}'::jsonb END), p.province_no, p.area_pos
FROM (
  SELECT q.id AS person_id, q.household_id,
    row_number() OVER (ORDER BY h.area_pos, h.id, q.relation IS DISTINCT FROM 'head', q.relation IS DISTINCT FROM 'spouse', q.born, q.id) AS place,
    row_number() OVER (PARTITION BY h.id ORDER BY q.relation IS DISTINCT FROM 'head', q.relation IS DISTINCT FROM 'spouse', q.born, q.id) = 1
      AS heads
  FROM households_household h JOIN households_person q ON q.household_id = h.id
  WHERE h.area_pos >= %(lo)s AND h.area_pos < %(hi)s AND h.ended_on IS NULL AND h.canonical_id IS NULL
    AND q.died_on IS NULL AND q.canonical_id IS NULL
) m
JOIN households_person p ON p.id = m.person_id
JOIN households_household h ON h.id = m.household_id
LEFT JOIN core_area v ON v.id = h.village_id
"""


@transaction.atomic
def make_workbook(*, area: Area, by: Scope) -> Workbook:
    """Keep what is downloaded of a commune or village; the file is written from it. Raises WorkbookRefused."""
    if area.level not in (Level.COMMUNE, Level.VILLAGE) or area.position is None or area.province_no is None:
        raise WorkbookRefused("Hãy chọn một xã, phường hoặc một thôn, bản, tổ dân phố hiện nay.")
    workbook = Workbook.objects.create(
        area=area, layout=LAYOUT, made_by_id=by.user_id, province_no=area.province_no, area_pos=area.position
    )
    workbook.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"workbook": workbook.pk, "lo": area.position, "hi": area.position_end})
        workbook.persons = int(cursor.rowcount)
    if workbook.persons > MOST_PERSONS:
        raise WorkbookRefused(f"Địa bàn có {workbook.persons} người, vượt mức {MOST_PERSONS} của một tệp. Hãy tải theo từng thôn.")
    workbook.households = workbook.rows.filter(heads=True).count()
    workbook.save(update_fields=["persons", "households"])
    audit.record(
        verb="export", kind="households_workbook", object_id=workbook.pk, by=by, area=(workbook.province_no, workbook.area_pos),
        persons=workbook.persons,
    )  # fmt: skip
    return workbook
