"""Takes a picture of an area's households for a workbook: one statement, whatever their number."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from households.models import Workbook
from households.staging.differences import HOUSEHOLD_FIELDS, PERSON_FIELDS
from households.workbooks.cells import LAYOUT
from posasoft.core import audit
from posasoft.core.models import Area, Level, WorkItem
from posasoft.core.scope import Scope

MOST_PERSONS = 50_000
# Above this many persons a file leaves only when a second person has agreed, as with every export.
ALONE = 1_000


class WorkbookRefused(ValueError):
    """A workbook cannot be made or taken; the message is for the officer (Vietnamese)."""


def _object(fields: tuple[tuple[str, str, str], ...]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', {old}" for name, old, _ in fields) + ")"


# What a member was as downloaded, in the very form in which lists are compared with the registry.
NOW_PERSON = f"({_object(PERSON_FIELDS)} || jsonb_build_object('born_precision', p.born_precision))"
NOW_HOUSEHOLD = _object(HOUSEHOLD_FIELDS)
# The members are counted first: the planner, whom row-level security misleads about every table, then looks persons up by their keys.
_MEMBERS = """
CREATE TEMP TABLE downloaded ON COMMIT DROP AS
SELECT q.id AS person_id, q.household_id,
  row_number() OVER (ORDER BY h.area_pos, h.id, q.relation IS DISTINCT FROM 'head', q.relation IS DISTINCT FROM 'spouse', q.born, q.id) AS place,
  row_number() OVER (PARTITION BY h.id ORDER BY q.relation IS DISTINCT FROM 'head', q.relation IS DISTINCT FROM 'spouse', q.born, q.id) = 1
    AS heads
FROM households_household h JOIN households_person q ON q.household_id = h.id
WHERE h.area_pos >= %(lo)s AND h.area_pos < %(hi)s AND q.area_pos >= %(lo)s AND q.area_pos < %(hi)s
  AND h.ended_on IS NULL AND h.canonical_id IS NULL AND q.died_on IS NULL AND q.canonical_id IS NULL
"""
_TAKE = (
    "SET LOCAL enable_nestloop = off",
    _MEMBERS,
    "SET LOCAL enable_nestloop = on",
    "ANALYZE downloaded",
    f"""
INSERT INTO households_workbookrow (workbook_id, place, person_id, household_id, heads, told, province_no, area_pos)
SELECT %(workbook)s, m.place, m.person_id, m.household_id, m.heads,
  jsonb_strip_nulls({NOW_PERSON} || CASE WHEN m.heads THEN {NOW_HOUSEHOLD} ELSE '{{}}'::jsonb END), p.province_no, p.area_pos
FROM downloaded m
JOIN households_person p ON p.id = m.person_id
JOIN households_household h ON h.id = m.household_id
LEFT JOIN core_area v ON v.id = h.village_id
""",
)


@transaction.atomic
def make_workbook(*, area: Area, reason: str, by: Scope) -> Workbook:
    """Keep what is downloaded of a commune or village; the file is written from it. Above 1,000 persons a second person is asked.

    Raises WorkbookRefused.
    """
    if not reason.strip():
        raise WorkbookRefused("Ghi lý do tải, ví dụ: rà soát hộ nghèo cuối năm 2026.")
    if area.level not in (Level.COMMUNE, Level.VILLAGE) or area.position is None or area.province_no is None:
        raise WorkbookRefused("Hãy chọn một xã, phường hoặc một thôn, bản, tổ dân phố hiện nay.")
    workbook = Workbook.objects.create(
        area=area, layout=LAYOUT, reason=reason.strip()[:300], made_by_id=by.user_id, province_no=area.province_no, area_pos=area.position
    )
    workbook.refresh_from_db()
    with connection.cursor() as cursor:
        for statement in _TAKE:
            cursor.execute(statement, {"workbook": workbook.pk, "lo": area.position, "hi": area.position_end})
        workbook.persons = int(cursor.rowcount)
        cursor.execute("DROP TABLE downloaded")
    if workbook.persons > MOST_PERSONS:
        raise WorkbookRefused(f"Địa bàn có {workbook.persons} người, vượt mức {MOST_PERSONS} của một tệp. Hãy tải theo từng thôn.")
    workbook.households = workbook.rows.filter(heads=True).count()
    workbook.needs_second = workbook.persons > ALONE
    workbook.save(update_fields=["persons", "households", "needs_second"])
    if workbook.needs_second:
        _ask_second(workbook)
    audit.record(
        verb="make_workbook", kind="households_workbook", object_id=workbook.pk, by=by, area=(workbook.province_no, workbook.area_pos),
        persons=workbook.persons,
    )  # fmt: skip
    return workbook


def _ask_second(workbook: Workbook) -> None:
    WorkItem.objects.create(
        kind="agree_workbook",
        title=f"Đồng ý cho tải tệp {workbook.persons} người",
        reason=workbook.reason,
        subject_kind="workbook",
        subject_id=workbook.pk,
        link="/workbooks/",
        role="commune_chair" if workbook.area.level in (Level.COMMUNE, Level.VILLAGE) else "province_officer",
        province_no=workbook.province_no,
        area_pos=workbook.area_pos,
    )


@transaction.atomic
def agree(*, workbook: Workbook, by: Scope) -> None:
    """The second person lets a large file go. Raises WorkbookRefused for the person who made it, and for a file that needs nobody."""
    workbook = Workbook.objects.select_for_update().get(pk=workbook.pk)
    if workbook.made_by_id == by.user_id:
        raise WorkbookRefused("Người tải tệp không tự đồng ý được; cần một người khác.")
    if not workbook.needs_second or workbook.agreed_at is not None:
        raise WorkbookRefused("Tệp này không chờ ai đồng ý.")
    Workbook.objects.filter(pk=workbook.pk).update(agreed_by_id=by.user_id, agreed_at=timezone.now())
    WorkItem.objects.filter(kind="agree_workbook", subject_kind="workbook", subject_id=workbook.pk, done_at=None).update(
        done_at=timezone.now()
    )
    audit.record(
        verb="agree_workbook", kind="households_workbook", object_id=workbook.pk, by=by, area=(workbook.province_no, workbook.area_pos)
    )


def may_leave(workbook: Workbook) -> bool:
    """Whether the file may be handed out now."""
    return not workbook.needs_second or workbook.agreed_at is not None
